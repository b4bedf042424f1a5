"""`compact` stores days in an earlier form anew, once, and gives their space back where that is asked for."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from earlier_form import store_in_earlier_form
from hand_made_flows import BEGIN, Flow, add_flows, lake_of
from headwater.app import compact as making
from headwater.app import compact_files, flow_source
from headwater.app.case_measuring import measured
from headwater.app.case_settings import CaseSettings
from headwater.app.compact import compact
from headwater.app.compact_check import check
from headwater.app.compact_settings import CompactSettings
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.cli.compact_report import document
from headwater.lake import renewing
from headwater.lake.cases import store_case
from headwater.lake.parquet_files import SUFFIX
from headwater.lake.readers import Reading
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.model.service import Service

LABELS = "address,family\n5.0.0.1,emotet\n5.0.1.1,emotet\n5.0.2.1,dridex\n"
SMALL = MeasureSettings(sample_flows=20)
HUNT = HuntSettings(allow_reserved=True, measure=SMALL)
VACUUM = CompactSettings(vacuum=True)
DAY_S = 86_400.0
DAYS = 3


def _flows(at: float) -> list[Flow]:
    c2s = [Flow(f"5.0.{number}.1", 40_000 + number, "9.9.9.9", 8443, at + number) for number in range(3)]
    return [*c2s, *(Flow(f"7.0.{n % 5}.{n}", 40_000 + n, "8.8.8.8", 53, at + n, proto=17) for n in range(30))]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of an earlier form on each of three days."""
    monkeypatch.setattr(flow_source, "ROW_COST", 0.0)
    monkeypatch.setattr(making, "SAMPLE_SHARE", 2)
    with pytest.MonkeyPatch.context() as patch:
        store_in_earlier_form(patch)
        root = lake_of(tmp_path, _flows(0.0), labels=LABELS)
        for number in range(1, 2 * DAYS):
            add_flows(root, _flows(DAY_S / 2 * number), digest=str(number))
    return root


def _on_disk(lake: Path) -> list[Path]:
    return sorted((lake / "flows").glob("day=*/*.parquet"))


def _earlier(lake: Path) -> list[Path]:
    return [path for path in _on_disk(lake) if not path.name.endswith(SUFFIX)]


def _in_use(lake: Path) -> set[str]:
    return set(snapshot(open_lake(lake)).files)


def test_days_that_are_over_are_stored_anew_with_their_copy(lake: Path) -> None:
    """The newest is not, to which more may come; old files stay until a vacuum."""
    report = compact(lake)
    assert document(report)["merged"] == {"days": 2, "files": 4, "into": 2}
    assert (report.compacted, report.flows) == (198, 198)
    assert [name.endswith(SUFFIX) for name in sorted(_in_use(lake))] == [True, True, False, False]
    assert len(_earlier(lake)) == 6
    assert [one.wrong for one in check(lake).parts] == ["", "", ""]


def test_it_is_done_once(lake: Path) -> None:
    """A second run writes no version and no part."""
    first, second = compact(lake), compact(lake)
    assert (second.made, second.merged.days, second.lake_version) == ((), (), first.lake_version)


def test_a_hunt_says_the_same_before_and_after(lake: Path) -> None:
    """Whichever files hold the flows."""
    before = hunt(lake, settings=HUNT).hunt
    compact(lake, settings=VACUUM)
    after = hunt(lake, settings=HUNT).hunt
    assert after.candidates == before.candidates
    assert len(after.candidates) > 0


def test_a_day_that_has_its_copy_stays_until_it_is_rebuilt(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer headwater does not make all copies anew by itself."""
    with monkeypatch.context() as patch:
        patch.setattr(compact_files, "days_of_earlier_form", lambda _: frozenset())
        compact(lake)
    again = compact(lake)
    assert (again.made, len(_earlier(lake))) == ((), 6)
    rebuilt = compact(lake, settings=CompactSettings(rebuild=True, vacuum=True))
    assert (len(rebuilt.made), len(rebuilt.merged.days), len(_earlier(lake))) == (3, 2, 2)


def test_vacuum_leaves_what_the_newest_version_names(lake: Path) -> None:
    """No file lies on the disk twice, and it is told what went."""
    report = compact(lake, settings=VACUUM)
    assert {str(path) for path in _on_disk(lake)} == _in_use(lake)
    said = document(report)["vacuumed"]
    assert (said["files"], said["kept_versions"], said["in_use"]) == (4, [], False)
    assert said["bytes"] > 0
    assert document(compact(lake))["vacuumed"] is None


def test_each_day_is_given_back_before_the_next_is_stored(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a day's room is all that is needed beside the lake."""
    most: list[int] = []
    store = renewing.store_anew

    def counted(*arguments: object) -> object:
        done = store(*arguments)  # type: ignore[arg-type]  # passed on as they came
        most.append(len(_on_disk(lake)))
        return done

    monkeypatch.setattr(compact_files, "store_anew", counted)
    compact(lake, settings=VACUUM)
    assert most == [6 + 1, 6 + 1 - 2 + 1]


def test_a_version_that_a_case_stands_on_keeps_its_files(lake: Path) -> None:
    """The case says the same afterwards, and the user is told what keeps the space."""
    settings = CaseSettings(allow_reserved=True, measure=SMALL, lake_version=6)
    before = measured(lake, Service("9.9.9.9"), settings=settings).measurements.clients.flows.tolist()
    store_case(lake, Service("9.9.9.9", 8443, 6), '{"lake_version": 6}')
    report = compact(lake, settings=VACUUM)
    assert document(report)["vacuumed"]["kept_versions"] == [6]
    assert len(_earlier(lake)) == 6
    after = measured(lake, Service("9.9.9.9"), settings=settings).measurements.clients.flows.tolist()
    assert after == before


def test_nothing_is_taken_from_who_is_reading(lake: Path) -> None:
    """It is told, and the next run does it."""
    held = Reading(open_lake(lake))
    report = compact(lake, settings=VACUUM)
    assert (len(_earlier(lake)), document(report)["vacuumed"]["in_use"]) == (6, True)
    del held
    again = compact(lake, settings=VACUUM)
    assert (len(_earlier(lake)), document(again)["vacuumed"]["files"], again.made) == (2, 4, ())


def test_files_of_a_running_ingest_stay(lake: Path) -> None:
    """They are written before they are named."""
    unnamed = lake / "flows" / f"day={BEGIN.date()}" / f"part-running{SUFFIX}"
    unnamed.write_bytes(b"half a file")
    compact(lake, settings=VACUUM)
    assert unnamed.is_file()


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
@pytest.mark.parametrize("where", ["_written", "_placed", "_committed"])
def test_a_signal_in_the_middle_loses_nothing(lake: Path, where: str, number: signal.Signals) -> None:
    """After each step of storing a day anew: all flows are there, and the next run goes on."""
    program = (
        "import os, sys; from pathlib import Path; from headwater.app.compact import compact\n"
        "from headwater.lake import renewing\n"
        "step = getattr(renewing, sys.argv[2])\n"
        "def stopped(*args):\n"
        "    done = step(*args); os.kill(os.getpid(), int(sys.argv[3])); return done\n"
        "setattr(renewing, sys.argv[2], stopped)\n"
        "compact(Path(sys.argv[1]))\n"
    )
    before = hunt(lake, settings=HUNT).hunt.candidates
    subprocess.run(
        [sys.executable, "-c", program, str(lake), where, str(int(number))], check=False, capture_output=True
    )
    assert snapshot(open_lake(lake)).rows == 198
    assert hunt(lake, settings=HUNT).hunt.candidates == before
    report = compact(lake, settings=VACUUM)
    assert (report.compacted, len(_earlier(lake))) == (198, 2)
    assert not list((lake / "by_host").glob("day=*/.*"))
    assert hunt(lake, settings=HUNT).hunt.candidates == before
    assert [one.wrong for one in check(lake).parts] == ["", "", ""]
