"""Five relations by hand, and as probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.investigate.intervals import Draws
from headwater.investigate.relation import NAMES, codes, relations

LIFE = (10.0, 20.0)


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ((2.0, 5.0), "before"),
        ((2.0, 10.4), "before"),  # ends as the life begins, to within half a day
        ((2.0, 10.6), "overlaps_start"),
        ((2.0, 99.0), "overlaps_start"),  # however long it goes on
        ((9.6, 20.4), "during"),  # equal edges lie within
        ((12.0, 15.0), "during"),
        ((12.0, 25.0), "overlaps_end"),
        ((19.4, 25.0), "overlaps_end"),
        ((19.6, 25.0), "after"),
        ((30.0, 31.0), "after"),
        ((9.7, 10.1), "during"),  # shorter than the tolerance, at the edge
        ((19.8, 20.2), "during"),
    ],
)
def test_relation_by_hand(contact: tuple[float, float], name: str) -> None:
    """The life lasts from day 10 to day 20, the tolerance is half a day."""
    code = codes(
        start=np.array([contact[0]]), end=np.array([contact[1]]), begin=np.array([LIFE[0]]),
        finish=np.array([LIFE[1]]), tolerance=0.5,
    )  # fmt: skip
    assert NAMES[int(code[0])] == name


def _draws(rows: list[tuple[float, float]], *, known: bool = True) -> Draws:
    table = np.array(rows)
    return Draws(table[None, :, 0], table[None, :, 1], np.array([known]))


def test_probability_is_the_weight_of_draws() -> None:
    """Three draws of weight 1/2, 1/4, 1/4: before, during, after."""
    contact = _draws([(0.0, 5.0), (12.0, 13.0), (30.0, 40.0)])
    told = relations(contact, _draws([LIFE] * 3), weights=np.array([[0.5, 0.25, 0.25]]), tolerance=0.5)[0]
    assert told is not None
    assert (told.before, told.during, told.after, told.starts_before) == (0.5, 0.25, 0.25, 0.5)


def test_unknown_life_has_no_relation() -> None:
    """None, not even odds."""
    even = np.full((1, 1), 1.0)
    assert relations(_draws([LIFE]), _draws([LIFE], known=False), weights=even, tolerance=0.5) == [None]


_Edge = st.floats(-100, 100)


@given(st.lists(st.tuples(_Edge, _Edge, _Edge, _Edge), min_size=1, max_size=30))
def test_probabilities_add_up(rows: list[tuple[float, float, float, float]]) -> None:
    """Whatever the edges are, each pair has exactly one relation."""
    contact = _draws([(min(a, b), max(a, b)) for a, b, _, _ in rows])
    life = _draws([(min(c, d), max(c, d)) for _, _, c, d in rows])
    told = relations(contact, life, weights=np.full((1, len(rows)), 1 / len(rows)), tolerance=0.5)[0]
    assert told is not None
    total = told.before + told.overlaps_start + told.during + told.overlaps_end + told.after
    assert total == pytest.approx(1.0)
