"""Which tenancy the contact lies in, and what chance brings inside it."""

import numpy as np
import pytest

from case_facts import at, at_us, c2s, facts
from headwater.investigate.facts import Held
from headwater.investigate.held import held_of
from headwater.investigate.measurements import Sessions
from headwater.model.tenancy import Tenancy

FIRST = Tenancy("T1", None, at(1), at(70), at(110), ("K1",))
SECOND = Tenancy("T2", at(70), at(110), at(190), None, ("K2",))


def _sessions(first: float, last: float) -> Sessions:
    return facts(c2s(3, first=first, last=last, sessions=10)).measurements.contact


def test_nothing_known_bounds_nothing() -> None:
    """No tenancy, or no contact."""
    empty = facts([]).measurements.contact
    assert [held_of((), _sessions(10, 50)), held_of((FIRST,), empty)] == [Held(), Held()]


def test_the_tenancy_with_most_sessions() -> None:
    """All before the key changed."""
    assert held_of((FIRST, SECOND), _sessions(10, 50)).tenancy == "T1"


def test_the_later_tenancy() -> None:
    """All behind it; what lies before the last scan without its key is older."""
    assert held_of((FIRST, SECOND), _sessions(120, 150)) == Held("T2", at_us(70), None)


def test_the_line_is_the_last_scan_of_the_key() -> None:
    """Sessions ended long before it."""
    assert held_of((FIRST, SECOND), _sessions(10, 50)).until_us == at_us(70)


def test_inside_the_uncertain_end_the_line_follows_the_sessions() -> None:
    """They go on for 20 days behind the last scan of the key; nine in ten have ended on day 85.6 or so."""
    until = held_of((FIRST,), _sessions(60, 90)).until_us
    assert until is not None
    assert at_us(85) < until < at_us(90)


def test_the_line_never_lies_behind_the_next_key() -> None:
    """Some sessions of a C2 with the next tenant do not move it."""
    some, later = _sessions(40, 108), _sessions(120, 125)
    both = Sessions(
        owner=np.r_[some.owner, later.owner[:1]],
        start_us=np.r_[some.start_us, later.start_us[:1]],
        end_us=np.r_[some.end_us, later.end_us[:1]],
        flows=np.r_[some.flows, later.flows[:1]],
        packets=np.r_[some.packets, later.packets[:1]],
    )
    held = held_of((FIRST, SECOND), both)
    assert held.tenancy == "T1"
    assert held.until_us == pytest.approx(at_us(100.4), abs=2 * 86_400e6)
