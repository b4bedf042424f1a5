"""Tests of headwater.app.demo."""

from pathlib import Path

import pytest

from headwater.app.case_files import read_case
from headwater.app.demo import demo
from headwater.errors import BadSetting


def test_demo_runs_twice_and_leaves_the_case_of_what_it_found_first(tmp_path: Path) -> None:
    """The second run replaces the first one's files and finds the same; a small story is played."""
    first, second = (demo(tmp_path / "demo", story="access-sold", seed=1) for _ in range(2))
    best = second.hunt.candidates[0]
    assert (first.case.service, first.case, second.case.service.address) == (
        second.case.service,
        read_case(second.case_file),
        best.address,
    )


def test_demo_leaves_what_it_did_not_make(tmp_path: Path) -> None:
    """A folder with somebody's files is refused, not emptied."""
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(BadSetting, match="no demo made"):
        demo(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
