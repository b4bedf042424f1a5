"""What may evidence rest on? Facts: everything measured and gathered about one service."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from headwater.investigate.measurements import Bools, Measurements
from headwater.model.candidate import PeerRole
from headwater.model.case import Chance, Confirmed
from headwater.model.claim import Claim
from headwater.model.service import Service
from headwater.model.tenancy import KeyBracket, PlacedClaim, Tenancy
from headwater.model.timeline import Timeline

ALL = "all"  # the scope of what speaks of all listed C2s in contact, or of the service


@dataclass(frozen=True, slots=True)
class Held:
    """The tenancy in which the contact lies.

    Attributes:
        tenancy: its id; "" where no observation tells of any.
        since_us: what lies before is certainly from before that tenancy; None where nothing bounds it.
        until_us: what begins here or later is not counted, as it may be another tenant's; None where
            nothing tells of an end.
    """

    tenancy: str = ""
    since_us: int | None = None
    until_us: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the functions of evidence read.

    Attributes:
        service: what is investigated.
        role: which side of the contact it is.
        measurements: what its flows were reduced to.
        timelines: one for each listed C2 in contact.
        chance: what chance would bring inside the tenancy; None where it could not be reckoned.
        chance_by_group: the same for the C2s of each group alone.
        confirmation: the test on what was held out; None where it was not made.
        brackets: what the host was recognised by, when.
        tenancies: who may have held it when.
        held: the tenancy in which the contact lies.
        claims: what open sources say about the address, and about what actors use (without address).
        placed: where claims lie against tenancies.
        network: name of the service's network, hostile text; "" where unknown.
        network_reports: claims about other addresses of that network from before the contact's end.
        sensors: names of the sensors that saw the contact.
        all_sensors: names of all sensors whose records cover that time.
        lake_version: version of the flow table; None for flows from outside a lake.
        include_excluded: timelines count even where the rule fixed beforehand leaves them out.
        timing_by: which model of timing is reckoned with: "intervals", "sessions" or "both".
    """

    service: Service
    role: PeerRole
    measurements: Measurements
    timelines: tuple[Timeline, ...] = ()
    chance: Chance | None = None
    chance_by_group: Mapping[str, Chance] = field(default_factory=dict)
    confirmation: Confirmed | None = None
    brackets: tuple[KeyBracket, ...] = ()
    tenancies: tuple[Tenancy, ...] = ()
    held: Held = field(default_factory=Held)
    claims: tuple[Claim, ...] = ()
    placed: tuple[PlacedClaim, ...] = ()
    network: str = ""
    network_reports: int = 0
    sensors: tuple[str, ...] = ()
    all_sensors: tuple[str, ...] = ()
    lake_version: int | None = None
    include_excluded: bool = False
    timing_by: str = "both"


@dataclass(frozen=True, slots=True)
class Counted:
    """Which clients count, masks over the rows of Clients, shape (n,) each.

    Attributes:
        c2s: listed C2s in contact off their own listening port, inside the tenancy of the contact.
        others: hosts that are no listed C2s and try not everybody, inside it.
        later_c2s, later_others: the same of what begins behind that tenancy, and is barred.
    """

    c2s: Bools
    others: Bools
    later_c2s: Bools
    later_others: Bools


def counted(facts: Facts) -> Counted:
    """Which clients count, and which are barred because they came with a later tenant."""
    clients = facts.measurements.clients
    until = facts.held.until_us
    later = np.zeros(len(clients.c2), dtype=np.bool_) if until is None else clients.first_us >= until
    listed, other = (clients.c2 >= 0) & ~clients.on_c2_port, (clients.c2 < 0) & ~clients.on_c2_port
    if clients.scanner is not None:
        other &= ~clients.scanner  # who tries everybody is nobody's client
    return Counted(listed & ~later, other & ~later, listed & later, other & later)


def records_of(facts: Facts, c2s: Bools) -> int:
    """Records of the contact of some listed C2s with the service, of those that count.

    Args:
        facts: of the case.
        c2s: which rows of Listed are meant, shape (m,).
    """
    clients = facts.measurements.clients
    mine = np.flatnonzero(counted(facts).c2s)
    return int(clients.flows[mine[c2s[clients.c2[mine]]]].sum())


def groups_in_contact(facts: Facts) -> tuple[str, ...]:
    """Groups of the listed C2s in contact, the largest first, of equal ones by name."""
    listed = facts.measurements.listed
    met = facts.measurements.clients.c2[counted(facts).c2s]
    sizes = np.bincount(listed.group[met], minlength=len(listed.groups))
    order = sorted(np.flatnonzero(sizes), key=lambda group: (-sizes[group], listed.groups[group]))
    return tuple(listed.groups[group] for group in order)


def contact_span_us(facts: Facts) -> tuple[int, int] | None:
    """First and last moment of contact of listed C2s inside the tenancy; None where there is none."""
    clients, counts = facts.measurements.clients, counted(facts).c2s
    if not counts.any():
        return None
    first, last = int(clients.first_us[counts].min()), int(clients.last_us[counts].max())
    until = facts.held.until_us
    return first, last if until is None else min(last, until)
