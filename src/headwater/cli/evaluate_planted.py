"""headwater evaluate --planted: how is its answer shown?"""

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from headwater.app.evaluate_planted import PlantedPlan, evaluate_planted
from headwater.app.planted_table import Row, planted_document, planted_table
from headwater.app.real_background import background
from headwater.cli.output import Output


def answer_planted(plan: PlantedPlan, *, out: Output, data: Path | None, save: Path | None) -> None:
    """Runs the plan and writes the answer.

    Args:
        plan: what to plant.
        out: in which form.
        data: folder with the capture; None: where `headwater.app.real_background` looks.
        save: file for everything as JSON, or None.
    """
    real = background(data)
    count = len(plan.seeds)
    done = iter(range(1, count + 1))
    trials = evaluate_planted(
        plan, background=real, told=lambda text: out.talk.print(f"{next(done)}/{count}: {text}")
    )
    table = planted_table(trials)
    document = planted_document(trials, background=real) if out.as_json or save is not None else None
    if save is not None:
        everything = replace(out, as_json=True, as_csv=False, file=save)
        everything.write(document=document, table=lambda _: None)
    out.write(document=document, table=lambda console: _draw(table, console), rows=table)


_COLUMNS = (  # title, key, digits; as many as a terminal of 80 columns holds
    ("n", "plantings", 0), ("seen", "found", 2), ("mean", "mean_rank", 1), ("1st", "first", 2),
    ("in 5", "first_5", 2), ("told", "upstream", 2), ("false", "false_alerts", 0),
    ("any", "bare_with_alert", 0), ("q5", "bare_with_discovery", 0),
)  # fmt: skip
_LEGEND = """\
n: plantings, and as many hunts without them. Shares of plantings: seen (a
candidate), 1st and in 5 (by rank), told (verdict upstream). mean: rank of those
seen. false: other alerts. Hunts without a planting: any had an alert, q5 had a
key with q up to 5%."""


def _draw(rows: list[Row], console: Console) -> None:
    console.print("PLANTED into CTU-13 scenario 11: the C2s and upstreams below are not real.")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("1:N", "planted"):
        table.add_column(title, no_wrap=True)
    for title, _, _ in _COLUMNS:
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        cells = ["" if row[key] is None else f"{row[key]:.{digits}f}" for _, key, digits in _COLUMNS]
        table.add_row(str(row["sampling"]), f"{row['by']}: {row['level']}", *cells)
    console.print(table)
    console.print(_LEGEND)
