"""How good is the hunt on labelled worlds, in Python? One row a world, sampling rate and score."""

from collections.abc import Callable, Sequence

import pyarrow as pa

from headwater.api.part import Part
from headwater.app.evaluate import Plan
from headwater.app.evaluate import evaluate as run
from headwater.app.evaluation_table import table_of


def evaluate(
    *,
    worlds: Sequence[str] = ("reference",),
    seeds: Sequence[int] = (1000, 1001, 1002),
    samplings: Sequence[int] = (100, 1000, 10_000),
    ablations: bool = False,
    fake_sets: int = 0,
    told: Callable[[str], None] | None = None,
) -> Part:
    """Simulates worlds, hunts in them, and tells how well the upstreams were found, beside simpler scores.

    This takes minutes. The other kinds (stories, timelines, planted upstreams) are on the command line.

    Args:
        worlds: preset worlds; `hw.simulations()` lists them.
        seeds: of each; below 1000 they are for tuning, and not mixed with others.
        samplings: N of 1:N packet sampling.
        ablations: also with parts of the score left out.
        fake_sets: hunts with fake sets of C2s for each world, seed and rate.
        told: called with a line before each world.

    Returns:
        Columns as docs/reference/evaluation.md explains them.

    Raises:
        BadSetting: a world has no such name, or seeds are mixed.
    """
    plan = Plan(tuple(worlds), tuple(seeds), tuple(samplings), ablations, fake_sets)
    rows = table_of(run(plan, told=told or _silent))
    return Part(title="The hunt on SYNTHETIC worlds", table=pa.Table.from_pylist(rows))


def _silent(_: str) -> None:
    """Says nothing."""
