"""headwater evaluate --changes: how well are planted changes told?"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from headwater.app.evaluate_changes import ChangesFound, ChangesPlan, changes_document, evaluate_changes
from headwater.cli.output import Output

_LEGEND = """\
visible: the hunt knows the upstream, and at least three listed C2s were seen there
before and at work after. found: of those, told as what happened, with the right
successor. days: median from the change to the first moment asked at which it was
told. inside: the change lies within the bounds told. wrong: told, and it was not so."""


def answer_changes(plan: ChangesPlan, *, out: Output, save: Path | None) -> None:
    """Runs the plan and writes the answer.

    Args:
        plan: what to measure.
        out: in which form.
        save: file for everything as JSON, or None.
    """
    found = evaluate_changes(plan, told=out.talk.print)
    document = changes_document(found)
    if save is not None:
        replace(out, as_json=True, as_csv=False, file=save).write(document=document, table=lambda _: None)
    rows = [asdict(one) for one in found.figures]
    out.write(document=document, table=lambda console: _draw(found, console), rows=rows)


def _draw(found: ChangesFound, console: Console) -> None:
    console.print("SYNTHETIC: worlds, their upstreams and what changes about them are simulated.")
    table = _table("1:N", "what happens", "planted", "visible", "found", "of all", "ended", "days", "inside")
    for one in found.figures:
        days = "" if one.delay_days is None else f"{one.delay_days:.1f}"
        cells = (
            one.sampling, one.fate, one.planted, one.visible, one.found, one.found_all, one.ended, days,
            one.inside,
        )  # fmt: skip
        table.add_row(*(str(cell) for cell in cells))
    console.print(table)
    table = _table("1:N", "told", "worlds", "findings", "wrong")
    for wrong in found.wrong:
        counts = (wrong.worlds, wrong.told, wrong.wrong)
        table.add_row(str(wrong.sampling), wrong.kind, *(str(count) for count in counts))
    console.print(table)
    console.print(_LEGEND)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title in titles:
        side: Literal["left", "right"] = "left" if title in {"what happens", "told"} else "right"
        table.add_column(title, justify=side, no_wrap=True)
    return table
