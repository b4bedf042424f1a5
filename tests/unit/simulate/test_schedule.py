"""Tests of simulate/schedule.py: sessions at moments fixed beforehand, and which of them sampling keeps."""

import numpy as np
import pytest

from headwater.simulate.profiles import Shape, atoms
from headwater.simulate.schedule import ScheduleList
from headwater.simulate.sessions import Span


def _schedule() -> ScheduleList:
    taken = ScheduleList("mine")
    at, u = np.array([2.5, 0.5, 1.5]), np.array([0.0, 0.999, 0.01])
    taken.add(7, 9, port=38_400, shape=Shape.BACKEND, at=at, u=u)
    return taken


def test_sessions_come_at_their_moments() -> None:
    """Without sampling every session comes, in order of time, with its own ends and port."""
    drawn = _schedule().source().draw(np.random.default_rng(0), Span(0, 3), atoms(1))
    assert drawn.at.tolist() == [0.5, 1.5, 2.5]
    assert (drawn.client.tolist(), drawn.server.tolist()) == ([7] * 3, [9] * 3)
    assert drawn.server_port.tolist() == [38_400] * 3


def test_sampling_keeps_those_whose_number_is_below_the_chance() -> None:
    """Sampling of 1:1000 keeps about a sixth of such sessions: u of 0 and 0.01, not of 0.999."""
    table, source = atoms(1_000), _schedule().source()
    assert 0.01 < table.seen[Shape.BACKEND] < 0.999
    assert source.draw(np.random.default_rng(0), Span(0, 3), table).at.tolist() == [1.5, 2.5]
    assert source.rate(Span(0, 3), table) == 2.0


def test_spans_are_half_open() -> None:
    """A session at the edge between two spans comes once, in the later one."""
    source = _schedule().source()
    lots = [source.draw(np.random.default_rng(0), span, atoms(1)) for span in (Span(0, 1.5), Span(1.5, 3))]
    assert [lot.at.tolist() for lot in lots] == [[0.5], [1.5, 2.5]]


def test_a_list_without_sessions_is_no_population() -> None:
    """Nothing was taken up: the caller is told."""
    with pytest.raises(ValueError, match="mine"):
        ScheduleList("mine").source()
