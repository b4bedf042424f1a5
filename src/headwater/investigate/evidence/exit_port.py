"""Is the service's port one that VPNs use? Then what its clients do there may be anybody's."""

from headwater.investigate.facts import Facts
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence

_VPN_PORTS = (500, 1194, 1701, 1723, 4500, 51820)  # IKE, OpenVPN, L2TP, PPTP, IPsec NAT-T, WireGuard (IANA)


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    if facts.service.port not in _VPN_PORTS:
        return ()
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"Port {facts.service.port} is registered for a VPN.",
            reason="VPNs have many users; operators run some of their own, too.",
            weights=rule.told("vpn-port"),
        ),
    )


EXIT_PORT = Kind("exit-port", "the port of the service", TIE, _look, findings=("vpn-port",))
