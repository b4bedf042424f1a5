"""Which queries and tables gave which part of a case? By the purposes of queries and the ids of tables.

Two steps: what is measured comes from queries and tables; what a case says rests on what is measured. Tests
hold the second against what the kinds of evidence read, and the first against the queries that run.
"""

from collections.abc import Mapping

Names = tuple[str, ...]

MEASURED: Mapping[str, Names] = {  # what is measured: purposes of queries and ids of tables
    "clients": ("clients of the service", "what each client amounts to", "labels"),
    "opened": ("who opened the contact, and why we think so",),
    "week": ("hours of the week with contact",),
    "checks_in": ("clients that check in at listed C2s",),
    "scanner": ("clients that scan",),
    "fan_in": ("how many come to each one's main service", "hosts that come to each C2's listening port"),
    "networks": ("networks",),
    "listed": ("labels",),
    "seen": ("listed C2s that have any record", "labels"),
    "contact": ("sessions of listed C2s with the service",),
    "activity": ("sessions of bots with listed C2s, on the C2s' own ports",),
    "presence": ("sessions of the C2s of the case, with anybody",),
    "days": ("flows", "flows of days that the window cuts", "sampling intervals of the flows"),
    "sensors": ("names of sensors",),
    "clocks": ("flows that two sensors saw, and how far apart",),
    "statistics": (
        "contact inside the labels' windows", "reach and fan-out of the candidates",
        "contacts of candidates with C2s", "keys each C2 met (d_i)",
        "hosts that come to each C2's listening port", "edges by network and slot (M)",
        "reach by network and slot (d)", "reach of hubs by network and slot, in the sample",
        "keys observed (tests)", "sampling intervals of the flows", "labels", "networks",
    ),
    "fan_out": ("how many hosts the service goes to",),
    "c2_ports_hit": ("C2s on whose own ports the host calls",),
    "own_services": ("keys of the service's address",),
    "peers": ("services that the host calls", "how many come to each neighbour"),
    "shared": (
        "listed C2s of the case", "what the C2s of the case also talk to", "how many come to each neighbour",
    ),
    "known_as": ("labels", "warninglists"),
    "keys": ("host_keys",),
    "claims": ("claims",),
}  # fmt: skip

CASE: Mapping[str, Names] = {  # path in a case to what it rests on; the longest path that fits counts
    "counts": ("clients",),
    "counts.seen_by_group": ("seen",),
    "counts.hours": ("week",),
    "counts.weekdays": ("week",),
    "counts.other_hours": ("week",),
    "counts.other_weekdays": ("week",),
    "coverage": ("days", "sensors", "contact"),
    "contacts": ("clients",),
    "contacts.opened_by": ("opened",),
    "contacts.network": ("networks",),
    "timelines": ("contact", "activity", "presence", "listed", "days"),
    "timelines.contact": ("contact", "days"),
    "timelines.activity": ("activity", "listed", "days"),
    "neighbours": ("own_services", "peers", "shared", "c2_ports_hit", "known_as"),
    "chance": ("statistics", "keys"),
    "confirmation": ("statistics", "keys"),
    "keys": ("keys",),
    "tenancy": ("keys",),
    "claims": ("claims",),
    "placed": ("claims", "keys", "contact"),
    "warnings": ("clients", "own_services", "listed", "keys", "clocks", "days"),
}  # fmt: skip

# Who counts is decided by clients, by who scans, and by the tenancy in which the contact lies.
_COUNTED = ("clients", "scanner", "keys")
_TIMED = ("contact", "activity", "presence", "days")
EVIDENCE: Mapping[str, Names] = {  # kind of evidence to what it rests on
    "chance": ("statistics", *_COUNTED),
    "purity": _COUNTED,
    "timing": (*_TIMED, "listed", *_COUNTED),
    "after-listing": ("clients", "keys", "listed", "days"),
    "families": ("seen", *_COUNTED),
    "opening": ("opened", *_COUNTED),
    "own-ports": ("c2_ports_hit", "clients", "listed"),
    "business": ("fan_out", "clients"),
    "networks": ("networks", *_COUNTED),
    "other-clients": ("checks_in", "fan_in", *_COUNTED),
    "tenure": ("fan_in", "days", *_COUNTED),
    "exchange": _COUNTED,
    "exit-port": (),
    "names": ("known_as", "networks", "listed", *_COUNTED),
    "hosting": ("networks", "claims"),
    "claims": ("claims", "keys", *_COUNTED),
    "recording": ("contact", "sensors", *_COUNTED),
    "key-order": ("claims", *_COUNTED),
    "named-actor": ("claims", "keys"),
    "actor-families": ("claims", "seen", *_COUNTED),
}


def purposes_of(measured: Names) -> Names:
    """The queries and tables behind what was measured, each once, in order."""
    return tuple(dict.fromkeys(name for one in measured for name in MEASURED[one]))
