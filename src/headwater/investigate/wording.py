"""How is a probability said? One word of ICD 203, or two, with the number behind it, and never more.

The strongest word of a text is the one farthest from an even chance. A sentence keeps it beside the number
that it stands for, so that anybody can check the one against the other.
"""

import re
from datetime import datetime

from headwater.investigate.sufficiency import INSUFFICIENT
from headwater.model.case import Sentence
from headwater.model.hypothesis import Hypothesis

_STRENGTH = {  # words of ICD 203 by how far they are from an even chance
    "almost certain": 3,
    "almost no chance": 3,
    "very likely": 2,
    "very unlikely": 2,
    "likely": 1,
    "unlikely": 1,
    "roughly even chance": 0,
}
_WORDS = re.compile("|".join(sorted((rf"\b{word}\b" for word in _STRENGTH), key=len, reverse=True)))
_QUOTED = re.compile(r'"[^"]*"')


def strongest_word(text: str) -> str:
    """The word of ICD 203 in a text that is farthest from an even chance; "" where it uses none.

    What stands in quotation marks is somebody else's and does not count.
    """
    found = _WORDS.findall(_QUOTED.sub("", text).casefold())
    return max(found, key=lambda word: _STRENGTH[word], default="")


def numbers(hypothesis: Hypothesis) -> str:
    """The posterior with its bounds, as it stands in brackets."""
    low, value, high = (said(one) for one in (hypothesis.low, hypothesis.posterior, hypothesis.high))
    return f"{value}, from {low} to {high} over all priors and settings"


def said(probability: float) -> str:
    """A probability with two digits, never 0 or 1: the explanations weighed are not all there are."""
    if probability > 0.99:
        return "above 0.99"
    return "below 0.01" if probability < 0.01 else f"{probability:.2f}"


def likelihood(hypothesis: Hypothesis, *, about: str, lead: str = "") -> Sentence:
    """One sentence on how likely a hypothesis is.

    Args:
        hypothesis: with its words.
        about: what the sentence tells.
        lead: how it begins, with its comma and space.
    """
    rests = tuple(hypothesis.for_ids[:3] + hypothesis.against_ids[:2])
    words, clause = hypothesis.words, f"that {hypothesis.statement}"
    if words == INSUFFICIENT:
        text = f"{lead}whether {hypothesis.statement} cannot be said in a word: {numbers(hypothesis)}."
        return Sentence(_begun(text), about, rests)
    first, _, second = words.partition(" to ")
    if second:
        text = f"{lead}{clause} lies between {first} and {second} ({numbers(hypothesis)})."
    else:
        verb = "has a" if first == "roughly even chance" else "has" if first == "almost no chance" else "is"
        text = f"{lead}{clause} {verb} {first} ({numbers(hypothesis)})."
    word = strongest_word(f"{first} {second}")
    return Sentence(_begun(text), about, rests, word, _value(hypothesis, first, second, word))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _value(hypothesis: Hypothesis, first: str, second: str, word: str) -> float:
    """The number that a word stands for: the posterior, or of two words the bound that each came from."""
    if not second:
        return hypothesis.posterior
    return hypothesis.low if word == first else hypothesis.high


def listing(parts: list[str]) -> str:
    """The parts with commas and an "and" before the last; "nothing" where there is none."""
    if not parts:
        return "nothing"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def about_when(at: datetime) -> str:
    """A date as people say it: "late December 2019"."""
    part = "early" if at.day <= 10 else "mid" if at.day <= 20 else "late"
    return f"{part} {at:%B %Y}"


def quoted(text: str, *, most: int = 80) -> str:
    """Text from outside in quotation marks of its own, cut; its own marks become single ones."""
    clean = text.replace('"', "'")
    return f'"{clean if len(clean) <= most else clean[: most - 3] + "..."}"'
