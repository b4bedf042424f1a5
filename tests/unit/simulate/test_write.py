"""Tests of simulate/write.py and the verb: what a world's folder holds, and that `ingest` reads it."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet
import pytest
import typer
from typer.testing import CliRunner

from headwater.cli.simulate import add_to
from headwater.errors import BadSetting
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.model.address import key_of
from headwater.simulate.flow_files import Form
from headwater.simulate.presets import PRESETS
from headwater.simulate.world import World
from headwater.simulate.write import write_world

TINY = replace(PRESETS["small"], days=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of the small world as Parquet."""
    out = tmp_path_factory.mktemp("world") / "out"
    write_world(World(TINY, 3), out, sampling=500)
    return out


def _app() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)  # with one command alone Typer would leave its name out
    add_to(app)
    return app


def _read(path: Path) -> tuple[int, Rejects]:
    """Records of a file that ingest would store, and what it would reject."""
    rejects, source = Rejects(), SourceFile(path, str(path))
    chunks = recognise(source).read(source, ReadOptions(), rejects)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return sum(screen(chunk, rejects, now=now).num_rows for chunk in chunks), rejects


@pytest.mark.parametrize(("form", "text"), [("parquet", True), ("parquet", False), ("csv", True)])
def test_ingest_reads_every_record_of_every_form(tmp_path: Path, form: Form, text: bool) -> None:
    """All records come back from each form without a reject, from one file a day."""
    done = write_world(World(TINY, 3), tmp_path / "out", sampling=500, form=form, text_addresses=text)
    files = sorted((tmp_path / "out" / "flows").iterdir())
    assert [file.stem for file in files] == ["2025-03-03", "2025-03-04"]
    found = [_read(file) for file in files]
    assert (
        sum(rows for rows, _ in found) == done.records == sum(b.num_rows for b in World(TINY, 3).batches(500))
    )
    assert [rejects.total for _, rejects in found] == [0, 0]


def test_the_same_world_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Settings, seed and sampling decide every byte of every file."""
    write_world(World(TINY, 3), tmp_path / "out", sampling=500)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        assert (tmp_path / "out" / file.relative_to(folder)).read_bytes() == file.read_bytes()


def test_the_folder_says_that_it_is_synthetic(folder: Path) -> None:
    """README.txt and truth.json both say it, and how to hunt in reserved ranges."""
    readme = (folder / "README.txt").read_text()
    assert readme.startswith("SYNTHETIC DATA")
    assert "--allow-reserved" in readme
    assert json.loads((folder / "truth.json").read_text())["synthetic"] is True


def test_the_truth_names_upstreams_that_are_in_the_flows(folder: Path) -> None:
    """truth.json lists upstreams, all C2s, decoys and settings; networks.csv covers every C2's network."""
    truth = json.loads((folder / "truth.json").read_text())
    assert len(truth["upstreams"]) == 4
    assert len(truth["c2s"]) == 40
    assert truth["settings"]["botnet.c2s"] == 40
    with (folder / "networks.csv").open() as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert {c2["network"] for c2 in truth["c2s"]} <= names
    seen: set[str] = set()
    for path in (folder / "flows").iterdir():
        table = pyarrow.parquet.read_table(path, columns=["src", "dst"])
        seen |= set(table["src"].to_pylist()) | set(table["dst"].to_pylist())
    listed = {c2["address"] for c2 in truth["c2s"]}
    assert len(listed & seen) > 20


def test_feeds_hold_the_labels(folder: Path) -> None:
    """The two CSV files hold what World.labels says, with readable addresses and times."""
    labels = World(TINY, 3).labels()
    for feed in ("feed_a", "feed_b"):
        with (folder / "feeds" / f"{feed}.csv").open() as file:
            rows = list(csv.DictReader(file))
        mine = [label for label in labels if label.source == feed]
        assert [row["address"] for row in rows] == [label.address for label in mine]
        assert [datetime.fromisoformat(row["first_seen"]) for row in rows] == [x.feed.start for x in mine]
        assert all(key_of(row["address"]) for row in rows)


def test_a_large_day_is_cut_into_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a day comes in parts, files are numbered and closed after part_rows records."""
    world = World(replace(TINY, days=1), 3)
    monkeypatch.setattr(world, "parts_per_day", lambda _: 3)  # a large world is slow to make
    done = write_world(world, tmp_path / "out", sampling=500, part_rows=1)
    names = sorted(file.name for file in (tmp_path / "out" / "flows").iterdir())
    assert names == [f"2025-03-03-{number:03d}.parquet" for number in range(3)]
    assert done.files == 3


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """Nothing is overwritten; the message says what to do."""
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BadSetting, match="choose another with --out"):
        write_world(World(TINY, 3), tmp_path)
    assert (tmp_path / "mine").read_text() == "mine"


def test_the_verb_writes_a_world_and_says_what_it_wrote(tmp_path: Path) -> None:
    """`headwater simulate small --json` answers with files and records."""
    args = ["simulate", "small", "--out", str(tmp_path / "out"), "--sampling", "5000", "--json"]
    result = CliRunner().invoke(_app(), args, catch_exceptions=False)
    answer = json.loads(result.stdout)
    assert answer["world"] == "small"
    assert answer["files"] == 14
    assert answer["records"] > 1_000


def test_an_unknown_world_is_refused_with_those_there_are(tmp_path: Path) -> None:
    """The message lists the presets."""
    with pytest.raises(BadSetting, match="reference, small, few-listed"):
        CliRunner().invoke(
            _app(), ["simulate", "atlantis", "--out", str(tmp_path / "x")], catch_exceptions=False
        )
