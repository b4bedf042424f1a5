"""How do the measured tables of one service become the rows that people read in a case?"""

import numpy as np
import numpy.typing as npt

from headwater.investigate.measurements import (
    OPENED_BY_CLIENT,
    OPENED_BY_SERVICE,
    REASONS,
    Bools,
    Clients,
    Listed,
    Measurements,
)
from headwater.model.address import text_of
from headwater.model.case import Contact, Counts
from headwater.model.window import moment_of

_OPENED = {OPENED_BY_CLIENT: "client", OPENED_BY_SERVICE: "service"}
_WHY = {
    "fan-in": "many others come to the side that serves",
    "port": "its port number alone",
    "flags": "TCP flags: who sent the lone SYN",
    "unknown": "nothing in the records tells",
}


def contacts_of(measurements: Measurements, *, most_others: int) -> tuple[tuple[Contact, ...], int]:
    """Every listed C2 in contact, and the other clients with most sessions.

    Args:
        measurements: of the service.
        most_others: how many clients that are no listed C2s.

    Returns:
        The rows, listed C2s first, then by sessions; and how many clients are left out.
    """
    clients = measurements.clients
    order = np.lexsort((clients.lo, clients.hi, -clients.sessions, clients.c2 < 0))
    listed = int((clients.c2 >= 0).sum())
    chosen = order[: listed + most_others]
    rows = tuple(_contact(clients, measurements.listed, int(row)) for row in chosen)
    return rows, len(order) - len(chosen)


def _contact(clients: Clients, listed: Listed, row: int) -> Contact:
    c2 = int(clients.c2[row])
    family, group = named(listed, c2) if c2 >= 0 else ("", "")
    network = int(clients.network[row])
    return Contact(
        address=text_of(int(clients.hi[row]), int(clients.lo[row])),
        family=family,
        group=group,
        listed=c2 >= 0,
        network=clients.networks[network] if network >= 0 else "",
        asn=int(clients.asn[row]),
        first=moment_of(int(clients.first_us[row])),
        last=moment_of(int(clients.last_us[row])),
        sessions=int(clients.sessions[row]),
        flows=int(clients.flows[row]),
        packets_out=int(clients.packets_out[row]),
        packets_in=int(clients.packets_in[row]),
        bytes_out=int(clients.bytes_out[row]),
        bytes_in=int(clients.bytes_in[row]),
        hours=int(clients.hours[row]),
        days=int(clients.days[row]),
        opened_by=_OPENED.get(int(clients.opened[row]), "unknown"),
        opened_by_reason=_WHY[REASONS[int(clients.opened_because[row])]],
    )


def named(listed: Listed, c2: int) -> tuple[str, str]:
    """Family and group of a listed C2; the group is "" where its labels name none."""
    family = listed.families[int(listed.family[c2])]
    return family, listed.groups[int(listed.group[c2])].partition("/")[2]


def counts_of(measurements: Measurements) -> Counts:
    """How many clients, sessions and hours, of listed C2s and of all others."""
    clients, listed = measurements.clients, measurements.listed
    mine = clients.c2 >= 0
    met = clients.c2[mine]
    return Counts(
        c2s=int(mine.sum()),
        clients=len(clients.hi),
        by_family=_tally(listed.family[met], listed.families),
        by_group=_tally(listed.group[met], listed.groups),
        seen_by_group=_tally(listed.group[listed.seen], listed.groups),
        flows=int(clients.flows[mine].sum()),
        sessions=int(clients.sessions[mine].sum()),
        other_flows=int(clients.flows[~mine].sum()),
        other_sessions=int(clients.sessions[~mine].sum()),
        hours=_by_hour(clients, mine),
        weekdays=_by_weekday(clients, mine),
        other_hours=_by_hour(clients, ~mine),
        other_weekdays=_by_weekday(clients, ~mine),
    )


def _tally(numbers: npt.NDArray[np.int32], names: tuple[str, ...]) -> dict[str, int]:
    """How often each name occurs, the most frequent first; names that do not occur are left out."""
    counted = np.bincount(numbers, minlength=len(names))
    order = sorted(range(len(names)), key=lambda place: (-int(counted[place]), names[place]))
    return {names[place]: int(counted[place]) for place in order if counted[place]}


def _by_hour(clients: Clients, mask: Bools) -> tuple[int, ...]:
    week = clients.hour_of_week[mask].sum(axis=0).reshape(7, 24)
    return tuple(int(count) for count in week.sum(axis=0))


def _by_weekday(clients: Clients, mask: Bools) -> tuple[int, ...]:
    week = clients.hour_of_week[mask].sum(axis=0).reshape(7, 24)
    return tuple(int(count) for count in week.sum(axis=1))
