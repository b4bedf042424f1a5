"""What do open sources say that the address serves? Weighed by their grade.

A claim is text from outside: only its field for malware is compared with the families in contact, and its
words with the template's lists. Claims from before the tenancy of the contact, or from behind it, are barred.
"""

from headwater.investigate.evidence.grades import NUMBERS, trust
from headwater.investigate.evidence.names import word_in
from headwater.investigate.evidence.placed_claims import about_service, barred, before_share
from headwater.investigate.facts import Facts, groups_in_contact
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.claim import Claim
from headwater.model.hypothesis import Evidence
from headwater.model.window import micros_of

WORDS = ("sinkhole", "research", "exit", "benign")
_REASONS = {
    "same-family": "A source names the malware of C2s in contact for this very address.",
    "other-malware": "A source names other malware for this address, whose victims C2s may be.",
}


def named(claim: Claim) -> str:
    """Who says so, for a statement; quoted, as it is text from outside."""
    grade = f", graded {claim.grade}" if claim.grade else ", not graded"
    return f'"{claim.source or "a source without name"}" ({claim.date:%Y-%m-%d}{grade})'


def _finding(claim: Claim, facts: Facts, rule: Rule) -> str:
    families = {group.split("/", maxsplit=1)[0] for group in groups_in_contact(facts)}
    if claim.malware:
        return "same-family" if claim.malware.casefold() in families else "other-malware"
    return word_in((claim.claim,), rule)[0]


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    made = []
    for place in about_service(facts):
        claim = facts.claims[place]
        finding = _finding(claim, facts, rule)
        if not finding:
            continue
        before = before_share(facts, place) or 0.0
        bar = barred(facts, place)
        factor = trust(claim.grade, rule) * (1.0 if bar else 1.0 - before)
        made.append(
            measured(
                rule,
                facts,
                question=TIE,
                scope=scope.name,
                statement=f'{named(claim)} says of the address: "{claim.claim or claim.malware}".',
                reason=f"{_REASONS.get(finding, 'A source says what the address is.')} "
                f"Trusted with a factor of {factor:.2g} for its grade and date.",
                weights=rule.told(finding, factor=factor),
                source=claim.source,
                grade=claim.grade,
                tlp=claim.tlp,
                at_us=micros_of(claim.date),
                barred_by=bar,
            )
        )
    return tuple(made)


CLAIMS = Kind(
    "claims",
    "what open sources say",
    TIE,
    _look,
    numbers=NUMBERS,
    findings=("same-family", "other-malware", *WORDS),
    words=WORDS,
)
