"""Keeping a lake in order in Python: what `compact` and `vacuum` answer, and what they refuse."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import headwater as hw
from hand_made_flows import Flow, add_flows, hunting_lake
from headwater.api import compact_result
from headwater.app.compact import CompactReport
from headwater.cli.main import app
from headwater.lake.merging import Merged, merge_small_files
from headwater.lake.tables import open_lake


@pytest.fixture
def own(tmp_path: Path) -> hw.Lake:
    """A lake with flows on three days, one flow on the last; the test may change it."""
    root = hunting_lake(tmp_path)
    add_flows(root, [Flow("7.0.0.1", 40_000, "9.9.9.53", 53, 5 * 86_400.0, proto=17)], digest="1")
    return hw.Lake(root)


def test_compact_says_what_the_command_line_says(own: hw.Lake) -> None:
    """The same parts under the same names; what was there before took no seconds."""
    made, again = own.compact(), own.compact()
    done = CliRunner().invoke(app, ["--lake", str(own.path), "compact", "--json"])
    told = json.loads(done.stdout)
    names = ("day", "folder", "flows", "bytes", "files_covered", "seconds")
    assert [{name: row[name] for name in names} for row in again.to_dicts()] == told["parts"]
    assert all(row["seconds"] > 0 for row in made.to_dicts())
    assert (again.flows, again.flows_compacted, again.lake_version, again.wrong) == (
        told["flows"], told["flows_compacted"], told["lake_version"], 0,
    )  # fmt: skip


def test_only_the_days_asked_for_are_compacted_and_each_is_told(own: hw.Lake) -> None:
    """The last of three; `say` hears of it once."""
    said: list[str] = []
    found = own.compact(since="2024-05-06", say=said.append)
    assert [row["day"] for row in found.to_dicts()] == ["2024-05-06"]
    assert (found.flows_compacted, said) == (1, ["2024-05-06: part 1 of 1"])


def test_the_check_tells_what_is_wrong(own: hw.Lake) -> None:
    """Nothing first; then the part whose file is gone, and with `rebuild` nothing again."""
    own.compact()
    assert [row["wrong"] for row in own.compact(check=True).to_dicts()] == ["", "", ""]
    next(Path(own.path).glob("by_host/day=2024-05-01/part-*/sample.parquet")).unlink()
    found = own.compact(check=True)
    assert (found.wrong, [bool(row["wrong"]) for row in found.to_dicts()]) == (1, [True, False, False])
    own.compact(rebuild=True)
    assert own.compact(check=True).wrong == 0


def test_rebuild_and_check_exclude_each_other(own: hw.Lake) -> None:
    """Also where the settings say one of them."""
    with pytest.raises(hw.BadSetting, match="exclude each other"):
        own.compact(check=True, settings=hw.CompactSettings(rebuild=True))


def test_ctrl_c_reaches_the_script(own: hw.Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line ends with a report; a script must not go on as if all were done."""
    stopped = CompactReport(1, (), (), Merged(1, (), 0, 0), 1, stopped=True)
    monkeypatch.setattr(compact_result, "compact", lambda *_, **__: stopped)
    with pytest.raises(KeyboardInterrupt):
        own.compact()


def test_replaced_files_may_go_at_once(own: hw.Lake) -> None:
    """As --vacuum; that is told beside the parts."""
    found = own.compact(settings=hw.CompactSettings(vacuum=True))
    assert found.said == ("0 replaced files, 0.0 MB, were removed.",)
    assert own.compact().said == ()


def test_vacuum_keeps_the_versions_asked_for(own: hw.Lake) -> None:
    """It tells what it kept; small files that were merged today are not old enough to go."""
    merge_small_files(open_lake(Path(own.path)))
    found = own.vacuum(keep=[1], dry_run=True)
    assert (found.files, found.size_bytes, found.kept_versions) == (0, 0, (1,))


def test_vacuum_refuses_less_than_a_day(own: hw.Lake) -> None:
    """A running ingest needs the files that it has not named yet."""
    with pytest.raises(hw.BadSetting, match="keep them for 1 day or more"):
        own.vacuum(days=0)
