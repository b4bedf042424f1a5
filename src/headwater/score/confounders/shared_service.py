"""Is it a service for everybody? Resolvers, time, mail, CDNs, updates, and what warning lists name.

Evidence: a warning list that names it; or a port of common infrastructure together with clients that are no
C2s. Lists of hosting ranges say where a host is rented, not what it does, and weigh little.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, ramp
from headwater.score.statistics import Floats

_LISTED, _HOSTING_RANGE = 3.5, 0.5  # weights (log10) of a list of services, of a list of rented ranges
_RENTED = ("amazon", "aws", "azure", "google cloud", "gcp", "ovh", "digital ocean", "digitalocean", "linode",
           "vultr", "oracle", "hetzner", "hosting", "datacenter", "data center")  # fmt: skip
_SERVICES = (  # ports, what they are, weight (log10) once the clients are many
    ((53, 853), "name service", 3.0),
    ((123,), "time service", 3.0),
    ((25, 110, 143, 465, 587, 993, 995), "mail", 2.5),
    ((80, 443, 8080, 8443), "web, CDN or update service", 1.5),
    ((43, 389, 636, 3478, 5222, 5223, 5228), "directory, messaging or push service", 1.5),
)
_OTHERS = (20.0, 400.0)  # clients that are neither listed nor look like C2s


def _of_list(evidence: Evidence) -> Floats:
    candidates = evidence.statistics.candidates
    weights = [_HOSTING_RANGE if _rented(name) else _LISTED for name in candidates.warnings]
    return np.array([*weights, 0.0])[candidates.warning]  # -1, no list, takes the last


def _rented(name: str) -> bool:
    return any(word in name.lower() for word in _RENTED)


def _of_port(evidence: Evidence) -> Floats:
    port = evidence.statistics.candidates.port
    weight = np.zeros(len(port))
    for ports, _, height in _SERVICES:
        crowd = ramp(evidence.others, start=_OTHERS[0], full=_OTHERS[1], height=height)
        weight = np.where(np.isin(port, ports) & evidence.is_server, crowd, weight)
    return weight


def _look(evidence: Evidence) -> Look:
    candidates = evidence.statistics.candidates
    by_port, others = _of_port(evidence), evidence.others

    def reason(row: int) -> str:
        said = []
        if candidates.warning[row] >= 0:
            said.append(f'warning list "{candidates.warnings[candidates.warning[row]]}" names it')
        port = int(candidates.port[row])
        for ports, words, _ in _SERVICES:
            if port in ports and by_port[row] > 0:
                said.append(f"port {port} is {words}, and {others[row]:,.0f} clients are no C2s")
        return "; ".join(said)

    return Look(np.maximum(_of_list(evidence), by_port), reason)


SHARED_SERVICE = Confounder("shared service", Verdict.SHARED_SERVICE, _look)
