"""Does it look for open proxies? It goes to proxy ports of many hosts, and C2s run or pose as such.

Evidence: client role on a port where proxies listen, and many hosts there.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, ramp

PROXY_PORTS = (808, 1080, 1081, 3128, 3129, 4145, 8000, 8080, 8081, 8118, 8123, 8888, 9050, 9999)
_HOSTS = (15.0, 150.0)  # hosts on that port


def _look(evidence: Evidence) -> Look:
    ports, hosts = evidence.statistics.candidates.port, evidence.tallies.hosts
    told = evidence.is_client & np.isin(ports, PROXY_PORTS)
    weight = ramp(evidence.others, start=_HOSTS[0], full=_HOSTS[1], height=2.5)

    def reason(row: int) -> str:
        return f"goes to proxy port {ports[row]} of {hosts[row]:,} hosts: it looks for open proxies"

    return Look(np.where(told, weight, 0.0), reason)


PROXY_CHECKER = Confounder("open-proxy checker", Verdict.SCANNER, _look)
