"""What does the analyst change in the ledger? Items added, changed, switched off, let back in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from headwater.investigate.template import Template
from headwater.investigate.toml_values import Values
from headwater.model.hypothesis import Evidence

ANALYST = "analyst"  # kind of what analysts add, and what bars what they switch off


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to items of the program.

    Attributes:
        place: where the file says so, for messages.
        id: the item, or "".
        kind: the kind of items, or "".
        scope: of these only; "" for any.
        reason: why, in the analyst's words.
        weights: new weights by hypothesis.
        factor: on all weights.
    """

    place: Values
    id: str
    kind: str
    scope: str
    reason: str
    weights: Mapping[str, float] = field(default_factory=dict)
    factor: float = 1.0

    def meets(self, item: Evidence) -> bool:
        """Whether it is about this item."""
        named = item.id == self.id if self.id else item.kind == self.kind
        return named and self.scope in ("", item.scope)


@dataclass(frozen=True, slots=True)
class Edits:
    """All that an analyst changes.

    Attributes:
        name: file it was read from.
        added: items, with ids of the analyst's own.
        changes, off, let_in: what happens to items of the program.
    """

    name: str = ""
    added: tuple[Evidence, ...] = ()
    changes: tuple[Change, ...] = ()
    off: tuple[Change, ...] = ()
    let_in: tuple[Change, ...] = ()


def edited(
    items: tuple[Evidence, ...], edits: Edits, template: Template, *, strict: bool = True
) -> tuple[Evidence, ...]:
    """The ledger after the analyst's edits; what was added stands at its end.

    Args:
        items: the ledger.
        edits: the changes.
        template: which hypotheses each question has.
        strict: refuse edits that meet no item; else pass over them.

    Raises:
        BadSetting: an edit meets no item, lets in what nothing bars, or weighs a hypothesis of another
            question.
    """
    for change in edits.changes:
        items = _applied(items, change, lambda item, now: _changed(item, now, template), strict=strict)
    for change in edits.off:
        items = _applied(items, change, _switched_off, strict=strict)
    for change in edits.let_in:
        items = _applied(items, change, _let_in, strict=strict)
    return (*items, *edits.added)


def _applied(
    items: tuple[Evidence, ...],
    change: Change,
    act: Callable[[Evidence, Change], Evidence],
    *,
    strict: bool,
) -> tuple[Evidence, ...]:
    if strict and not any(change.meets(item) for item in items):
        wanted = change.id or change.kind
        known = ", ".join(f"{item.id} ({item.kind}, {item.scope})" for item in items) or "none"
        key = "id" if change.id else "kind"
        raise change.place.refuse(key, f"{wanted!r} meets no item of this ledger, which has: {known}")
    return tuple(act(item, change) if change.meets(item) else item for item in items)


def _changed(item: Evidence, change: Change, template: Template) -> Evidence:
    question = template.question(item.question)
    known = {answer.id for answer in question.answers} if question else set()
    for name in change.weights:
        if name not in known:
            why = f"{item.id} bears on the question {item.question!r}; use {', '.join(sorted(known))}"
            raise change.place.refuse(f"weights.{name}", why)
    weights = {name: change.factor * value for name, value in item.weights.items()}
    reason = f"{item.reason} Changed by the analyst: {change.reason}"
    return replace(item, weights={**weights, **change.weights}, reason=reason)


def _switched_off(item: Evidence, change: Change) -> Evidence:
    return replace(
        item, barred_by=ANALYST, reason=f"{item.reason} Switched off by the analyst: {change.reason}"
    )


def _let_in(item: Evidence, change: Change) -> Evidence:
    if not item.barred_by or item.barred_by == ANALYST:
        if change.kind:
            return item
        raise change.place.refuse("id", f"nothing bars {item.id}; remove this edit")
    return replace(item, barred_by="", reason=f"{item.reason} Let in by the analyst: {change.reason}")
