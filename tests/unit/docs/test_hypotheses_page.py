"""The page on hypotheses: its examples run, and it names everything that there is."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from case_facts import c2s, facts
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.edits_parsing import parse_edits
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.judgement import judge
from headwater.investigate.rule import Kind
from headwater.investigate.template import Grid, Limits
from headwater.investigate.template_parsing import parse_template

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "hypotheses.md").read_text(encoding="utf-8")
BLOCKS = {
    block.split(":", 1)[0].removeprefix("# "): block
    for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
}
LOGS = {"control": 0.0, "handoff": -2.0, "coincidence": -2.0}
CASE = facts(c2s(4, log_bayes=LOGS) + c2s(4, group="emotet", log_bayes=LOGS))


def test_the_smallest_template_answers() -> None:
    """The page's template weighs a case on timing alone."""
    template = parse_template(BLOCKS["template"], name="page")
    assert judge(CASE, template).conclusion.verdict == "control"


def test_the_evidence_file_is_read() -> None:
    """One item added, one kind changed, one item off, one kind let in."""
    edits = parse_edits(BLOCKS["evidence"], name="page", template=shipped_template())
    assert (len(edits.added), len(edits.changes), len(edits.off), len(edits.let_in)) == (1, 1, 1, 1)


def test_the_refusal_is_the_programs_own() -> None:
    """The message on the page is what the program says."""
    text = BLOCKS["template"].replace("prior = 0.5", "prior = 0.6", 1)
    with pytest.raises(Exception, match="add up to") as refused:
        parse_template(text, name="mine.toml")
    assert f"    {refused.value}" in PAGE


@pytest.mark.parametrize("found", KINDS.values(), ids=list(KINDS))
def test_every_kind_is_told_with_its_keys(found: Kind) -> None:
    """Name, numbers (but grades), tables and findings of each kind stand in its row."""
    rows = " ".join(line for line in PAGE.splitlines() if line.startswith(f"| `{found.name}` |"))
    keys = [key for key in found.numbers if not key.startswith("grade_")]
    tables = [name for name in ("shapes", "shares", "likes", "words") if getattr(found, name)]
    told = [*keys, *found.findings, *tables]
    assert [key for key in told if f"`{key}`" not in rows] == []


def test_every_limit_is_told() -> None:
    """All keys of [limits] and [grid]."""
    keys = [field.name for each in (Limits, Grid) for field in fields(each)]
    assert [key for key in keys if f"`{key}`" not in PAGE] == []


def test_every_hypothesis_is_told() -> None:
    """Those of both questions."""
    names = [answer.id for question in shipped_template().questions for answer in question.answers]
    assert [name for name in names if f"| `{name}` |" not in PAGE] == []
