"""SYNTHETIC files from Python."""

from pathlib import Path

import pytest

import headwater as hw


def test_a_story_is_written(tmp_path: Path) -> None:
    """Flows, lists, context and truth are where the answer says."""
    story = hw.write_simulation("coincidence", tmp_path / "story", sampling=5000)
    assert sorted(path.name for path in story.feeds) == ["feed_a.csv", "feed_b.csv"]
    assert [path.name for path in story.context] == ["networks.csv", "host_keys.csv", "reports.csv"]
    assert story.truth.is_file()
    assert len(list(story.flows.iterdir())) == story.files


def test_every_story_and_world_is_listed() -> None:
    """With what it is about."""
    rows = hw.simulations().to_dicts()
    assert {("access-sold", "story"), ("reference", "world")} <= {(row["name"], row["kind"]) for row in rows}
    assert all(row["note"] for row in rows)


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    """With those there are."""
    with pytest.raises(hw.BadSetting, match="access-sold"):
        hw.write_simulation("nothing", tmp_path / "story")


@pytest.mark.slow
def test_worlds_are_evaluated() -> None:
    """A row for the score and for each simpler one."""
    rows = hw.evaluate(worlds=("small",), seeds=(1000,), samplings=(1000,)).to_dicts()
    assert {row["world"] for row in rows} == {"small"}
    assert len(rows) > 5
