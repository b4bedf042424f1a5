"""Columns of addresses: the same keys as model/address.py gives one by one, whatever the text."""

import ipaddress

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.ingest.addresses import (
    keys_from_ipv4,
    keys_from_ipv6,
    keys_from_packed,
    keys_from_text,
    text_from_keys,
)
from headwater.model.address import key_of

_BROKEN = ["", ".", "...", "1.2.3", "1.2.3.4.5", "1..2.3", "256.1.1.1", "1.2.3.999", "01.2.3.4", "1.2.3.04",
           "1.2.3.4 x", "a.b.c.d", "1.2.3.-4", "+1.2.3.4", "1.2.3.4/8", "fe80::1%eth0", "::g", "1.2.3.1000",
           "\uff11.2.3.4", "12345.1.1.1", "1.2.3.4.", ".1.2.3.4", "0x1.2.3.4"]  # fmt: skip
_SOUND = ["0.0.0.1", "255.255.255.255", "10.0.0.1", " 192.0.2.7 ", "::", "::1", "2001:db8::1",
          "::ffff:192.0.2.7", "fe80::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]  # fmt: skip


def _one_by_one(texts: list[str | None]) -> list[tuple[int, int] | None]:
    """What `key_of` says of each text, None where it refuses."""
    keys: list[tuple[int, int] | None] = []
    for text in texts:
        try:
            keys.append(None if text is None else key_of(text.strip()))
        except ValueError:
            keys.append(None)
    return keys


def _vectorised(texts: pa.Array) -> list[tuple[int, int] | None]:
    keys = keys_from_text(texts)
    rows = zip(keys.hi.tolist(), keys.lo.tolist(), keys.ok.tolist(), strict=True)
    return [(hi, lo) if ok else None for hi, lo, ok in rows]


def test_sound_and_broken_texts_together() -> None:
    """Every text gets the key that `ipaddress` gives it, or none, beside any neighbours."""
    texts = [*_SOUND, *_BROKEN, None, *_SOUND]
    assert _vectorised(pa.array(texts, pa.string())) == _one_by_one(texts)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.one_of(st.ip_addresses().map(str), st.text("0123456789.:af x", max_size=17), st.none())))
def test_any_text_as_ipaddress_has_it(texts: list[str | None]) -> None:
    """Whatever the texts, the columns agree with `ipaddress` text by text."""
    assert _vectorised(pa.array(texts, pa.string())) == _one_by_one(texts)


def test_many_blocks() -> None:
    """More texts than one block holds, with a broken one here and there, keep their places."""
    rng = np.random.default_rng(7)
    numbers = rng.integers(0, 1 << 32, 70_000).tolist()
    texts: list[str | None] = [str(ipaddress.IPv4Address(number)) for number in numbers]
    texts[40_000], texts[69_999] = "1.2.3", None
    assert _vectorised(pa.array(texts, pa.string())) == _one_by_one(texts)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_any_arrow_text_type(kind: pa.DataType) -> None:
    """Plain, large and dictionary-encoded text give the same keys."""
    texts = ["192.0.2.1", None, "2001:db8::5", "no address", "192.0.2.1"]
    column = pa.array(texts, pa.string())
    column = column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
    assert _vectorised(column) == _one_by_one(texts)


def test_a_slice_reads_its_own_rows() -> None:
    """A slice of a longer array gives its own rows' keys, not those of the array's beginning."""
    texts = ["192.0.2.1", "198.51.100.2", "2001:db8::5", "203.0.113.9"]
    assert _vectorised(pa.array(texts)[1:]) == _one_by_one([*texts[1:]])


def test_only_nulls() -> None:
    """A column without any text has no keys, and dictionary columns without entries neither."""
    nulls = pa.nulls(3, pa.string())
    assert [_vectorised(nulls), _vectorised(nulls.dictionary_encode())] == [[None] * 3, [None] * 3]


def test_bytes_that_are_no_utf8() -> None:
    """A text column with bytes that are no UTF-8 (a damaged file) gives no key and no error."""
    data = pa.array([b"1.2.3.4", b"\xff\xfe.1.2.3"], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 2, data.buffers())
    assert _vectorised(broken) == [key_of("1.2.3.4"), None]


def test_numbers_and_bytes() -> None:
    """Addresses as numbers and as 16 network-order bytes give the keys of their text."""
    v4 = keys_from_ipv4(np.array([0xC0000207], np.uint32))
    raw = np.frombuffer(ipaddress.IPv6Address("2001:db8::1").packed, np.uint8).reshape(1, 16)
    v6 = keys_from_ipv6(raw)
    keys = [(int(k.hi[0]), int(k.lo[0])) for k in (v4, v6)]
    assert keys == [key_of("192.0.2.7"), key_of("2001:db8::1")]


def test_back_to_text() -> None:
    """Keys turn back into the text that RFC 5952 prescribes."""
    texts = ["192.0.2.1", "2001:db8::1", "ffff::", "192.0.2.1"]
    keys = keys_from_text(pa.array(texts))
    assert text_from_keys(keys.hi, keys.lo).to_pylist() == texts


def test_packed_addresses_are_those_of_their_text() -> None:
    """Four bytes or sixteen, in network order; an IPv4-mapped one is its IPv4 address, null is none."""
    texts = ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "::", "fe80::1"]
    wide = [ipaddress.ip_address(text).packed for text in texts[1:]]
    six = keys_from_packed(pa.array([*wide, None], pa.binary(16)))
    four = keys_from_packed(pa.array([ipaddress.ip_address(texts[0]).packed], pa.binary(4)))
    assert list(zip(six.hi.tolist(), six.lo.tolist(), strict=True))[:-1] == [
        key_of(text) for text in texts[1:]
    ]
    assert six.ok.tolist() == [True] * 4 + [False]
    assert (four.hi.tolist(), four.lo.tolist()) == ([0], [key_of("192.0.2.7")[1]])


def test_an_ipv4_address_filled_up_with_zeros_is_refused() -> None:
    """c0 00 02 07 and twelve zeros would read as c000:207::, which is somebody else."""
    keys = keys_from_packed(pa.array([bytes([192, 0, 2, 7]) + bytes(12)], pa.binary(16)))
    assert keys.ok.tolist() == [False]


def test_it_is_read_where_the_table_says_that_it_is_one() -> None:
    """Row by row: what is said to be IPv6 is refused as before, mapped addresses and null are as ever."""
    filled, mapped = bytes([192, 0, 2, 7]) + bytes(12), ipaddress.ip_address("::ffff:192.0.2.7").packed
    column = pa.array([filled, filled, mapped, None, bytes(16)], pa.binary(16))
    keys = keys_from_packed(column, ipv4=np.array([True, False, True, True, True]))
    assert keys.ok.tolist() == [True, False, True, False, True]
    assert keys.lo[[0, 2, 4]].tolist() == [key_of("192.0.2.7")[1]] * 2 + [0xFFFF_0000_0000]
