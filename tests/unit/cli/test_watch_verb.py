"""headwater watch, as users call it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hand_made_flows import hunting_lake
from headwater.app.watch import cycle
from headwater.app.watch.parsing import example_text
from headwater.cli.main import app
from headwater.errors import BadSetting
from watching import event

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "watch.md"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_example_prints_the_commented_settings() -> None:
    """And nothing else, so that it can go into a file."""
    assert _run("watch", "--example").stdout == example_text()


def test_now_goes_with_once_only() -> None:
    """A clock that stands still has one cycle."""
    with pytest.raises(BadSetting, match="add --once"):
        _run("watch", "--now", "2024-05-05")


def test_a_setting_that_means_nothing_is_named(tmp_path: Path) -> None:
    """With the file, the key and what there is."""
    file = tmp_path / "watch.toml"
    file.write_text("[schedule]\nevery_s = 3\n")
    with pytest.raises(BadSetting, match=r"watch\.toml: schedule\.every_s: means nothing here; use clock"):
        _run("watch", "--config", str(file))


def test_one_cycle_tells_what_it_did_and_leaves_nothing_owed(tmp_path: Path) -> None:
    """A lake of three C2s whose verdicts are chance: no event, a line of talk, exit 0."""
    lake = hunting_lake(tmp_path)
    done = _run("--lake", str(lake), "watch", "--once", "--now", "2024-05-05")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "now 2024-05-05 00:00 UTC, lake version 1: 0 new events, 0 leave; 0 known upstreams" in done.stderr


def test_what_a_sink_did_not_get_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, and where the events are."""
    lake, file = hunting_lake(tmp_path), tmp_path / "watch.toml"
    file.write_text(
        f'[[sink]]\nname = "mail"\nkind = "mail"\nfolder = {json.dumps(str(tmp_path / "none"))}\n'
        'sender = "a@b.example"\nto = ["c@d.example"]\n'
    )
    monkeypatch.setattr(cycle, "_nothing_comes", lambda memory, *_: (memory, [event()]))
    done = _run("--lake", str(lake), "watch", "--once", "--now", "2024-05-05", "--config", str(file))
    assert done.exit_code == 1
    assert "mail has not got 1 events yet" in done.stderr


def test_the_guide_shows_the_settings_that_there_are() -> None:
    """The page that explains the settings has the example word by word."""
    assert example_text() in PAGE.read_text(encoding="utf-8")
