"""The reckoning of a candidate as text and as JSON."""

import io
import json

from rich.console import Console

from headwater.present.explanation import draw_explanation, explained_document
from headwater.score.explain import Explanation, Step

TOLD = Explanation(
    service="192.0.2.1 port 443 protocol 6 as server",
    rank=3,
    steps=(
        Step("Whom did it meet?", "", {"k": 4, "p_value": None, "estimated": True}),
        Step("What else would explain it?", "log10", {"scanner": 0.0, "tracker": 1.25}),
    ),
    contacts=(
        {"c2": "198.51.100.7", "family": "evil\x1b[31m", "flows": 1234, "sessions": 3, "days": 2,
         "first": "2025-03-05T14:36:52.421000", "last": "2025-03-06T00:00:00.000000"},
    ),
    strangers=(),
    verdict="upstream",
    reasons=("4 of its 5 contacts are listed C2s",),
)  # fmt: skip


def _drawn(*, defanged: bool = False) -> str:
    buffer = io.StringIO()
    draw_explanation(TOLD, Console(file=buffer, width=120), defanged=defanged)
    return buffer.getvalue()


def test_every_number_of_a_step_is_shown() -> None:
    """Missing ones as a dash, truths in words."""
    lines = [line.split() for line in _drawn().splitlines()]
    assert [line for line in lines if line[:1] in (["k"], ["p_value"], ["estimated"])] == [
        ["k", "4"], ["p_value", "-"], ["estimated", "yes"],
    ]  # fmt: skip


def test_confounders_that_say_nothing_are_left_out_of_the_text() -> None:
    """And kept in the JSON."""
    assert ("scanner" in _drawn(), "tracker" in _drawn()) == (False, True)
    assert explained_document(TOLD)["steps"][1]["values"]["scanner"] == 0.0


def test_text_from_feeds_is_not_obeyed() -> None:
    """An escape sequence in a family's name is written out."""
    assert "\x1b" not in _drawn()


def test_addresses_can_be_defanged() -> None:
    """In both forms."""
    text = json.dumps(explained_document(TOLD, defanged=True)) + _drawn(defanged=True)
    assert ("192.0.2.1" in text, "198.51.100.7" in text, "198.51.100[.]7" in text) == (False, False, True)
