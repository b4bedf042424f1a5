"""Cells of any type as numbers, protocols, flags, texts."""

import pyarrow as pa
import pytest

from headwater.ingest import cells

WORDS = ["443", " 443 ", "443.0", "0x1bb", "443.5", "x", "", None, "9" * 30, "1e400", "nan"]


def test_numbers_from_text() -> None:
    """Whole numbers in decimal, hex or with a zero fraction; anything else is null."""
    assert cells.numbers(pa.array(WORDS)).to_pylist() == [443, 443, 443, 443, *[None] * 7]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1, None], pa.uint8()), [1, None]),
        (pa.array([2**64 - 1, 7], pa.uint64()), [None, 7]),
        (pa.array([1.0, 2.5, float("inf")]), [1, None, None]),
        (pa.array(["1", "2"]).dictionary_encode(), [1, 2]),
        (pa.array([True, False]), [1, 0]),
        (pa.array([[1], [2]]), [None, None]),
    ],
)
def test_numbers_from_any_type(column: pa.Array, expected: list[int | None]) -> None:
    """What holds whole numbers gives them; what does not gives null."""
    assert cells.numbers(column).to_pylist() == expected


def test_a_scale_multiplies_and_rounds() -> None:
    """1.2 kB at a scale of 1000 are 1200 bytes."""
    assert cells.numbers(pa.array(["1.2", "3"]), scale=1000).to_pylist() == [1200, 3000]


def test_protocols_by_name_or_number() -> None:
    """Names in any case, numbers as text or as numbers."""
    assert cells.protocols(pa.array(["TCP", "udp", "6", "17.0", "ipv6-icmp", "?"])).to_pylist() == [
        6, 17, 6, 17, 58, None,
    ]  # fmt: skip
    assert cells.protocols(pa.array([6, 300])).to_pylist() == [6, 300]


def test_flags_in_their_forms() -> None:
    """Number, hex, nfdump's dotted letters, SiLK's bare letters: 27 is FIN, SYN, PSH and ACK."""
    texts = ["27", "0x1b", "...AP.SF", "FSPA", "", "xyz"]
    assert cells.tcp_flags(pa.array(texts)).to_pylist() == [27, 27, 27, 27, None, None]


def test_unknown_values_and_translations() -> None:
    """What a map calls unknown is null; what its values do not list is null too."""
    assert cells.without(pa.array([0, 5]), ("0",)).to_pylist() == [None, 5]
    assert cells.without(pa.array(["-", "a"]), ("-",)).to_pylist() == [None, "a"]
    action = pa.array(["REJECT", "ACCEPT", None])
    assert cells.translated(action, {"REJECT": False}).to_pylist() == ["False", None, None]
    assert cells.booleans(pa.array(["False", "yes", "1", "?"])).to_pylist() == [False, True, True, None]


def test_texts_that_are_no_utf8() -> None:
    """Bytes that are no UTF-8 are replaced, not passed on and not fatal."""
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xffa"], pa.binary()).buffers())
    assert cells.texts(broken).to_pylist() == ["\ufffda"]
