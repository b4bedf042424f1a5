"""Kinds of evidence that come to one of a few findings: which, and with which weight."""

import math
from collections.abc import Callable

import pytest

from case_facts import c2s, facts, hosts
from headwater.investigate.evidence.business import BUSINESS
from headwater.investigate.evidence.exchange import EXCHANGE
from headwater.investigate.evidence.exit_port import EXIT_PORT
from headwater.investigate.evidence.hosting import HOSTING
from headwater.investigate.evidence.names import NAMES
from headwater.investigate.evidence.networks import NETWORKS
from headwater.investigate.evidence.opening import OPENING
from headwater.investigate.evidence.other_clients import OTHER_CLIENTS
from headwater.investigate.evidence.recording import RECORDING, coinciding
from headwater.investigate.facts import Facts
from headwater.investigate.measurements import OPENED_BY_SERVICE, OPENED_UNKNOWN
from headwater.investigate.rule import Finding, Kind, Rule, Scope
from headwater.model.hypothesis import Evidence
from headwater.model.service import Service

ScopeOf = Callable[..., Scope]
NUMBERS = {
    "all_kinds_from": 30, "sweeping_from": 1000, "busy_from": 50, "least_clients": 5, "least_packets": 2,
    "small_bytes": 3000, "alike_ratio": 2, "least_others": 10, "one_network_from": 0.5, "bots_from": 0.25,
    "serves_from": 2, "least_sessions": 10, "same_moments_from": 0.5, "own_family_from": 0.5,
}  # fmt: skip
WORDS = {
    "sinkhole": ("sinkhole",), "research": ("scanner",), "exit": ("vpn",), "benign": ("cdn",),
    "ill_repute": ("offshore",),
}  # fmt: skip


def _rule(kind: Kind) -> Rule:
    """Each finding marks one made-up hypothesis of its own name: ten to one."""
    findings = {name: Finding(0.05, {name: 0.5}) for name in kind.findings}
    return Rule(kind.name, "basis", numbers=NUMBERS, findings=findings, words=WORDS)


def _found(kind: Kind, case: Facts, scope_of: ScopeOf) -> list[str]:
    return [name for item in _items(kind, case, scope_of) for name in item.weights]


def _items(kind: Kind, case: Facts, scope_of: ScopeOf) -> tuple[Evidence, ...]:
    return kind.look(case, _rule(kind), scope_of(case))


def test_weight_of_a_finding_by_hand() -> None:
    """0.5 against 0.05: log10 of ten."""
    assert Finding(0.05, {"control": 0.5}).weights() == pytest.approx({"control": 1.0})


def test_limit_cuts_a_finding() -> None:
    """Log10 of 1,000 where the limit is 2."""
    rule = Rule("k", "b", limit=2.0, findings={"seen": Finding(0.001, {"control": 1.0})})
    assert rule.told("seen") == {"control": 2.0}


def test_trust_shrinks_a_finding() -> None:
    """Half trusted: half of the logarithm."""
    rule = Rule("k", "b", findings={"seen": Finding(0.01, {"control": 1.0})})
    assert rule.told("seen", factor=0.5)["control"] == pytest.approx(math.log10(100) / 2)


@pytest.mark.parametrize(
    ("hosts_met", "ports", "finding"),
    [(0, 0, "quiet"), (49, 3, "quiet"), (50, 3, "busy"), (1000, 3, "sweeping"), (200, 30, "all-kinds")],
)
def test_business(hosts_met: int, ports: int, finding: str, scope_of: ScopeOf) -> None:
    """What the address does as a client."""
    case = facts(c2s(2), measured={"fan_out": hosts_met, "fan_out_ports": ports})
    assert _found(BUSINESS, case, scope_of) == [finding]


def test_an_address_that_no_record_shows_is_not_quiet(scope_of: ScopeOf) -> None:
    """No client and no host that it goes to: not seen is not "goes nowhere"."""
    assert _found(BUSINESS, facts((), measured={"fan_out": 0, "fan_out_ports": 0}), scope_of) == []


def test_c2s_open(scope_of: ScopeOf) -> None:
    """The C2s open the contact."""
    assert _found(OPENING, facts(c2s(3)), scope_of) == ["c2s"]


def test_unknown_direction_says_nothing(scope_of: ScopeOf) -> None:
    """Where it cannot be told there is no item."""
    assert _found(OPENING, facts(c2s(3, opened=OPENED_UNKNOWN)), scope_of) == []


def test_service_opens(scope_of: ScopeOf) -> None:
    """The service's address opens it."""
    assert _found(OPENING, facts(c2s(3, opened=OPENED_BY_SERVICE)), scope_of) == ["service"]


def test_one_network(scope_of: ScopeOf) -> None:
    """Twelve others, all of one network."""
    case = facts(c2s(2, network=0), hosts(12, network=0), networks=("AS1 one", "AS2 two"))
    assert _found(NETWORKS, case, scope_of) == ["one-network"]


def test_nobody_is_elsewhere_where_all_are_in_one_network(scope_of: ScopeOf) -> None:
    """Other networks are counted without the one that was named; where there is none, nothing is said."""
    where = ("AS1 one", "AS2 two")
    case = facts(c2s(2, network=0), hosts(12, network=0), networks=where)
    one, two = hosts(12, network=0), hosts(13, network=1)[12:]
    said = [
        item.statement.rpartition("C2s")[2]
        for found in (case, facts(c2s(2, network=0), [*one, *two], networks=where))
        for item in NETWORKS.look(found, _rule(NETWORKS), scope_of(found))
    ]
    assert said == [".", "; the others are in 1 more network."]


def test_many_networks(scope_of: ScopeOf) -> None:
    """Twelve others of twelve networks."""
    others = [each for at in range(12) for each in [hosts(12, network=at)[at]]]
    case = facts(c2s(2), others, networks=tuple(f"AS{at}" for at in range(12)))
    assert _found(NETWORKS, case, scope_of) == ["many-networks"]


def test_few_others_tell_nothing(scope_of: ScopeOf) -> None:
    """Nine others are too few."""
    case = facts(c2s(2), hosts(9, network=0, fan_in=5), networks=("AS1",))
    assert _found(NETWORKS, case, scope_of) + _found(OTHER_CLIENTS, case, scope_of) == []


def test_bots_among_the_clients(scope_of: ScopeOf) -> None:
    """A quarter checks in at listed C2s."""
    case = facts(c2s(2), hosts(4, checks_in=True) + hosts(16, fan_in=0)[4:])
    assert _found(OTHER_CLIENTS, case, scope_of) == ["bots"]


def test_small_and_alike(scope_of: ScopeOf) -> None:
    """A thousand bytes a record, everywhere."""
    assert _found(EXCHANGE, facts(c2s(2), hosts(10)), scope_of) == ["small-and-alike"]


def test_varied(scope_of: ScopeOf) -> None:
    """From 1,000 to 30,000 bytes a record."""
    others = [hosts(10, bytes_each=1000 * (1 + 3 * at))[at] for at in range(10)]
    assert _found(EXCHANGE, facts(c2s(2), others), scope_of) == ["varied"]


def test_vpn_port(scope_of: ScopeOf) -> None:
    """1194 is OpenVPN's (IANA); 38400 is nobody's."""
    vpn = facts(c2s(2))
    both = [_found(EXIT_PORT, each, scope_of) for each in (vpn, _on_port(vpn, 1194))]
    assert both == [[], ["vpn-port"]]


def _on_port(case: Facts, port: int) -> Facts:
    return facts(c2s(2)).__class__(Service("203.0.113.77", port, 6), case.role, case.measurements)


@pytest.mark.parametrize(
    ("measured", "network", "finding"),
    [
        ({"known_as": ("sinkhole",)}, "", ["sinkhole"]),
        ({}, "Example Sinkhole Project", ["sinkhole"]),
        ({"known_as": ("known scanners",)}, "", ["research"]),
        ({"is_listed_c2": ("qakbot",)}, "", ["other-c2"]),
        ({"is_listed_c2": ("dridex",)}, "", ["same-c2"]),
        ({"known_as": ("sinkhole",), "is_listed_c2": ("qakbot",)}, "", ["sinkhole", "other-c2"]),
        ({}, "Acme hosting", []),
    ],
)
def test_names(measured: dict[str, object], network: str, finding: list[str], scope_of: ScopeOf) -> None:
    """What lists, labels and the network's name tell."""
    assert _found(NAMES, facts(c2s(2), measured=measured, network=network), scope_of) == finding


def test_one_c2_of_its_own_family_makes_it_no_tier(scope_of: ScopeOf) -> None:
    """Listed as qakbot's, it meets five of dridex and one of qakbot; with five of each it may be a tier."""
    cases = [
        facts(c2s(5) + c2s(own, group="qakbot/g1"), measured={"is_listed_c2": ("qakbot",)}) for own in (1, 5)
    ]
    assert [_found(NAMES, case, scope_of) for case in cases] == [["other-c2"], ["same-c2"]]


def test_ill_repute(scope_of: ScopeOf) -> None:
    """By name, by reports about other addresses, and neither."""
    cases = [
        facts(c2s(2), network="Offshore Racks"),
        facts(c2s(2), network="Acme", network_reports=2),
        facts(c2s(2), network="Acme"),
    ]
    assert [_found(HOSTING, case, scope_of) for case in cases] == [["ill-repute"], ["ill-repute"], []]


def test_sensors(scope_of: ScopeOf) -> None:
    """One of two sensors saw it; both did; the only one there is tells nothing."""
    cases = [
        facts(c2s(1), sensors=("a",), all_sensors=("a", "b")),
        facts(c2s(1), sensors=("a", "b"), all_sensors=("a", "b")),
        facts(c2s(1), sensors=("a",), all_sensors=("a",)),
    ]
    assert [_found(RECORDING, case, scope_of) for case in cases] == [["one-sensor"], ["several-sensors"], []]


def test_sessions_at_the_same_moments(scope_of: ScopeOf) -> None:
    """Sessions of several C2s that all begin in the same second are replayed records."""
    case = facts(c2s(3))
    sessions = case.measurements.contact
    sessions.start_us[:] = sessions.start_us - sessions.owner.astype("int64") * 7_000_000
    assert _found(RECORDING, case, scope_of) == ["same-moments"]


def test_own_moments() -> None:
    """Sessions seven seconds apart share none."""
    assert coinciding(facts(c2s(3)).measurements.contact) == 0.0
