"""Tests of tools/commands.py and of the page it writes."""

import re
import runpy
from pathlib import Path

from headwater.cli.ingest_report import file_document
from headwater.cli.main import VERBS
from headwater.ingest.reader import FileReport

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "reference" / "commands.md"


def test_page_is_what_the_generator_gives() -> None:
    """docs/reference/commands.md is up to date; else: python tools/commands.py --write."""
    generated = runpy.run_path(str(PROJECT / "tools" / "commands.py"))["page"]()
    assert PAGE.read_text(encoding="utf-8") == generated


def test_every_verb_is_documented() -> None:
    """Each verb, or each command of it, has a section of its own."""
    headings = re.findall(r"^## headwater (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {heading.split()[0] for heading in headings} == set(VERBS)


def test_every_key_of_the_answer_of_ingest_is_documented() -> None:
    """What `ingest --json` says of a file is on the page, and nothing that it does not say."""
    told = re.findall(r"^- ((?:`\w+`(?:, )?)+):", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {key for keys in told for key in re.findall(r"\w+", keys)} == set(
        file_document(FileReport("x", "csv"))
    )
