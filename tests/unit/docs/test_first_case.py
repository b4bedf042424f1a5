"""The tutorial of a first case: its file is read, and it shows what the program prints."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from headwater.app.evaluate_stories import MAIN, run_story
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.edits_parsing import parse_edits
from headwater.present.case_text import draw_case

PAGE = (Path(__file__).parents[3] / "docs" / "tutorials" / "first-case.md").read_text(encoding="utf-8")


def test_the_analysts_file_is_read() -> None:
    """One item added, one kind let in."""
    block = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    edits = parse_edits(block, name="own.toml", template=shipped_template())
    assert (len(edits.added), len(edits.let_in)) == (1, 1)


@pytest.mark.slow
def test_sections_3_to_6_show_what_the_program_prints() -> None:
    """Every line of the case, but those shortened with dots, stands in the answer on 110 columns."""
    shown = PAGE[PAGE.index("## 3.") : PAGE.index("## 7.")].splitlines()
    told = [" ".join(line.split()) for line in shown if line.startswith("    ") and "..." not in line]
    told = [line for line in told if line and not line.startswith("$")]
    buffer = io.StringIO()
    draw_case(
        run_story(MAIN, seed=1).case, Console(file=buffer, width=110, color_system=None), everything=True
    )
    printed = " ".join(buffer.getvalue().split())
    missing = [line for line in told if line not in printed]
    assert (len(told) > 30, missing) == (True, [])
