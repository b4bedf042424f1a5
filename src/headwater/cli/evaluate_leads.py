"""headwater evaluate --leads: how good are the leads of a pivot?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from headwater.app.evaluate_leads import LeadsFound, LeadsPlan, evaluate_leads, leads_document, row_of
from headwater.cli.output import Output

_LEGEND = """\
Leads have a posterior of at least 0.9. visible: unlisted C2s whose contact with
the service is in the records. at even: C2s among leads from 0.5 on. early: of
the C2s listed later, those that were leads before; days: from then to the list."""


def answer_leads(plan: LeadsPlan, *, out: Output, save: Path | None) -> None:
    """Runs the plan and writes the answer.

    Args:
        plan: what to measure.
        out: in which form.
        save: file for everything as JSON, or None.
    """
    found = evaluate_leads(plan, told=out.talk.print)
    document = leads_document(found)
    if save is not None:
        replace(out, as_json=True, as_csv=False, file=save).write(document=document, table=lambda _: None)
    rows = [row_of(one) for one in found.figures]
    out.write(document=document, table=lambda console: _draw(found, console), rows=rows)


def _draw(found: LeadsFound, console: Console) -> None:
    console.print("SYNTHETIC: worlds, their C2s and their lists are simulated.")
    titles = ("services", "clients", "visible", "leads", "false", "precision", "recall", "at even", "ECE")
    console.print(
        _table(
            titles,
            [
                (
                    one.world, one.sampling, one.services, one.clients, one.visible, one.leads, one.false,
                    _share(one.precision), _share(one.recall), f"{one.found_even}/{one.leads_even}",
                    f"{one.calibration_error:.3f}",
                )
                for one in found.figures
            ],
        )
    )  # fmt: skip
    if found.head_starts:
        started = ("C2s", "early", "median days", "least", "most", "never listed", "false", "precision")
        console.print(
            _table(
                started,
                [
                    (
                        one.world, one.sampling, one.c2s, one.early, _days(one.median_days),
                        _days(one.least_days), _days(one.most_days), one.never_listed, one.false,
                        _share(one.precision),
                    )
                    for one in found.head_starts
                ],
            )
        )  # fmt: skip
    console.print(_LEGEND)


def _table(titles: Sequence[str], rows: list[tuple[object, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("world")
    for title in ("1:N", *titles):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    return table


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
