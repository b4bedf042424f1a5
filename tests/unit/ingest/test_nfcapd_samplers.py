"""From which record on had nfcapd multiplied by which interval? Blocks made as nfcapd 1.7.1 writes them."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from headwater.ingest import nfcapd_samplers
from headwater.ingest.nfcapd_blocks import Layout
from headwater.ingest.nfcapd_exporters import UNHEARD, Exporter, as_announced, exporters_in
from headwater.ingest.nfcapd_rows import _counts
from headwater.ingest.nfcapd_samplers import with_changes

FLOW = struct.pack("<HH80x", 11, 84)
EXPORTER = struct.pack("<HH28x", 7, 32)
LISTING = """SysID: 1, IP:        127.0.0.1, version: 9, ID:  0, Sequence failures: 0, packets: 4, flows: 4
    Sampler: Generic Sampler: algorithm: 0, packet interval: 1, packet space: 999
    Sampler: Generic Sampler: algorithm: 0, packet interval: 1, packet space: 499
SysID: 2, IP:        127.0.0.2, version: 9, ID:  7, Sequence failures: 0, packets: 4, flows: 4
    Sampler: Generic Sampler: algorithm: 0, packet interval: 1, packet space: 63
"""


def _sampler(interval: int, *, which: int = -1, number: int = 1) -> bytes:
    return struct.pack("<HHHHqII", 15, 24, number, 0, which, 1, interval - 1)


def _found(monkeypatch: pytest.MonkeyPatch, *blocks: list[bytes]) -> dict[int, Exporter]:
    """The exporters of LISTING with the changes that these records tell."""

    def unpacked(_path: Path, _layout: Layout) -> Iterator[tuple[bytes, int]]:
        yield from ((b"".join(records), len(records)) for records in blocks)

    monkeypatch.setattr(nfcapd_samplers, "unpacked_blocks", unpacked)
    layout = Layout(2, (), 0, bzip2=False)
    return with_changes(exporters_in(LISTING), Path("unread"), layout)


def test_samplers_stand_between_the_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    """1:1000 before all, 1:500 before the fourth flow, in the second block; the other exporter has one."""
    found = _found(
        monkeypatch,
        [EXPORTER, _sampler(1_000), FLOW, FLOW],
        [FLOW, _sampler(500), FLOW, _sampler(64, number=2)],
    )
    assert found[1].changes == ((0, 1_000), (3, 500))
    assert (found[2].changes, found[2].interval) == ((), 64)


@pytest.mark.parametrize(
    "record", [struct.pack("<HH4x", 99, 8), _sampler(500, which=3), struct.pack("<HH", 11, 0), b"\x0b"]
)
def test_what_is_not_known_is_not_guessed(monkeypatch: pytest.MonkeyPatch, record: bytes) -> None:
    """Records of another kind, samplers by number, damage: nothing is said."""
    assert _found(monkeypatch, [_sampler(1_000), FLOW, record])[1].changes == ()


def test_each_record_is_divided_by_its_own_interval() -> None:
    """10 packets of 4,000 octets each: not multiplied, by 1000 twice, by 500 three times, all exactly."""
    exporter = Exporter("x", (1_000, 500), ((1, 1_000), (3, 500)))
    by = np.array([1, 1_000, 1_000, 500, 500, 500])
    columns = _counts(10 * by, 4_000 * by, [(slice(None), exporter)], np.arange(6))
    assert (columns["packets"].tolist(), columns["bytes"].tolist()) == ([10] * 6, [4_000] * 6)
    assert columns["sampling"].to_pylist() == [None, 1_000, 1_000, 500, 500, 500]


def test_without_their_places_no_count_is_too_large() -> None:
    """10 times 500 is divided by 1000, 7 times 500 cannot be."""
    columns = _counts(
        np.array([10_000, 5_000, 3_500]), np.array([4_000_000, 2_000_000, 200_500]),
        [(slice(None), Exporter("x", (1_000, 500)))], np.arange(3),
    )  # fmt: skip
    assert columns["packets"].tolist() == [10, 5, 7]
    assert columns["sampling"].to_pylist() == [None, None, None]


@pytest.mark.parametrize(
    ("heard", "sampling"),
    [
        (1_000, [1_000, 1_000]),  # nfcapd started anew and knew nothing at first
        (None, [None, None]),
        (500, [None, 500]),  # they contradict each other
        (UNHEARD, [1_000, None]),
    ],
)
def test_what_was_heard_beside_nfcapd(heard: int | None, sampling: list[int | None]) -> None:
    """One record multiplied by 1000, one not; counts are as sent whatever was heard."""
    exporters = as_announced({1: Exporter("x", (1_000,))}, {} if heard == UNHEARD else {"x": heard})
    columns = _counts(
        np.array([10_000, 10]), np.array([4_000_000, 4_000]), [(slice(None), exporters[1])], np.arange(2)
    )
    assert columns["packets"].tolist() == [10, 10]
    assert columns["sampling"].to_pylist() == sampling
