"""Tests of tools/story_settings.py: the page of stories says what the code says."""

import subprocess
import sys
from pathlib import Path

from headwater.simulate.knobs import knobs
from headwater.simulate.stories.catalogue import STORIES

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "reference" / "stories.md"
EXPLANATION = PROJECT / "docs" / "explanation" / "stories.md"


def test_page_is_what_the_generator_gives() -> None:
    """The page says what the settings say; else run `python tools/story_settings.py --write`."""
    generated = subprocess.run(
        [sys.executable, PROJECT / "tools" / "story_settings.py"], capture_output=True, check=True
    )
    assert PAGE.read_text(encoding="utf-8") == generated.stdout.decode()


def test_every_story_and_every_setting_is_on_the_page() -> None:
    """Each story has its row, each of its settings a row somewhere."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {line.split("`")[1] for line in lines if line.startswith("| `")}
    for name, story in STORIES.items():
        assert any(line.startswith(f"| {name} |") for line in lines)
        assert {each.name for each in knobs(story)} <= rows


def test_every_story_is_explained() -> None:
    """The explanation has a passage on each."""
    text = EXPLANATION.read_text(encoding="utf-8")
    assert [name for name in STORIES if f"**{name}**" not in text] == []
