"""Do many people hide behind it? A VPN exit or a NAT gateway does what all its users do.

Evidence: client role and services of many kinds besides this one; or server role on a VPN's port with many
clients that are no C2s. An upstream in client role does one thing.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, ramp
from headwater.score.statistics import Bools, Floats

_PORTS = (8.0, 60.0)  # distinct service ports that it uses as a client
_VPN_PORTS = (500, 1194, 1701, 1723, 4500, 51820)  # IKE, OpenVPN, L2TP, PPTP, IPsec NAT-T, WireGuard (IANA)
_OTHERS = (20.0, 200.0)


def _vpn_server(evidence: Evidence) -> Bools:
    return evidence.is_server & np.isin(evidence.statistics.candidates.port, _VPN_PORTS)


def _ports(evidence: Evidence) -> Floats:
    ports = evidence.statistics.candidates.fan_out_ports
    return np.zeros(len(evidence.tallies.k)) if ports is None else ports.astype(np.float64)


def _weight(evidence: Evidence) -> Floats:
    many = ramp(_ports(evidence), start=_PORTS[0], full=_PORTS[1], height=2.5)
    crowd = ramp(evidence.others, start=_OTHERS[0], full=_OTHERS[1], height=2.0)
    return np.where(evidence.is_client, many, np.where(_vpn_server(evidence), crowd, 0.0))


def _reason(evidence: Evidence, row: int) -> str:
    if _vpn_server(evidence)[row]:
        port = int(evidence.statistics.candidates.port[row])
        return f"port {port} is a VPN's, and {evidence.others[row]:,.0f} clients are no C2s: a shared VPN"
    return (
        f"uses {_ports(evidence)[row]:,.0f} different service ports of "
        f"{evidence.statistics.candidates.fan_out[row]:,} hosts: a VPN exit or NAT gateway with many users"
    )


SHARED_EGRESS = Confounder("VPN or NAT egress", Verdict.SHARED_SERVICE, _weight, _reason)
