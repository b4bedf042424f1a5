"""Tests of headwater.app.watch.copy_by_host: a watch keeps the copy by host, and nothing else changes."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from hand_made_flows import BEGIN, add_flows, lake_of
from headwater.app.compact import compact
from headwater.app.watch import copy_by_host
from headwater.app.watch.copy_by_host import renew_copy
from headwater.app.watch.cycle import Cycle
from headwater.app.watch.run import Talk, watch
from headwater.app.watch.settings import JsonSink, LeadSettings, Schedule, WatchSettings
from headwater.lake.by_host import days_with_parts
from headwater.lake.by_host_store import only_writer
from headwater.lake.tables import open_lake
from watching import C2S, watched_flows, watched_labels

END = BEGIN + timedelta(days=6)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake of six days in which the copy is said to pay."""
    monkeypatch.setattr(copy_by_host, "PAYS_FROM", 1)
    return lake_of(tmp_path, watched_flows(), labels=watched_labels(*C2S))


def _settings(lake: Path, *, copy: bool = True) -> WatchSettings:
    return WatchSettings(
        schedule=Schedule(copy=copy), leads=LeadSettings(every=timedelta(0)),
        sinks=(JsonSink("log", file=lake.parent / "events.jsonl"),),
    )  # fmt: skip


def _watched(lake: Path) -> tuple[Cycle, list[str]]:
    """One cycle, and what was in its way."""
    cycles: list[Cycle] = []
    trouble: list[str] = []
    talk = Talk(cycle=cycles.append, trouble=lambda place, why: trouble.append(f"{place}: {why}"))
    watch(lake, _settings(lake), stop=threading.Event(), once=True, now=END, talk=talk)
    return cycles[0], trouble


def _renewed(lake: Path, *, copy: bool = True) -> tuple[int, list[str]]:
    """How many parts were made, and what was said."""
    settings, said = _settings(lake, copy=copy), list[str]()
    return renew_copy(lake, settings, now=END, stop=threading.Event(), say=said.append), said


def _copied(lake: Path) -> list[date]:
    return sorted(days_with_parts(open_lake(lake)))


def test_days_that_are_over_are_copied_once(lake: Path) -> None:
    """Five of six: the newest day goes on getting flows."""
    said = "copying by host what is over and not copied yet: 5 parts"
    assert (_renewed(lake), _renewed(lake)) == ((5, [said]), (0, []))
    assert _copied(lake) == [(BEGIN + timedelta(days=n)).date() for n in range(5)]


def test_storing_a_day_in_other_files_is_nothing_new(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day in two small files is merged and copied after the first cycle; the second does not hunt."""
    monkeypatch.setattr("headwater.app.compact.SMALL_FILES", 2)
    add_flows(lake, watched_flows(days=1.0), digest="1")
    (first, _), (second, _) = _watched(lake), _watched(lake)
    assert (first.hunted, second.hunted, len(_copied(lake))) == (True, False, 5)
    assert second.lake_version > first.lake_version


def test_a_watch_may_leave_the_copy_to_others(lake: Path) -> None:
    """Then it writes none."""
    assert (_renewed(lake, copy=False), _copied(lake)) == ((0, []), [])


def test_where_hunts_read_no_copy_none_is_made(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few thousand flows are read as they are."""
    monkeypatch.setattr(copy_by_host, "PAYS_FROM", 10**9)
    assert (_renewed(lake), _copied(lake)) == ((0, []), [])


def test_another_compact_at_work_is_told_and_ends_nothing(lake: Path) -> None:
    """The cycle is over by then, and its events have left."""
    with only_writer(open_lake(lake)):
        cycle, trouble = _watched(lake)
    assert [event.kind.value for event in cycle.leaving] == ["new-upstream"]
    (said,) = trouble
    assert said.startswith("copy by host: ")
    assert "another `headwater compact` is at work" in said


def test_a_compact_that_is_stopped_goes_on_next_time(lake: Path) -> None:
    """Stopped after its first part it keeps that one."""
    stop = threading.Event()
    report = compact(lake, on_progress=lambda done: stop.set() if done.parts_done else None, stop=stop)
    assert (report.stopped, len(_copied(lake))) == (True, 1)
    again = compact(lake)
    assert (again.stopped, len(again.kept), len(again.made)) == (False, 1, 5)
