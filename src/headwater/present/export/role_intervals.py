"""Who was what, when? The rows of an export: one for each role of each host, with its uncertain edges.

upstream   the service, where the conclusion holds it for hostile
service    the service, under any other conclusion
c2         a listed C2, as long as it was one
contact    a listed C2, as long as it talked to the service
client     hosts that are no listed C2s: one row for each network, or for each host where asked for
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from headwater.model.case import Case, Contact
from headwater.model.label import Tlp
from headwater.model.service import Service
from headwater.model.timeline import Interval, Timeline
from headwater.present.export.settings import ExportSettings
from headwater.present.export.sharing import timelines_by_address
from headwater.present.export.standing import Standing


@dataclass(frozen=True, slots=True)
class RoleInterval:
    """One role of one host over one interval.

    Attributes:
        role: as in the head of the module.
        address: "" for the hosts of a network together.
        port, proto: of the host; 0 where unknown or none.
        peer: the service talked to, of a contact or client; "" else.
        family, group: of a listed C2.
        network, asn: where the host is; "" and 0 where unknown.
        hosts: how many hosts the row stands for.
        start, start_low, start_high, end, end_low, end_high: the interval; None where nothing tells.
        first_seen, last_seen: first and last record; None where it rests on lists alone.
        sessions: behind it.
        basis: what it rests on.
        source, grade: whose word it is, and its Admiralty code.
        tlp: how far it may be shared.
        included: whether it counts by the case's rule; what does not is exported all the same.
    """

    role: str
    address: str
    port: int
    proto: int
    peer: str
    family: str
    group: str
    network: str
    asn: int
    hosts: int
    start: datetime | None
    start_low: datetime | None
    start_high: datetime | None
    end: datetime | None
    end_low: datetime | None
    end_high: datetime | None
    first_seen: datetime | None
    last_seen: datetime | None
    sessions: int
    basis: str
    source: str
    grade: str
    tlp: Tlp
    included: bool


@dataclass(frozen=True, slots=True)
class _Edges:
    """The times of a row."""

    start: datetime | None = None
    start_low: datetime | None = None
    start_high: datetime | None = None
    end: datetime | None = None
    end_low: datetime | None = None
    end_high: datetime | None = None

    @classmethod
    def of(cls, interval: Interval | None) -> "_Edges":
        if interval is None:
            return cls()
        return cls(
            interval.start,
            interval.start_low,
            interval.start_high,
            interval.end,
            interval.end_low,
            interval.end_high,
        )


def role_intervals(case: Case, stands: Standing, settings: ExportSettings) -> tuple[RoleInterval, ...]:
    """All rows, the service first, then listed C2s, then others.

    Args:
        case: what may leave of it.
        stands: what its conclusion supports.
        settings: whether others are named.
    """
    timelines = timelines_by_address(case)
    listed = [one for one in case.contacts if one.listed]
    others = [one for one in case.contacts if not one.listed]
    rows = [_service(case, stands, listed, settings)]
    for contact in listed:
        timeline = timelines.get(contact.address)
        rows += [_c2(contact, timeline), _contact(case.service, contact, timeline)]
    if settings.name_others:
        rows += [_other(case.service, [one], one.address, settings) for one in others]
    else:
        networks: dict[tuple[str, int], list[Contact]] = defaultdict(list)
        for one in others:
            networks[one.network, one.asn].append(one)
        rows += [_other(case.service, hosts, "", settings) for hosts in networks.values()]
    return tuple(rows)


def _service(case: Case, stands: Standing, listed: list[Contact], settings: ExportSettings) -> RoleInterval:
    contacts = [one.contact for one in case.timelines if one.contact is not None and one.included]
    first = min(contacts, key=lambda one: one.start, default=None)
    last = max(contacts, key=lambda one: one.end, default=None)
    opening, closing = _Edges.of(first), _Edges.of(last)
    return _row(
        role="upstream" if stands.hostile else "service",
        service=case.service,
        edges=_Edges(
            opening.start,
            opening.start_low,
            opening.start_high,
            closing.end,
            closing.end_low,
            closing.end_high,
        ),
        first_seen=min((one.first for one in listed), default=None),
        last_seen=max((one.last for one in listed), default=None),
        sessions=sum(one.sessions for one in listed),
        basis="contact of listed C2s; " + stands.why,
        source=settings.producer,
        tlp=settings.tlp,
    )


def _c2(contact: Contact, timeline: Timeline | None) -> RoleInterval:
    active = None if timeline is None else timeline.activity
    return _row(
        role="c2",
        service=Service(contact.address, contact.port),
        contact=contact,
        edges=_Edges.of(active),
        first_seen=None if active is None else active.first_seen,
        last_seen=None if active is None else active.last_seen,
        sessions=0 if active is None else active.sessions,
        basis="listed" if active is None else active.basis,
        source=contact.source,
        tlp=contact.tlp,
        included=timeline is not None and timeline.included,
    )


def _contact(service: Service, contact: Contact, timeline: Timeline | None) -> RoleInterval:
    met = None if timeline is None else timeline.contact
    left_out = "" if timeline is None or timeline.included else timeline.excluded_because
    return _row(
        role="contact",
        service=Service(contact.address, 0, service.proto),
        peer=str(service),
        contact=contact,
        edges=_Edges.of(met),
        first_seen=contact.first,
        last_seen=contact.last,
        sessions=contact.sessions,
        basis="; ".join(
            text
            for text in ("flows" if met is None else met.basis, left_out and f"left out: {left_out}")
            if text
        ),
        source=contact.source,
        tlp=contact.tlp,
        included=timeline is not None and timeline.included,
    )


def _other(service: Service, hosts: list[Contact], address: str, settings: ExportSettings) -> RoleInterval:
    return _row(
        role="client",
        service=Service(address, 0, service.proto),
        peer=str(service),
        contact=hosts[0],
        hosts=len(hosts),
        first_seen=min(one.first for one in hosts),
        last_seen=max(one.last for one in hosts),
        sessions=sum(one.sessions for one in hosts),
        basis="flows",
        source=settings.producer,
        tlp=settings.tlp,
    )


def _row(
    *,
    role: str,
    service: Service,
    basis: str,
    source: str,
    tlp: Tlp,
    first_seen: datetime | None,
    last_seen: datetime | None,
    sessions: int,
    edges: _Edges = _Edges(),
    contact: Contact | None = None,
    peer: str = "",
    hosts: int = 1,
    included: bool = True,
) -> RoleInterval:
    return RoleInterval(
        role=role,
        address=service.address,
        port=service.port,
        proto=service.proto,
        peer=peer,
        family="" if contact is None else contact.family,
        group="" if contact is None else contact.group,
        network="" if contact is None else contact.network,
        asn=0 if contact is None else contact.asn,
        hosts=hosts,
        start=edges.start,
        start_low=edges.start_low,
        start_high=edges.start_high,
        end=edges.end,
        end_low=edges.end_low,
        end_high=edges.end_high,
        first_seen=first_seen,
        last_seen=last_seen,
        sessions=sessions,
        basis=basis,
        source=source,
        grade="" if contact is None else contact.grade,
        tlp=tlp,
        included=included,
    )
