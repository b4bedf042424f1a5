"""Do the families in contact fit the actor whom open sources name? Those that should be there, and are not.

An actor's malware is what claims about the address name together with the actor, and what claims without an
address say that the actor uses. Absence speaks only where listed C2s of that malware are in the flows at all.
"""

from collections import Counter

import numpy as np

from headwater.investigate.evidence.grades import NUMBERS, trust
from headwater.investigate.evidence.named_actor import actor_claims
from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import TENANT, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence


def _malware(facts: Facts, actor: str) -> tuple[set[str], set[str]]:
    """The actor's malware by claims about the address, and by claims about the actor alone."""
    folded = actor.casefold()
    mine = [claim for claim in facts.claims if claim.actor.casefold() == folded and claim.malware]
    here = {claim.malware.casefold() for claim in mine if claim.address == facts.service.address}
    return here, {claim.malware.casefold() for claim in mine if not claim.address}


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    made = []
    actors = dict.fromkeys(facts.claims[claim].actor for claim in actor_claims(facts))
    for actor in actors:
        grade = next(
            facts.claims[claim].grade for claim in actor_claims(facts) if facts.claims[claim].actor == actor
        )
        for finding, statement, reason in _findings(facts, actor, least_seen=rule.numbers["least_seen"]):
            made.append(
                measured(
                    rule,
                    facts,
                    question=TENANT,
                    scope=scope.name,
                    statement=statement,
                    reason=reason,
                    weights=rule.told(finding, factor=trust(grade, rule)),
                )
            )
    return tuple(made)


def _findings(facts: Facts, actor: str, *, least_seen: float) -> list[tuple[str, str, str]]:
    """Finding, statement and reason."""
    contact, seen = _by_family(facts)
    here, used = _malware(facts, actor)
    known = here | used
    found = [
        (
            "absent",
            f'None of {seen[name]} listed C2s of "{name}", malware of "{actor}", is in contact.',
            "The named actor's own malware should be there if that actor still ran the service.",
        )
        for name in sorted(known)
        if seen[name] >= least_seen and not contact[name]
    ]
    others, total = sum(count for name, count in contact.items() if name not in known), contact.total()
    if others and known:
        finding = "mostly-unexplained" if others > total / 2 else "partly-unexplained"
        said = f'{others} of {total} C2s in contact are of families that no source ties to "{actor}".'
        found.append((finding, said, "Families without a tie to the named actor speak for somebody else."))
    explained = [name for name, count in contact.items() if count and name in known]
    if explained:
        said = f'C2s of {", ".join(explained)}, which sources tie to "{actor}", are in contact.'
        why = "A family that the named actor uses fits that actor, and whoever else uses it."
        found.append(("explained", said, why))
    return found


def _by_family(facts: Facts) -> tuple[Counter[str], Counter[str]]:
    """Listed C2s in contact, and those that the flows show at all, by family in lower case."""
    listed = facts.measurements.listed
    met = np.zeros(len(listed.hi), dtype=np.bool_)
    met[facts.measurements.clients.c2[counted(facts).c2s]] = True
    names = [listed.families[family].casefold() for family in listed.family]
    return (
        Counter(name for name, one in zip(names, met, strict=True) if one),
        Counter(name for name, one in zip(names, listed.seen | met, strict=True) if one),
    )


ACTOR_FAMILIES = Kind(
    "actor-families",
    "whether the families fit the actor named",
    TENANT,
    _look,
    numbers={"least_seen": (1, 1000), **NUMBERS},
    findings=("absent", "mostly-unexplained", "partly-unexplained", "explained"),
)
