"""nfdump's words: flags, protocols, counts and durations as columns."""

import numpy as np
import pyarrow as pa
import pytest

from headwater.ingest import nfdump_words as words
from headwater.ingest.answered import answered_from_flags


def _texts(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


def test_flags_of_both_versions() -> None:
    """Eight places in 1.7, six in 1.6, a number above 63 in 1.6; anything else is unknown."""
    read = words.flags_from_text(
        _texts("...AP.SF", ".AP.SF", "0x1b", "CE......", "........", "what", "", None)
    )
    assert read.to_pylist() == [0x1B, 0x1B, 0x1B, 0xC0, 0, None, None, None]


def test_protocols_by_nfdump_s_names_and_numbers() -> None:
    """Names as 1.7.1 prints them, any case."""
    read = words.protocols_from_text(
        _texts("TCP", "udp", "ICMP6", "EIGRP", "UDP-L", "GRE  ", "99", "256", "-", None)
    )
    assert read.to_pylist() == [6, 17, 58, 88, 136, 47, 99, None, None, None]


def test_scaled_counts_are_read_and_counted() -> None:
    """Units are powers of 1000; plain digits stay exact up to 64 bits, and beyond them are the largest."""
    texts = ("12020", "1.2 M", "3.0 K", "2.5 G", "9007199254740993", "18446744073709551417", "x", "-1", None)
    counts, scaled = words.counts_from_text(_texts(*texts))
    assert counts.to_pylist() == [
        12020, 1_200_000, 3000, 2_500_000_000, 9007199254740993, (1 << 63) - 1, None, None, None,
    ]  # fmt: skip
    assert scaled == 3


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("195.336", 195_336_000),
        ("00:03:15.336", 195_336_000),
        ("2d 08:06:21.969", 201_981_969_000),
        ("18446744073709540.000", -11_552_000),
        ("-2147483648d -2147483648:-2147483648:18446744073709540.000", None),
        ("1e300", None),
    ],
)
def test_durations_in_all_forms(text: str, micros: int | None) -> None:
    """Seconds, hours, days; 1.7.1 prints -11.552 s as 2^64 ms less 11,552 (a double keeps 4 s)."""
    (read,) = words.durations_from_text(_texts(text)).to_pylist()
    assert read == micros or (micros is not None and micros < 0 and abs(read - micros) < 4_000_000)


def test_flags_say_whether_a_one_way_record_was_answered() -> None:
    """ACK without RST: yes. Several SYN and nothing else: no. One SYN, RST, or not TCP: unknown."""
    flags = np.array([0x12, 0x02, 0x02, 0x14, 0x10, 0x00])
    proto = np.array([6, 6, 6, 6, 17, 6])
    packets = np.array([1, 3, 1, 5, 5, 5])
    read = answered_from_flags(flags, proto, packets)
    assert read.to_pylist() == [True, False, None, None, None, None]


def test_no_flags_are_unknown_flags() -> None:
    """0 is what exporters send that know none; other protocols have none."""
    read = words.tcp_flags_or_null(np.array([0x1B, 0, 0x10, 0x1FF]), np.array([6, 6, 17, 6]))
    assert read.to_pylist() == [0x1B, None, None, 0xFF]


def test_counts_at_the_way_out_are_a_record_s_own() -> None:
    """Only where there are no others: beside them they are the way back."""
    counts = {
        "packets": [0, 5, 0],
        "bytes": [0, 500, 0],
        "packets_back": [1, 3, 0],
        "bytes_back": [32, 300, None],
    }
    own = words.own_counts({name: pa.array(values, pa.int64()) for name, values in counts.items()})
    assert {name: column.to_pylist() for name, column in own.items()} == {
        "packets": [1, 5, 0], "bytes": [32, 500, 0], "packets_back": [0, 3, 0], "bytes_back": [0, 300, None],
    }  # fmt: skip
