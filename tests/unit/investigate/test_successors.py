"""Whose successor a service is: by its port, and among several ends."""

from dataclasses import replace

import numpy as np
import pytest

from change_tables import Contact, change_tables
from headwater.errors import BadSetting
from headwater.investigate.alike_ports import port_ratio
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.moves import Ended, Link
from headwater.investigate.taken_once import taken_once

SETTINGS = ChangeSettings()
CONTACT: dict[tuple[int, int], Contact] = {(key, n): (0.5, 27.0, 25) for key in range(4) for n in range(3)}


def _link(key: int, probability: float) -> Link:
    return Link(key, probability, 0.0, 0.0, 0.0, 3, 3, 8, 3, 10.0, 12.0, 1.0)


def _end(key: int, *links: Link, silent: float = 0.05) -> Ended:
    moved = sum(link.probability for link in links)
    return Ended(key, 1.0 - silent - moved, silent, links, 10.0, 12.0, 11.0, 5, 20.0, 0.001, 6, 0.001)


def test_the_same_port_speaks_for_a_successor_as_far_as_it_is_rare() -> None:
    """Of three others two have the old one's port: .5 / (2.5 / 5), nothing; of none, .5 / (.5 / 5)."""
    keys = change_tables(CONTACT).keys
    common = replace(keys, port=np.array([8443, 8443, 8443, 22], np.int32))
    rare = replace(keys, port=np.array([8443, 9001, 22, 22], np.int32))
    assert port_ratio(common, 0, 1, settings=SETTINGS) == pytest.approx(0.0)
    assert port_ratio(rare, 0, 1, settings=SETTINGS) == pytest.approx(np.log(0.5 / 0.9))
    assert port_ratio(replace(rare, hi=keys.hi, lo=keys.lo * 0), 0, 1, settings=SETTINGS) == 0.0


def test_a_service_that_surely_took_over_from_one_is_less_likely_to_do_so_from_another() -> None:
    """Key 2 is the only candidate of end 0, and one of two alike of end 1: that went to key 3."""
    first, second = taken_once(
        [_end(0, _link(2, 0.9)), _end(1, _link(2, 0.4), _link(3, 0.4))], settings=SETTINGS
    )
    assert first.links[0].key == 2
    assert first.links[0].probability > 0.8
    assert [link.key for link in second.links] == [3, 2]
    assert second.links[0].probability > 2 * second.links[1].probability


def test_that_they_ended_stays_as_it_was() -> None:
    """Only what came after is shared anew."""
    before = [_end(0, _link(2, 0.9)), _end(1, _link(2, 0.4), _link(3, 0.4))]
    for old, new in zip(before, taken_once(before, settings=SETTINGS), strict=True):
        assert new.silent + new.moved == pytest.approx(old.silent + old.moved)
        assert new.nothing == old.nothing


def test_a_chance_outside_its_bounds_is_refused() -> None:
    """With the setting's name."""
    with pytest.raises(BadSetting, match="taken_over"):
        ChangeSettings(taken_over=1.0)
