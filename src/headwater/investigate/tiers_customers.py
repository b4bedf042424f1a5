"""Which services of the nodes below have customers, and who are these? Nobody manages by one of them.

Some upstreams stand on servers of a VPN provider, or offer something else to many. A customer who comes to
several of them, and to few others, has the ports, the hours and the contacts of a manager. Customers are many
and come alike, managers are few: where more than a crew comes to one port of a node, each to several nodes
and to few others, contact on that port says nothing about who runs the node.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_manner import serves
from headwater.investigate.tiers_tables import TierTables
from headwater.score.tallies import distinct

_ALIKE = 0.2  # least share of nodes among the contacts of one who comes as managers do
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Customers:
    """What was told apart.

    Attributes:
        tables: without contact of clients with such services.
        rows: candidates that were in contact with one; those that still meet several nodes among them.
    """

    tables: TierTables
    rows: Rows


def without_customers(tables: TierTables, *, crew: int) -> Customers:
    """Leaves out contact with services that have customers.

    Args:
        tables: measured.
        crew: most clients of a service that is none.
    """
    keys, contacts = tables.statistics.candidates, tables.statistics.contacts
    count, off = len(keys.hi), ~contacts.on_c2_port
    nodes = distinct(contacts.candidate[off], contacts.c2[off], owners=count)
    alike = ~serves(tables) & (nodes > 1) & (nodes >= _ALIKE * keys.hosts)
    service = np.column_stack(
        [contacts.c2, keys.port[contacts.candidate], keys.proto[contacts.candidate]]
    ).astype(np.int64)
    kinds, of = np.unique(service, axis=0, return_inverse=True)
    of = of.reshape(-1)
    host = np.unique(np.column_stack([keys.hi, keys.lo]), axis=0, return_inverse=True)[1].reshape(-1)
    speaks = off & alike[contacts.candidate]
    clients = distinct(of[speaks], host[contacts.candidate[speaks]], owners=len(kinds))
    left_out = off & ~serves(tables)[contacts.candidate] & (clients[of] > crew)
    if not left_out.any():
        return Customers(tables, np.empty(0, np.intp))
    lost = distinct(contacts.candidate[left_out], contacts.c2[left_out], owners=count)
    statistics = replace(
        tables.statistics,
        contacts=contacts.where(~left_out),
        candidates=replace(keys, hosts=keys.hosts - lost),
    )
    return Customers(replace(tables, statistics=statistics), np.flatnonzero(lost))
