"""What does a STIX bundle say? Indicators on addresses, their windows, and the malware they indicate.

STIX 2.0 and 2.1 (OASIS), read with the `stix2` library; a TAXII envelope (an object with `objects`) is
understood too. An indicator's window is its valid_from and valid_until, the end excluded as
the standard says.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.intel.labels.endpoints import Unusable
from headwater.intel.labels.feed import Document, Entry, Said
from headwater.intel.labels.names import strictest, tlp_of
from headwater.intel.labels.stix_patterns import PatternContent, endpoints_of
from headwater.intel.refusals import Refusals
from headwater.model.label import Role, Tlp

_SPEAKS_OF_ADDRESSES = re.compile(r"ipv4-addr:|ipv6-addr:|network-traffic:")
_NAMED = re.compile(
    r"^(?P<family>[\w .\-]{2,40}?)\s+(?:botnet\s+)?(?:C2|C&C|CnC|command and control)\b", re.IGNORECASE
)
_WORDS_AROUND = re.compile(r"\b(?:malware|trojan|botnet|family|campaign)\b", re.IGNORECASE)
_FAMILY_LABEL = re.compile(
    r"^(?:malware|family|malware-family|malpedia)[:=]\s*\"?([\w .\-]+)\"?$", re.IGNORECASE
)
# Kill-chain phases (Lockheed Martin's and ATT&CK's names) and indicator types that say what a server does.
_PHASES = {
    "command-and-control": Role.C2,
    "command-and-control-c2": Role.C2,
    "delivery": Role.LOADER,
    "initial-access": Role.LOADER,
}
_TLP_1 = {  # STIX 2.1 section 7.2.1.4: the fixed identifiers of TLP 1 markings
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
Thing = Mapping[str, Any]  # Any: a STIX object's properties are whatever JSON can say


@dataclass(slots=True)
class _Bundle:
    """The objects of a bundle by identifier, and which object points at which."""

    objects: dict[str, Thing] = field(default_factory=dict)
    targets: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def related(self, source: str, *, by: str) -> list[Thing]:
        """The objects that `source` points at by a relationship of this type."""
        return [self.objects[ref] for ref in self.targets.get((source, by), ()) if ref in self.objects]

    def of_type(self, *kinds: str) -> list[Thing]:
        """All objects of these types."""
        return [found for found in self.objects.values() if found.get("type") in kinds]


class Stix:
    """STIX 2.0 and 2.1."""

    name = "stix"
    title = "STIX 2.0 or 2.1 bundle"

    def recognises(self, document: Document) -> bool:
        """Whether the JSON is a bundle, or an envelope of objects with STIX identifiers."""
        found = document.json
        if not isinstance(found, Mapping):
            return False
        if found.get("type") == "bundle":
            return True
        objects = found.get("objects")
        first = objects[0] if isinstance(objects, list) and objects else None
        return isinstance(first, Mapping) and "--" in str(first.get("id", ""))

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every address in every indicator; other indicators are passed over and counted."""
        found = document.json if isinstance(document.json, Mapping) else {}
        objects = found.get("objects")
        listed = [one for one in objects if isinstance(one, Mapping)] if isinstance(objects, list) else []
        bundle = _Bundle()
        for one in listed:
            bundle.objects[str(one.get("id", ""))] = one
            if one.get("type") == "relationship":
                key = (str(one.get("source_ref", "")), str(one.get("relationship_type", "")))
                bundle.targets[key].append(str(one.get("target_ref", "")))
        versions = {"2.1" if "spec_version" in one else "2.0" for one in listed}
        version = "2.0" if versions == {"2.0"} else "2.1"
        changed = [str(one["modified"]) for one in listed if "modified" in one]
        return Said(
            _entries(listed, bundle, version, refusals), document.stem, made_at=max(changed, default="")
        )


def _entries(listed: list[Thing], bundle: _Bundle, version: str, refusals: Refusals) -> Iterator[Entry]:
    whole_bundle = _family_of_bundle(bundle)
    if whole_bundle:
        refusals.note(
            f"indicators that name no malware are taken as {whole_bundle}, as the bundle is about it"
        )
    for place, indicator in enumerate(listed, start=1):
        if indicator.get("type") != "indicator":
            continue
        pattern = str(indicator.get("pattern", ""))
        if indicator.get("pattern_type", "stix") != "stix":
            refusals.pass_over(f"{indicator.get('pattern_type')} rule")
        elif not _SPEAKS_OF_ADDRESSES.search(pattern):
            refusals.pass_over("indicator without an address")
        elif indicator.get("revoked") is True:
            refusals.pass_over("revoked indicator")
        else:
            try:
                _valid(indicator, version)
                content = endpoints_of(pattern, version=version)
            except Unusable as why:
                refusals.add(str(why), place=place, example=pattern)
                continue
            yield from _of_indicator(
                indicator, content, bundle, whole_bundle=whole_bundle, place=place, refusals=refusals
            )


def _valid(indicator: Thing, version: str) -> None:
    """Refuses an indicator that the standard does not allow.

    Raises:
        Unusable: a required property is absent or a value is of the wrong form.
    """
    import stix2  # noqa: PLC0415  # takes a third of a second to load: only who reads STIX waits for it

    try:
        stix2.parse(json.dumps(dict(indicator)), allow_custom=True, version=version)
    except Exception:  # noqa: BLE001  # stix2 raises a dozen kinds for what a file contains
        raise Unusable("no valid STIX indicator") from None


def _of_indicator(
    indicator: Thing,
    content: PatternContent,
    bundle: _Bundle,
    *,
    whole_bundle: str,
    place: int,
    refusals: Refusals,
) -> Iterator[Entry]:
    if content.qualified:
        refusals.note("some patterns ask for a time or a count as well; their addresses are taken without it")
    if not content.endpoints:
        refusals.add("pattern names no address", place=place, example=str(indicator["pattern"]))
    tlp = _tlp(indicator, bundle)
    for address, port in content.endpoints:
        yield Entry(
            place=place,
            address=address,
            port=port,
            family=_family(indicator, bundle) or whole_bundle,
            role=_role(indicator, bundle),
            first_seen=str(indicator.get("valid_from", "")),
            until=str(indicator.get("valid_until", "")),
            source=_creator(indicator, bundle),
            tlp=tlp.value if tlp else "",
            note=_note(indicator),
        )


def _family(indicator: Thing, bundle: _Bundle) -> str:
    """The malware indicated: directly, by a campaign or group that uses it, or in the indicator's words."""
    me = str(indicator.get("id", ""))
    indicated = bundle.related(me, by="indicates")
    direct = [one for one in indicated if one.get("type") == "malware"]
    used = [
        malware
        for one in indicated
        for malware in bundle.related(str(one.get("id", "")), by="uses")
        if malware.get("type") == "malware"
    ]
    for malware in (*direct, *used):
        return _WORDS_AROUND.sub("", str(malware.get("name", ""))).strip()
    for label in (*_words(indicator, "labels"), *_words(indicator, "indicator_types")):
        if found := _FAMILY_LABEL.match(label):
            return found[1].strip()
    named = _NAMED.match(str(indicator.get("name", "")))
    return named["family"].strip() if named else ""


def _family_of_bundle(bundle: _Bundle) -> str:
    """The family a whole bundle is about: its only malware, or its only group if that is called malware."""
    malware = {str(one.get("name", "")) for one in bundle.of_type("malware")}
    groups = {str(one.get("name", "")) for one in bundle.of_type("intrusion-set")}
    if not malware:
        malware = {name for name in groups if _WORDS_AROUND.search(name)} if len(groups) == 1 else set()
    if len(malware) != 1:
        return ""
    return _WORDS_AROUND.sub("", malware.pop()).strip()


def _role(indicator: Thing, bundle: _Bundle) -> str:
    """What kill-chain phases say, of the indicator or of what it indicates; "" for nothing."""
    if "benign" in (*_words(indicator, "labels"), *_words(indicator, "indicator_types")):
        return Role.BENIGN.value
    techniques = bundle.related(str(indicator.get("id", "")), by="indicates")
    for one in (indicator, *techniques):
        phases = one.get("kill_chain_phases")
        for phase in phases if isinstance(phases, list) else ():
            name = str(phase.get("phase_name", "")).lower() if isinstance(phase, Mapping) else ""
            if name in _PHASES:
                return _PHASES[name].value
    return ""


def _tlp(indicator: Thing, bundle: _Bundle) -> Tlp | None:
    """The strictest TLP marking of an indicator, or None."""
    found = []
    for ref in _words(indicator, "object_marking_refs"):
        if ref in _TLP_1:
            found.append(_TLP_1[ref])
            continue
        marking = bundle.objects.get(ref, {})
        definition = marking.get("definition")
        word = str(definition.get("tlp", "")) if isinstance(definition, Mapping) else ""
        # TLP 2.0 has no fixed definition in STIX 2.1: its markings carry the word in their name.
        name = str(marking.get("name", ""))
        word = word or (name if name.lower().startswith("tlp") else "")
        try:
            found.append(tlp_of(word))
        except ValueError:
            continue  # a statement marking, such as a copyright
    return strictest(found)


def _creator(indicator: Thing, bundle: _Bundle) -> str:
    return str(bundle.objects.get(str(indicator.get("created_by_ref", "")), {}).get("name", ""))


def _note(indicator: Thing) -> str:
    parts = [str(indicator.get("description") or "")]
    if "confidence" in indicator:
        parts.append(f"confidence {indicator['confidence']}")
    parts.append(str(indicator.get("id", "")))
    return "; ".join(part for part in parts if part)


def _words(thing: Thing, name: str) -> tuple[str, ...]:
    found = thing.get(name)
    return tuple(str(word) for word in found) if isinstance(found, list) else ()
