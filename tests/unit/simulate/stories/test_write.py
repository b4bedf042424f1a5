"""Tests of simulate/stories/write.py and the verb: what a story's folder holds, and that a lake takes it."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from headwater.app.context import add_context
from headwater.app.ingest import ingest
from headwater.app.labels import add_labels
from headwater.app.simulate import simulate
from headwater.cli.simulate import add_to
from headwater.errors import BadSetting
from headwater.intel.labels.feed import Analyst
from headwater.simulate.evaluate.stories import expected_of
from headwater.simulate.flow_files import Written
from headwater.simulate.stories.catalogue import STORIES
from headwater.simulate.stories.story import Told, tell
from headwater.simulate.stories.write import write_story
from story_records import thinned


def _small(name: str, seed: int) -> Told:
    story = STORIES[name]
    return tell(story, seed, world=thinned(story.world(seed)))


def _write(out: Path) -> Written:
    return write_story(_small("sinkhole", 2), out, sampling=2_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story of the sinkhole, with its label in a feed."""
    out = tmp_path_factory.mktemp("story") / "out"
    _write(out)
    return out


def test_a_lake_takes_every_file_whole(folder: Path, tmp_path: Path) -> None:
    """Flows, feeds, networks, host keys and reports are read without a single refusal."""
    lake = tmp_path / "lake"
    done = ingest([str(folder / "flows")], lake=lake)
    assert [each.rejected for each in done.files] == [{}] * len(done.files)
    feeds = add_labels([str(folder / "feeds")], lake=lake, analyst=Analyst(allow_reserved=True))
    assert [each.refused for each in feeds.files] == [{}, {}]
    known = [str(folder / name) for name in ("networks.csv", "host_keys.csv", "reports.csv")]
    context = add_context(known, lake=lake)
    assert [(each.refused, each.error) for each in context] == [({}, "")] * 3
    assert all(each.entries for each in context)


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Story, seed and sampling decide every byte of every file."""
    _write(tmp_path / "out")
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        assert (tmp_path / "out" / file.relative_to(folder)).read_bytes() == file.read_bytes()


def test_flow_files_hold_a_month_each(folder: Path) -> None:
    """Named after year and month, in order, none for months without records."""
    names = sorted(path.stem for path in (folder / "flows").iterdir())
    truth = json.loads((folder / "truth.json").read_text())
    first, last = (datetime.fromisoformat(truth[edge]) for edge in ("start", "end"))
    assert names[0] == f"{first:%Y-%m}"
    assert names[-1] <= f"{last:%Y-%m}"
    assert 3 <= len(names) <= 4


@pytest.fixture
def no_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories without their records, which take time, for tests that look at none."""
    nothing = Written(0, 0, 0, 0)
    monkeypatch.setattr("headwater.simulate.stories.write.write_flows", lambda *_: nothing)


@pytest.mark.usefixtures("no_records")
@pytest.mark.parametrize("name", STORIES)
def test_the_folder_says_that_it_is_synthetic(name: str, tmp_path: Path) -> None:
    """README.txt and truth.json both say it, and the README says how to investigate."""
    story = STORIES[name]
    write_story(tell(story, 1), tmp_path / "out", sampling=story.sampling_of(1))
    readme = (tmp_path / "out" / "README.txt").read_text()
    truth = json.loads((tmp_path / "out" / "truth.json").read_text())
    assert readme.startswith("SYNTHETIC DATA. Nothing in this folder was observed anywhere.")
    assert truth["synthetic"] is True
    assert truth["service"]["investigate"] in readme
    assert all(each["fact"] in readme for each in truth["facts"])
    assert expected_of(tmp_path / "out" / "truth.json").hypothesis == truth["expected"]["hypothesis"]


@pytest.mark.usefixtures("no_records")
def test_the_readme_of_the_published_case_marks_what_was_invented(tmp_path: Path) -> None:
    """Two lists: stated by the source, and invented."""
    write_story(tell(STORIES["dridex-emotet"], 1), tmp_path / "out", sampling=1_000)
    stated, _, invented = (tmp_path / "out" / "README.txt").read_text().partition("Invented:")
    assert "TCP/38400" in stated
    assert "198.18.0.0/15" in invented


def test_host_keys_and_reports_have_the_columns_of_their_files(folder: Path) -> None:
    """The columns that `context add` knows them by."""
    with (folder / "host_keys.csv").open() as file:
        assert next(csv.reader(file)) == ["address", "port", "kind", "fingerprint", "seen_at", "source"]
    with (folder / "reports.csv").open() as file:
        columns = next(csv.reader(file))
    assert columns == ["address", "date", "claim", "actor", "malware", "source", "grade", "url"]


def test_a_folder_with_something_in_it_is_left_alone(folder: Path) -> None:
    """Nothing is overwritten."""
    with pytest.raises(BadSetting, match="choose another with --out"):
        _write(folder)


def test_the_verb_writes_a_story_at_its_own_sampling(tmp_path: Path) -> None:
    """`headwater simulate insufficient --json` answers with the story's name, files and records."""
    app = typer.Typer()
    app.callback()(lambda: None)
    add_to(app)
    args = ["simulate", "insufficient", "--seed", "3", "--out", str(tmp_path / "out"), "--json"]
    answer = json.loads(CliRunner().invoke(app, args, catch_exceptions=False).stdout)
    assert answer["story"] == "insufficient"
    assert answer["sampling"] == STORIES["insufficient"].sampling_of(3)
    assert answer["records"] > 20_000


def test_a_story_has_its_own_size(tmp_path: Path) -> None:
    """A wish for a number of records is refused with what to do."""
    with pytest.raises(BadSetting, match="leave --records out"):
        simulate("sinkhole", out=tmp_path / "x", records=1_000)
