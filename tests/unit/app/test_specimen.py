"""The distribution of what chance brings, group by group."""

import numpy as np
import pytest

from headwater.app.specimen import met_by_chance


def test_unequal_trials_by_hand() -> None:
    """Chances of 1/2 and 1/4: none 3/8, one 1/2 * 3/4 + 1/2 * 1/4 = 1/2, both 1/8."""
    assert met_by_chance(np.array([0.5, 0.25]), most=2).tolist() == pytest.approx([0.375, 0.5, 0.125])


def test_what_is_not_asked_for_is_left_out() -> None:
    """Numbers above `most` are cut off; those below keep their probability."""
    assert met_by_chance(np.array([0.5, 0.25]), most=1).tolist() == pytest.approx([0.375, 0.5])
