"""What does an investigation reckon with? The small tables that the flows of one service are reduced to.

Nothing here grows with the number of flows of the lake: rows are hosts in contact with the service, listed
C2s, their sessions, days. `app/` fills them, the rest of `investigate/` reads them. Times are microseconds
since 1970 UTC. A listed C2's life is looked at over all its records, inside its label's window and outside:
what lies outside is what tells a sale from control.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.score.statistics import Statistics

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

OPENED_BY_CLIENT, OPENED_BY_SERVICE, OPENED_UNKNOWN = 0, 1, 2
REASONS = ("fan-in", "port", "flags", "unknown")  # as in headwater.measure.orientation, by their number


@dataclass(frozen=True, slots=True)
class Clients:
    """Every host in contact with the service, n rows, ordered by address key.

    Attributes:
        hi, lo: address key, shape (n,).
        c2: row in Listed of a listed C2, -1 for any other host, shape (n,).
        network: index into `networks`, -1 where unknown, shape (n,).
        asn: AS number, 0 where unknown, shape (n,).
        networks: names of networks.
        first_us, last_us: first start and last end, shape (n,).
        flows, sessions, hours, days: counts, shape (n,).
        packets_out, packets_in, bytes_out, bytes_in: as exported, from the client and to it, shape (n,).
        opened: OPENED_BY_CLIENT, OPENED_BY_SERVICE or OPENED_UNKNOWN, shape (n,).
        opened_because: index into REASONS, shape (n,).
        opened_share: share in [0, 1] of its flows of known direction that it opened; nan where none, shape
            (n,).
        on_c2_port: the contact is on a listed C2's own listening port, shape (n,); such contact is what bots
            and trackers make, and is never contact with an upstream.
        checks_in: the host also contacts the listening port of some listed C2, shape (n,).
        fan_in: distinct hosts that contact the host's own main service, 0 where it has none, -1 where not
            measured, shape (n,).
        hour_of_week: hours with contact by hour of the week, Monday 00:00 UTC first, shape (n, 168).
        scanner: it tries more hosts than anybody has business with (setting `scanner_hosts`), shape (n,);
            such clients count for nobody's reach in `Measurements.statistics`. None where nobody looked.
    """

    hi: Int64s
    lo: Int64s
    c2: Int32s
    network: Int32s
    asn: Int64s
    networks: tuple[str, ...]
    first_us: Int64s
    last_us: Int64s
    flows: Int64s
    sessions: Int64s
    hours: Int64s
    days: Int64s
    packets_out: Int64s
    packets_in: Int64s
    bytes_out: Int64s
    bytes_in: Int64s
    opened: Int32s
    opened_because: Int32s
    opened_share: Floats
    on_c2_port: Bools
    checks_in: Bools
    fan_in: Int64s
    hour_of_week: Int64s
    scanner: Bools | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Listed C2s, all of them, in contact or not, m rows ordered by address key.

    The service's own address is none of them, even where it is listed: `Measurements.is_listed_c2` tells.

    Attributes:
        hi, lo: address key, shape (m,).
        family, group: index into `families`, `groups`, shape (m,); groups are "dridex", "emotet/epoch2".
        port: the listening port that its label names, 0 for none, shape (m,).
        seen: it has any record at all, shape (m,).
        network: index into Clients.networks, -1 where unknown, shape (m,).
        asn: AS number, 0 where unknown, shape (m,).
        fan_in: distinct hosts that contact its listening port, shape (m,).
        families, groups: names.
        label_c2: which C2 each label is of, shape (l,).
        label_from_us, label_until_us: the window that counts (the analyst's where there is one), without
            slack; an open end is -OPEN_US or OPEN_US of headwater.model.window, shape (l,).
        label_source: index into `sources`, shape (l,).
        label_overridden: the window is an analyst's, shape (l,).
        sources: names of feeds.
    """

    hi: Int64s
    lo: Int64s
    family: Int32s
    group: Int32s
    port: Int32s
    seen: Bools
    network: Int32s
    asn: Int64s
    fan_in: Int64s
    families: tuple[str, ...]
    groups: tuple[str, ...]
    label_c2: Int32s
    label_from_us: Int64s
    label_until_us: Int64s
    label_source: Int32s
    label_overridden: Bools
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions as rows, s of them, ordered by owner and start. A session ends after 6 h of silence.

    Attributes:
        owner: which C2 (row in Listed), shape (s,).
        start_us, end_us: first start and last end of the session's records, shape (s,).
        flows: records in it, shape (s,).
        packets: packets in it as exported; 0 where not counted, shape (s,).
    """

    owner: Int32s
    start_us: Int64s
    end_us: Int64s
    flows: Int64s
    packets: Int64s


@dataclass(frozen=True, slots=True)
class Days:
    """What the records cover, day by day.

    Attributes:
        day_us: UTC midnight of each day from the first to the last with records, none left out, shape (d,).
        flows: records of all sensors that start on that day, shape (d,); 0 is a gap, not a silent day.
        first_us, last_us: start of the first and of the last record of all.
        sampling: the N of 1:N that most records state, 0 where none is stated.
        sampling_unknown: share in [0, 1] of records that state none.
    """

    day_us: Int64s
    flows: Int64s
    first_us: int
    last_us: int
    sampling: int
    sampling_unknown: float


@dataclass(frozen=True, slots=True)
class Measurements:
    """Everything that the reckoning of one case reads.

    Attributes:
        clients: who is in contact with the service.
        listed: the listed C2s.
        contact: sessions of listed C2s with the service, on its own port, in any window.
        activity: sessions of other hosts with each listed C2 on the C2's own listening port: what it
            looks like when bots check in. Owner is the C2.
        presence: sessions of each listed C2 that is in contact with the service, with anybody, in any role:
            when could it be seen at all?
        days: coverage.
        statistics: the same as a hunt measures for this one key, for chance, exclusivity and confirmation;
            its only candidate is the service. None where it could not be measured (no listed C2 in contact
            inside its window).
        fan_out: distinct hosts that the service's address contacts as a client, any port.
        fan_out_ports: distinct service ports that it uses as a client.
        c2_ports_hit: listed C2s whose own listening port the address contacts.
        known_as: names of warning lists and of labels' roles that name the service's address, hostile text.
        is_listed_c2: groups under which the service's own address is listed as a C2; it may be another
            family's server.
        service_fan_in_networks: distinct networks among all clients: ASs where known, else /16s and /32s.
        clients_left_out: further clients that `clients` does not list, those of fewest flows; never a listed
            C2.
        service_network: name of the network of the service's address, "" where unknown; hostile text.
        service_asn: AS number of it, 0 where unknown.
    """

    clients: Clients
    listed: Listed
    contact: Sessions
    activity: Sessions
    presence: Sessions
    days: Days
    statistics: Statistics | None
    fan_out: int
    fan_out_ports: int
    c2_ports_hit: int
    known_as: tuple[str, ...]
    is_listed_c2: tuple[str, ...]
    service_fan_in_networks: int
    clients_left_out: int = 0
    service_network: str = ""
    service_asn: int = 0
