"""How do hosts and their contact become STIX? Infrastructure, addresses, families, relationships with times.

OpenCTI gets no network-traffic objects. Until May 2025 its importer created them without their two
addresses, so that all with the same port and protocols became one object, each import overwriting the last
(github.com/OpenCTI-Platform/opencti issues 8033 and 10869, mended by client-python pull request 893); and it
gives each object an id of its own making, from the same few properties. What such an object says is in the
description of the relationship there, and one relationship stands for each pair: OpenCTI merges those of one
pair whose times lie within 30 days (setting relations_deduplication, issue 3387).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from stix2 import v21

from headwater.model.candidate import PeerRole
from headwater.model.case import Contact
from headwater.model.label import Tlp
from headwater.model.service import protocol_name
from headwater.model.timeline import Interval, Timeline
from headwater.present.export.sharing import timelines_by_address
from headwater.present.export.standing import is_likely, tie_window
from headwater.present.export.stix_frame import Frame, Thing, span
from headwater.present.export.techniques import relays

_MOST_OBSERVED = 999_999_999  # STIX 2.1, section 4.14: number_observed ends there


@dataclass(frozen=True, slots=True)
class HostIds:
    """Ids that other objects point at."""

    service: str
    host: str

    @classmethod
    def of(cls, frame: Frame) -> "HostIds":
        """The ids of the case's own service and host."""
        return cls(frame.id_of("infrastructure", "service"), frame.id_of("infrastructure", "host"))


def address_object(
    frame: Frame, address: str, tlp: Tlp | None = None, *, asn: int = 0, network: str = ""
) -> list[Thing]:
    """The observable of an address, behind that of its autonomous system where known."""
    systems = []
    if asn > 0:
        name = {"name": network} if network else {}
        systems = [v21.AutonomousSystem(number=asn, object_marking_refs=frame.marked(tlp), **name)]
    kind = v21.IPv4Address if ip_address(address).version == 4 else v21.IPv6Address
    belongs = {"belongs_to_refs": [systems[0].id]} if systems else {}
    return [*systems, kind(value=address, object_marking_refs=frame.marked(tlp), **belongs)]


def service_objects(frame: Frame) -> Iterator[Thing]:
    """The service and the host it runs on."""
    case, stands, ids = frame.case, frame.stands, HostIds.of(frame)
    first, last = tie_window(case)
    c2s = sum(one.listed for one in case.contacts)
    seen = {"first_seen": first, "last_seen": last} if first and last and last >= first else {}
    address = address_object(frame, case.service.address)
    yield from address
    yield v21.Infrastructure(
        **frame.common(ids.service),
        **seen,
        name=f"{'upstream' if stands.hostile else 'service'} {case.service}",
        description=f"{c2s} listed C2s were in contact with it. {sentence(stands.why)}",
        infrastructure_types=["command-and-control" if stands.hostile else "unknown"],
        confidence=frame.confidence,
    )
    ports = [str(one.service) for one in case.neighbours if one.relation == "port"]
    yield v21.Infrastructure(
        **frame.common(ids.host),
        name=f"host {case.service.address}",
        description=f"Hosts {case.service}."
        + (f" Other services seen on it: {', '.join(ports)}." if ports else ""),
        infrastructure_types=["unknown"],
    )
    until = stands.until if stands.passed_on else None
    yield relation(frame, ids.host, "consists-of", ids.service, span(stands.since, until))
    yield relation(frame, ids.host, "consists-of", address[-1].id, {})
    yield relation(frame, ids.service, "consists-of", address[-1].id, span(stands.since, until))


def c2_objects(frame: Frame) -> Iterator[Thing]:
    """Each listed C2 with its family, its time as a C2, and its contact with the service."""
    timelines = timelines_by_address(frame.case)
    controlled = set(relays(frame.case)) if frame.stands.hostile else set()
    families = sorted({one.family for one in frame.case.contacts if one.listed and one.family})
    for family in families:
        tlp = min((one.tlp for one in frame.case.contacts if one.family == family), key=list(Tlp).index)
        me = frame.shared_id("malware", family)
        yield v21.Malware(**frame.shared(me, tlp=tlp), name=family, is_family=True)
    for contact in frame.case.contacts:
        if contact.listed:
            timeline = timelines.get(contact.address)
            yield from _c2(frame, contact, timeline)
            yield from _contact(frame, contact, timeline)
            if contact.address in controlled and _is_controlled(frame, contact):
                yield _control(frame, contact, timeline)


def other_objects(frame: Frame) -> Iterator[Thing]:
    """Clients that are no listed C2s, where they are to be named: as observed data, never as more."""
    if not frame.settings.name_others:
        return
    for contact in frame.case.contacts:
        if not contact.listed:
            yield from address_object(frame, contact.address, asn=contact.asn, network=contact.network)
            yield from _observed(frame, contact, None)


def relation(
    frame: Frame,
    source: str,
    kind: str,
    target: str,
    times: dict[str, datetime],
    *,
    description: str = "",
    tlp: Tlp | None = None,
) -> Thing:
    """A relationship between two objects of the bundle."""
    said = {"description": description} if description else {}
    return v21.Relationship(
        **frame.common(frame.id_of("relationship", source, kind, target), tlp=tlp),
        **times,
        **said,
        source_ref=source,
        relationship_type=kind,
        target_ref=target,
    )


def sentence(text: str) -> str:
    """A clause as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


def _c2(frame: Frame, contact: Contact, timeline: Timeline | None) -> Iterator[Thing]:
    active = None if timeline is None else timeline.activity
    seen = {} if active is None else {"first_seen": active.start, "last_seen": max(active.end, active.start)}
    me = frame.id_of("infrastructure", contact.address)
    port = f":{contact.port}" if contact.port else ""
    yield v21.Infrastructure(
        **frame.common(me, tlp=contact.tlp),
        **seen,
        name=f"C2 {contact.address}{port}",
        description=_about_c2(contact, active),
        infrastructure_types=["command-and-control"],
    )
    address = address_object(frame, contact.address, contact.tlp, asn=contact.asn, network=contact.network)
    yield from address
    yield relation(frame, me, "consists-of", address[-1].id, {}, tlp=contact.tlp)
    if contact.family:
        times = {} if active is None else span(active.start, active.end)
        malware = frame.shared_id("malware", contact.family)
        yield relation(frame, me, "controls", malware, times, description=_edges(active), tlp=contact.tlp)


def _about_c2(contact: Contact, active: Interval | None) -> str:
    named = f"{contact.family} {contact.group}".strip() or "an unnamed family"
    grade = f", graded {contact.grade}" if contact.grade else ""
    by = f" by {contact.source}{grade}" if contact.source else ""
    return f"Listed as C2 of {named}{by}. Active as a C2: {_edges(active) or 'nothing tells when'}."


def _contact(frame: Frame, contact: Contact, timeline: Timeline | None) -> Iterator[Thing]:
    met = None if timeline is None else timeline.contact
    start, stop = (contact.first, contact.last) if met is None else (met.start, met.end)
    opened = (
        f"opened by the {contact.opened_by}" if contact.opened_by != "unknown" else "opened by either side"
    )
    excluded = timeline.excluded_because if timeline is not None and not timeline.included else ""
    said = [
        f"{contact.sessions} sessions, {contact.flows} flows with {frame.case.service}, {opened}",
        f"first record {_at(contact.first)}, last {_at(contact.last)}",
        _edges(met),
        f"packets {contact.packets_out} out and {contact.packets_in} in as exported",
        excluded and f"not counted in the case: {excluded}",
    ]
    service, c2 = HostIds.of(frame).service, frame.id_of("infrastructure", contact.address)
    source, target = (c2, service) if frame.case.role is PeerRole.SERVER else (service, c2)
    yield relation(
        frame,
        source,
        "communicates-with",
        target,
        span(start, stop),
        description="; ".join(part for part in said if part) + ".",
    )
    yield from _observed(frame, contact, c2)


def _observed(frame: Frame, contact: Contact, c2: str | None) -> Iterator[Thing]:
    """What was recorded of one contact."""
    here, there = (
        address_object(frame, contact.address)[-1].id,
        address_object(frame, frame.case.service.address)[-1].id,
    )
    source, target = (here, there) if frame.case.role is PeerRole.SERVER else (there, here)
    refs = [source, target]
    if not frame.opencti:
        traffic = _traffic(frame, contact, source, target)
        yield traffic
        refs = [traffic.id, *refs]
    me = frame.id_of("observed-data", contact.address)
    yield v21.ObservedData(
        **frame.common(me),
        first_observed=contact.first,
        last_observed=max(contact.last, contact.first),
        number_observed=min(max(contact.flows, 1), _MOST_OBSERVED),
        object_refs=refs,
    )
    if c2 is not None:
        yield relation(frame, c2, "consists-of", me, {})


def _traffic(frame: Frame, contact: Contact, source: str, target: str) -> Thing:
    service = frame.case.service
    version = ip_address(service.address).version
    protocols = [f"ipv{version}", *([protocol_name(service.proto)] if service.proto else [])]
    port = {"dst_port": service.port} if service.port else {}
    out = (contact.packets_out, contact.packets_in, contact.bytes_out, contact.bytes_in)
    if frame.case.role is PeerRole.CLIENT:
        out = (out[1], out[0], out[3], out[2])
    return v21.NetworkTraffic(
        **port,
        start=contact.first,
        end=max(contact.last, contact.first),
        src_ref=source,
        dst_ref=target,
        is_active=False,
        protocols=protocols,
        src_packets=out[0],
        dst_packets=out[1],
        src_byte_count=out[2],
        dst_byte_count=out[3],
        object_marking_refs=frame.marked(),
    )


def _is_controlled(frame: Frame, contact: Contact) -> bool:
    """Whether control is at least likely for its group, or for all where the group was not asked for."""
    asked = {one.scope for one in frame.case.hypotheses if one.question == "tie" and one.id == "control"}
    names = {contact.group, contact.family, f"{contact.family}/{contact.group}"} & asked
    return any(is_likely(frame.case, "control", scope=scope) for scope in names or {"all"})


def _control(frame: Frame, contact: Contact, timeline: Timeline | None) -> Thing:
    met = None if timeline is None else timeline.contact
    service, c2 = HostIds.of(frame).service, frame.id_of("infrastructure", contact.address)
    times = {} if met is None else span(met.start, met.end)
    said = "One operator runs both, by the case's judgement; see the notes for how likely and on what basis."
    return relation(frame, service, "controls", c2, times, description=said)


def _edges(interval: Interval | None) -> str:
    """An interval with its bounds, in words."""
    if interval is None:
        return ""
    return (
        f"from {_at(interval.start)} ({_at(interval.start_low)} to {_at(interval.start_high)}) "
        f"until {_at(interval.end)} ({_at(interval.end_low)} to {_at(interval.end_high)}), {interval.basis}"
    )


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
