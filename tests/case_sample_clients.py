"""Clients of a made-up service: C2s with their timelines, others, and services beside it. SYNTHETIC.

Addresses of C2s lie in 198.18.0.0/15 (RFC 2544), others in the documentation networks of RFC 5737 and 3849.
"""

import random
from datetime import UTC, datetime, timedelta

from headwater.model.case import Contact, Neighbour
from headwater.model.service import Service
from headwater.model.timeline import Interval, Relation, SessionSplit, Timeline

BEGIN = datetime(2019, 11, 1, tzinfo=UTC)
END = datetime(2020, 12, 20, tzinfo=UTC)
SERVICE = Service("203.0.113.77", 38400, 6)


class C2s:
    """Contacts and timelines of C2s, made up one after the other."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.contacts: list[Contact] = []
        self.timelines: list[Timeline] = []

    def add(self, family: str, group: str, *, excluded: bool) -> None:
        """One more; one that is left out of the timelines has few sessions."""
        rng, number = self.rng, len(self.contacts)
        address = f"198.18.{number // 200}.{number % 200 + 1}"
        if number % 11 == 9:
            address = f"2001:db8:{number:x}::c2:1"
        start = datetime(2019, 12, 27, tzinfo=UTC) + timedelta(days=rng.expovariate(1 / 60))
        length = timedelta(days=rng.uniform(40, 220))
        end = min(start + length, END - timedelta(days=1))
        sessions = rng.randrange(1, 4) if excluded else rng.randrange(6, 60)
        gap = (end - start) / (sessions + 1)
        first, last = start + gap / 2, end - gap / 2
        flows = sessions * rng.randrange(1, 5)
        contact = Interval(
            start=start, start_low=start - gap, start_high=first, end=end, end_low=last,
            end_high=min(end + gap, END), basis=f"{sessions} sessions with the service",
            first_seen=first, last_seen=last, sessions=sessions, end_censored=end + gap >= END,
        )  # fmt: skip
        before = timedelta(days=rng.uniform(2, 30) * (1 if family == "dridex" else -0.4))
        alive, dead = start - before, end + timedelta(days=rng.uniform(3, 40))
        activity = Interval(
            start=alive, start_low=alive - timedelta(days=4), start_high=alive + timedelta(days=1),
            end=min(dead, END), end_low=min(dead, END) - timedelta(days=2), end_high=min(dead, END),
            basis="label of a feed; 211 sessions of bots on its own port", sessions=211,
            end_censored=dead >= END,
        )  # fmt: skip
        only_once = excluded and number % 3 == 0
        self.timelines.append(
            Timeline(
                address=address, family=family, group=group, activity=activity,
                contact=None if only_once else contact,
                relation=None if only_once else Relation(0.02, 0.1, 0.7, 0.15, 0.03),
                split=SessionSplit(0.25, sessions - 0.5, 0.25, 0.2, 0.6, 0.2),
                included=not excluded,
                excluded_because=f"{sessions} sessions, fewer than 4" if excluded else "",
                log_bayes=(("control", -3.2), ("handoff", -6.1), ("coincidence", -5.5)),
            )
        )  # fmt: skip
        self.contacts.append(
            Contact(
                address=address, family=family, group=group, listed=True,
                network=f"Hoster {number % 5}", asn=64500 + number % 5, first=first, last=last,
                sessions=sessions, flows=flows, packets_out=flows * 9, packets_in=flows * 7,
                bytes_out=flows * 4100, bytes_in=flows * 900, hours=sessions * 2, days=sessions,
                opened_by=("client", "client", "client", "unknown")[number % 4],
                opened_by_reason="many others come to the side that serves",
            )
        )  # fmt: skip


def other_client(rng: random.Random, number: int) -> Contact:
    """A client that no list names."""
    flows = rng.randrange(1, 9)
    return Contact(
        address=f"192.0.2.{number % 250 + 1}" if number < 250 else f"2001:db8:ffff::{number:x}",
        family="", group="", listed=False, network=("Some Access Provider", "")[number % 2],
        asn=(64999, 0)[number % 2], first=BEGIN + timedelta(days=number % 60), last=END - timedelta(days=3),
        sessions=max(flows // 2, 1), flows=flows, packets_out=flows, packets_in=flows, bytes_out=flows * 90,
        bytes_in=flows * 120, hours=flows, days=flows, opened_by="unknown",
        opened_by_reason="nothing in the records tells",
    )  # fmt: skip


def made_neighbours(c2s: int) -> tuple[Neighbour, ...]:
    """A service of every relation to the case's own."""
    return (
        Neighbour(Service(SERVICE.address, 22, 6), "port", 14, 0, 61),
        Neighbour(Service(SERVICE.address, 80, 6), "port", 3, 1, 4),
        Neighbour(Service("192.0.2.53", 53, 17), "shared", 9120, max(c2s - 3, 1), 4410, "public-dns"),
        Neighbour(Service("192.0.2.123", 123, 17), "shared", 7031, max(c2s // 2, 1), 812),
        Neighbour(Service("203.0.113.200", 8443, 6), "shared", 7, min(6, c2s), 93),
        Neighbour(Service("192.0.2.200", 443, 6), "peer", 1, 0, 12),
        Neighbour(Service("198.18.0.1", 22, 6), "on-c2", 1, 1, 5),
    )
