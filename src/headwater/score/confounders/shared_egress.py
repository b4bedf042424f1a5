"""Do many people hide behind it? A VPN exit or a NAT gateway does what all its users do.

Evidence: client role and services of many kinds besides this one; or server role on a VPN's port with many
clients that are no C2s. An upstream in client role does one thing.
"""

import numpy as np

from headwater.model.candidate import Verdict
from headwater.score.confounders.evidence import Confounder, Evidence, Look, ramp

_PORTS = (8.0, 60.0)  # distinct service ports that it uses as a client
_VPN_PORTS = (500, 1194, 1701, 1723, 4500, 51820)  # IKE, OpenVPN, L2TP, PPTP, IPsec NAT-T, WireGuard (IANA)
_OTHERS = (20.0, 200.0)


def _look(evidence: Evidence) -> Look:
    candidates, others = evidence.statistics.candidates, evidence.others
    vpn = evidence.is_server & np.isin(candidates.port, _VPN_PORTS)
    counted = candidates.fan_out_ports
    ports = np.zeros(len(others), dtype=np.int64) if counted is None else counted
    many = ramp(ports, start=_PORTS[0], full=_PORTS[1], height=2.5)
    crowd = ramp(others, start=_OTHERS[0], full=_OTHERS[1], height=2.0)

    def reason(row: int) -> str:
        if vpn[row]:
            return f"port {candidates.port[row]} is a VPN's, and {others[row]:,.0f} clients are no C2s"
        return (
            f"uses {ports[row]:,} different service ports of {candidates.fan_out[row]:,} hosts: "
            "a VPN exit or NAT gateway with many users"
        )

    return Look(np.where(evidence.is_client, many, np.where(vpn, crowd, 0.0)), reason)


SHARED_EGRESS = Confounder("VPN or NAT egress", Verdict.SHARED_SERVICE, _look)
