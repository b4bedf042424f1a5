"""Tests of headwater.present.export.misp_tags."""

import pytest

from headwater.model.hypothesis import Hypothesis
from headwater.present.export.misp_tags import family_tag, grade_tags, likelihood_tag


@pytest.mark.parametrize(
    ("posterior", "word"),
    [
        (0.99, "almost-certain"),
        (0.80, "very-likely"),
        (0.79, "likely"),
        (0.50, "roughly-even-chance"),
        (0.44, "unlikely"),
        (0.19, "very-unlikely"),
        (0.04, "almost-no-chance"),
    ],
)
def test_likelihood_by_icd_203(posterior: float, word: str) -> None:
    """The ranges of ICD 203 in the words of the taxonomy estimative-language."""
    one = Hypothesis("control", "tie", "all", "x", 0.1, posterior, 0.0, 1.0, "some word")
    assert likelihood_tag(one) == f'estimative-language:likelihood-probability="{word}"'


def test_an_unstable_word_gets_no_tag() -> None:
    """Where the answer swings with the priors, no tag pretends otherwise."""
    assert likelihood_tag(Hypothesis("control", "tie", "all", "x", 0.1, 0.9, 0.1, 1.0, "insufficient")) == ""


@pytest.mark.parametrize("grade", ["", "Z9", "B", '"><'])
def test_no_grade_no_tags(grade: str) -> None:
    """What is no Admiralty code makes no machine tag."""
    assert grade_tags(grade) == []


@pytest.mark.parametrize(
    ("family", "tag"),
    [
        ("emotet", 'misp-galaxy:malpedia="Emotet"'),
        ("cobalt_strike", 'misp-galaxy:malpedia="Cobalt Strike"'),
        ('x"; tlp:clear="', 'misp-galaxy:malpedia="X_; tlp:clear=_"'),
    ],
)
def test_a_family_cannot_end_its_tag(family: str, tag: str) -> None:
    """Names as Malpedia writes them; a quote in one is written over."""
    assert family_tag(family) == tag
