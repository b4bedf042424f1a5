"""Typed warnings, each where it belongs and not elsewhere."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from headwater.score.statistics import Statistics, Strangers
from headwater.score.warnings import Doubt, cautions

Build = Callable[..., Statistics]
EDGES = ((10_000.0,) * 28, (10_000.0,) * 28)


def _doubts(statistics: Statistics) -> set[Doubt]:
    return {caution.doubt for caution in cautions(statistics)} - {Doubt.NO_STRANGERS}


def _sound(build: Build) -> Statistics:
    return build(c2s=[{"network": c2 % 2} for c2 in range(8)], candidates=[], contacts=[], edges=EDGES)


def test_sound_data_warn_of_nothing(build: Build) -> None:
    """Eight C2s in two busy networks over four weeks."""
    assert _doubts(_sound(build)) == set()


def test_no_c2_seen_says_only_that(build: Build) -> None:
    """Everything else follows from it."""
    statistics = build(c2s=[{"edges": 0}], candidates=[], contacts=[])
    assert [caution.doubt for caution in cautions(statistics)] == [Doubt.NO_C2_SEEN]


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        ([{"network": c2 % 2} for c2 in range(3)], Doubt.FEW_C2S),
        ([{"network": 0} for _ in range(8)], Doubt.ONE_NETWORK),
        ([{"network": c2 % 2, "cluster": 1} for c2 in range(8)], Doubt.ONE_CLUSTER),
    ],
)
def test_too_few_or_too_alike_c2s(build: Build, rows: list[dict[str, object]], doubt: Doubt) -> None:
    """Each set of C2s has one thing wrong with it."""
    assert _doubts(build(c2s=rows, candidates=[], contacts=[], edges=EDGES)) == {doubt}


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"sampling_unknown": 0.4}, Doubt.SAMPLING_UNKNOWN),
        ({"sampling": 10_000}, Doubt.SPARSE_SAMPLING),
    ],
)
def test_sampling(build: Build, changes: dict[str, float], doubt: Doubt) -> None:
    """Unknown, or so sparse that most contact is missing."""
    statistics = _sound(build)
    changed = replace(statistics, exposure=replace(statistics.exposure, **changes))  # type: ignore[arg-type]  # by name
    assert _doubts(changed) == {doubt}


def test_short_and_empty_spans(build: Build) -> None:
    """Two days with 200 edges: neither persistence nor chance can be told."""
    rows = [{"network": c2 % 2} for c2 in range(8)]
    statistics = build(c2s=rows, candidates=[], contacts=[], edges=((50.0, 50.0), (50.0, 50.0)))
    assert _doubts(statistics) == {Doubt.SHORT_SPAN, Doubt.NO_BACKGROUND}


def _strangers(left_out: int) -> Strangers:
    """One unlisted client that was looked at, and some that were not."""
    zero, small = np.zeros(1, np.int64), np.zeros(1, np.int32)
    return Strangers(
        hi=zero, lo=zero, network=small, fan_in=zero, port=small, proto=small, candidate=small,
        stranger=small, bot_stranger=small, bot=small, checkin_bot=small, checkin_c2=small, bots=1,
        left_out=left_out,
    )  # fmt: skip


@pytest.mark.parametrize(("left_out", "doubts"), [(0, set()), (3, {Doubt.STRANGERS_LEFT_OUT})])
def test_unlisted_clients_left_out_are_told(build: Build, left_out: int, doubts: set[Doubt]) -> None:
    """Three of four nobody looked at: a warning; where all were looked at there is none."""
    assert _doubts(replace(_sound(build), strangers=_strangers(left_out))) == doubts
