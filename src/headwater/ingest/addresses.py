"""How do whole columns of addresses become (hi, lo) keys and back without a loop per record?

The key is the one of model/address.py. IPv4 text is parsed in vectorised steps; the rare rest (IPv6,
broken text) goes through `ipaddress`, once for each distinct text.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.model.address import IPV4_PREFIX, key_of, text_of

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LONGEST = 15  # characters in 255.255.255.255


@dataclass(frozen=True, slots=True)
class Keys:
    """Columns of address keys: `hi` and `lo` of one length, and `ok`, False where there was no address."""

    hi: Int64s
    lo: Int64s
    ok: Bools

    def arrow(self) -> tuple[pa.Array, pa.Array]:
        """The two columns as Arrow arrays, null where `ok` is False."""
        return pa.array(self.hi, mask=~self.ok), pa.array(self.lo, mask=~self.ok)


def keys_from_ipv4(values: npt.NDArray[np.integer]) -> Keys:
    """Keys of IPv4 addresses given as numbers in host order, shape (n,)."""
    lo = values.astype(np.int64) | IPV4_PREFIX
    return Keys(np.zeros(len(lo), np.int64), lo, np.ones(len(lo), np.bool_))


def keys_from_ipv6(raw: npt.NDArray[np.uint8]) -> Keys:
    """Keys of IPv6 addresses given as network-order bytes, shape (n, 16)."""
    halves = np.ascontiguousarray(raw).view(">i8").astype(np.int64)
    return Keys(halves[:, 0].copy(), halves[:, 1].copy(), np.ones(len(halves), np.bool_))


def keys_from_text(texts: pa.Array) -> Keys:
    """Keys of addresses given as text.

    Args:
        texts: Arrow string array; null and text that is no address give `ok` False.

    Returns:
        Keys of the same length.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if not pa.types.is_string(texts.type):
        texts = texts.cast(pa.string())
    keys = _ipv4(texts)
    rest = ~keys.ok & np.asarray(texts.is_valid())
    if rest.any():
        where = np.flatnonzero(rest)
        coded = texts.take(pa.array(where)).dictionary_encode()
        known = [_key_or_none(text) for text in coded.dictionary.to_pylist()]
        codes = np.asarray(coded.indices)
        keys.hi[where] = np.array([key[0] if key else 0 for key in known], np.int64)[codes]
        keys.lo[where] = np.array([key[1] if key else 0 for key in known], np.int64)[codes]
        keys.ok[where] = np.array([key is not None for key in known], np.bool_)[codes]
    return keys


def _key_or_none(text: str) -> tuple[int, int] | None:
    try:
        return key_of(text.strip())
    except ValueError:
        return None


def _ipv4(texts: pa.Array) -> Keys:
    """Keys of the texts that are dotted quads; `ok` is False for every other text."""
    count = len(texts)
    buffers = texts.buffers()
    offsets = np.frombuffer(buffers[1], np.int32)[texts.offset : texts.offset + count + 1].astype(np.int64)
    data = (
        np.frombuffer(buffers[2], np.uint8)
        if buffers[2] is not None and buffers[2].size
        else np.zeros(1, np.uint8)
    )
    lengths = offsets[1:] - offsets[:-1]
    ok = (lengths >= 7) & (lengths <= _LONGEST)
    value, octet = np.zeros(count, np.int64), np.zeros(count, np.int32)
    dots, digits = np.zeros(count, np.int8), np.zeros(count, np.int8)
    longest = int(lengths[ok].max()) if ok.any() else 0
    for place in range(longest):
        inside = place < lengths
        char = data[np.minimum(offsets[:-1] + place, len(data) - 1)]
        dot = inside & (char == ord("."))
        digit = char - ord("0")  # wraps for characters below "0", which then exceed 9
        number = inside & (digit <= 9)
        ok &= ~inside | dot | number
        ok &= ~(
            number & (digits > 0) & (octet == 0)
        )  # a leading zero may mean octal: refused, as ipaddress does
        ok &= ~(dot & (digits == 0))
        octet = np.where(number, octet * 10 + digit, octet)
        ok &= octet <= 255
        octet = np.minimum(octet, 256)  # keeps junk from overflowing
        value = np.where(dot, (value << 8) | octet, value)
        octet = np.where(dot, 0, octet)
        digits = np.where(dot, 0, digits + number).astype(np.int8)
        dots += dot
    ok &= (dots == 3) & (digits > 0)
    if texts.null_count:
        ok &= np.asarray(texts.is_valid())
    lo = np.where(ok, (value << 8) | octet | IPV4_PREFIX, 0)
    return Keys(np.zeros(count, np.int64), lo, ok)


def text_from_keys(hi: Int64s, lo: Int64s) -> pa.Array:
    """Address text of keys, shapes (n,): one Python call for each distinct address."""
    pairs = pa.StructArray.from_arrays([pa.array(hi), pa.array(lo)], ["hi", "lo"])
    table = pa.table({"hi": pairs.field(0), "lo": pairs.field(1)})
    distinct = table.group_by(["hi", "lo"]).aggregate([])
    names = [
        text_of(h, o) for h, o in zip(distinct["hi"].to_pylist(), distinct["lo"].to_pylist(), strict=True)
    ]
    order = np.lexsort((np.asarray(distinct["lo"]), np.asarray(distinct["hi"])))
    keys = np.empty(len(names), dtype=[("hi", np.int64), ("lo", np.int64)])
    keys["hi"], keys["lo"] = np.asarray(distinct["hi"])[order], np.asarray(distinct["lo"])[order]
    wanted = np.empty(len(hi), dtype=keys.dtype)
    wanted["hi"], wanted["lo"] = hi, lo
    found = np.searchsorted(keys, wanted)
    return pc.take(pa.array(names, pa.string()), pa.array(order[found]))
