"""What does an evaluation say in a table? Means over seeds, one row a world, rate and score."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from headwater.app.evaluate import SCORE, Evaluation, Outcome
from headwater.app.fake_sets import P_LEVELS
from headwater.score.calibration import reliability
from headwater.simulate.evaluate.metrics import Alerts

Row = dict[str, Any]  # Any: cells are numbers, texts or None


def table_of(found: Evaluation) -> list[Row]:
    """One row a world, sampling rate and score, in the order in which they were run.

    Args:
        found: what was evaluated.

    Returns:
        world, sampling, score, seeds, average_precision with its standard error over seeds, reciprocal_rank,
        precision_at_5, alerts, false_by_chance, false_real, false_share (None for baselines); and for the
        score itself: calibration_error, oriented (share), fake_sets and fake_sets_with_discovery.
    """
    groups: dict[tuple[str, int, str], list[Outcome]] = {}
    for outcome in found.outcomes:
        groups.setdefault((outcome.world, outcome.sampling, outcome.score), []).append(outcome)
    rows = []
    for (world, sampling, score), outcomes in groups.items():
        row = {"world": world, "sampling": sampling, "score": score, "seeds": len(outcomes)}
        row |= _means(outcomes) | _alerts(outcomes)
        row |= _of_score(found, (world, sampling)) if score == SCORE else dict.fromkeys(_EXTRA)
        rows.append(row)
    return rows


_EXTRA = ("calibration_error", "oriented", "fake_sets", "fake_sets_with_discovery")


def _means(outcomes: Sequence[Outcome]) -> Row:
    precision = np.array([outcome.ranked.average_precision for outcome in outcomes])
    spread = float(precision.std(ddof=1) / np.sqrt(len(precision))) if len(precision) > 1 else None
    return {
        "average_precision": float(precision.mean()),
        "standard_error": spread,
        "reciprocal_rank": float(np.mean([outcome.ranked.reciprocal_rank for outcome in outcomes])),
        "precision_at_5": float(np.mean([outcome.ranked.precision_at_5 for outcome in outcomes])),
    }


def _alerts(outcomes: Sequence[Outcome]) -> Row:
    told = [outcome.alerts for outcome in outcomes if outcome.alerts is not None]
    if not told:
        return dict.fromkeys(("alerts", "false_by_chance", "false_real", "false_share"))
    total = sum(told, Alerts(0, 0, 0, 0))
    return {
        "alerts": total.alerts,
        "false_by_chance": total.by_chance,
        "false_real": total.real,
        "false_share": total.false_share,
    }


def _of_score(found: Evaluation, key: tuple[str, int]) -> Row:
    forecasts = found.forecasts.get(key, [])
    curve = reliability([each[1] for each in forecasts], true=[each[2] for each in forecasts])
    right, every = found.oriented.get(key, (0, 0))
    sets = found.fake_sets.get(key, [])
    return {
        "calibration_error": curve.error,
        "oriented": right / every if every else None,
        "fake_sets": len(sets),
        "fake_sets_with_discovery": sum(each.discoveries > 0 for each in sets),
    }


def document_of(found: Evaluation) -> Row:
    """Everything for JSON: the plan, the table, each single outcome, and what is behind the score's figures.

    Counts are kept beside shares, so that runs over different seeds can be put together
    (tools/evaluation_summary.py does).
    """
    curves = []
    for (world, sampling), forecasts in found.forecasts.items():
        curve = reliability([each[1] for each in forecasts], true=[each[2] for each in forecasts])
        bins = zip(curve.forecast.tolist(), curve.outcome.tolist(), curve.count.tolist(), strict=True)
        curves.append(
            {
                "world": world,
                "sampling": sampling,
                "bins": [
                    {"forecast": forecast, "outcome": outcome, "candidates": count}
                    for forecast, outcome, count in bins
                ],
            }
        )
    return {
        "format": 1,
        "plan": None if found.plan is None else asdict(found.plan),
        "table": table_of(found),
        "outcomes": [_outcome(outcome) for outcome in found.outcomes],
        "reliability": curves,
        "confusion": [
            {"world": world, "sampling": sampling, "kind": kind, "verdict": verdict, "peers": count}
            for (world, sampling), counts in found.confusion.items()
            for (kind, verdict), count in sorted(counts.items())
        ],
        "orientation": [
            {"world": world, "sampling": sampling, "right": right, "contacts": every}
            for (world, sampling), (right, every) in found.oriented.items()
        ],
        "fake_sets": [
            {
                "world": world,
                "sampling": sampling,
                "p_levels": list(P_LEVELS),
                "sets": list(map(asdict, sets)),
            }
            for (world, sampling), sets in found.fake_sets.items()
        ],
        "specimens": [
            {"world": world, "sampling": sampling, "seed": seed, **asdict(chosen)}
            for (world, sampling), (seed, chosen) in found.specimens.items()
        ],
    }


def _outcome(outcome: Outcome) -> Row:
    alarms = outcome.alerts
    return {
        "world": outcome.world,
        "seed": outcome.seed,
        "sampling": outcome.sampling,
        "flows": outcome.flows,
        "score": outcome.score,
        "upstreams": outcome.upstreams,
        "found": outcome.ranked.found,
        "average_precision": outcome.ranked.average_precision,
        "reciprocal_rank": outcome.ranked.reciprocal_rank,
        "precision_at_5": outcome.ranked.precision_at_5,
        "alerts": None if alarms is None else alarms.alerts,
        "false_by_chance": None if alarms is None else alarms.by_chance,
        "false_real": None if alarms is None else alarms.real,
    }
