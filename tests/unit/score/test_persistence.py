"""Recurrence of contact by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from headwater.score.persistence import LIMIT, SLOPE, persistence
from headwater.score.statistics import Statistics
from headwater.score.tallies import tallies

Build = Callable[..., Statistics]


def _found(build: Build, hours: list[list[int]]) -> list[float]:
    contacts = [
        {"candidate": key, "c2": c2, "hours": count}
        for key, counts in enumerate(hours)
        for c2, count in enumerate(counts)
    ]
    statistics = build(c2s=[{}] * 3, candidates=[{}] * len(hours), contacts=contacts)
    return [float(value) for value in persistence(statistics, tallies=tallies(statistics))]


def test_mean_logarithm_against_all_contacts(build: Build) -> None:
    """Hours 4 and 4 against 1 and 1: half of ln 4 above, half of ln 4 below the mean of all."""
    half = SLOPE * np.log(4) / 2
    assert _found(build, [[4, 4], [1, 1]]) == pytest.approx([half, -half])


def test_it_never_decides(build: Build) -> None:
    """However often: one order of magnitude."""
    assert max(_found(build, [[10_000], [1], [1]])) == LIMIT


def test_no_contact_says_nothing(build: Build) -> None:
    """A key that is evidence only."""
    assert _found(build, [[], []]) == [0.0, 0.0]
