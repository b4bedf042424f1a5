"""Evidence about hand-made candidates."""

from collections.abc import Callable

import numpy as np
import pytest

from headwater.score.confounders.evidence import Evidence
from headwater.score.settings import Settings
from headwater.score.statistics import Statistics
from headwater.score.tallies import tallies


@pytest.fixture
def evidence_of() -> Callable[..., Evidence]:
    """A function from Statistics to Evidence; `c2_like` by candidate, none where it is left out."""

    def make(statistics: Statistics, *, c2_like: float = 0.0) -> Evidence:
        counted = tallies(statistics)
        return Evidence(statistics, counted, Settings(), np.full(len(counted.k), c2_like))

    return make
