"""What does the score need to know? The small tables that measure/ reduces all flows to.

Nothing here grows with the number of flows: rows are labelled C2s, candidate keys, contacts between
the two, and network-by-slot totals. `measure/` fills them, the rest of `score/` reads them. A field
that may be None is evidence that not every source can give; the score then does without it.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SERVER, CLIENT = 0, 1  # role of the candidate: C2s connect to it, or it connects to the C2s


@dataclass(frozen=True, slots=True)
class C2s:
    """Labelled C2s that appear in the flows, one row each (n rows).

    Attributes:
        hi, lo: address key (model/address.py), shape (n,).
        family: index into `families`, shape (n,); a C2 of two families takes the one listed first.
        group: index into `groups` ("dridex", "emotet/epoch2", ...), shape (n,).
        network: network class g of section "chance", shape (n,); index into `Exposure.networks`.
        cluster: co-located C2s (one /24 or /64, or one owner) share a number, shape (n,).
        start_us, end_us: label window with slack, microseconds since 1970 UTC, half-open, shape (n,).
        edges: distinct candidate keys it was in contact with inside its window (d_i), shape (n,).
        port: the listening port its label names; 0 where none, shape (n,).
        families, groups: names behind the indices.
        listed_us: when the feed first listed it, without slack, microseconds since 1970 UTC, shape (n,).
        fan_in: distinct hosts that contact its listening port (else its main service), shape (n,).
        feeds: which feed lists it, shape (n, F); None where there is one feed or nobody counted.
        weight: what each is worth as a witness: 1 where a list names it, below 1 where an analyst accepted it
            as a lead, shape (n,); None where lists name them all.
    """

    hi: Int64s
    lo: Int64s
    family: Int32s
    group: Int32s
    network: Int32s
    cluster: Int32s
    start_us: Int64s
    end_us: Int64s
    edges: Int64s
    port: Int32s
    families: tuple[str, ...]
    groups: tuple[str, ...]
    listed_us: Int64s | None = None
    fan_in: Int64s | None = None
    feeds: Bools | None = None
    weight: Floats | None = None

    @property
    def weights(self) -> Floats:
        """`weight`, with ones where it is None."""
        return np.ones(len(self.hi)) if self.weight is None else self.weight

    @property
    def listed(self) -> Bools:
        """Which of them a list names, shape (n,)."""
        return np.asarray(self.weights >= 1.0, np.bool_)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate keys (peer, role, service port, protocol), one row each (m rows).

    Attributes:
        hi, lo: address key of the peer, shape (m,).
        role: SERVER or CLIENT, shape (m,).
        port: service port, 0 for "no single port", shape (m,).
        proto: IP protocol number, shape (m,).
        hosts: distinct hosts of any kind in contact with it on this key (d_j), shape (m,).
        hosts_estimated: True where `hosts` comes from the edge sample (hubs), shape (m,).
        fan_out: distinct hosts that the peer contacts as a client, any port, shape (m,).
        flows, sessions: contacts with labelled C2s inside their windows, shape (m,).
        first_us, last_us: first and last such contact, microseconds since 1970 UTC, shape (m,).
        warning: index into `warnings` of the warning list that names the peer, -1 for none, shape (m,).
        warnings: names of warning lists.
        network: network class of the peer, index into `Exposure.networks`, -1 unknown, shape (m,).
        bot_hosts: how many of `hosts` also contact a labelled C2's listening port, shape (m,).
        fan_out_ports: distinct service ports that the peer uses as a client, shape (m,).
        known_role: index into `known_roles` of a label that names the peer (sinkhole, scanner, research,
            victim, benign), -1 for none, shape (m,).
        known_roles: names of those roles, as model/label.py writes them.
        hosts_sampled: distinct hosts in the sample that `hosts` was estimated from, where it was, shape (m,).
    """

    hi: Int64s
    lo: Int64s
    role: Int32s
    port: Int32s
    proto: Int32s
    hosts: Int64s
    hosts_estimated: Bools
    fan_out: Int64s
    flows: Int64s
    sessions: Int64s
    first_us: Int64s
    last_us: Int64s
    warning: Int32s
    warnings: tuple[str, ...]
    network: Int32s | None = None
    bot_hosts: Int64s | None = None
    fan_out_ports: Int64s | None = None
    known_role: Int32s | None = None
    known_roles: tuple[str, ...] = ()
    hosts_sampled: Int64s | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts between candidate and C2 inside the label's window, one row a pair (r rows).

    Attributes:
        candidate, c2: row numbers in Candidates and C2s, shape (r,).
        flows, sessions: counts; a session ends after a gap of 6 h, shape (r,).
        packets_out, packets_in, bytes_out, bytes_in: as exported, from the C2 and to the C2, shape (r,).
        first_us, last_us: microseconds since 1970 UTC, shape (r,).
        hours, days: distinct hours and days with contact, shape (r,).
        opened_by_c2: share in [0, 1] of flows in which the C2 is the client; nan where unknown, shape (r,).
        on_c2_port: True where the contact is on the C2's own listening port, shape (r,).
    """

    candidate: Int32s
    c2: Int32s
    flows: Int64s
    sessions: Int64s
    packets_out: Int64s
    packets_in: Int64s
    bytes_out: Int64s
    bytes_in: Int64s
    first_us: Int64s
    last_us: Int64s
    hours: Int64s
    days: Int64s
    opened_by_c2: Floats
    on_c2_port: Bools

    def where(self, kept: Bools) -> "Contacts":
        """Those rows, shape (r,)."""
        return Contacts(**{one.name: getattr(self, one.name)[kept] for one in fields(self)})


@dataclass(frozen=True, slots=True)
class Exposure:
    """How visible and how busy each network was in each slot of time.

    Attributes:
        networks: names of the network classes (ASN, or the parent class it was merged into), G of them.
        slot_start_us: start of each slot, shape (W,).
        slot_us: length of a slot in microseconds.
        edges: all edges (host of g, endpoint) seen in the slot, M_gw, shape (G, W).
        hosts: distinct hosts of each network, shape (G,).
        reach_candidate, reach_network, reach_slot, reach_hosts: sparse d_jgw: distinct hosts of network g in
            contact with candidate j in slot w, each shape (s,).
        keys_observed: all keys that any labelled C2 or its network could have met, the number of tests.
        sampling_unknown: share in [0, 1] of flows whose sampling interval nobody stated.
        sampling: the interval N of 1:N that most flows with a stated one have; 0 where none is stated.
        pooled: how many of the last classes hold several networks, too small or too far off to stand alone:
            hosts of such a class are no customers of one owner.
    """

    networks: tuple[str, ...]
    slot_start_us: Int64s
    slot_us: int
    edges: Floats
    hosts: Int64s
    reach_candidate: Int32s
    reach_network: Int32s
    reach_slot: Int32s
    reach_hosts: Floats
    keys_observed: int
    sampling_unknown: float = 0.0
    sampling: int = 1
    pooled: int = 0


@dataclass(frozen=True, slots=True)
class Strangers:
    """Unlisted clients of promising candidates: what they look like beside listed C2s (h rows).

    Attributes:
        hi, lo: address key, shape (h,).
        network: network class, shape (h,).
        fan_in: distinct hosts that contact its main service, shape (h,).
        port, proto: its main service: the one with most clients, shape (h,).
        candidate, stranger: sparse: stranger h is in contact with candidate j, each shape (q,).
        bot_stranger, bot: sparse: client `bot` contacts the main service of stranger h, each shape (b,).
        checkin_bot, checkin_c2: sparse: client `bot` contacts the listening port of C2 i, each shape (t,).
        bots: how many distinct clients are numbered.
        ordinary_fan_in: fan-in of a random sample of hosts that are neither listed nor strangers, and
        ordinary_network: their network classes, each shape (o,); None where no sample was taken.
        left_out: further unlisted clients that nobody looked at, because they were too many to read.
    """

    hi: Int64s
    lo: Int64s
    network: Int32s
    fan_in: Int64s
    port: Int32s
    proto: Int32s
    candidate: Int32s
    stranger: Int32s
    bot_stranger: Int32s
    bot: Int32s
    checkin_bot: Int32s
    checkin_c2: Int32s
    bots: int
    ordinary_fan_in: Int64s | None = None
    ordinary_network: Int32s | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything the score reads. `strangers` is None where they were not measured."""

    c2s: C2s
    candidates: Candidates
    contacts: Contacts
    exposure: Exposure
    strangers: Strangers | None = None
