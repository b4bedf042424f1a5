"""Tests of headwater.app.demo."""

from pathlib import Path

import pytest

from headwater.app.demo import demo
from headwater.errors import BadSetting


def test_demo_runs_twice_and_finds_what_it_planted(tmp_path: Path) -> None:
    """The second run replaces the first one's world and lake; the best-ranked key is a planted upstream."""
    first, second = demo(tmp_path / "demo"), demo(tmp_path / "demo")
    ranks = [[one.rank for one in made.planted] for made in (first, second)]
    assert (ranks[0], ranks[0][0]) == (ranks[1], 1)


def test_demo_leaves_what_it_did_not_make(tmp_path: Path) -> None:
    """A folder with somebody's files is refused, not emptied."""
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(BadSetting, match="no demo made"):
        demo(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
