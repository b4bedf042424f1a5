"""Which ATT&CK techniques does the evidence carry? Five, each by a rule that can be read and refuted.

    T1090.002  External Proxy       The tie is control, at least likely, and two or more C2s talked to the
                                    service mainly while they were C2s: they stood in front of it.
    T1090.003  Multi-hop Proxy      As above, and the service itself talks to a host that a label calls an
                                    upstream: there is one more tier behind it.
    T1571      Non-Standard Port    The service counts as hostile, and either a key shows SSH or TLS on a
                                    port that is not usual for it, or nothing is commonly met on its port.
    T1583      Acquire              The address changed hands before the contact (question "tenant",
               Infrastructure       "new-operator", at least likely), and the tie is control or handoff: who
                                    runs the service took it over for himself.
    T1584      Compromise           The C2s are victims of somebody else's malware, or broken into twice, at
               Infrastructure       least likely: their hosts were taken from others.

ATT&CK (MITRE) Enterprise; names as of version 15. Timing alone never carries a technique.
"""

from collections.abc import Callable
from dataclasses import dataclass

from headwater.model.case import Case
from headwater.present.export.standing import Standing, is_likely
from headwater.present.export.usual_ports import has_usual_service, is_at_home

_ENOUGH_C2S = 2  # fewer could be one host with two addresses
_PORTS = (6, 17)  # TCP and UDP: protocols with ports


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique with what carries it.

    Attributes:
        id: as ATT&CK numbers it.
        name: as ATT&CK names it.
        of: whose it is: "service" or "c2s".
        why: what carries it, one sentence.
    """

    id: str
    name: str
    of: str
    why: str

    @property
    def url(self) -> str:
        """Its page."""
        return f"https://attack.mitre.org/techniques/{self.id.replace('.', '/')}/"


def techniques(case: Case, stands: Standing) -> tuple[Technique, ...]:
    """The techniques that a case carries, by number."""
    rules: tuple[Callable[[Case, Standing], Technique | None], ...] = (
        _external_proxy,
        _multi_hop_proxy,
        _non_standard_port,
        _acquired,
        _compromised,
    )
    return tuple(found for rule in rules if (found := rule(case, stands)) is not None)


def relays(case: Case) -> tuple[str, ...]:
    """Addresses of C2s that stood in front of the service: contact mainly within their C2 life."""
    return tuple(
        one.address
        for one in case.timelines
        if one.included and one.relation is not None and one.relation.likeliest == "during"
    )


def _external_proxy(case: Case, stands: Standing) -> Technique | None:
    front = relays(case)
    if not (stands.hostile and is_likely(case, "control") and len(front) >= _ENOUGH_C2S):
        return None
    why = f"{len(front)} listed C2s talked to the service while they were C2s, under one operator"
    return Technique("T1090.002", "External Proxy", "c2s", why)


def _multi_hop_proxy(case: Case, stands: Standing) -> Technique | None:
    behind = [
        one
        for one in case.neighbours
        if one.relation == "peer" and "upstream" in one.known_as.lower().split(", ")
    ]
    if not behind or _external_proxy(case, stands) is None:
        return None
    why = "the service itself talks to a host that is labelled an upstream"
    return Technique("T1090.003", "Multi-hop Proxy", "service", why)


def _non_standard_port(case: Case, stands: Standing) -> Technique | None:
    port, proto = case.service.port, case.service.proto
    if not stands.hostile or not port or proto not in _PORTS:
        return None
    seen = {one.kind for one in case.keys if one.port == port and is_at_home(one.kind, port) is not None}
    away = sorted(kind for kind in seen if not is_at_home(kind, port))
    if away:
        why = f"a key of kind {away[0]} was seen on port {port}, which is not usual for it"
    elif not seen and not has_usual_service(port):
        why = f"nothing is commonly met on port {port}"
    else:
        return None
    return Technique("T1571", "Non-Standard Port", "service", why)


def _acquired(case: Case, stands: Standing) -> Technique | None:
    tie = is_likely(case, "control") or is_likely(case, "handoff")
    if not (stands.hostile and tie and is_likely(case, "new-operator", question="tenant")):
        return None
    why = "the address changed hands before the contact began"
    return Technique("T1583", "Acquire Infrastructure", "service", why)


def _compromised(case: Case, stands: Standing) -> Technique | None:
    if not (stands.hostile and (is_likely(case, "victims") or is_likely(case, "double-compromise"))):
        return None
    why = "the C2s are servers that others than their owners control"
    return Technique("T1584", "Compromise Infrastructure", "c2s", why)
