"""How does an export say that what it stands on is synthetic? In every place that its readers look at."""

from typing import Any

from headwater.model.case import Case

WORD = "SYNTHETIC"
LABEL = "synthetic"  # of STIX objects
TAG = 'headwater:synthetic="true"'  # of MISP events and objects
# Objects that are the same in every case, and say nothing of this one.
_OF_ANY_CASE = frozenset({"malware", "attack-pattern", "identity", "marking-definition"})
_NAMED = frozenset({"infrastructure", "indicator", "report"})


def remark_of(case: Case) -> tuple[str, ...]:
    """The remark of an export about a case of synthetic material; none of any other."""
    return (case.synthetic,) if case.synthetic else ()


def named(case: Case, text: str) -> str:
    """A name that begins with SYNTHETIC where the case is of synthetic material."""
    return f"{WORD} {text}" if case.synthetic else text


def marked(case: Case, thing: dict[str, Any]) -> dict[str, Any]:  # Any: what JSON can say, in and out
    """A STIX object with the label, and a name that says so, where the case is of synthetic material.

    Observables have no labels and no names of their own; what tells of them has.
    """
    kind = thing["type"]
    if not case.synthetic or kind in _OF_ANY_CASE or "created" not in thing:
        return thing
    found = thing | {"labels": [LABEL, *thing.get("labels", ())]}
    return found | {"name": named(case, thing["name"])} if kind in _NAMED else found
