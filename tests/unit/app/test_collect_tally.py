from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headwater.app.collect_events import CollectEvent, EventKind
from headwater.app.collect_settings import CollectSettings
from headwater.app.collect_store import Store
from headwater.app.collect_tally import ExporterTally, ListenerTally, Tally
from headwater.app.spool import Spool
from headwater.ingest.nfcapd_log import LogCounts
from headwater.ingest.nfcapd_statistics import ExporterCount


def _count(**said: Any) -> ExporterCount:  # Any: the fields' own types
    return replace(ExporterCount("192.0.2.1", 9, 10, 200, 0, None), **said)


def _tally(*counts: ExporterCount) -> ExporterTally:
    tally = ExporterTally("netflow 127.0.0.1:9995", "192.0.2.1", 9)
    for count in counts:
        tally = tally.plus(count)
    return tally


def test_counts_add_up_and_the_last_word_stays() -> None:
    """10 + 4 packets, 200 + 0 flows; the 4 gave no flow; who says nothing changes no sampling."""
    tally = _tally(_count(sampling=100, clock_s=-3.0), _count(packets=4, flows=0, sequence_failures=2))
    told = (tally.packets, tally.flows, tally.silent_packets, tally.sequence_failures)
    assert (told, tally.sampling, tally.clock_s) == ((14, 200, 4, 2), 100, -3.0)


@pytest.mark.parametrize(
    ("clock_s", "wrong"),
    [(None, False), (-1_800.0, False), (3_600.0, False), (3_601.0, True), (-4_000.0, True)],
)
def test_a_clock_is_wrong_beyond_an_hour(clock_s: float | None, *, wrong: bool) -> None:
    """Half an hour behind is an active timeout; an hour is none."""
    assert _tally(_count(clock_s=clock_s)).clock_wrong is wrong


def test_quiet_files_count_until_a_packet_comes() -> None:
    """Two empty intervals, then one that does not say how many packets there were (no reason to count it)."""
    quiet = _count(packets=0, flows=0)
    assert _tally(_count(), quiet, quiet).quiet_files == 2
    assert _tally(quiet, _count(packets=None, flows=0)).quiet_files == 0


def test_a_port_s_log_adds_up() -> None:
    """What more of the log says."""
    one = ListenerTally("x").plus(LogCounts(malformed=2)).plus(LogCounts(malformed=1, foreign=4))
    assert (one.malformed, one.foreign) == (3, 4)


def _told(tmp_path: Path, *counts: ExporterCount) -> list[CollectEvent]:
    """What is told when files of one exporter are stored one after the other."""
    told: list[CollectEvent] = []
    store = Store(Spool(tmp_path), tmp_path, "nfdump", CollectSettings(), Tally(), told.append)
    for count in counts:
        store._count("netflow-127.0.0.1-9995", count, 0.0)
    return told


def test_an_exporter_is_told_once_and_again_when_its_sampling_changes(tmp_path: Path) -> None:
    """New, the same, 1:100, 1:100, 1:1000: three events with what it announces then."""
    told = _told(tmp_path, *[_count(sampling=each) for each in (None, None, 100, 100, 1_000)])
    assert [event.kind for event in told] == [EventKind.EXPORTER] * 3
    assert [event.numbers["sampling"] for event in told] == [None, 100, 1_000]


def test_a_wrong_clock_is_told_once_until_it_is_right(tmp_path: Path) -> None:
    """Wrong, wrong, right, wrong: two events of loss."""
    told = _told(tmp_path, *[_count(clock_s=each) for each in (9_000.0, 9_000.0, 0.0, -200_000.0)])
    said = [event.said for event in told if event.kind is EventKind.LOSS]
    assert [text.split("its clock is ")[1].split(";")[0] for text in said] == [
        "2.5 hours ahead", "2.3 days behind",
    ]  # fmt: skip


def test_a_break_after_silence_says_so(tmp_path: Path) -> None:
    """An exporter that was away for two intervals was down or cut off; one that was there lost packets."""
    quiet = _count(packets=0, flows=0)
    told = _told(tmp_path, _count(), quiet, quiet, _count(sequence_failures=1), _count(sequence_failures=1))
    losses = [event for event in told if event.kind is EventKind.LOSS]
    assert [event.numbers["quiet_before"] for event in losses] == [2, 0]
    assert ["2 intervals without a packet" in event.said for event in losses] == [True, False]


def test_packets_without_a_flow_are_told(tmp_path: Path) -> None:
    """Templates that have not come yet."""
    (_, loss) = _told(tmp_path, _count(packets=7, flows=0))
    assert (loss.numbers["silent_packets"], loss.numbers["flows"]) == (7, 0)
