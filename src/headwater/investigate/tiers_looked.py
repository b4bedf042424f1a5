"""What is known of something that several nodes of a tier share, before it is judged?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_links import Backing
from headwater.model.candidate import PeerRole
from headwater.model.tier_map import Manner

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Looked:
    """One address in one role, with everything that decides about it.

    Attributes:
        rows: its candidates, that of the highest posterior first.
        role: which side of the contact it is.
        ports: service ports, ordered.
        contacts: distinct hosts in contact with it, on the key that most met.
        posterior, shared: three-way posterior of the best key: it stands behind, it is used as by others.
        expected, p_value: of the best key.
        backing: nodes below and listed C2s behind them.
        manner: how it comes; None in server role.
        own_ports: nodes on whose own ports it calls.
        visited: listed C2s that it calls at on their own ports or on several others.
    """

    rows: Rows
    role: PeerRole
    ports: tuple[int, ...]
    contacts: int
    posterior: float
    shared: float
    expected: float
    p_value: float
    backing: Backing
    manner: Manner | None
    own_ports: int
    visited: int
