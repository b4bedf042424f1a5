"""Tests of headwater.app.demo."""

from pathlib import Path

import pytest

from headwater.app.case_files import read_case
from headwater.app.demo import clear, demo
from headwater.errors import BadSetting


def test_demo_replaces_what_an_earlier_one_left_and_makes_the_case_of_what_it_found_first(
    tmp_path: Path,
) -> None:
    """Nothing of the earlier one stays, neither in the lake nor beside it; a small story is played."""
    folder = tmp_path / "demo"
    clear(folder)  # as each demo begins
    left = [folder / "lake" / "flows" / "day=2000-01-01" / "a.parquet", folder / "story" / "flows" / "a.csv"]
    for file in left:
        file.parent.mkdir(parents=True)
        file.write_text("of an earlier demo")
    made = demo(folder, story="access-sold", seed=1)
    best = made.hunt.candidates[0]
    assert [file for file in left if file.exists()] == []
    assert (made.case, made.case.service.address) == (read_case(made.case_file), best.address)


@pytest.mark.slow  # the test above shows that nothing of the first one stays; stories and hunts are seeded
def test_demo_runs_twice_and_finds_the_same(tmp_path: Path) -> None:
    """In the folder of the first one."""
    first, second = (demo(tmp_path / "demo", story="access-sold", seed=1) for _ in range(2))
    assert (first.case.service, first.case) == (second.case.service, read_case(second.case_file))


def test_demo_leaves_what_it_did_not_make(tmp_path: Path) -> None:
    """A folder with somebody's files is refused, not emptied."""
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(BadSetting, match="no demo made"):
        demo(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
