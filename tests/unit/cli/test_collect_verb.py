"""What the user writes and reads: `headwater collect` and `headwater ingest --follow`."""

import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from headwater.app.collect_events import CollectEvent, EventKind
from headwater.app.collect_settings import Listener
from headwater.app.collect_tally import ExporterTally, ListenerTally, Tally
from headwater.app.follow_settings import FollowSettings
from headwater.app.tap_findings import Found
from headwater.cli.collect import _listener
from headwater.cli.collect_view import as_document, stopped_document, tables, telling
from headwater.cli.json_lines import json_line
from headwater.cli.main import app
from headwater.errors import BadSetting

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "collect.md").read_text(encoding="utf-8")
HOSTILE = "\x1b[2Jevil\u202e[red]"


def _tally() -> Tally:
    tally = Tally(files=3, flows=1_200, rejected={"time before 1996": 4}, lake_version=7)
    tally.listeners["netflow 127.0.0.1:9995"] = ListenerTally("netflow 127.0.0.1:9995", 5, 6, 7, 8)
    tally.exporters["x", "192.0.2.1/3", 9] = ExporterTally(
        "x", "192.0.2.1/3", 9, packets=40, flows=1_200, sequence_failures=2, sampling=1_000,
        clock_s=-86_400.0,
        found=Found(packets=40, broken=2, lost=5, restarts=1, unsure=1, undecoded=3, unknown=(300,)),
    )  # fmt: skip
    return tally


@pytest.mark.parametrize(
    ("text", "listener"),
    [
        ("9995", Listener("netflow", 9995)),
        ("192.0.2.1:2055", Listener("netflow", 2055, "192.0.2.1")),
        ("[2001:db8::1]:2055", Listener("netflow", 2055, "2001:db8::1")),
        ("0.0.0.0:2055", Listener("netflow", 2055, "0.0.0.0")),  # noqa: S104  # asked for
    ],
)
def test_ports_as_they_are_written(text: str, listener: Listener) -> None:
    """A port alone is on loopback."""
    assert _listener("netflow", text) == listener


@pytest.mark.parametrize(
    "text", ["", "abc", "localhost:9995", "::1:9995", "1.2.3.4:", "70000", "9995/udp", "٣"]
)
def test_what_is_no_port_is_refused(text: str) -> None:
    """With the value; nothing is looked up by name."""
    with pytest.raises(BadSetting):
        _listener("netflow", text)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--netflow", "x"], "--netflow 'x': write a port"),
        (["--interval", "1"], "interval 1: give whole seconds"),
        (["--for", "0"], "--for 0.0: give seconds"),
        (["--config", "/nonexistent.toml"], "--config /nonexistent.toml: No such file"),
        (["--sampling", "0"], "sampling 0: give the N"),
    ],
)
def test_wrong_use_says_what_to_do(tmp_path: Path, arguments: list[str], why: str) -> None:
    """And makes no lake."""
    lake = tmp_path / "lake"
    result = CliRunner().invoke(app, ["--lake", str(lake), "collect", *arguments])
    assert isinstance(result.exception, BadSetting)
    assert (why in str(result.exception), lake.exists()) == (True, False)


def test_the_tables_say_what_was_lost() -> None:
    """Dropped, malformed, foreign, restarts; flows, gaps, sampling and clock of the exporter; the totals."""
    out = StringIO()
    Console(file=out, width=120).print(tables(_tally(), width=120))
    words = [line.split() for line in out.getvalue().splitlines()]
    assert ["netflow", "127.0.0.1:9995", "5", "6", "7", "8"] in words
    row = ["192.0.2.1/3", "9", "1,200", "2", "5+", "1", "3", "1:1000", "-1.0", "days", "40"]
    assert row in words
    assert "1,200 flows stored from 3 files; left out: 4 time before 1996; lake version 7" in out.getvalue()


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    """In words and as JSON."""
    event = CollectEvent(EventKind.PROBLEM, HOSTILE, "netflow 127.0.0.1:9995")
    out = StringIO()
    with telling(Console(file=out, width=200), Tally(), as_json=False) as tell:
        tell(event)
    assert r"\x1b[2Jevil\u202e[red]" in out.getvalue()
    line = json_line(as_document(event))
    assert (line.isascii(), line.count("\n"), json.loads(line)["said"]) == (True, 1, HOSTILE)


def test_every_event_and_every_number_is_documented() -> None:
    """The page's table has each kind of event; the last line's keys stand there, too."""
    told = set(
        re.findall(r"^\| `([a-z-]+)` \|", PAGE.split("## What it tells")[1].split("\n## ")[0], re.MULTILINE)
    )
    assert told - {"event"} == {kind.value for kind in EventKind}
    (stopped,) = re.findall(r"^\| `stopped` .*$", PAGE, re.MULTILINE)
    keys = set(stopped_document(_tally(), datetime(2026, 1, 1, tzinfo=UTC))) - {"event", "at"}
    assert set(re.findall(r"`(\w+)`", stopped)) - {"stopped"} == keys


def test_the_page_has_follow_s_defaults() -> None:
    """Seconds and names as the settings have them."""
    defaults = FollowSettings()
    for option, value in (
        ("settle", defaults.settle_s),
        ("patience", defaults.patience_s),
        ("commit", defaults.commit_s),
    ):
        assert re.search(rf"`--{option}`\s+seconds\s+\({value:.0f}[):]", PAGE)
    names = PAGE.split("Its name is none")[1].split("; and `--only`")[0]
    written = [name.replace("*", "x") for name in re.findall(r"`([^`]+)`", names)]
    assert written
    assert [name for name in written if defaults.counts(name)] == []


def _follow(tmp_path: Path, *arguments: str) -> BaseException | None:
    (tmp_path / "in").mkdir(exist_ok=True)
    command = ["--lake", str(tmp_path / "lake"), "ingest", str(tmp_path / "in"), *arguments]
    return CliRunner().invoke(app, command).exception


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--follow", "--csv"], "--follow has no end and so no table"),
        (["--follow", "--settle", "-1"], "--settle -1.0: give seconds"),
        (["--only", "*.csv"], "are for --follow"),
        (["--until-idle", "5"], "are for --follow"),
    ],
)
def test_follow_s_options(tmp_path: Path, arguments: list[str], why: str) -> None:
    """What does not go together is refused."""
    assert why in str(_follow(tmp_path, *arguments))


def test_follow_writes_a_line_a_batch(tmp_path: Path) -> None:
    """Stored, told, stopped: each a document of its own; exit 1 because a file could not be read."""
    folder = tmp_path / "in"
    folder.mkdir()
    header = "start,end,src,dst,src_port,dst_port,proto,packets,bytes\n"
    (folder / "a.csv").write_text(header + "1600000000,1600000001,192.0.2.1,192.0.2.2,1,2,6,3,120\n")
    (folder / "b.txt").write_text("nothing\n")
    result = CliRunner().invoke(app, [
        "--lake", str(tmp_path / "lake"), "ingest", "--follow", str(folder), "--settle", "0.05",
        "--commit", "0", "--until-idle", "0.5", "--json",
    ])  # fmt: skip
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events] == ["stored", "stopped"]
    assert (events[0]["flows"], events[1]["flows"], events[1]["rejected"], result.exit_code) == (1, 1, 1, 1)
