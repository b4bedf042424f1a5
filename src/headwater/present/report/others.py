"""How are hosts shown that nobody listed and nothing speaks against? By their network, together.

Victims and ordinary clients of a service did nothing that a report should name them for. They are counted by
network; with `name_others` they are named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from headwater.model.case import Case, Contact, Neighbour

_SUSPICIOUS = 0.5  # share of listed C2s among its hosts from which a shared service is under suspicion
_PREFIX = {4: 24, 6: 48}  # what stands for a host's network where its name is unknown


@dataclass(frozen=True, slots=True)
class OfNetwork:
    """What the clients of one network amount to.

    Attributes:
        name: of the network; "" where unknown.
        asn: its AS number; 0 where unknown.
        hosts, sessions, flows: counts.
    """

    name: str
    asn: int
    hosts: int
    sessions: int
    flows: int


def by_network(contacts: Sequence[Contact]) -> tuple[OfNetwork, ...]:
    """The contacts that are no listed C2s, put together by network, the largest first."""
    found: dict[tuple[str, int], list[Contact]] = {}
    for one in contacts:
        if not one.listed:
            found.setdefault((one.network, one.asn), []).append(one)
    rows = [
        OfNetwork(name, asn, len(of), sum(one.sessions for one in of), sum(one.flows for one in of))
        for (name, asn), of in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.hosts, -row.sessions, row.name, row.asn)))


def network_of(address: str) -> str:
    """The /24 or /48 that an address lies in."""
    parsed = ip_address(address)
    return str(ip_network(f"{address}/{_PREFIX[parsed.version]}", strict=False))


def may_be_named(one: Neighbour, case: Case) -> bool:
    """Whether a neighbour is named without being asked for.

    Those are: ports of the service's own host, listed C2s, what a warning list or a label names, and services
    that hardly anybody but listed C2s uses.
    """
    listed = {contact.address for contact in case.contacts if contact.listed}
    if one.service.address == case.service.address or one.service.address in listed or one.known_as:
        return True
    if one.relation == "on-c2":
        return True
    return one.relation == "shared" and one.c2s >= 2 and one.c2s >= _SUSPICIOUS * one.hosts


def neighbour_name(one: Neighbour, case: Case, *, name_others: bool) -> str:
    """A neighbour's service; where it may not be named, its network and the port."""
    if name_others or may_be_named(one, case):
        return str(one.service)
    port = str(one.service).rpartition(":")[2] if one.service.port else ""
    network = network_of(one.service.address)
    return f"a host in {network}, port {port}" if port else f"a host in {network}"
