"""Which key of an address is investigated? Its side, service port and protocol.

A key is that of headwater.measure.reach: the address as a server on its own port, or as a client of others'
port. Where no port was asked for, the key that most listed C2s met is taken; where the port says which key,
the side that most of them met.
"""

from dataclasses import dataclass
from typing import Any

from headwater.app.case_arrays import rows_of
from headwater.engine.connect import Engine
from headwater.measure import dealings
from headwater.measure.scan import SERVER
from headwater.model.candidate import PeerRole
from headwater.model.service import Service

Table = Any  # an Ibis table; Ibis ships no types

_MOST = 1_000  # keys looked at; a scanner has tens of thousands, of one host each


@dataclass(frozen=True, slots=True)
class CaseKey:
    """One key of the address, with what makes it likely to be the one meant.

    Attributes:
        role: SERVER or CLIENT of headwater.measure.scan.
        port: service port, 0 for none.
        proto: IP protocol number.
        c2s: listed C2s in contact with it, off their own listening ports, in any time.
        c2s_visited: listed C2s on whose own listening port it calls.
        hosts: hosts of any kind in contact with it.
        flows: in contact.
    """

    role: int
    port: int
    proto: int
    c2s: int = 0
    c2s_visited: int = 0
    hosts: int = 0
    flows: int = 0

    @property
    def peer_role(self) -> PeerRole:
        """Which side of the contact it is."""
        return PeerRole.SERVER if self.role == SERVER else PeerRole.CLIENT

    def service(self, address: str) -> Service:
        """The key as a service of that address."""
        return Service(address, self.port, self.proto)


def keys_of(engine: Engine, table: Table) -> tuple[CaseKey, ...]:
    """The keys of the address, the most telling first.

    Args:
        engine: where it runs.
        table: as from `dealings.dealings`.
    """
    found = dealings.keys(table)
    best = found.order_by(
        found.c2s.desc(), found.c2s_visited.desc(), found.hosts.desc(), found.flows.desc(), "role", "port",
        "proto",
    ).limit(_MOST)  # fmt: skip
    rows = rows_of(engine.fetch(best, purpose="keys of the service's address"))
    return tuple(CaseKey(**row) for row in rows)


def chosen_key(keys: tuple[CaseKey, ...], asked: Service) -> CaseKey:
    """The key to investigate.

    Args:
        keys: as from `keys_of`.
        asked: what the user named.

    Returns:
        The first of the keys that fit; where none does, a key without contact, in server role.
    """
    fitting = [key for key in keys if asked.port == 0 or (key.port, key.proto) == (asked.port, asked.proto)]
    return fitting[0] if fitting else CaseKey(SERVER, asked.port, asked.proto)


def other_keys(keys: tuple[CaseKey, ...], chosen: CaseKey) -> tuple[CaseKey, ...]:
    """The other keys that listed C2s met."""
    return tuple(key for key in keys if key != chosen and (key.c2s or key.c2s_visited))
