"""Which sensors' clocks disagree, and by how much? Told by flows that two of them saw.

Sensors that never see the same flow cannot be compared; nothing is said of them.
"""

from typing import Any

import numpy as np

from headwater.app.case_arrays import ints
from headwater.engine.connect import Engine
from headwater.measure.clocks import seen_twice

Table = Any  # an Ibis table; Ibis ships no types

LEAST_FLOWS = 20  # flows that two sensors saw; fewer may share ports by accident
TELLING_S = 60.0  # exporters' clocks are set by NTP to well under a second; a minute is a fault


def clocks_apart(engine: Engine, sample: Table) -> tuple[str, ...]:
    """A sentence for each pair of sensors whose clocks disagree.

    Args:
        engine: where it runs.
        sample: narrow flows of the sample.

    Returns:
        Sentences without their full stop, in order of the sensors' names. The difference is the median over
        all flows that both saw; it is told where it is beyond a minute and most flows agree with it.
    """
    found = engine.fetch(seen_twice(sample), purpose="flows that two sensors saw, and how far apart")
    apart_s = ints(found, "apart_us") / 1e6
    names = [np.asarray(found[name].combine_chunks(), dtype=object) for name in ("one", "other")]
    said = []
    met = (
        found.group_by(["one", "other"]).aggregate([]).sort_by([("one", "ascending"), ("other", "ascending")])
    )
    for one, other in zip(met["one"].to_pylist(), met["other"].to_pylist(), strict=True):
        mine = apart_s[(names[0] == one) & (names[1] == other)]
        median = float(np.median(mine))
        spread = float(np.median(np.abs(mine - median)))
        if len(mine) >= LEAST_FLOWS and abs(median) >= TELLING_S and spread < abs(median) / 2:
            said.append(_told(one, other, abs(median), len(mine)))
    return tuple(said)


def _told(one: str, other: str, apart_s: float, flows: int) -> str:
    return (
        f'the clocks of sensors "{one}" and "{other}" disagree by about {_length(apart_s)} (median of '
        f"{flows:,} flows that both saw): no edge of a timeline is surer than that, and from 6 h on what "
        "both saw counts as two sessions"
    )


def _length(seconds: float) -> str:
    """A duration as people say it."""
    if seconds >= 7_200:
        return f"{seconds / 3_600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
