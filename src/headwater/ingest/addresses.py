"""How do whole columns of addresses become (hi, lo) keys and back without a loop per record?

The key is the one of model/address.py. IPv4 text is parsed in vectorised steps; the rest (IPv6, broken
text) goes through `ipaddress`, once for each distinct text.
"""

from dataclasses import dataclass
from ipaddress import ip_address

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.model.address import IPV4_PREFIX, key_of, text_of

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

_BLOCK = 1 << 15  # texts parsed at once: their arrays stay in a core's own cache


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
        texts: Arrow text, dictionary-encoded or not; null and text that is no address give `ok` False.

    Returns:
        Keys of the same length.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if pa.types.is_dictionary(texts.type):
        return _spread(keys_from_text(texts.dictionary), texts.indices)
    if not pa.types.is_string(texts.type):
        texts = texts.cast(pa.string())
    keys = _ipv4(texts)
    rest = ~keys.ok & np.asarray(texts.is_valid())
    if rest.any():
        where = np.flatnonzero(rest)
        # as bytes: a damaged file's text need not be UTF-8
        coded = texts.take(pa.array(where)).cast(pa.binary()).dictionary_encode()
        known = [_key_or_none(text.decode("utf-8", "replace")) for text in coded.dictionary.to_pylist()]
        codes = np.asarray(coded.indices)
        keys.hi[where] = np.array([key[0] if key else 0 for key in known], np.int64)[codes]
        keys.lo[where] = np.array([key[1] if key else 0 for key in known], np.int64)[codes]
        keys.ok[where] = np.array([key is not None for key in known], np.bool_)[codes]
    return keys


def is_packed(kind: pa.DataType) -> bool:
    """Whether the type is bytes as long as an IPv4 or an IPv6 address."""
    return bool(pa.types.is_fixed_size_binary(kind) and kind.byte_width in {4, 16})


def keys_from_packed(column: pa.Array, *, ipv4: Bools | None = None) -> Keys:
    """Keys of addresses given as network-order bytes, such as ClickHouse writes its IPv6 into Parquet.

    Args:
        column: of a type that `is_packed`; null gives `ok` False, and so does an IPv4 address that its writer
            filled up with zeros behind it (goflow2's FixedString(16)) unless `ipv4` says that it is one: it
            reads as the IPv6 address of a /32.
        ipv4: rows that hold IPv4 addresses, shape (n,); None: unknown.
    """
    keys = _packed(column)
    if ipv4 is None or not pa.types.is_fixed_size_binary(column.type) or column.type.byte_width <= 4:
        return keys
    raw = np.zeros((len(column), 16), np.uint8)
    valid = np.asarray(column.is_valid())
    raw[valid] = np.frombuffer(b"".join(column.drop_null().to_pylist()), np.uint8).reshape(-1, 16)
    filled = ipv4 & valid & ~raw[:, 4:].any(axis=1)
    value = raw[filled, :4].copy().view(">u4").ravel().astype(np.int64)
    keys.hi[filled], keys.lo[filled], keys.ok[filled] = 0, IPV4_PREFIX | value, True
    return keys


def _packed(column: pa.Array) -> Keys:
    coded = column.dictionary_encode()
    entries = coded.dictionary.to_pylist()
    known = [(0, 0) if _is_filled_up(raw) else key_of(ip_address(raw)) for raw in entries]
    halves = np.array(known, np.int64).reshape(-1, 2)
    ok = np.array([not _is_filled_up(raw) for raw in entries], np.bool_)
    return _spread(Keys(halves[:, 0], halves[:, 1], ok), coded.indices)


def _is_filled_up(raw: bytes) -> bool:
    return any(raw[:4]) and len(raw) > 4 and not any(raw[4:])


def _spread(keys: Keys, indices: pa.Array) -> Keys:
    """The keys of a dictionary's entries, given to every row that names them."""
    valid = np.asarray(indices.is_valid())
    if not len(keys.ok):
        nothing = np.zeros(len(valid), np.int64)
        return Keys(nothing, nothing.copy(), np.zeros(len(valid), np.bool_))
    codes = np.asarray(indices.fill_null(0))
    ok = keys.ok[codes] & valid
    return Keys(np.where(ok, keys.hi[codes], 0), np.where(ok, keys.lo[codes], 0), ok)


def _key_or_none(text: str) -> tuple[int, int] | None:
    try:
        return key_of(text.strip())
    except ValueError:
        return None


def _ipv4(texts: pa.Array) -> Keys:
    """Keys of the texts that are dotted quads; `ok` is False for every other text."""
    count = len(texts)
    lo, ok = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    buffers = texts.buffers()
    if buffers[2] is not None and buffers[2].size:
        offsets = np.frombuffer(buffers[1], np.int32)[texts.offset : texts.offset + count + 1]
        data = np.frombuffer(buffers[2], np.uint8)
        for first in range(0, count, _BLOCK):
            block = slice(first, min(first + _BLOCK, count))
            lo[block], ok[block] = _quads(data, offsets[block.start : block.stop + 1])
    if texts.null_count:
        ok &= np.asarray(texts.is_valid())
    return Keys(np.zeros(count, np.int64), np.where(ok, lo | IPV4_PREFIX, 0), ok)


def _quads(data: npt.NDArray[np.uint8], offsets: Int32s) -> tuple[npt.NDArray[np.uint32], Bools]:
    """Addresses as numbers, and which of the texts at `offsets` are dotted quads.

    The dots of a whole block are found at once; three to a text cut it into its four octets.
    """
    text = data[offsets[0] : offsets[-1]]
    starts, stops = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
    dots = np.flatnonzero(text == ord(".")).astype(np.int32)
    if len(dots) == 3 * len(starts):
        value, ok = _octets(text, starts, stops, dots.reshape(-1, 3).T)
        if ok.all():
            return value, ok
    before = np.searchsorted(dots, starts)
    three = np.flatnonzero(np.searchsorted(dots, stops) - before == 3)
    value, ok = np.zeros(len(starts), np.uint32), np.zeros(len(starts), np.bool_)
    if len(three):
        inner = np.stack([dots[before[three] + place] for place in range(3)])
        value[three], ok[three] = _octets(text, starts[three], stops[three], inner)
    return value, ok


def _octets(
    text: npt.NDArray[np.uint8], starts: Int32s, stops: Int32s, dots: Int32s
) -> tuple[npt.NDArray[np.uint32], Bools]:
    begin, end = np.empty((4, len(starts)), np.int32), np.empty((4, len(starts)), np.int32)
    begin[0], begin[1:], end[:3], end[3] = starts, dots + 1, dots, stops
    span = end - begin
    good: Bools = (span >= 1) & (span <= 3)
    length = span.astype(np.uint8)  # eight bits are enough where `good`, and four times as fast
    zero = np.uint8(ord("0"))  # subtraction wraps for characters below "0", which then exceed 9
    ones, tens, hundreds = (np.take(text, end - back, mode="clip") - zero for back in (1, 2, 3))
    two, three = length >= 2, length == 3
    good &= (ones <= 9) & (~two | (tens <= 9)) & (~three | (hundreds <= 2))
    # a leading zero may mean octal: refused, as ipaddress does
    good &= ~(two & ~three & (tens == 0)) & ~(three & (hundreds == 0))
    octet = (
        ones + two.view(np.uint8) * np.uint16(10) * tens + three.view(np.uint8) * np.uint16(100) * hundreds
    )
    good &= octet <= 255
    wide = octet.astype(np.uint32)
    value = (wide[0] << 24) | (wide[1] << 16) | (wide[2] << 8) | wide[3]
    return value, good[0] & good[1] & good[2] & good[3]


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
