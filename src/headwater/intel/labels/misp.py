"""What does a MISP event say? Address attributes and objects, with tags for family, TLP and grade.

Events as MISP exports them (one event, a search's `response`, or a list), read with the PyMISP library.
Attribute types: https://www.misp-project.org/datamodels/; `ip-dst` is where malware connects to, `ip-src`
where an attack came from, which is no C2 unless a tag or comment says so. Deleted attributes, objects and
events take back what rests on them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from headwater.intel.labels.feed import Document, Entry, Said, Version
from headwater.intel.misp_events import (
    ADDRESS_TYPES,
    attributes_of,
    events_in,
    family_of_tags,
    galaxy_tags,
    grade_of_tags,
    is_deleted,
    parsed_events,
    time_text,
    tlp_of_tags,
)
from headwater.intel.own_exports import LISTED, role_in_case
from headwater.intel.refusals import Refusals
from headwater.model.label import Role

_SAYS_C2 = re.compile(r"\b(?:c2|c&c|cnc|c and c|command[ -]and[ -]control)\b", re.IGNORECASE)
_SAYS_LOADER = re.compile(r"payload delivery|kill-chain:delivery", re.IGNORECASE)


class Misp:
    """MISP event JSON."""

    name = "misp"
    title = "MISP event (JSON)"

    def recognises(self, document: Document) -> bool:
        """Whether the JSON holds an object called Event."""
        return next(events_in(document.json), None) is not None

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every address attribute of every event; other attributes are passed over and counted."""
        raw = list(events_in(document.json))
        makers = {str(one["Orgc"].get("name", "")) for one in raw if isinstance(one.get("Orgc"), Mapping)}
        changed = sorted(str(one.get("timestamp", "")) for one in raw if one.get("timestamp"))
        source = makers.pop() if len(makers) == 1 else ""
        withdrawn: list[Version] = []
        return Said(
            _entries(raw, refusals, withdrawn), source or document.stem,
            made_at=changed[-1] if changed else "", withdrawn=withdrawn,
        )  # fmt: skip


def _entries(
    raw: Sequence[Mapping[str, Any]], refusals: Refusals, withdrawn: list[Version]
) -> Iterator[Entry]:  # Any: JSON
    """Entries in the file's order; what is deleted is counted, and goes to `withdrawn`."""
    place = 0
    for event in parsed_events(raw, refusals):
        if is_deleted(event):
            refusals.pass_over("deleted event")
            withdrawn.append(_version(event, event))
            continue
        for group in filter(is_deleted, event.objects):
            refusals.pass_over("deleted object")
            withdrawn.append(_version(group, event))
        groups = {id(one): group for group in event.objects for one in group.attributes}
        undetected = 0
        for attribute, port, about in attributes_of(event):
            place += 1
            if attribute.type not in ADDRESS_TYPES:
                refusals.pass_over(f"attribute of type {attribute.type}")
            elif is_deleted(attribute):
                refusals.pass_over("deleted attribute")
                withdrawn.append(_version(attribute, event))
            elif (role := role_in_case(_names(attribute.tags))) not in ("", LISTED):
                refusals.pass_over(f"{role} of a headwater case")
            else:
                undetected += not attribute.get("to_ids", True)
                parts = (attribute, groups.get(id(attribute)), event)
                rests_on = tuple(_version(part, event) for part in parts if part is not None)
                yield replace(_entry(event, attribute, port, about, place), rests_on=rests_on)
        if undetected:
            refusals.note(
                f"{undetected} addresses are not meant for detection (to_ids off), often for age; "
                "taken, because labels have windows"
            )
        if not event.attributes and not event.objects:
            refusals.note("an event without attributes")


def _version(part: Any, event: Any) -> Version:  # Any: PyMISP's
    """This version of an attribute, an object or the event itself, made by the event's organisation."""
    maker = event.get("Orgc") or {}
    return Version(
        str(part.get("uuid") or ""), str(maker.get("uuid") or maker.get("name") or ""),
        time_text(part.get("timestamp")),
    )  # fmt: skip


def _entry(event: Any, attribute: Any, port: str, about: str, place: int) -> Entry:  # Any: PyMISP's
    # An attribute's own tags speak before its event's.
    own = _names(attribute.tags)
    tags = own + _names(event.tags)
    address, _, own_port = str(attribute.value).partition("|")
    comment = "; ".join(text for text in (str(attribute.get("comment") or ""), about) if text)
    return Entry(
        place=place,
        address=address,
        port=own_port or port,
        family=family_of_tags(own) or family_of_tags(tags) or family_of_tags(galaxy_tags(event)),
        role=_role(attribute, [*tags, comment]),
        # An event's date is when it was reported; without any start an address would match flows of any age.
        first_seen=time_text(attribute.get("first_seen")) or str(event.get("date") or ""),
        last_seen=time_text(attribute.get("last_seen")),
        grade=grade_of_tags(tags),
        tlp=tlp_of_tags(tags),
        note="; ".join(text for text in (comment, str(event.get("info") or "")) if text),
    )


def _names(tags: Iterable[Any]) -> list[str]:  # Any: as above
    return [str(tag.get("name")) for tag in tags]


def _role(attribute: Any, texts: Sequence[str]) -> str:  # Any: as above
    """What tags, comments and the category say; an attack's source is no C2 unless they say so."""
    said = "\n".join(texts)
    if _SAYS_C2.search(said) or role_in_case(texts) == LISTED:
        return Role.C2.value
    if attribute.type.startswith("ip-src"):
        return Role.SCANNER.value
    if attribute.category == "Payload delivery" or _SAYS_LOADER.search(said):
        return Role.LOADER.value
    return ""
