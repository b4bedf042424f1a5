"""How long before its end a C2 leaves its service, and what that does to an end that is no end."""

import numpy as np
import pytest

from change_tables import Contact, change_tables
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.common_edge import common_end, grid_of
from headwater.investigate.moves import ended
from headwater.investigate.winding_down import all_wound_down, beginning_mean, ending_lags, wound_down

SETTINGS = ChangeSettings()
# ten C2s, one after the other; each leaves the service four days before it ends, and so does the last
LIVES = {n: (6.0 * n, 6.0 * n + 20.0) for n in range(10)}
ONE_BY_ONE: dict[tuple[int, int], Contact] = {(0, n): (6.0 * n + 1.0, 6.0 * n + 16.0, 15) for n in range(10)}


def test_lags_are_those_of_c2s_that_stopped_before_the_service_did() -> None:
    """Of those that stopped before day 70 n + 1, and four days each with one more of the mean."""
    tables = change_tables(ONE_BY_ONE, days=100, works=LIVES)
    lags = ending_lags(tables)
    gone = sum(high < 70.0 for _, high in LIVES.values())
    mean = (4.0 * gone + 1.0) / (gone + 1.0)
    assert (lags.shape[0], lags.scale[0]) == (gone + 1.0, pytest.approx(4.0 * gone + mean))
    assert lags.above(0, np.array([0.0, 1e9])) == pytest.approx([1.0, 0.0], abs=1e-6)
    assert beginning_mean(tables) == pytest.approx((1.0 * 9 + 1.0) / 10.0)


def test_a_service_whose_c2s_are_wound_down_one_by_one_did_not_end() -> None:
    """With the lags the end of the last ones is none; without them it would look like one."""
    tables = change_tables(ONE_BY_ONE, days=100, works=LIVES)
    grid, rows = grid_of(tables, settings=SETTINGS), tables.pairs.rows_of(0)
    without = common_end(tables, rows, grid, settings=SETTINGS)
    with_lags = common_end(tables, rows, grid, settings=SETTINGS, lags=ending_lags(tables))
    assert with_lags.log.max() < without.log.max()
    one = ended(tables, 0, grid, settings=SETTINGS)
    assert one.silent + one.moved < 0.1


def test_who_works_to_the_end_of_the_records_was_not_wound_down() -> None:
    """The records end on day 74, with the last C2; the one before it ended on day 68."""
    tables = change_tables(ONE_BY_ONE, days=74, works=LIVES)
    assert wound_down(tables, tables.pairs.rows_of(0)).tolist() == [True] * 9 + [False]


def test_that_all_were_wound_down_is_a_product_over_those_that_worked_on() -> None:
    """The last contact is on day 70; C2 9 works four days on, C2 8 stopped on day 68 before it."""
    tables = change_tables(ONE_BY_ONE, days=100, works=LIVES)
    rows, lags = tables.pairs.rows_of(0), ending_lags(tables)
    three, four = lags.above(0, np.array([3.0, 4.0]))
    assert all_wound_down(tables, rows, lags, since=70.0) == pytest.approx(four)
    # had C2 8 left on day 64 and the service been seen last on day 67, its lag was above three days anyway
    seen = all_wound_down(tables, rows, lags, since=67.0)
    assert seen == pytest.approx(four / three * four / lags.above(0, np.array([-3.0]))[0])
    assert all_wound_down(tables, rows, lags, since=99.0) == 1.0
