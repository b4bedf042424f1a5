"""headwater evaluate --timelines: how is its answer shown?"""

from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from headwater.app.evaluate_timelines import TimelinePlan, evaluate_timelines, timelines_document
from headwater.cli.output import Output
from headwater.simulate.evaluate.timeline_figures import Figure

_LEGEND = """\
Relations and bounds by sessions seen, stories by C2s that count. plain: by first
and last seen, or by counts of sessions. best: if the C2's life were known for
certain. held: the 90% bounds hold the true edge."""


def answer_timelines(plan: TimelinePlan, *, out: Output, save: Path | None) -> None:
    """Runs the plan and writes the answer.

    Args:
        plan: what to measure.
        out: in which form.
        save: file for everything as JSON, or None.
    """
    figures = evaluate_timelines(plan, told=out.talk.print)
    document = timelines_document(plan, figures)
    if save is not None:
        replace(out, as_json=True, as_csv=False, file=save).write(document=document, table=lambda _: None)
    rows = [asdict(figure) for figure in figures]
    out.write(document=document, table=lambda console: _draw(figures, console), rows=rows)


def _draw(figures: list[Figure], console: Console) -> None:
    console.print("SYNTHETIC: C2s, their lives and their contact below are simulated.")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("world", "measure", "level"):
        table.add_column(title)
    for title in ("n", "value", "plain", "best", "aim"):
        table.add_column(title, justify="right", no_wrap=True)
    for each in figures:
        numbers = (_number(each.value), _number(each.plain), _number(each.at_best), _aim(each))
        table.add_row(each.world, each.measure, each.level, str(each.cases), *numbers)
    console.print(table)
    console.print(_LEGEND)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _aim(figure: Figure) -> str:
    if figure.least is not None and figure.most is not None:
        return f"{figure.least:.2f}-{figure.most:.2f}"
    if figure.least is not None:
        return f">= {figure.least:.2f}"
    return "" if figure.most is None else f"<= {figure.most:.2f}"
