"""What do feeds call things? Family, role, TLP and grade, in this project's words."""

import re
from collections.abc import Iterable
from functools import lru_cache

from headwater.model.label import Role, Tlp

# Malpedia writes `platform.family` (https://malpedia.caad.fkie.fraunhofer.de); ThreatFox uses its names.
_PLATFORM = re.compile(
    r"(?:aix|apk|asp|bash|elf|fas|ios|jar|js|osx|php|ps1|py|sh|swf|symbian|vbs|win)\.(?=[\w])"
)
# abuse.ch writes Heodo where everybody else writes Emotet (Feodo Tracker's own page says they are one).
_SAME = {"heodo": "emotet", "geodo": "emotet", "qbot": "qakbot", "quakbot": "qakbot", "bokbot": "icedid"}

_ROLES: dict[str, Role] = {
    **{role.value: role for role in Role},
    "cc": Role.C2,
    "c&c": Role.C2,
    "cnc": Role.C2,
    "c2_server": Role.C2,
    "botnet_cc": Role.C2,
    "command_and_control": Role.C2,
    "payload_delivery": Role.LOADER,
    "payload": Role.LOADER,
    "distribution": Role.LOADER,
    "delivery": Role.LOADER,
    "tracker": Role.RESEARCH,
    "honeypot": Role.RESEARCH,
    "bot": Role.VICTIM,
    "infected": Role.VICTIM,
    "whitelist": Role.BENIGN,
}

_TLP_WORDS = {"white": Tlp.CLEAR, "amber_strict": Tlp.AMBER_STRICT, **{tlp.value: tlp for tlp in Tlp}}
STRICTNESS = (
    Tlp.CLEAR,
    Tlp.GREEN,
    Tlp.AMBER,
    Tlp.AMBER_STRICT,
    Tlp.RED,
)  # what may be shared least comes last

_GRADE = re.compile(r"[A-F][1-6]")  # NATO STANAG 2511: source A-F, information 1-6


@lru_cache(maxsize=4096)  # a feed's rows share their families
def family_of(text: str) -> str:
    """The family in this project's form: lower case, without Malpedia's platform, `_` for blanks and hyphens.

    The few names that abuse.ch and others use for the same family become one: heodo is emotet, qbot is
    qakbot, bokbot is icedid.
    """
    name = _PLATFORM.sub("", text.strip().lower(), count=1)
    name = re.sub(r"[\s\-]+", "_", name).strip("_")
    return _SAME.get(name, name)


def group_of(text: str, *, word: str = "") -> str:
    """The part of a family in lower case; a bare number gets its column's word: `epoch` 4 is `epoch4`."""
    name = re.sub(r"\s+", "", text.strip().lower())
    return f"{word}{name}" if word and name.isascii() and name.isdigit() else name


def role_of(text: str) -> Role:
    """The role that a word stands for.

    Raises:
        ValueError: unknown word; the message lists those there are.
    """
    word = re.sub(r"[\s\-/]+", "_", text.strip().lower())
    if word not in _ROLES:
        raise ValueError(f"unknown role {text!r}; there are: {', '.join(role.value for role in Role)}")
    return _ROLES[word]


def tlp_of(text: str) -> Tlp:
    """The Traffic Light Protocol 2.0 word (FIRST, August 2022); `TLP:WHITE` of version 1 is `clear`.

    Raises:
        ValueError: unknown word; the message lists those there are.
    """
    word = re.sub(r"^tlp\s*[:\-_]\s*", "", text.strip().lower())
    word = re.sub(r"amber[\s\-_+]+strict", "amber+strict", word)
    if word not in _TLP_WORDS:
        raise ValueError(f"unknown TLP {text!r}; there are: {', '.join(tlp.value for tlp in STRICTNESS)}")
    return _TLP_WORDS[word]


def strictest(words: Iterable[Tlp]) -> Tlp | None:
    """The word that lets the least be shared, or None of none."""
    return max(words, key=STRICTNESS.index, default=None)


def grade_of(text: str) -> str:
    """The Admiralty grade, e.g. "B2".

    Raises:
        ValueError: the text is no letter A to F with a digit 1 to 6.
    """
    grade = text.strip().upper()
    if not _GRADE.fullmatch(grade):
        raise ValueError(f"{text!r} is no Admiralty grade; write a letter A to F and a digit 1 to 6, e.g. B2")
    return grade
