"""headwater evaluate --tiers: how good are walks up the tiers?"""

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from headwater.app.evaluate_tiers import TiersFound, TiersPlan, evaluate_tiers, row_of, tiers_document
from headwater.cli.output import Output
from headwater.simulate.evaluate.tiers import TierFigures

_LEGEND = """\
begins: with the true upstreams, or with those that the hunt takes for some.
any, all: worlds in which any, or all, of the planted hosts were found. nodes:
what walks added; false: those that are no part of it. ends: why walks ended."""


def answer_tiers(plan: TiersPlan, *, out: Output, save: Path | None) -> None:
    """Runs the plan and writes the answer.

    Args:
        plan: what to measure.
        out: in which form.
        save: file for everything as JSON, or None.
    """
    found = evaluate_tiers(plan, told=out.talk.print)
    document = tiers_document(found)
    if save is not None:
        replace(out, as_json=True, as_csv=False, file=save).write(document=document, table=lambda _: None)
    rows = [row_of(one) for one in found.figures]
    out.write(document=document, table=lambda console: _draw(found, console), rows=rows)


def _draw(found: TiersFound, console: Console) -> None:
    console.print("SYNTHETIC: worlds, their upstreams and what stands behind these are simulated.")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("world", "1:N", "begins"):
        table.add_column(title, no_wrap=True)
    for title in ("walks", "any", "all", "planted", "found", "nodes", "false", "ends"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in found.figures:
        table.add_row(*_cells(one))
    console.print(table)
    console.print(_LEGEND)


def _cells(one: TierFigures) -> tuple[str, ...]:
    ends = ", ".join(f"{reason} {count}" for reason, count in one.stops.items())
    numbers = (
        one.walks, one.worlds_with_any, one.worlds_with_all, one.planted, one.found, one.nodes, one.false,
    )  # fmt: skip
    return (one.world, str(one.sampling), one.begins, *map(str, numbers), ends)
