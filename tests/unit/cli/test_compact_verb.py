"""The verb compact: its forms, its exit codes, and its refusals."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hand_made_flows import Flow, lake_of
from headwater.cli.main import app
from headwater.errors import BadSetting

LABELS = "address,family\n5.0.0.1,emotet\n"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Six flows on two days."""
    flows = [Flow("5.0.0.1", 40_000 + n, "9.9.9.9", 443, 43_200.0 * (n // 2)) for n in range(6)]
    return lake_of(tmp_path, flows, labels=LABELS)


def _run(lake: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--lake", str(lake), "compact", *arguments], catch_exceptions=False)


def test_json_tells_what_was_made(lake: Path) -> None:
    """Each part with its day, flows and bytes; a second run makes nothing and tells the same parts."""
    first, second = (json.loads(_run(lake, "--json").stdout) for _ in range(2))
    assert [(part["day"], part["flows"]) for part in first["parts"]] == [("2024-05-01", 4), ("2024-05-02", 2)]
    assert (first["flows"], first["flows_compacted"], first["stopped"]) == (6, 6, False)
    assert all(part["seconds"] > 0 for part in first["parts"])
    assert second["parts"] == [{**part, "seconds": None} for part in first["parts"]]


def test_people_are_told_how_much_has_the_copy(lake: Path) -> None:
    """With --until one day is left out."""
    told = _run(lake, "--until", "2024-05-02")
    assert "4 of 4 flows have the copy by host" in told.stdout
    assert "2 of 6 flows" not in _run(lake).stdout


def test_the_check_passes(lake: Path) -> None:
    """On a lake as it should be, with exit code 0."""
    _run(lake)
    done = _run(lake, "--check")
    assert (done.exit_code, "each holds exactly its flows" in done.stdout) == (0, True)


def test_the_check_fails_with_exit_code_1(lake: Path) -> None:
    """A part that stands for other files than it was made of is named, with the remedy."""
    _run(lake)
    marker = min((lake / "by_host").glob("day=*/part-*/part.json"))
    told = json.loads(marker.read_text())
    sample = marker.with_name("sample.parquet")
    sample.write_bytes(sample.read_bytes()[:-1])
    told["files"]["sample.parquet"] -= 1
    marker.write_text(json.dumps(told))
    done = _run(lake, "--check")
    assert done.exit_code == 1
    assert str(marker.parent) in done.stdout.replace("\n", "")
    assert "headwater compact --rebuild" in done.stdout


def test_rebuild_and_check_exclude_each_other(lake: Path) -> None:
    """Wrong use."""
    with pytest.raises(BadSetting, match="exclude each other"):
        _run(lake, "--rebuild", "--check")


def test_vacuum_and_check_exclude_each_other(lake: Path) -> None:
    """A check changes nothing."""
    with pytest.raises(BadSetting, match="a check changes nothing"):
        _run(lake, "--vacuum", "--check")


def test_what_a_vacuum_removed_is_told(lake: Path) -> None:
    """Also where it was nothing."""
    assert "0 replaced files, 0.0 MB, were removed." in _run(lake, "--vacuum").stdout


def test_stopped_is_told_by_the_exit_code(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as shells say of Ctrl-C, and the report of what was made."""

    def stop(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("headwater.app.compact.write_sorted", stop)
    done = _run(lake)
    assert (done.exit_code, "the next run goes on" in done.stdout) == (130, True)
