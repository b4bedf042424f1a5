"""Do the families in contact fit the actor whom open sources name? Those that should be there, and are not.

An actor's malware is what claims about the address name together with the actor, and what claims without an
address say that the actor uses. Absence speaks only where listed C2s of that malware are in the flows at all.
"""

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
    listed = facts.measurements.listed
    met = np.zeros(len(listed.hi), dtype=np.bool_)
    met[facts.measurements.clients.c2[counted(facts).c2s]] = True
    size = len(listed.families)
    contact = np.bincount(listed.family[met], minlength=size)
    seen = np.bincount(listed.family[listed.seen | met], minlength=size)
    names = [name.casefold() for name in listed.families]
    here, used = _malware(facts, actor)
    found = []
    for name in sorted(here | used):
        rows = [place for place, family in enumerate(names) if family == name]
        shown = sum(int(seen[row]) for row in rows)
        if shown >= least_seen and not sum(int(contact[row]) for row in rows):
            found.append(
                (
                    "absent",
                    f'None of {shown} listed C2s of "{name}", malware of "{actor}", is in contact.',
                    "The named actor's own malware should be there if that actor still ran the service.",
                )
            )
    others = sum(int(count) for count, name in zip(contact, names, strict=True) if name not in here | used)
    total = int(contact.sum())
    explained = [name for count, name in zip(contact, names, strict=True) if count and name in here | used]
    if others and here | used:
        share = others / total
        finding = "mostly-unexplained" if share > 0.5 else "partly-unexplained"
        found.append(
            (
                finding,
                f'{others} of {total} C2s in contact are of families that no source ties to "{actor}".',
                "Families without a tie to the named actor speak for somebody else.",
            )
        )
    if explained:
        found.append(
            (
                "explained",
                f'C2s of {", ".join(explained)}, which sources tie to "{actor}", are in contact.',
                "A family that the named actor uses fits that actor, and whoever else uses it.",
            )
        )
    return found


ACTOR_FAMILIES = Kind(
    "actor-families",
    "whether the families fit the actor named",
    TENANT,
    _look,
    numbers={"least_seen": (1, 1000), **NUMBERS},
    findings=("absent", "mostly-unexplained", "partly-unexplained", "explained"),
)
