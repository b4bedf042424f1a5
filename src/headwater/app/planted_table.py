"""What do plantings say in a table? One row a level of strength, beside hunts with nothing planted."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from headwater.app.evaluate_planted import Trial
from headwater.app.real_background import RealBackground
from headwater.model.candidate import Verdict

Row = dict[str, Any]  # Any: cells are numbers, texts or None

ALL = "all"
# Which trials are put together in one part of the table, and what each group is called there.
_GROUPS: dict[str, Callable[[Trial], tuple[int, ...] | str]] = {
    ALL: lambda _: ALL,
    "C2s": lambda each: (each.strength.c2s,),
    "clients": lambda each: (each.strength.clients,),
    "C2s, clients": lambda each: (each.strength.c2s, each.strength.clients),
    "connections": lambda each: (each.strength.connections,),
    "role": lambda each: each.strength.role,
    "role, port": lambda each: f"{each.strength.role}, {each.strength.port}",
    "networks": lambda each: each.strength.networks,
    "address": lambda each: each.strength.host,
    "port": lambda each: each.strength.port,
}


def planted_table(trials: Sequence[Trial]) -> list[Row]:
    """One row for each sampling rate and level of strength.

    Args:
        trials: as from `evaluate_planted`.

    Returns:
        sampling, by (what the level is of; clients are the unrelated ones), level, plantings, found (share
        that is a candidate at all), right_key (share whose best key is the planted one), mean_rank and
        median_rank (of those found; None where there are none), first, first_5, upstream (shares of all
        plantings: at rank 1, within the first 5, with the verdict upstream), false_alerts (count), bare
        (hunts with nothing planted), bare_with_alert, bare_with_discovery (counts).
    """
    rows = []
    for sampling in sorted({each.sampling for each in trials}):
        mine = [each for each in trials if each.sampling == sampling]
        for by, level_of in _GROUPS.items():
            levels = {level_of(each): None for each in mine}
            for level in sorted(levels, key=lambda level: (isinstance(level, str), level)):
                group = [each for each in mine if level_of(each) == level]
                text = level if isinstance(level, str) else ", ".join(str(part) for part in level)
                rows.append({"sampling": sampling, "by": by, "level": text} | _figures(group))
    return rows


def _figures(trials: Sequence[Trial]) -> Row:
    planted = [each for each in trials if each.planted]
    bare = [each for each in trials if not each.planted]
    ranks = np.array([each.rank for each in planted if each.rank is not None])
    size = max(len(planted), 1)
    return {
        "plantings": len(planted),
        "found": len(ranks) / size,
        "right_key": sum(each.right_key for each in planted) / size,
        "mean_rank": float(ranks.mean()) if len(ranks) else None,
        "median_rank": float(np.median(ranks)) if len(ranks) else None,
        "first": float((ranks == 1).sum() / size),
        "first_5": float((ranks <= 5).sum() / size),
        "upstream": sum(each.verdict == Verdict.UPSTREAM for each in planted) / size,
        "false_alerts": sum(len(each.false_alerts) for each in planted),
        "bare": len(bare),
        "bare_with_alert": sum(bool(each.false_alerts) for each in bare),
        "bare_with_discovery": sum(each.false_discoveries > 0 for each in bare),
    }


def planted_document(trials: Sequence[Trial], *, background: RealBackground) -> Row:
    """Everything for JSON: what was planted into, the table, and each single hunt."""
    return {
        "format": 1,
        "planted": True,
        "background": {
            "file": background.name,
            "sha256": background.digest,
            "flows": len(background.capture.flows),
        },
        "table": planted_table(trials),
        "trials": [asdict(each) for each in trials],
    }
