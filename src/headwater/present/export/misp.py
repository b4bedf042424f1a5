"""How does a case leave as a MISP event? As objects with times and tags, made by the PyMISP library.

    ip-port             the service, and each listed C2
    network-connection  the contact of each listed C2 with the service
    annotation          the conclusion, the basis, each hypothesis, each item of evidence, other clients
    report              each claim of an open source

Only an address that the case's conclusion supports is meant for detection (`to_ids`), and none whose host
has changed hands since: MISP hands such attributes to sensors without looking at their dates.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from pymisp import MISPAttribute, MISPEvent, MISPObject

from headwater.intel.own_exports import role_tag
from headwater.model.candidate import PeerRole
from headwater.model.case import Case, Contact
from headwater.model.service import protocol_name
from headwater.model.timeline import Interval, Timeline
from headwater.present.export.case_moment import first_moment, last_moment
from headwater.present.export.exercise import TAG, named, remark_of
from headwater.present.export.indicators import Indicators, indicators
from headwater.present.export.misp_tags import (
    confidence_tag,
    document_tags,
    family_tag,
    grade_tags,
    likelihood_tag,
    technique_tag,
)
from headwater.present.export.settings import Exported, ExportSettings
from headwater.present.export.sharing import Shared, shareable, timelines_by_address
from headwater.present.export.standing import Standing, on_top, standing, tie_window
from headwater.present.export.techniques import techniques
from headwater.present.export.web_address import is_url

_NAMESPACE = uuid.UUID("5c1d7c0e-2a4b-5f2e-9d5c-7b0e6f1a9c34")  # of this project's events, drawn once
_COMPLETE = 2  # analysis: initial, ongoing, complete
_OWN_ORGANISATION = 0  # distribution: whoever imports it decides on more
_HIGH, _UNDEFINED = 1, 4  # threat level
Values = dict[str, Any]  # Any: an attribute's value is a text, a number or a time


def misp(case: Case, *, settings: ExportSettings) -> Exported:
    """The case as one MISP event.

    Args:
        case: the case.
        settings: whom it is for.

    Returns:
        JSON, ASCII only, the same bytes for the same case and settings.

    Raises:
        BadSetting, UnreadableSource: as `headwater.present.export.sharing.shareable`.
    """
    shared = shareable(case, settings)
    stands = standing(shared.case, settings)
    allowed = indicators(shared.case, stands, settings)
    writer = _Writer(shared, stands, allowed, settings)
    text = json.dumps({"Event": writer.event()}, indent=2, sort_keys=True) + "\n"
    remarks = (*remark_of(shared.case), shared.withheld.text(settings.tlp), *shared.remarks, *allowed.remarks)
    return Exported(text, tuple(remark for remark in remarks if remark))


class _Writer:
    """One event in the making."""

    def __init__(
        self, shared: Shared, stands: Standing, allowed: Indicators, settings: ExportSettings
    ) -> None:
        self.case = shared.case
        self.shared = shared
        self.stands = stands
        self.remarks = allowed.remarks
        self.settings = settings
        found = () if self.case.synthetic else allowed.found  # a sensor reads addresses, and no tags
        services = [one for one in found if one.role == "upstream" and not stands.passed_on]
        self.detected = frozenset(one.service.address for one in services)
        self.detected_c2s = frozenset(one.service.address for one in found if one.role == "c2")

    @cached_property
    def stamp(self) -> int:
        """The case's last record, in seconds since 1970: what MISP calls a timestamp."""
        return int(last_moment(self.case).timestamp())

    def event(self) -> dict[str, Any]:  # Any: what JSON can say
        event = MISPEvent()
        event.uuid = self._uuid("event")
        event.info = named(self.case, f"Case about {self.case.service}: {self.case.conclusion.verdict}")
        event.date = first_moment(self.case).date()
        event.timestamp = self.stamp
        event.analysis = _COMPLETE
        event.distribution = _OWN_ORGANISATION
        event.threat_level_id = _HIGH if self.stands.hostile else _UNDEFINED
        event.published = False
        for tag in self._event_tags():
            event.add_tag(tag)
        for one in self._objects():
            event.add_object(one)
        found: dict[str, Any] = json.loads(event.to_json())  # Any: as above
        return found

    def _event_tags(self) -> list[str]:
        top = on_top(self.case, "tie")
        families = sorted({one.family for one in self.case.contacts if one.listed and one.family})
        tags = [
            *document_tags(self.settings),
            TAG if self.case.synthetic else "",
            confidence_tag(self.case.conclusion.confidence),
            "" if top is None or top.id != self.case.conclusion.verdict else likelihood_tag(top),
            *(family_tag(family) for family in families),
            *(technique_tag(one) for one in techniques(self.case, self.stands)),
        ]
        return [tag for tag in tags if tag]

    def _objects(self) -> Iterable[MISPObject]:
        yield self._service()
        timelines = timelines_by_address(self.case)
        for contact in self.case.contacts:
            if contact.listed:
                timeline = timelines.get(contact.address)
                yield self._c2(contact, timeline)
                yield self._connection(contact, timeline)
            elif self.settings.name_others:
                yield self._connection(contact, None)
        yield from self._texts()
        for number, claim in enumerate(self.case.claims):
            values: Values = {"title": claim.claim, "summary": f"{claim.actor} {claim.malware}".strip()}
            if is_url(claim.url):
                values["link"] = claim.url
            yield self._object(
                "report",
                f"claim {number} {claim.claim}",
                values,
                comment=f"{claim.source or 'no source named'}, {claim.date:%Y-%m-%d}",
                first=claim.date,
                last=claim.until,
                tags=[*grade_tags(claim.grade), f"tlp:{claim.tlp.value}"],
            )

    def _service(self) -> MISPObject:
        case, service = self.case, self.case.service
        first, last = tie_window(case)
        values: Values = {"ip": service.address, "text": self.stands.why}
        if service.port and case.role is PeerRole.SERVER:
            values["dst-port"] = service.port
        if service.proto:
            values["protocol"] = protocol_name(service.proto)
        what = "upstream of listed C2s" if self.stands.hostile else "service in contact with listed C2s"
        until = self.stands.until if self.stands.passed_on else last
        return self._object(
            "ip-port", "service", values, comment=what, first=first, last=until,
            tags=[role_tag("upstream" if self.stands.hostile else "service")],
            detected=service.address in self.detected, detectable=("ip",),
        )  # fmt: skip

    def _c2(self, contact: Contact, timeline: Timeline | None) -> MISPObject:
        active = None if timeline is None else timeline.activity
        values: Values = {"ip": contact.address}
        if contact.port:
            values["dst-port"] = contact.port
        if contact.asn:
            values["AS"] = contact.asn
        family = [family_tag(contact.family)] if contact.family else []
        named = f"{contact.family} {contact.group}".strip() or "an unnamed family"
        return self._object(
            "ip-port", f"c2 {contact.address}", values,
            comment=f"C2 of {named}; listed by {contact.source or 'a list without a name'}",
            first=None if active is None else active.start,
            last=None if active is None else active.end,
            tags=[role_tag("c2"), *family, *grade_tags(contact.grade), f"tlp:{contact.tlp.value}"],
            detected=contact.address in self.detected_c2s, detectable=("ip",),
        )  # fmt: skip

    def _connection(self, contact: Contact, timeline: Timeline | None) -> MISPObject:
        service = self.case.service
        met = None if timeline is None else timeline.contact
        from_client = self.case.role is PeerRole.SERVER
        out = {"packets": contact.packets_out, "bytes": contact.bytes_out}
        back = {"packets": contact.packets_in, "bytes": contact.bytes_in}
        values: Values = {
            "ip-src": contact.address if from_client else service.address,
            "ip-dst": service.address if from_client else contact.address,
            "count": contact.sessions,
            "first-packet-seen": contact.first,
            "last-packet-seen": contact.last,
            "src-packets-count": (out if from_client else back)["packets"],
            "dst-packets-count": (back if from_client else out)["packets"],
            "src-bytes-count": (out if from_client else back)["bytes"],
            "dst-bytes-count": (back if from_client else out)["bytes"],
        }
        if service.port:
            values["dst-port"] = service.port
        if service.proto:
            values["layer4-protocol"] = protocol_name(service.proto).upper()
        left_out = timeline is not None and not timeline.included
        why = f"; not counted in the case: {timeline.excluded_because}" if timeline and left_out else ""
        return self._object(
            "network-connection", f"contact {contact.address}", values,
            comment=f"{contact.sessions} sessions, {contact.flows} flows{_edges(met)}{why}",
            first=contact.first if met is None else met.start,
            last=contact.last if met is None else met.end,
            tags=[role_tag("contact" if contact.listed else "client")],
        )  # fmt: skip

    def _texts(self) -> Iterable[MISPObject]:
        case, conclusion = self.case, self.case.conclusion
        said = [one.text for one in conclusion.sentences if one.about != "basis"]
        said += [f"What would change it: {text}" for text in conclusion.would_change_if]
        said += [self.shared.withheld.text(self.settings.tlp), *self.shared.remarks, *self.remarks]
        yield self._text("conclusion", "Conclusion: how likely", "\n".join(part for part in said if part))
        basis = [f"Confidence in the basis: {conclusion.confidence}."]
        basis += [one.text for one in conclusion.sentences if one.about == "basis"]
        yield self._text(
            "basis", "Basis: how sure of the evidence", "\n".join([*basis, *case.warnings]),
            tags=[confidence_tag(conclusion.confidence)],
        )  # fmt: skip
        for one in case.hypotheses:
            text = (
                f"{one.statement} {one.words}: {one.posterior:.2f}, "
                f"from {one.low:.2f} to {one.high:.2f} over priors and settings"
            )
            name = f"Hypothesis {one.id} ({one.question}, {one.scope})"
            tag = likelihood_tag(one)
            yield self._text(
                f"hypothesis {one.question} {one.scope} {one.id}", name, text, tags=[tag] if tag else []
            )
        for item in case.evidence:
            barred = f" Barred by {item.barred_by}: it does not count." if item.barred_by else ""
            yield self._text(
                f"evidence {item.id}", f"Evidence {item.id} ({item.kind})",
                f"{item.statement} {item.reason}{barred}",
                tags=[*grade_tags(item.grade), *([f"tlp:{item.tlp.value}"] if item.tlp else [])],
            )  # fmt: skip
        networks = Counter(one.network or "an unknown network" for one in case.contacts if not one.listed)
        if networks:
            lines = [f"{count} in {network}" for network, count in networks.most_common()]
            yield self._text("others", "Clients that are no listed C2s, by network", "\n".join(lines))

    def _text(self, key: str, comment: str, text: str, *, tags: Iterable[str] = ()) -> MISPObject:
        values: Values = {"text": text or "Nothing of this may be shared here.", "format": "text"}
        return self._object("annotation", key, values, comment=comment, tags=tags)

    def _object(
        self,
        template: str,
        key: str,
        values: Values,
        *,
        comment: str,
        first: datetime | None = None,
        last: datetime | None = None,
        tags: Iterable[str] = (),
        detected: bool = False,
        detectable: tuple[str, ...] = (),
    ) -> MISPObject:
        """An object with ids and times of its own; tags go to its attributes, as MISP wants them."""
        found = MISPObject(template, strict=True)
        found.uuid = self._uuid(template, key)
        found.timestamp = self.stamp
        found.comment = comment
        times = _times(first, last)
        for name, moment in times.items():
            setattr(found, name, moment)
        for relation, value in values.items():
            if not str(value).strip():
                continue
            attribute: MISPAttribute = found.add_attribute(
                relation,
                value=value,
                uuid=self._uuid(template, key, relation),
                timestamp=self.stamp,
                to_ids=detected and relation in detectable,
                **times,
            )
            for tag in tags:
                attribute.add_tag(tag)
        return found

    def _uuid(self, *about: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, json.dumps([str(self.case.service), *about])))


def _times(first: datetime | None, last: datetime | None) -> dict[str, datetime]:
    """first_seen and last_seen; PyMISP refuses a last before the first."""
    found = {} if first is None else {"first_seen": first}
    if last is not None and (first is None or last >= first):
        found["last_seen"] = last
    return found


def _edges(met: Interval | None) -> str:
    if met is None:
        return ""
    return (
        f"; begins {met.start_low:%Y-%m-%d} to {met.start_high:%Y-%m-%d}, "
        f"ends {met.end_low:%Y-%m-%d} to {met.end_high:%Y-%m-%d}"
    )
