"""headwater vacuum: what goes, what stays, what is refused."""

import json
from pathlib import Path

import pytest

from headwater.cli.main import main
from headwater.lake.tables import create_lake, flow_table


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake with a table of flows and nothing in it."""
    lake = create_lake(tmp_path / "lake")
    flow_table(lake, create=True)
    return lake.folder


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["headwater", *arguments])
    try:
        main()
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_the_answer_as_json(
    lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts of files and bytes, the versions kept, and whether anything was removed."""
    assert _run(monkeypatch, "--lake", str(lake), "vacuum", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "files": 0,
        "bytes": 0,
        "kept_versions": [],
        "removed": False,
    }


def test_less_than_a_day_is_refused(
    lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A running ingest needs the files that it has not named yet."""
    assert _run(monkeypatch, "--lake", str(lake), "vacuum", "--days", "0") == 2
    assert "keep them for 1 day or more" in capsys.readouterr().err


def test_no_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The one line says how to make one."""
    assert _run(monkeypatch, "--lake", str(tmp_path), "vacuum") == 2
    assert "there is no lake" in capsys.readouterr().err
