"""The hand-made lake that cases are measured in: flows, labels and networks. SYNTHETIC."""

import numpy as np

from hand_made_flows import BEGIN, Flow
from headwater.engine.primitives import HOUR_US
from headwater.investigate.measurements import Clients, Sessions
from headwater.model.address import key_of, text_of

HOUR, DAY = 3_600.0, 86_400.0
SYN = 0x02
C2S = ["5.0.0.1", "5.0.1.1", "5.0.2.1", "5.0.3.1"]  # all with listening port 449
V6_C2S = ["2a01:1::1", "2a01:2::1", "2a01:3::1"]
UPSTREAM, ADMIN, TRACKER, RESOLVER = "9.9.9.9", "9.9.9.7", "7.9.9.9", "8.8.8.8"
LABELS = "address,family,group,port,first_seen,last_seen\n" + "".join(
    [
        # contact of 5.0.0.1 lies inside its window, that of 5.0.1.1 ten days behind its end
        "5.0.0.1,emotet,epoch2,449,2024-05-01,2024-05-05\n",
        "5.0.1.1,emotet,epoch3,449,2024-04-20,2024-04-21\n",
        "5.0.2.1,dridex,,449,2024-05-01,\n",
        "5.0.3.1,dridex,,449,,\n",
        "5.0.4.1,dridex,,449,,\n",  # never seen
        *(f"{address},qakbot,,,,\n" for address in V6_C2S),
    ]
)
NETWORKS = "prefix,asn,name\n5.0.0.0/16,64496,Rented\n7.0.0.0/16,64497,Homes\n9.9.9.0/24,64498,Offshore\n"


def of_the_upstream() -> list[Flow]:
    """Two C2s and three others in contact with port 8443; a third C2 only knocks."""
    there = Flow(C2S[0], 50_000, UPSTREAM, 8443, packets=3, octets=300, sensor="north")
    forth = Flow("7.0.0.2", 51_000, UPSTREAM, 8443, at=HOUR, packets=2, octets=200, pair=1)
    return [
        there,
        Flow(UPSTREAM, 8443, C2S[0], 50_000, at=60.0, packets=5, octets=5_000, sensor="north"),
        Flow(C2S[0], 50_001, UPSTREAM, 8443, at=26 * HOUR, packets=3, octets=300, sensor="south"),
        Flow(C2S[1], 50_000, UPSTREAM, 8443, at=3 * DAY),
        Flow(C2S[2], 50_000, UPSTREAM, 8443, flags=SYN),
        Flow("7.0.0.1", 51_000, UPSTREAM, 8443, at=2 * HOUR, packets=None, octets=None, flags=None),
        forth,
        Flow(UPSTREAM, 8443, "7.0.0.2", 51_000, at=HOUR, packets=4, octets=400, pair=1),
        Flow("7.3.0.3", 51_000, UPSTREAM, 8443, at=5 * HOUR, sensor="north"),
        Flow("7.3.0.3", 51_000, UPSTREAM, 8443, at=5 * HOUR, sensor="south"),  # the same flow, seen twice
        # beside it: another port of the host, a resolver that the host and two C2s use, and 30 days later
        *(Flow(f"7.4.0.{n}", 52_000, UPSTREAM, 22, at=n * HOUR) for n in (1, 2)),
        *(
            Flow(host, 53_000, RESOLVER, 53, proto=17, flags=None)
            for host in (UPSTREAM, C2S[0], C2S[1], "7.5.0.1", "7.5.0.2")
        ),
        Flow("7.6.0.1", 54_000, "8.7.7.7", 80, at=10 * DAY),
    ]


def _bots() -> list[Flow]:
    """Three bots check in at the first C2; their sessions lie 0 to 2 h, and 20 h."""
    return [Flow(f"7.0.0.{n}", 41_000 + n, C2S[0], 449, at=at * HOUR) for n, at in ((1, 0), (7, 2), (8, 20))]


def _of_the_admin() -> list[Flow]:
    """A host that comes to port 22 of three C2s and of one other server, from ephemeral ports."""
    hosts = [*C2S[:3], "6.0.0.1"]
    return [Flow(ADMIN, 42_000 + n, host, 22, at=n * HOUR) for n, host in enumerate(hosts)]


def _of_the_tracker() -> list[Flow]:
    """A host that visits the listening ports of three C2s, and port 22 of one."""
    visits = [Flow(TRACKER, 43_000 + n, c2, 449, at=30 * HOUR) for n, c2 in enumerate(C2S[:3])]
    return [*visits, Flow(TRACKER, 43_010, C2S[3], 22)]


def _of_the_v6_upstream() -> list[Flow]:
    """Three C2s and one other at a service of IPv6; another host has the same lower half."""
    return [
        *(Flow(c2, 50_000, "2a02::1", 8443, at=n * HOUR) for n, c2 in enumerate(V6_C2S)),
        Flow("2a03::1", 50_000, "2a02::1", 8443),
        Flow("7.7.0.1", 50_000, "2a05::1", 8443),
    ]


def _of_a_client() -> list[Flow]:
    """Three hosts that come to port 80 of an unlisted client of the upstream."""
    return [Flow(f"7.8.0.{n}", 44_000, "7.0.0.2", 80) for n in (1, 2, 3)]


def all_flows() -> list[Flow]:
    """Everything in the lake."""
    return [
        *of_the_upstream(), *_bots(), *_of_the_admin(), *_of_the_tracker(), *_of_the_v6_upstream(),
        *_of_a_client(),
    ]  # fmt: skip


def row_of(clients: Clients, address: str) -> int:
    """Where an address stands among the clients."""
    hi, lo = key_of(address)
    return int(np.flatnonzero((clients.hi == hi) & (clients.lo == lo))[0])


def addresses_of(clients: Clients) -> list[str]:
    """The clients in words."""
    return [text_of(hi, lo) for hi, lo in zip(clients.hi.tolist(), clients.lo.tolist(), strict=True)]


def hours_of(sessions: Sessions, place: int) -> list[tuple[float, float, int]]:
    """Start and end in hours after BEGIN, and flows, of one owner's sessions."""
    begin = int(BEGIN.timestamp()) * 1_000_000
    mine = np.flatnonzero(sessions.owner == place)
    return [
        (
            (int(sessions.start_us[row]) - begin) / HOUR_US,
            round((int(sessions.end_us[row]) - begin - 1_000_000) / HOUR_US, 6),
            int(sessions.flows[row]),
        )
        for row in mine
    ]
