"""Which clients of a service are no leads, because something else explains them? Named, with the reason.

Scanners try everybody. Whoever follows the lists visits C2s because they are listed (research, crawlers).
Labels tell the rest: sinkholes, research, scanners, victims, what is benign, upstreams themselves.
"""

import numpy as np

from headwater.investigate.pivot_tables import PivotTables
from headwater.score.settings import Settings

_ROLES = {
    "scanner": "a label calls it a scanner",
    "research": "a label calls it research",
    "sinkhole": "a label calls it a sinkhole",
    "victim": "a label calls it a victim",
    "benign": "a label calls it benign",
    "upstream": "a label calls it an upstream itself",
}
NO_INTERNET = "range that is no part of the Internet"  # how `PivotClients.known_as` begins for such a host
_LEAST_FOLLOWED = 5  # C2s; as in headwater.score.strangers: a client of fewer follows no list


def set_aside(tables: PivotTables, *, settings: Settings) -> dict[int, str]:
    """Row of PivotClients to the reason, of unlisted clients.

    Args:
        tables: measured.
        settings: from which share of the listed C2s on a client follows the lists.
    """
    clients = tables.clients
    most = max(settings.tracker_share * len(tables.statistics.c2s.hi), _LEAST_FOLLOWED)
    found: dict[int, str] = {}
    for row in np.flatnonzero(clients.c2 < 0).tolist():
        roles = [_reason(name) for name in clients.known_as[row] if _reason(name)]
        n = int(clients.visited[row])
        if roles:
            found[row] = roles[0]
        elif clients.scanner[row]:
            found[row] = "it tries more hosts than anybody has business with: a scanner"
        elif n > most:
            found[row] = f"it visits {n} listed C2s on their own ports: it follows the lists"
    return found


def _reason(name: str) -> str:
    """Why a host that is known by this name is no lead, "" where the name is no reason."""
    return f"it lies in a {name}" if name.startswith(NO_INTERNET) else _ROLES.get(name, "")
