"""How far is a source trusted? The Admiralty code as a factor on weights.

Source: the code's letters grade the source (A completely reliable ... E unreliable, F cannot be judged), its
digits the statement (1 confirmed ... 5 improbable, 6 cannot be judged); NATO AJP-2.1. The factors are the
template's own: the code states no numbers.
"""

from collections.abc import Mapping

from headwater.investigate.rule import Rule

NUMBERS: Mapping[str, tuple[float, float]] = {
    **{f"grade_{letter}": (0.0, 1.0) for letter in "abcdef"},
    **{f"grade_{digit}": (0.0, 1.0) for digit in "123456"},
}


def trust(grade: str, rule: Rule) -> float:
    """The factor of a grade in [0, 1]; what is missing or unreadable in it counts as "cannot be judged"."""
    text = grade.strip().lower()
    letter = text[0] if text and text[0] in "abcdef" else "f"
    digit = text[1] if len(text) > 1 and text[1] in "123456" else "6"
    return rule.numbers[f"grade_{letter}"] * rule.numbers[f"grade_{digit}"]
