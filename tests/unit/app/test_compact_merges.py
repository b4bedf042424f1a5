"""`compact` makes few files of many for days that are over, before it copies them."""

from pathlib import Path

import pytest

from hand_made_flows import Flow, add_flows, lake_of
from headwater.app import compact as making
from headwater.app.compact import compact
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.cli.compact_report import document
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

LABELS = "address,family\n5.0.0.1,emotet\n5.0.1.1,emotet\n5.0.2.1,dridex\n"
HUNT = HuntSettings(allow_reserved=True, measure=MeasureSettings(sample_flows=20))
DAY_S = 86_400.0


def _flows(at: float, *, first_port: int) -> list[Flow]:
    c2s = [Flow(f"5.0.{number}.1", first_port + number, "9.9.9.9", 8443, at + number) for number in range(3)]
    others = [
        Flow(
            f"7.0.{number % 5}.{number}",
            first_port + number,
            "8.8.8.8",
            53,
            at + number,
            proto=17,
            flags=None,
        )
        for number in range(30)
    ]
    return [*c2s, *others]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files on each of two days, where three are many."""
    monkeypatch.setattr(making, "SMALL_FILES", 3)
    root = lake_of(tmp_path, _flows(0.0, first_port=40_000), labels=LABELS)
    for number, at in enumerate((3_600.0, 7_200.0, DAY_S, DAY_S + 3_600.0, DAY_S + 7_200.0), start=1):
        add_flows(root, _flows(at, first_port=40_000 + 100 * number), digest=str(number))
    return root


def test_a_day_that_is_over_is_merged_and_the_newest_is_not(lake: Path) -> None:
    """The newest day goes on getting files: merging it each time would write it again and again."""
    report = compact(lake)
    assert (len(report.merged.days), report.merged.before, report.merged.after) == (1, 3, 1)
    assert len(snapshot(open_lake(lake)).files) == 1 + 3
    assert document(report)["merged"] == {"days": 1, "files": 3, "into": 1}


def test_all_flows_have_the_copy_in_one_run(lake: Path) -> None:
    """What was merged is copied from its new file."""
    report = compact(lake)
    assert (report.compacted, report.flows, compact(lake).made) == (198, 198, ())


def test_a_day_that_was_copied_while_it_lasted_is_merged_once_it_is_over(lake: Path) -> None:
    """Its parts are made anew, once; a run after that finds nothing to do."""
    compact(lake)
    add_flows(lake, _flows(2 * DAY_S, first_port=50_000), digest="9")
    report = compact(lake)
    assert (len(report.merged.days), report.compacted, report.flows) == (1, 231, 231)
    again = compact(lake)
    assert (again.merged.days, again.made) == ((), ())


def test_a_hunt_says_the_same_before_and_after(lake: Path) -> None:
    """Whichever files hold the flows, and in which version."""
    before = hunt(lake, settings=HUNT).hunt
    compact(lake)
    after = hunt(lake, settings=HUNT).hunt
    assert after.candidates == before.candidates
    assert len(after.candidates) > 0
    assert (after.lake_version or 0) > (before.lake_version or 0)
