"""What does a STIX bundle say? Indicators on addresses, their windows, and the malware they indicate.

STIX 2.0 and 2.1 (OASIS), read with the `stix2` library; a TAXII envelope (an object with `objects`) is
understood too. An indicator's window is its valid_from and valid_until, the end excluded as
the standard says. Revoked indicators and relationships take back what rests on them.
"""

import re
from collections.abc import Iterator, Mapping

from headwater.intel.labels.endpoints import Unusable
from headwater.intel.labels.feed import Document, Entry, Said, Version
from headwater.intel.labels.stix_patterns import PatternContent, endpoints_of
from headwater.intel.own_exports import LISTED, role_in_case
from headwater.intel.refusals import Refusals
from headwater.intel.stix_bundles import (
    Bundle,
    Thing,
    bundle_of,
    check,
    creator_of,
    family_of_bundle,
    is_bundle,
    is_revoked,
    plain_name,
    tlp_marked,
    words_of,
)
from headwater.model.label import Role

_SPEAKS_OF_ADDRESSES = re.compile(r"ipv4-addr:|ipv6-addr:|network-traffic:")
_NAMED = re.compile(
    r"^(?P<family>[\w .\-]{2,40}?)\s+(?:botnet\s+)?(?:C2|C&C|CnC|command and control)\b", re.IGNORECASE
)
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
_TELLING = ("indicates", "uses")  # relationships by which families and roles are told
_LONGEST_ID = 200  # a type and a UUID take some 50 characters
Links = tuple[Thing, ...]


class Stix:
    """STIX 2.0 and 2.1."""

    name = "stix"
    title = "STIX 2.0 or 2.1 bundle"

    def recognises(self, document: Document) -> bool:
        """Whether the JSON is a bundle, or an envelope of objects with STIX identifiers."""
        return is_bundle(document.json)

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every address in every indicator; other indicators are passed over and counted."""
        bundle = bundle_of(document.json)
        listed = bundle.listed
        changed = [str(one["modified"]) for one in listed if "modified" in one]
        return Said(
            _entries(listed, bundle, refusals), document.stem, made_at=max(changed, default=""),
            withdrawn=[_version(one) for one in listed if is_revoked(one) and _carries(one)],
        )  # fmt: skip


def _carries(one: Thing) -> bool:
    """Whether labels can rest on such an object."""
    if one.get("type") == "relationship":
        return one.get("relationship_type") in _TELLING
    pattern = str(one.get("pattern", ""))
    return one.get("type") == "indicator" and (not pattern or bool(_SPEAKS_OF_ADDRESSES.search(pattern)))


def _version(one: Thing) -> Version:
    maker = str(one.get("created_by_ref") or "")
    return Version(str(one.get("id", ""))[:_LONGEST_ID], maker[:_LONGEST_ID], str(one.get("modified") or ""))


def _entries(listed: list[Thing], bundle: Bundle, refusals: Refusals) -> Iterator[Entry]:
    whole_bundle = family_of_bundle(bundle)
    if whole_bundle:
        refusals.note(
            f"indicators that name no malware are taken as {whole_bundle}, as the bundle is about it"
        )
    for place, indicator in enumerate(listed, start=1):
        if indicator.get("type") != "indicator":
            if is_revoked(indicator) and _carries(indicator):
                refusals.pass_over("revoked relationship")
            continue
        pattern = str(indicator.get("pattern", ""))
        if indicator.get("pattern_type", "stix") != "stix":
            refusals.pass_over(f"{indicator.get('pattern_type')} rule")
        elif not _SPEAKS_OF_ADDRESSES.search(pattern):
            refusals.pass_over("indicator without an address")
        elif is_revoked(indicator):
            refusals.pass_over("revoked indicator")
        elif (role := role_in_case(words_of(indicator, "labels"))) not in ("", LISTED):
            refusals.pass_over(f"{role} of a headwater case")
        else:
            try:
                check(indicator, version=bundle.version)
                content = endpoints_of(pattern, version=bundle.version)
            except Unusable as why:
                refusals.add(str(why), place=place, example=pattern)
                continue
            yield from _of_indicator(
                indicator, content, bundle, whole_bundle=whole_bundle, place=place, refusals=refusals
            )


def _of_indicator(
    indicator: Thing,
    content: PatternContent,
    bundle: Bundle,
    *,
    whole_bundle: str,
    place: int,
    refusals: Refusals,
) -> Iterator[Entry]:
    if content.qualified:
        refusals.note("some patterns ask for a time or a count as well; their addresses are taken without it")
    if not content.endpoints:
        refusals.add("pattern names no address", place=place, example=str(indicator["pattern"]))
    tlp = tlp_marked(indicator, bundle)
    family, named_by = _family(indicator, bundle)
    role, told_by = _role(indicator, bundle)
    rests_on = tuple(dict.fromkeys(_version(one) for one in (indicator, *named_by, *told_by)))
    for address, port in content.endpoints:
        yield Entry(
            place=place,
            address=address,
            port=port,
            family=family or whole_bundle,
            role=role,
            first_seen=str(indicator.get("valid_from", "")),
            until=str(indicator.get("valid_until", "")),
            source=creator_of(indicator, bundle),
            tlp=tlp.value if tlp else "",
            note=_note(indicator),
            rests_on=rests_on,
        )


def _family(indicator: Thing, bundle: Bundle) -> tuple[str, Links]:
    """The malware indicated, and the relationships that tell it.

    Directly, by a campaign or group that uses it, or in the indicator's words.
    """
    indicated = bundle.links(str(indicator.get("id", "")), by="indicates")
    direct: list[tuple[Thing, Links]] = [(one, (link,)) for link, one in indicated]
    used = [
        (malware, (link, use))
        for link, one in indicated
        for use, malware in bundle.links(str(one.get("id", "")), by="uses")
    ]
    for malware, links in (*direct, *used):
        if malware.get("type") == "malware":
            return plain_name(str(malware.get("name", ""))), links
    for label in (*words_of(indicator, "labels"), *words_of(indicator, "indicator_types")):
        if found := _FAMILY_LABEL.match(label):
            return found[1].strip(), ()
    named = _NAMED.match(str(indicator.get("name", "")))
    return named["family"].strip() if named else "", ()


def _role(indicator: Thing, bundle: Bundle) -> tuple[str, Links]:
    """What kill-chain phases say, of the indicator or of what it indicates by the relationship beside it."""
    if "benign" in (*words_of(indicator, "labels"), *words_of(indicator, "indicator_types")):
        return Role.BENIGN.value, ()
    if role_in_case(words_of(indicator, "labels")) == LISTED:
        return Role.C2.value, ()
    own: list[tuple[Thing, Links]] = [(indicator, ())]
    techniques = bundle.links(str(indicator.get("id", "")), by="indicates")
    for one, links in (*own, *((one, (link,)) for link, one in techniques)):
        phases = one.get("kill_chain_phases")
        for phase in phases if isinstance(phases, list) else ():
            name = str(phase.get("phase_name", "")).lower() if isinstance(phase, Mapping) else ""
            if name in _PHASES:
                return _PHASES[name].value, links
    return "", ()


def _note(indicator: Thing) -> str:
    parts = [str(indicator.get("description") or "")]
    if "confidence" in indicator:
        parts.append(f"confidence {indicator['confidence']}")
    parts.append(str(indicator.get("id", "")))
    return "; ".join(part for part in parts if part)
