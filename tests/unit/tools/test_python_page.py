"""Tests of tools/python_page.py and of the page it writes."""

import runpy
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "reference" / "python.md"


def test_page_is_what_the_generator_gives() -> None:
    """docs/reference/python.md is up to date; else: python tools/python_page.py --write."""
    generated = runpy.run_path(str(PROJECT / "tools" / "python_page.py"))["page"]()
    assert PAGE.read_text(encoding="utf-8") == generated


def test_every_option_of_the_page_names_what_may_go_wrong() -> None:
    """Each method of a lake says what it raises."""
    text = PAGE.read_text(encoding="utf-8")
    methods = [part for part in text.split("\n#### ") if part.startswith("Lake.")]
    assert [part.split("\n")[0] for part in methods if "**Raises**" not in part] == []
