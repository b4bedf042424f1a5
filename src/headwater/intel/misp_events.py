"""What is in a MISP event? Attributes, and what tags and galaxies say of family, actor, TLP and grade.

Events as MISP exports them (one event, a search's `response`, or a list), read with the PyMISP library.
Attribute types: https://www.misp-project.org/datamodels/.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headwater.intel.labels.names import strictest, tlp_of
from headwater.intel.refusals import Refusals

ADDRESS_TYPES = frozenset({"ip-dst", "ip-src", "ip-dst|port", "ip-src|port"})
_TLP = re.compile(r"tlp:([\w+:\- ]+)", re.IGNORECASE)
_ADMIRALTY = re.compile(
    r'admiralty-scale:(source-reliability|information-credibility)\s*=\s*"([A-Fa-f1-6])"', re.IGNORECASE
)
# Galaxies and taxonomies that name malware, the most exact first.
_MALWARE = re.compile(
    r'misp-galaxy:(malpedia|botnet|banker|rat|stealer|backdoor|ransomware|mitre-malware|tool)\s*=\s*"([^"]+)"'
)
_MALWARE_ORDER = (
    "malpedia", "botnet", "banker", "rat", "stealer", "backdoor", "ransomware", "mitre-malware", "tool",
)  # fmt: skip
_PLAIN_FAMILY = re.compile(r'(?:malware|malware-family|family)[:=]\s*"?([\w .\-]+)"?$', re.IGNORECASE)
_MITRE_NUMBER = re.compile(r"\s+-\s+S\d{4}$")  # mitre-malware names end in ATT&CK's number
# Galaxies that name who acts.
_ACTOR = re.compile(
    r'misp-galaxy:(threat-actor|mitre-intrusion-set|microsoft-activity-group)\s*=\s*"([^"]+)"'
)
_ACTOR_NUMBER = re.compile(r"\s+-\s+G\d{4}$")  # mitre-intrusion-set names end in ATT&CK's number


def events_in(found: Any) -> Iterator[Mapping[str, Any]]:  # Any: whatever JSON can say
    """The events in an event file, a search's answer or a list of either."""
    if isinstance(found, Mapping) and isinstance(found.get("Event"), Mapping):
        yield found["Event"]
    elif isinstance(found, Mapping) and isinstance(found.get("response"), list | Mapping):
        yield from events_in(found["response"])
    elif isinstance(found, list):
        for one in found:
            yield from events_in(one)


def parsed_events(
    raw: Sequence[Mapping[str, Any]], refusals: Refusals
) -> Iterator[Any]:  # Any: as for attributes_of
    """The events as PyMISP reads them; what is no event is told to `refusals`."""
    from pymisp import MISPEvent  # noqa: PLC0415  # slow to load: only who reads MISP waits for it

    for place, one in enumerate(raw, start=1):
        event = MISPEvent()
        try:
            event.from_dict(**one)
        except Exception as why:  # noqa: BLE001  # PyMISP raises many kinds for what a file contains
            refusals.add("no valid MISP event", place=place, example=f"{type(why).__name__}: {why}")
            continue
        # PyMISP takes anything that is false for a list: 0, "", false
        parts = (event.attributes, event.objects, event.tags, event.galaxies)
        if all(isinstance(part, list) for part in parts):
            yield event
        else:
            refusals.add("no valid MISP event", place=place, example=str(one.get("info")))


def attributes_of(event: Any) -> Iterator[tuple[Any, str, str]]:  # Any: PyMISP's classes have no types
    """Each attribute, alone or in an object, with the port and the comment of its object.

    An `ip-port` object lists its address and its port as attributes of their own.
    """
    for attribute in event.attributes:
        yield attribute, "", ""
    for group in event.objects:
        if is_deleted(group):
            continue
        ports = [
            str(one.get("value")) for one in group.attributes if one.get("object_relation") == "dst-port"
        ]
        for attribute in group.attributes:
            if group.get("name") == "ip-port" and attribute.type in ("port", "datetime", "counter", "text"):
                continue
            relation = str(attribute.get("object_relation") or "")
            port = ports[0] if len(ports) == 1 and relation in ("ip", "ip-dst", "dst-ip") else ""
            yield attribute, port, str(group.get("comment") or "")


def is_deleted(part: Any) -> bool:  # Any: as above
    """Whether an event, object or attribute was taken back: MISP keeps it, marked, to tell others."""
    return str(part.get("deleted")).lower() in ("true", "1")


def time_text(value: Any) -> str:  # Any: PyMISP gives datetime, date, text or None
    """A time of PyMISP as text; "" for none."""
    if value is None:
        return ""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def family_of_tags(tags: Sequence[str]) -> str:
    """The malware that tags name, from the most exact vocabulary."""
    found: dict[str, str] = {}
    for tag in tags:
        if match := _MALWARE.match(tag):
            found.setdefault(match[1], _MITRE_NUMBER.sub("", match[2]))
    for vocabulary in _MALWARE_ORDER:
        if vocabulary in found:
            return found[vocabulary]
    for tag in tags:
        if match := _PLAIN_FAMILY.match(tag):
            return match[1].strip()
    return ""


def galaxy_tags(event: Any) -> list[str]:  # Any: as above
    """What an event's galaxy clusters name, as tags, for where no tag repeats them."""
    tags = []
    for galaxy in event.galaxies:
        kind = str(galaxy.get("type") or "")
        tags += [f'misp-galaxy:{kind}="{cluster.get("value")}"' for cluster in galaxy.clusters]
    return tags


def actor_of_tags(tags: Sequence[str]) -> str:
    """The actor that tags name; "" for none."""
    for tag in tags:
        if match := _ACTOR.match(tag):
            return _ACTOR_NUMBER.sub("", match[2])
    return ""


def tlp_of_tags(tags: Sequence[str]) -> str:
    """The strictest TLP among the tags; a word that TLP 2.0 does not have is passed on to be refused."""
    found = [match[1].strip() for tag in tags if (match := _TLP.fullmatch(tag.strip()))]
    try:
        word = strictest([tlp_of(text) for text in found])
    except ValueError:
        return next(text for text in found if not _known(text))
    return word.value if word else ""


def _known(text: str) -> bool:
    try:
        tlp_of(text)
    except ValueError:
        return False
    return True


def grade_of_tags(tags: Sequence[str]) -> str:
    """The Admiralty grade among the tags; where one half is absent it is F or 6, "cannot be judged"."""
    said = {match[1].lower(): match[2].upper() for tag in tags if (match := _ADMIRALTY.match(tag))}
    if not said:
        return ""
    return said.get("source-reliability", "F") + said.get("information-credibility", "6")
