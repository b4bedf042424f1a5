"""Who opens the contact, the C2s or the service?"""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.measurements import OPENED_BY_CLIENT, OPENED_BY_SERVICE
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.candidate import PeerRole
from headwater.model.hypothesis import Evidence


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    clients, c2s = facts.measurements.clients, counted(facts).c2s
    opened = clients.opened[c2s]
    by_c2 = int(np.sum(opened == OPENED_BY_CLIENT))
    by_service = int(np.sum(opened == OPENED_BY_SERVICE))
    known = by_c2 + by_service
    if not known:
        return ()
    if facts.role is PeerRole.CLIENT and not by_service:
        return ()  # the two disagree; nothing is built on that
    finding = "service" if by_service > by_c2 else "c2s"
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"{by_c2} of the {known} C2s for which it can be told open the contact, "
            f"the service opens it with {by_service}.",
            reason="Scanners, researchers and exits come to the C2s; to servers and sinkholes C2s come."
            if finding == "service"
            else "To servers and sinkholes C2s come; scanners, researchers and exits come to them.",
            weights=rule.told(finding),
            rows=int(clients.flows[c2s].sum()),
        ),
    )


OPENING = Kind("opening", "who opens the contact", TIE, _look, findings=("service", "c2s"))
