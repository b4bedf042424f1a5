"""What does a MISP event say? Address attributes and objects, with tags for family, TLP and grade.

Events as MISP exports them (one event, a search's `response`, or a list), read with the PyMISP library.
Attribute types: https://www.misp-project.org/datamodels/; `ip-dst` is where malware connects to, `ip-src`
where an attack came from, which is no C2 unless a tag or comment says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headwater.intel.labels.feed import Document, Entry, Said
from headwater.intel.labels.names import strictest, tlp_of
from headwater.intel.refusals import Refusals
from headwater.model.label import Role

_TYPES = frozenset({"ip-dst", "ip-src", "ip-dst|port", "ip-src|port"})
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
_SAYS_C2 = re.compile(r"\b(?:c2|c&c|cnc|c and c|command[ -]and[ -]control)\b", re.IGNORECASE)
_SAYS_LOADER = re.compile(r"payload delivery|kill-chain:delivery", re.IGNORECASE)


class Misp:
    """MISP event JSON."""

    name = "misp"
    title = "MISP event (JSON)"

    def recognises(self, document: Document) -> bool:
        """Whether the JSON holds an object called Event."""
        return next(_raw_events(document.json), None) is not None

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every address attribute of every event; other attributes are passed over and counted."""
        raw = list(_raw_events(document.json))
        makers = {str(one["Orgc"].get("name", "")) for one in raw if isinstance(one.get("Orgc"), Mapping)}
        changed = sorted(str(one.get("timestamp", "")) for one in raw if one.get("timestamp"))
        source = makers.pop() if len(makers) == 1 else ""
        return Said(_entries(raw, refusals), source or document.stem, made_at=changed[-1] if changed else "")


def _raw_events(found: Any) -> Iterator[Mapping[str, Any]]:  # Any: whatever JSON can say
    """The events in an event file, a search's answer or a list of either."""
    if isinstance(found, Mapping) and isinstance(found.get("Event"), Mapping):
        yield found["Event"]
    elif isinstance(found, Mapping) and isinstance(found.get("response"), list | Mapping):
        yield from _raw_events(found["response"])
    elif isinstance(found, list):
        for one in found:
            yield from _raw_events(one)


def _entries(raw: Sequence[Mapping[str, Any]], refusals: Refusals) -> Iterator[Entry]:  # Any: as above
    from pymisp import MISPEvent  # noqa: PLC0415  # slow to load: only who reads MISP waits for it

    place = 0
    for one in raw:
        event = MISPEvent()
        try:
            event.from_dict(**one)
        except Exception as why:  # noqa: BLE001  # PyMISP raises many kinds for what a file contains
            refusals.add("no valid MISP event", place=place + 1, example=f"{type(why).__name__}: {why}")
            continue
        undetected = 0
        for attribute, port, about in _attributes(event):
            place += 1
            if attribute.type not in _TYPES:
                refusals.pass_over(f"attribute of type {attribute.type}")
            elif attribute.get("deleted"):
                refusals.pass_over("deleted attribute")
            else:
                undetected += not attribute.get("to_ids", True)
                yield _entry(event, attribute, port, about, place)
        if undetected:
            refusals.note(
                f"{undetected} addresses are not meant for detection (to_ids off), often for age; "
                "taken, because labels have windows"
            )
        if not event.attributes and not event.objects:
            refusals.note("an event without attributes")


def _attributes(event: Any) -> Iterator[tuple[Any, str, str]]:  # Any: PyMISP's classes have no types
    """Each attribute, alone or in an object, with the port and the comment of its object.

    An `ip-port` object lists its address and its port as attributes of their own.
    """
    for attribute in event.attributes:
        yield attribute, "", ""
    for group in event.objects:
        if group.get("deleted"):
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


def _entry(event: Any, attribute: Any, port: str, about: str, place: int) -> Entry:  # Any: as above
    # An attribute's own tags speak before its event's.
    own = [str(tag.get("name")) for tag in attribute.tags]
    tags = own + [str(tag.get("name")) for tag in event.tags]
    address, _, own_port = str(attribute.value).partition("|")
    comment = "; ".join(text for text in (str(attribute.get("comment") or ""), about) if text)
    return Entry(
        place=place,
        address=address,
        port=own_port or port,
        family=_family(own) or _family(tags) or _galaxies(event),
        role=_role(attribute, [*tags, comment]),
        # An event's date is when it was reported; without any start an address would match flows of any age.
        first_seen=_time(attribute.get("first_seen")) or str(event.get("date") or ""),
        last_seen=_time(attribute.get("last_seen")),
        grade=_grade(tags),
        tlp=_tlp(tags),
        note="; ".join(text for text in (comment, str(event.get("info") or "")) if text),
    )


def _time(value: Any) -> str:  # Any: PyMISP gives datetime, text or None
    if value is None:
        return ""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _family(tags: Sequence[str]) -> str:
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


def _galaxies(event: Any) -> str:  # Any: as above
    """The malware that an event's galaxy clusters name, where no tag repeats them."""
    tags = []
    for galaxy in event.galaxies:
        kind = str(galaxy.get("type") or "")
        tags += [f'misp-galaxy:{kind}="{cluster.get("value")}"' for cluster in galaxy.clusters]
    return _family(tags)


def _role(attribute: Any, texts: Sequence[str]) -> str:  # Any: as above
    """What tags, comments and the category say; an attack's source is no C2 unless they say so."""
    said = "\n".join(texts)
    if _SAYS_C2.search(said):
        return Role.C2.value
    if attribute.type.startswith("ip-src"):
        return Role.SCANNER.value
    if attribute.category == "Payload delivery" or _SAYS_LOADER.search(said):
        return Role.LOADER.value
    return ""


def _tlp(tags: Sequence[str]) -> str:
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


def _grade(tags: Sequence[str]) -> str:
    """The Admiralty grade among the tags; where one half is absent it is F or 6, "cannot be judged"."""
    said = {match[1].lower(): match[2].upper() for tag in tags if (match := _ADMIRALTY.match(tag))}
    if not said:
        return ""
    return said.get("source-reliability", "F") + said.get("information-credibility", "6")
