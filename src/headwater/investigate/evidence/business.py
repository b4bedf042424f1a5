"""What else does the address do? Nothing, or it goes to thousands of hosts, or uses services of all kinds."""

from headwater.investigate.facts import Facts
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence

_REASONS = {
    "sweeping": "Scanners and trackers go to very many hosts.",
    "all-kinds": "Behind an exit many people use services of all kinds.",
    "busy": "It has business beside the C2s.",
    "quiet": "An address kept for one purpose goes nowhere else.",
}


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    hosts, ports = facts.measurements.fan_out, facts.measurements.fan_out_ports
    if not hosts and not len(facts.measurements.clients.hi):
        return ()  # an address that no record shows is not quiet
    numbers = rule.numbers
    if ports >= numbers["all_kinds_from"] and hosts < numbers["sweeping_from"]:
        finding = "all-kinds"
    elif hosts >= numbers["sweeping_from"]:
        finding = "sweeping"
    else:
        finding = "busy" if hosts >= numbers["busy_from"] else "quiet"
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f"As a client, the address goes to {hosts:,} hosts on {ports:,} different ports.",
            reason=_REASONS[finding],
            weights=rule.told(finding),
        ),
    )


BUSINESS = Kind(
    "business",
    "what else the address does",
    TIE,
    _look,
    numbers={"all_kinds_from": (1, 65_535), "sweeping_from": (1, 1e9), "busy_from": (1, 1e9)},
    findings=("sweeping", "all-kinds", "busy", "quiet"),
)
