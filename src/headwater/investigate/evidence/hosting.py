"""Is the address with a hoster of ill repute? Weak: such hosters have ordinary customers, too."""

from headwater.investigate.facts import Facts
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    named = any(word in facts.network.casefold() for word in rule.words["ill_repute"])
    if not named and not facts.network_reports:
        return ()
    reports = f"{facts.network_reports} reports name other addresses of it" if facts.network_reports else ""
    repute = "its name tells of a hoster that does not ask" if named else ""
    return (
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=f'The network of the service is "{facts.network}": '
            f"{' and '.join(part for part in (reports, repute) if part)}.",
            reason="Operators prefer hosters that leave them alone; ordinary customers are there as well.",
            weights=rule.told("ill-repute"),
            source="networks and reports",
        ),
    )


HOSTING = Kind(
    "hosting", "the repute of the hoster", TIE, _look, findings=("ill-repute",), words=("ill_repute",)
)
