"""The template: what it may say, and what is refused."""

import pytest

from headwater.app.hypothesis_template import shipped_template, shipped_text
from headwater.errors import BadSetting
from headwater.investigate.template_parsing import parse_template

TEXT = shipped_text()


def _parsed(old: str, new: str) -> None:
    assert old in TEXT
    parse_template(TEXT.replace(old, new, 1), name="mine.toml")


def test_the_shipped_template_asks_both_questions() -> None:
    """The tie by group, the tenant of the address."""
    asked = [(question.id, question.by_group) for question in shipped_template().questions]
    assert asked == [("tie", True), ("tenant", False)]


def test_the_hypotheses_of_the_tie() -> None:
    """METHOD's list, each under its own id."""
    found = shipped_template().question("tie")
    assert found is not None
    assert {answer.id for answer in found.answers} == {
        "control", "handoff", "third-party", "double-compromise", "victims", "observer", "sinkhole", "egress",
        "artefact", "chance",
    }  # fmt: skip


def test_the_hypotheses_of_the_tenant() -> None:
    """Who held the address."""
    found = shipped_template().question("tenant")
    assert found is not None
    assert {answer.id for answer in found.answers} == {
        "earlier-operator", "new-operator", "passed-on", "same-holder",
    }  # fmt: skip


def test_a_kind_can_be_switched_off() -> None:
    """`on = false`, with everything else left as it is."""
    off = TEXT.replace("[evidence.hosting]", "[evidence.hosting]\non = false", 1)
    assert "hosting" not in parse_template(off, name="mine.toml").rules


def test_the_digest_is_of_the_text() -> None:
    """Another text, another digest; for provenance."""
    one, other = (parse_template(text, name="mine.toml").digest for text in (TEXT, TEXT + "\n# mine\n"))
    assert one != other


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "format: is 2; this program reads format = 1"),
        ("prior = 0.18", "prior = 0.28", "the priors add up to 1.1"),
        ("prior = 0.18", "prior = 0", "prior: 0 is no number from 1e-06"),
        ("prior = 0.18", 'prior = "much"', "'much' is no number"),
        ("prior = 0.18", "prior = nan", "prior: nan is no number"),
        (
            "[questions.tie.hypotheses.chance]",
            "[questions.tie.hypotheses.default]",
            "may be called 'default'",
        ),
        ("{service} is a sinkhole", "{servce} is a sinkhole", "{servce} stands for nothing; use {group}"),
        ("{service} is a sinkhole", "{service is a sinkhole", "statement: "),
        ("{service} is a sinkhole", "{service} is likely a sinkhole", "'likely' is a word for a likelihood"),
        ("cap_factor = 20", "cap_factor = 0", "evidence.timing.cap_factor: 0 is no number from 1.5"),
        ("cap_factor = 20", "cap = 20", "evidence.timing.cap: means nothing here"),
        ('observer = "control"', 'observer = "chaos"', "'chaos' is no model; use control, handoff"),
        ("recall_low = 0.2", "recall_low = 0.95", "recall_low: is above recall_high"),
        ("control = [3.0, 2.0]", "control = [3.0]", "a beta distribution has two numbers"),
        ("control = [3.0, 2.0]", "contrl = [3.0, 2.0]", "evidence.purity.shapes.contrl: means nothing"),
        ("egress = 0.40\ncontrol = 0.06", "egress = 1.40\ncontrol = 0.06", "egress: 1.4 is no number"),
        ("[evidence.hosting]", "[evidence.hostng]", "evidence.hostng: means nothing here"),
        (
            "ruled_out_below = 0.05",
            "ruled_out_below = 0.2",
            "limits.ruled_out_below: 0.2 is no number",
        ),
        ('ill_repute = ["offshore", "bulletproof"]', 'ill_repute = "offshore"', "is no list of texts"),
        ("weights = [", "wheights = [", "grid.wheights: means nothing here"),
    ],
)
def test_impossible_templates_are_refused(old: str, new: str, told: str) -> None:
    """The message names file, key and remedy."""
    with pytest.raises(BadSetting) as refused:
        _parsed(old, new)
    assert told in str(refused.value)
    assert str(refused.value).startswith("mine.toml: ")


def test_no_toml_is_refused() -> None:
    """With the line that is wrong."""
    with pytest.raises(BadSetting, match=r"^mine\.toml: no TOML \(.*line 2"):
        parse_template("\nformat = \n", name="mine.toml")


def test_a_template_without_the_tie_is_refused() -> None:
    """The case's verdict is about it."""
    text = TEXT.replace("questions.tie", "questions.bond")
    with pytest.raises(BadSetting, match="none is called 'tie'"):
        parse_template(text, name="mine.toml")
