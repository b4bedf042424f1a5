"""Does it look for open proxies? It goes to proxy ports of many hosts, and C2s run or pose as such.

Evidence: client role on a port where proxies listen, and many hosts there.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, ramp
from headwater.score.statistics import Floats

PROXY_PORTS = (808, 1080, 1081, 3128, 3129, 4145, 8000, 8080, 8081, 8118, 8123, 8888, 9050, 9999)
_HOSTS = (15.0, 150.0)  # hosts on that port


def _weight(evidence: Evidence) -> Floats:
    told = evidence.is_client & np.isin(evidence.statistics.candidates.port, PROXY_PORTS)
    return np.where(told, ramp(evidence.others, start=_HOSTS[0], full=_HOSTS[1], height=2.5), 0.0)


def _reason(evidence: Evidence, row: int) -> str:
    port = int(evidence.statistics.candidates.port[row])
    hosts = int(evidence.tallies.hosts[row])
    return f"goes to proxy port {port} of {hosts:,} hosts: it looks for open proxies"


PROXY_CHECKER = Confounder("open-proxy checker", Verdict.SCANNER, _weight, _reason)
