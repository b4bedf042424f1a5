"""How do the measured tables of one service become the rows that people read in a case?"""

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from headwater.investigate.coverage import clock_of
from headwater.investigate.measurements import (
    OPENED_BY_CLIENT,
    OPENED_BY_SERVICE,
    REASONS,
    Bools,
    Clients,
    Listed,
    Measurements,
)
from headwater.investigate.unseen import chance_of_record, visibility
from headwater.model.address import text_of
from headwater.model.case import Confirmed, Contact, Counts, Coverage
from headwater.model.window import moment_of

_OPENED = {OPENED_BY_CLIENT: "client", OPENED_BY_SERVICE: "service"}
_WHY = {
    "fan-in": "many other hosts connect to the serving side",
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


def coverage_of(measurements: Measurements, sensors: tuple[str, ...]) -> Coverage:
    """What the records cover, and how well sessions with the service could be seen."""
    days = measurements.days
    seen = visibility(measurements.contact.packets, sampling=days.sampling)
    first = moment_of(days.first_us)
    gaps = clock_of(days).gaps()
    return Coverage(
        first=first,
        last=moment_of(days.last_us),
        gaps=tuple((first + timedelta(days=low), first + timedelta(days=high)) for low, high in gaps),
        sampling=days.sampling,
        chance_of_session=None if seen is None else seen.chance_median,
        sensors=sensors,
    )


def confirmed_or_none(found: Confirmed | None) -> Confirmed:
    """The test on what was held out; where none was made, one that says so by being empty."""
    return found or Confirmed((), (), 0, 0.0, None)


_PACKETS = 20.0  # of a short TCP exchange both ways: handshake, a request, an answer, the end
_SESSIONS = 30


def never_seen(
    measurements: Measurements, service: str, *, since: datetime | None, until: datetime | None
) -> str:
    """What was looked for in vain, and the chance of having seen it had it been there.

    Args:
        measurements: with no client.
        service: its name.
        since: start of the time asked for; None: no bound.
        until: its end; None: no bound.
    """
    days, listed = measurements.days, measurements.listed
    low = f"{since or moment_of(days.first_us):%Y-%m-%d}"
    high = f"{until or moment_of(days.last_us):%Y-%m-%d}"
    told = (
        f"{service} was never seen from {low} to {high} in {int(days.flows.sum()):,} flows, in which "
        f"{int(listed.seen.sum()):,} of {len(listed.hi):,} listed C2s appear"
    )
    if not days.sampling:
        return f"{told}; the sampling is unknown, so nothing can be said of the chance of having seen it"
    one = float(chance_of_record(np.array([_PACKETS]), sampling=days.sampling)[0])
    some = 1.0 - (1.0 - one) ** _SESSIONS
    return (
        f"{told}; at 1:{days.sampling:,} a session of {_PACKETS:.0f} packets leaves a record with a chance "
        f"of {one:.1%}, and {_SESSIONS} such sessions, where these sensors look, with one of {some:.1%}"
    )
