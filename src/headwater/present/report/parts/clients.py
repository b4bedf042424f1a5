"""Who talks to the service, in numbers? C2s by group and one by one, others by network, neighbours, hours."""

from collections.abc import Sequence

from headwater.model.case import Contact
from headwater.present.charts.rhythm import WEEKDAYS
from headwater.present.report.content import Block, Row, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.others import by_network, neighbour_name
from headwater.present.report.rows import columns, row
from headwater.present.report.trail import records
from headwater.present.report.wording import count, group_of, moment, query, said

_PRINTED = 5  # neighbours of each kind on paper, the largest; all are in the file
_OPENED = {"client": "C2", "service": "service", "unknown": "not known"}
_RELATIONS = {
    "port": "another port of the host", "peer": "the host connects to it",
    "shared": "C2s of the case talk to it, too", "on-c2": "the host comes to it on its C2 port",
}  # fmt: skip


def clients(frame: Frame) -> Section:
    """The section on clients."""
    case = frame.case
    behind = Statement(
        "The records behind a row, for people or as CSV:",
        frame.given("contacts"),
        code=query(records(case, "ADDRESS")),
    )
    blocks: list[Block] = [_groups(frame), behind, _c2s(frame)]
    blocks += _others(frame)
    blocks += [_neighbours(frame), _rhythm(frame)]
    return Section("clients-section", "Clients of the service", tuple(blocks))


def _groups(frame: Frame) -> Table:
    counts = frame.case.counts
    rows = [
        row(said(name), f"{number:,}", f"{counts.seen_by_group.get(name, 0):,}")
        for name, number in counts.by_group.items()
    ]
    rows.append(row("all listed C2s", f"{counts.c2s:,}", ""))
    rows.append(row("all clients", f"{counts.clients:,}", ""))
    heads = columns("Group", "#In contact", "#Listed, and seen anywhere in the records")
    return Table(
        "groups", "Clients by group", heads, tuple(rows), frame.given("counts", "counts.seen_by_group")
    )


def _c2s(frame: Frame) -> Table:
    listed = [one for one in frame.case.contacts if one.listed]
    heads = columns(
        "C2", "Group", "First contact (UTC)", "Last contact (UTC)", "#Sessions", "#Flows",
        "#Bytes to service", "#Bytes from service", "Opened by", "Network",
    )  # fmt: skip
    rows = tuple(_contact(one) for one in listed)
    given = frame.given("contacts", "contacts.opened_by", "contacts.network")
    return Table("c2s", "Listed C2s in contact with the service", heads, rows, given, folded=len(rows) > 60)


def _contact(one: Contact) -> Row:
    return row(
        said(one.address), said(group_of(one.family, one.group)), moment(one.first), moment(one.last),
        f"{one.sessions:,}", f"{one.flows:,}", f"{one.bytes_out:,}", f"{one.bytes_in:,}",
        f"{_OPENED.get(one.opened_by, 'not known')} ({said(one.opened_by_reason)})",
        _network(one.network, one.asn),
    )  # fmt: skip


def _network(name: str, asn: int) -> str:
    parts = [said(name)] if name else []
    parts += [f"AS{asn}"] if asn else []
    return ", ".join(parts) or "not known"


def _others(frame: Frame) -> list[Block]:
    case = frame.case
    total = case.counts.clients - case.counts.c2s
    if not total:
        return [Statement("The service has no other client in the records.", frame.given("counts"))]
    left = f", {case.contacts_left_out:,} of them not listed one by one" if case.contacts_left_out else ""
    told = Statement(
        f"Beside the listed C2s, {count(total, 'other client')} came with "
        f"{count(case.counts.other_sessions, 'session')} in {count(case.counts.other_flows, 'flow')}{left}.",
        frame.given("counts"),
    )
    others = [one for one in case.contacts if not one.listed]
    table = (_named if frame.settings.name_others else _networks)(frame, others)
    return [told, table]


def _networks(frame: Frame, others: Sequence[Contact]) -> Table:
    rows = tuple(
        row(_network(one.name, one.asn), f"{one.hosts:,}", f"{one.sessions:,}", f"{one.flows:,}")
        for one in by_network(others)
    )
    heads = columns("Network", "#Hosts", "#Sessions", "#Flows")
    return Table(
        "others",
        "Other clients, by network only",
        heads,
        rows,
        frame.given("contacts", "contacts.network"),
        folded=len(rows) > 60,
    )


def _named(frame: Frame, others: Sequence[Contact]) -> Table:
    rows = tuple(
        row(
            said(one.address), _network(one.network, one.asn), moment(one.first), moment(one.last),
            f"{one.sessions:,}", f"{one.flows:,}",
        )
        for one in others
    )  # fmt: skip
    heads = columns("Client", "Network", "First contact (UTC)", "Last contact (UTC)", "#Sessions", "#Flows")
    return Table(
        "others",
        "Other clients, named on request",
        heads,
        rows,
        frame.given("contacts", "contacts.network"),
        folded=len(rows) > 60,
    )


def _neighbours(frame: Frame) -> Table:
    case = frame.case
    kinds = [one.relation for one in case.neighbours]
    rows = tuple(
        row(
            said(neighbour_name(one, case, name_others=frame.settings.name_others)),
            _RELATIONS.get(one.relation, said(one.relation)), f"{one.c2s:,}", f"{one.hosts:,}",
            f"{one.flows:,}", said(one.known_as),
            on_screen=kinds[:place].count(one.relation) >= _PRINTED,
        )
        for place, one in enumerate(case.neighbours)
    )  # fmt: skip
    heads = columns("Service", "Relation", "#Listed C2s", "#Hosts", "#Flows", "Known as")
    return Table(
        "neighbours", "What shares the service, its host or its C2s", heads, rows, frame.given("neighbours")
    )


def _rhythm(frame: Frame) -> Table:
    counts = frame.case.counts
    slots = [f"{hour:02d}:00" for hour in range(24)]
    rows = [
        row(name, f"{mine:,}", f"{theirs:,}")
        for names, c2s, others in (
            (slots, counts.hours, counts.other_hours),
            (WEEKDAYS, counts.weekdays, counts.other_weekdays),
        )
        for name, mine, theirs in zip(names, c2s, others, strict=True)
    ]
    heads = columns("Hour or weekday, UTC", "#Hours with contact of C2s", "#Of all others")
    return Table(
        "rhythm",
        "Contact by hour and weekday",
        heads,
        tuple(rows),
        frame.given("counts.hours"),
        folded=True,
        on_screen=True,
    )
