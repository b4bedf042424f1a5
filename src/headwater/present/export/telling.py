"""Which texts tell what is left out? Those with a word that only what is left out knows of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headwater.model.case import Contact
from headwater.model.claim import Claim

_SHORTEST_WORD = 3  # shorter ones stand in too many texts to tell anything


@dataclass(frozen=True, slots=True)
class Telling:
    """Words that only what is left out knows of.

    Attributes:
        pattern: any of them; None where there is none.
    """

    pattern: re.Pattern[str] | None

    @classmethod
    def of(
        cls,
        lost_contacts: Iterable[Contact],
        contacts: Iterable[Contact],
        lost_claims: Iterable[Claim],
        claims: Iterable[Claim],
    ) -> "Telling":
        """The words of what is lost that nothing kept says as well."""
        lost = {*_of_contacts(lost_contacts), *_of_claims(lost_claims)}
        known = {*_of_contacts(contacts), *_of_claims(claims)}
        words = sorted(word for word in lost - known if len(word) >= _SHORTEST_WORD)
        if not words:
            return cls(None)
        joined = "|".join(re.escape(word) for word in words)
        return cls(re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE))

    def in_any(self, *texts: str) -> bool:
        """Whether one of the texts holds such a word."""
        return self.pattern is not None and any(self.pattern.search(text) for text in texts)


def _of_contacts(contacts: Iterable[Contact]) -> Iterator[str]:
    for one in contacts:
        words = (one.address, one.family, one.group, *one.source.split(", "))
        yield from (word.lower() for word in words if word)


def _of_claims(claims: Iterable[Claim]) -> Iterator[str]:
    for one in claims:
        words = (one.actor, one.malware, one.source, one.url, one.claim)
        yield from (word.lower() for word in words if word)
