"""What does a MISP event claim of addresses and actors? Its address attributes, and what the event names."""

from collections.abc import Iterator, Sequence
from typing import Any

from headwater.intel.context.claimed import Statement
from headwater.intel.labels.feed import Document
from headwater.intel.misp_events import (
    ADDRESS_TYPES,
    actor_of_tags,
    attributes_of,
    events_in,
    family_of_tags,
    galaxy_tags,
    grade_of_tags,
    parsed_events,
    time_text,
    tlp_of_tags,
)
from headwater.intel.refusals import Refusals


def is_misp(document: Document) -> bool:
    """Whether the JSON holds an object called Event."""
    return next(events_in(document.json), None) is not None


def misp_statements(document: Document, refusals: Refusals) -> Iterator[Statement]:
    """One statement for each address, and one for each event that names both an actor and malware.

    Args:
        document: the file.
        refusals: told what is no event; attributes without an address are passed over.
    """
    place = 0
    for event in parsed_events(list(events_in(document.json)), refusals):
        place += 1
        tags = [*_names(event.tags), *galaxy_tags(event)]
        about = _statement(event, place, tags, date=time_text(event.get("date")), source=document.stem)
        if about.actor and about.malware:
            yield about
        undated = 0
        for attribute, _, comment in attributes_of(event):
            place += 1
            if attribute.type not in ADDRESS_TYPES or attribute.get("deleted"):
                refusals.pass_over(
                    "deleted attribute" if attribute.get("deleted") else f"attribute of type {attribute.type}"
                )
                continue
            own = [*_names(attribute.tags), *galaxy_tags(attribute)]
            seen = [time_text(attribute.get(name)) for name in ("first_seen", "last_seen")]
            undated += not any(seen)
            yield _statement(
                event,
                place,
                [*own, *tags],
                date="/".join(dict.fromkeys(moment for moment in seen if moment)) or about.date,
                source=document.stem,
                address=str(attribute.value).partition("|")[0],
                comment="; ".join(text for text in (str(attribute.get("comment") or ""), comment) if text),
            )
        if undated:
            refusals.note(
                f"{undated} addresses have no dates of their own: dated by their event, which is when it was "
                "reported and not when it happened"
            )


def _statement(
    event: Any,  # Any: PyMISP's classes have no types
    place: int,
    tags: Sequence[str],
    *,
    date: str,
    source: str,
    address: str = "",
    comment: str = "",
) -> Statement:
    maker = getattr(event.get("Orgc"), "name", "") or source
    links = [
        str(one.value) for one, _, _ in attributes_of(event) if one.type == "link" and not one.get("deleted")
    ]
    return Statement(
        place=place,
        date=date,
        address=address,
        claim="; ".join(text for text in (str(event.get("info") or ""), comment) if text),
        actor=actor_of_tags(tags),
        malware=family_of_tags(tags),
        source=str(maker),
        grade=grade_of_tags(tags),
        url=links[0] if links else "",
        tlp=tlp_of_tags(tags),
    )


def _names(tags: Sequence[Any]) -> list[str]:  # Any: as above
    return [str(tag.get("name")) for tag in tags]
