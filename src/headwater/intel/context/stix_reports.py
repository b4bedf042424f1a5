"""What does a STIX bundle claim of addresses and actors? Indicators, relationships, reports.

STIX 2.0 and 2.1 (OASIS). A claim's date is an indicator's validity, a relationship's start or, where that is
absent, its making, or a report's publication: when something was said, where nobody says when it happened.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from headwater.intel.context.claimed import Statement
from headwater.intel.labels.endpoints import Unusable
from headwater.intel.labels.feed import Document
from headwater.intel.labels.stix_patterns import endpoints_of
from headwater.intel.refusals import Refusals
from headwater.intel.stix_bundles import (
    Bundle,
    Thing,
    bundle_of,
    check,
    creator_of,
    family_of_bundle,
    is_bundle,
    is_malware_name,
    plain_name,
    tlp_marked,
    words_of,
)

_ACTORS = ("threat-actor", "intrusion-set")
_MALWARE = ("malware", "tool")
_ADDRESSES = ("ipv4-addr", "ipv6-addr")
_SPEAKS_OF_ADDRESSES = re.compile(r"ipv4-addr:|ipv6-addr:|network-traffic:")


def is_stix(document: Document) -> bool:
    """Whether the JSON is a bundle, or an envelope of objects with STIX identifiers."""
    return is_bundle(document.json)


def stix_statements(document: Document, refusals: Refusals) -> Iterator[Statement]:
    """What a bundle says of addresses, and of actors and the malware they use.

    Args:
        document: the file.
        refusals: told which indicators cannot be read; those without an address are passed over.
    """
    bundle = bundle_of(document.json)
    whole_bundle = family_of_bundle(bundle)
    if whole_bundle:
        refusals.note(
            f"indicators that name no malware are taken as {whole_bundle}, as the bundle is about it"
        )
    for place, one in enumerate(bundle.listed, start=1):
        if one.get("revoked") is True:
            refusals.pass_over(f"revoked {one.get('type')}")
        elif one.get("type") == "indicator":
            for said in _of_indicator(one, bundle, place, document, refusals):
                yield said if said.malware else replace(said, malware=whole_bundle)
        elif one.get("type") == "relationship":
            yield from _of_relationship(one, bundle, place, document)
        elif one.get("type") == "report":
            yield from _of_report(one, bundle, place, document)


def _of_indicator(
    indicator: Thing, bundle: Bundle, place: int, document: Document, refusals: Refusals
) -> Iterator[Statement]:
    pattern = str(indicator.get("pattern", ""))
    if indicator.get("pattern_type", "stix") != "stix" or not _SPEAKS_OF_ADDRESSES.search(pattern):
        refusals.pass_over("indicator without an address")
        return
    try:
        check(indicator, version=bundle.version)
        endpoints = endpoints_of(pattern, version=bundle.version).endpoints
    except Unusable as why:
        refusals.add(str(why), place=place, example=pattern)
        return
    indicated = _reached(str(indicator.get("id", "")), bundle)
    date = "/".join(str(indicator[name]) for name in ("valid_from", "valid_until") if indicator.get(name))
    for address in dict.fromkeys(address for address, _ in endpoints):
        yield _statement(indicator, bundle, place, document, date=date, address=address, about=indicated)


def _of_relationship(one: Thing, bundle: Bundle, place: int, document: Document) -> Iterator[Statement]:
    """Who uses what, and what talks to which address."""
    ends = [bundle.objects.get(str(one.get(name, "")), {}) for name in ("source_ref", "target_ref")]
    addresses = [str(end.get("value", "")) for end in ends if end.get("type") in _ADDRESSES]
    names = [_actor([end]) or _malware([end]) for end in ends]
    if not addresses and not (one.get("relationship_type") == "uses" and all(names)):
        return
    spoken = " ".join(
        (str(ends[0].get("name", "")), str(one.get("relationship_type")), str(ends[1].get("name", "")))
    )
    date = "/".join(str(one[name]) for name in ("start_time", "stop_time") if one.get(name))
    yield _statement(
        one,
        bundle,
        place,
        document,
        date=date or str(one.get("created", "")),
        address=addresses[0] if addresses else "",
        about=ends,
        spoken=spoken.strip(),
    )


def _of_report(report: Thing, bundle: Bundle, place: int, document: Document) -> Iterator[Statement]:
    """The addresses among a report's objects; its indicators speak for themselves."""
    named = [bundle.objects[ref] for ref in words_of(report, "object_refs") if ref in bundle.objects]
    for one in named:
        for address, date in _observables(one):
            yield _statement(
                report,
                bundle,
                place,
                document,
                date=date or str(report.get("published") or report.get("created") or ""),
                address=address,
                about=named,
            )


def _observables(one: Thing) -> Iterator[tuple[str, str]]:
    """Addresses of an observable, with when they were observed where that is said."""
    if one.get("type") in _ADDRESSES:
        yield str(one.get("value", "")), ""
    within = one.get("objects")
    if one.get("type") == "observed-data" and isinstance(within, Mapping):  # STIX 2.0 holds them inside
        date = "/".join(str(one[name]) for name in ("first_observed", "last_observed") if one.get(name))
        for thing in within.values():
            if isinstance(thing, Mapping) and thing.get("type") in _ADDRESSES:
                yield str(thing.get("value", "")), date


def _statement(
    one: Thing,
    bundle: Bundle,
    place: int,
    document: Document,
    *,
    date: str,
    address: str,
    about: list[Thing],
    spoken: str = "",
) -> Statement:
    tlp = tlp_marked(one, bundle)
    texts = (str(one.get("name") or ""), spoken, str(one.get("description") or ""))
    return Statement(
        place=place,
        date=date,
        address=address,
        claim="; ".join(text for text in texts if text and text != address) or "named as an indicator",
        actor=_actor(about),
        malware=_malware(about),
        source=creator_of(one, bundle) or document.stem,
        url=_url(one),
        tlp=tlp.value if tlp else "",
    )


def _reached(identifier: str, bundle: Bundle) -> list[Thing]:
    """What an indicator indicates, who uses that, and whom a campaign is attributed to."""
    direct = bundle.related(identifier, by="indicates")
    more = [
        each
        for one in direct
        for by in ("uses", "attributed-to")
        for each in bundle.related(str(one.get("id", "")), by=by)
    ]
    return [*direct, *more]


def _actor(things: list[Thing]) -> str:
    names = [str(one.get("name", "")) for one in things if one.get("type") in _ACTORS]
    return next((name for name in names if name and not is_malware_name(name)), "")


def _malware(things: list[Thing]) -> str:
    for one in things:
        name = str(one.get("name", ""))
        if name and (one.get("type") in _MALWARE or (one.get("type") in _ACTORS and is_malware_name(name))):
            return plain_name(name) or name
    return ""


def _url(one: Thing) -> str:
    found = one.get("external_references")
    for reference in found if isinstance(found, list) else ():
        if isinstance(reference, Mapping) and reference.get("url"):
            return str(reference["url"])
    return ""
