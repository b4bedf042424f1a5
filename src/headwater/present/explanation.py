"""How does the reckoning of one candidate look? As text for people, as JSON; nothing is computed here."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from headwater.model.address import defang
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import printable
from headwater.score.explain import Explanation, Step, Value

_OF_CONTACT = ("c2", "family", "flows", "sessions", "days", "first", "last")  # the first is an address
_OF_STRANGER = ("address", "port", "fan_in", "clients", "bots", "family", "ln_ratio")
_HIDDEN_BELOW = 0.005  # confounders that say nothing are left out of the text, not of the JSON


def explained_document(told: Explanation, *, defanged: bool = False) -> dict[str, Any]:  # Any: JSON
    """The reckoning as JSON says it.

    Args:
        told: as from `headwater.score.explain.explain`.
        defanged: addresses in a form that no program turns into a link.
    """
    found = {"format": 1, **asdict(told)}
    if defanged:
        found["service"] = _service(told, defanged=True)
        found["contacts"] = [row | {"c2": defang(str(row["c2"]))} for row in told.contacts]
        found["strangers"] = [row | {"address": defang(str(row["address"]))} for row in told.strangers]
    return found


def draw_explanation(told: Explanation, console: Console, *, defanged: bool = False) -> None:
    """Prints the reckoning from counts to verdict.

    Args:
        told: as from `headwater.score.explain.explain`.
        console: where to.
        defanged: as for `explained_document`.
    """
    head = f"Rank {told.rank}: {_service(told, defanged=defanged)} is taken for {told.verdict}"
    console.print(Text(head, style="bold"))
    for reason in told.reasons:
        console.print(Text(f"  {printable(reason)}"), soft_wrap=True)
    for step in told.steps:
        console.print(Text(f"\n{step.question}", style="bold"))
        if step.formula:
            console.print(Text(f"  {step.formula}", style="dim"), soft_wrap=True)
        for name, value in _shown(step):
            console.print(Text(f"  {name:<28} {printable(value)}"), soft_wrap=True)
    _rows("Listed C2s in contact", told.contacts, _OF_CONTACT, console, defanged=defanged)
    _rows(
        "Unlisted clients, the most C2-like first", told.strangers, _OF_STRANGER, console, defanged=defanged
    )


def _service(told: Explanation, *, defanged: bool) -> str:
    if not defanged:
        return told.service
    address, space, rest = told.service.partition(" ")
    return f"{defang(address)}{space}{rest}"


def _shown(step: Step) -> list[tuple[str, str]]:
    weights = step.question.startswith("What else")
    return [
        (name, _text(value))
        for name, value in step.values.items()
        if not (weights and isinstance(value, float) and value < _HIDDEN_BELOW)
    ]


def _text(value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value


def _rows(
    title: str,
    rows: tuple[dict[str, Value], ...],
    columns: tuple[str, ...],
    console: Console,
    *,
    defanged: bool,
) -> None:
    if not rows:
        return
    console.print(Text(f"\n{title}", style="bold"))
    cells = {name: [_cell(name, row[name]) for row in rows] for name in columns}
    if defanged:
        cells[columns[0]] = [defang(cell) for cell in cells[columns[0]]]
    shown = [Column(name, [Text(printable(cell)) for cell in cells[name]]) for name in columns]
    console.print(fitted_table(shown, width=console.width))


def _cell(name: str, value: Value) -> str:
    if name in {"first", "last"}:
        return str(value)[:16].replace("T", " ")  # to the minute
    return str(value) if name == "port" else _text(value)
