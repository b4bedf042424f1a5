"""Can this be a claim? The checks that every format's statements pass, the same for all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from headwater.intel.dates import span_of
from headwater.intel.labels.endpoints import Unusable, endpoint_of
from headwater.intel.labels.feed import NOTE_CHARACTERS
from headwater.intel.labels.names import grade_of, tlp_of
from headwater.intel.refusals import Refusals
from headwater.model.claim import Claim
from headwater.model.label import Tlp

NAME_CHARACTERS = 200  # the longest names in threat actor galaxies stay below 100
Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as a source writes it.

    Attributes:
        place: line of a text file or number of the record, from 1.
        date: day, month, moment or span, as text.
        address: defanged or not; "" for a statement about an actor.
        claim: the statement.
        actor: whom it names; "" for nobody.
        malware: what it names; "" for none.
        source: who says so.
        grade: Admiralty grade; "" for none.
        url: where it can be read.
        tlp: Traffic Light Protocol word; "" for none, which counts as amber.
    """

    place: int
    date: str
    address: str = ""
    claim: str = ""
    actor: str = ""
    malware: str = ""
    source: str = ""
    grade: str = ""
    url: str = ""
    tlp: str = ""


def claimed(said: Statement, *, now: datetime, refusals: Refusals) -> tuple[int, Claim] | None:
    """The claim with its place, or None where it is refused: counted in `refusals` by its reason."""
    try:
        return said.place, _claim(said, now)
    except Unusable as why:
        example = " ".join(part for part in (said.address, said.date, said.actor, said.claim) if part)
        refusals.add(str(why), place=said.place, example=example)
        return None


def _claim(said: Statement, now: datetime) -> Claim:
    address = endpoint_of(said.address)[0] if said.address.strip() else ""
    actor, malware = said.actor.strip()[:NAME_CHARACTERS], said.malware.strip()[:NAME_CHARACTERS]
    text = said.claim.strip()[:NOTE_CHARACTERS] or " ".join(word for word in (actor, malware) if word)
    if not text:
        raise Unusable("claims nothing")
    if not address and not actor and not malware:
        raise Unusable("names no address, actor or malware")
    date, until = span_of(said.date, now=now)
    return Claim(
        address=address,
        date=date,
        claim=text,
        until=until,
        actor=actor,
        malware=malware,
        source=said.source.strip()[:NAME_CHARACTERS],
        grade=_word(grade_of, said.grade, "no Admiralty grade") or "",
        url=said.url.strip()[:NOTE_CHARACTERS],
        tlp=_word(tlp_of, said.tlp, "unknown TLP") or Tlp.AMBER,
    )


def _word(parse: Callable[[str], Word], text: str, reason: str) -> Word | None:
    """The word in this project's form, None where there is none."""
    try:
        return parse(text) if text.strip() else None
    except ValueError:
        raise Unusable(reason) from None
