"""Do open sources name somebody who ran the address? Weighed by grade; barred from before the tenancy.

That somebody is named at all is never barred: it is no statement about the time of the contact.
"""

from headwater.investigate.evidence.claims import named
from headwater.investigate.evidence.grades import NUMBERS, trust
from headwater.investigate.evidence.placed_claims import about_service, barred, before_share
from headwater.investigate.facts import Facts
from headwater.investigate.rule import TENANT, Kind, Rule, Scope, measured, number
from headwater.model.hypothesis import Evidence
from headwater.model.window import micros_of


def actor_claims(facts: Facts) -> list[int]:
    """Numbers of the claims that name an actor for the service's address, in order of date."""
    return sorted(
        (number for number in about_service(facts) if facts.claims[number].actor),
        key=lambda number: facts.claims[number].date,
    )


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    places = actor_claims(facts)
    if not places and (facts.brackets or facts.claims):
        return (_nobody(facts, rule, scope),)
    made = []
    for place in places:
        claim = facts.claims[place]
        bar, before = barred(facts, place), before_share(facts, place) or 0.0
        factor = trust(claim.grade, rule) * (1.0 if bar else 1.0 - before)
        made.append(
            measured(
                rule,
                facts,
                question=TENANT,
                scope=scope.name,
                statement=f'{named(claim)} names "{claim.actor}" for the address.',
                reason="Without a change of hands since, the one named still runs it; "
                f"trusted with a factor of {factor:.2g} for grade and date.",
                weights=rule.told("named", factor=factor),
                source=claim.source,
                grade=claim.grade,
                tlp=claim.tlp,
                at_us=micros_of(claim.date),
                barred_by=bar,
            )
        )
    return (_somebody(facts, rule, scope, places), *made) if places else ()


def _somebody(facts: Facts, rule: Rule, scope: Scope, places: list[int]) -> Evidence:
    """That somebody is named at all, whenever: it speaks against a holder whom no source names."""
    best = max(places, key=lambda place: trust(facts.claims[place].grade, rule))
    actors = dict.fromkeys(facts.claims[place].actor for place in places)
    return measured(
        rule,
        facts,
        question=TENANT,
        scope=scope.name,
        statement=f"{number(len(places), 'claim names', 'claims name')} "
        f"{number(len(actors), 'operator')} for the address, of whatever time.",
        reason="One holder throughout, whom no source names, does not go with it.",
        weights=rule.told("somebody", factor=trust(facts.claims[best].grade, rule)),
        source=facts.claims[best].source,
        grade=facts.claims[best].grade,
        tlp=facts.claims[best].tlp,
    )


def _nobody(facts: Facts, rule: Rule, scope: Scope) -> Evidence:
    return measured(
        rule,
        facts,
        question=TENANT,
        scope=scope.name,
        statement="No source names an operator of the address.",
        reason="An operator whom nobody named can hardly be the one whom sources name.",
        weights=rule.told("nobody"),
        source="reports",
    )


NAMED_ACTOR = Kind(
    "named-actor",
    "whom open sources name",
    TENANT,
    _look,
    numbers=NUMBERS,
    findings=("named", "somebody", "nobody"),
)
