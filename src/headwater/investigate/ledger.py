"""What bears on the questions? The ledger: every item of evidence, barred ones among them.

Items may rest on the same fact: who the clients are is told by their share of C2s, their networks and what
they do, and these are no three independent witnesses. Of items with one basis that meet in one reckoning
the strongest counts in full, every other one by the template's factor. Weights in the ledger are those
that are reckoned with, so that the sum of a column is what it says.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from headwater.investigate.edits import ANALYST, Edits, edited
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.facts import ALL, Facts, groups_in_contact
from headwater.investigate.rule import Scope
from headwater.investigate.template import Template
from headwater.model.hypothesis import Evidence

_LEAST = 1e-9  # log10; smaller weights are none


def ledger(
    facts: Facts, template: Template, *, edits: Edits | None = None, like: tuple[Evidence, ...] = ()
) -> tuple[Evidence, ...]:
    """All evidence, in order of kinds, then scopes, with ids "E1", "E2", ...

    Args:
        facts: what was measured and gathered.
        template: which kinds count, and how.
        edits: the analyst's changes.
        like: the ledger of the same case under its own settings, where this one is made under others: items
            take the ids that they have there, and edits of items that are not here are passed over.

    Returns:
        The items. A kind that makes items by group has one for each group and one for all.

    Raises:
        BadSetting: an edit meets no item.
    """
    scopes = _scopes(facts)
    made = [
        item
        for name, kind in KINDS.items()
        if name in template.rules
        for scope in (scopes if kind.by_group else scopes[:1])
        for item in kind.look(facts, template.rules[name], scope)
    ]
    known = {place: item.id for place, item in zip(_places(like), like, strict=True)}
    items = tuple(
        replace(item, id=known.get(place, f"S{at}") if like else f"E{at}")
        for at, (place, item) in enumerate(zip(_places(made), made, strict=True), start=1)
    )
    changed = edited(items, edits or Edits(), template, strict=not like)
    return discounted(changed, template)


def _places(items: Sequence[Evidence]) -> list[tuple[str, str, int]]:
    """Kind, scope, and the how manieth of both each item is."""
    met: Counter[tuple[str, str]] = Counter()
    places = []
    for item in items:
        places.append((item.kind, item.scope, met[item.kind, item.scope]))
        met[item.kind, item.scope] += 1
    return places


def _scopes(facts: Facts) -> tuple[Scope, ...]:
    listed = facts.measurements.listed
    every = Scope(ALL, np.ones(len(listed.hi), dtype=np.bool_))
    names = np.array(listed.groups, dtype=object)[listed.group] if len(listed.hi) else np.array([])
    return (every, *(Scope(group, names == group) for group in groups_in_contact(facts)))


def enters(item: Evidence, *, question: str, scope: str) -> bool:
    """Whether an item is reckoned with in a question and scope.

    What speaks of the service enters everywhere; what kinds that work by group say of all C2s together does
    not enter the reckoning of one group. Barred items never enter.
    """
    if not item.counts or item.question != question:
        return False
    kind = KINDS.get(item.kind)
    by_group = kind is not None and kind.by_group
    return item.scope == scope or (item.scope == ALL and not by_group)


def strength(item: Evidence) -> float:
    """How far an item moves hypotheses apart: its largest weight less its smallest, 0 among them."""
    values = [0.0, *item.weights.values()]
    return max(values) - min(values)


def discounted(items: tuple[Evidence, ...], template: Template) -> tuple[Evidence, ...]:
    """Items with those that rest on the same fact as a stronger one taken down, and told so."""
    factor = template.limits.shared_basis
    made = []
    for item in items:
        stronger = _stronger(item, items, template)
        if item.kind == ANALYST or stronger is None or factor == 1.0:
            kept = {name: value for name, value in item.weights.items() if abs(value) > _LEAST}
            made.append(replace(item, weights=kept))
            continue
        weights = {name: factor * value for name, value in item.weights.items() if abs(value) > _LEAST}
        reason = (
            f"{item.reason} Rests on the same fact as {stronger.id} and counts by a factor of {factor:g}."
        )
        made.append(replace(item, weights=weights, reason=reason))
    return tuple(made)


def _stronger(item: Evidence, items: tuple[Evidence, ...], template: Template) -> Evidence | None:
    """The strongest item of the same basis beside which this one is reckoned, if it is another."""
    rule = template.rules.get(item.kind)
    if rule is None or item.barred_by:
        return None
    rivals = [
        other
        for other in items
        if other.kind in template.rules
        and template.rules[other.kind].basis == rule.basis
        and enters(other, question=item.question, scope=_home(item))
    ]
    best = max(rivals, key=strength, default=None)
    return None if best is None or best.id == item.id else best


def _home(item: Evidence) -> str:
    """The scope in which an item is compared: its own."""
    return item.scope
