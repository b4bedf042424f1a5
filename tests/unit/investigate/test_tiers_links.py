"""How many independent nodes stand behind something, where several belong to one owner."""

import numpy as np
import pytest

from headwater.investigate.tiers_links import Backing, backing, of_several, only_they
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Seed
from headwater.model.address import key_of
from headwater.model.candidate import PeerRole
from headwater.score.settings import Settings

SETTINGS = TierSettings()


def _seed(address: str, owner: int) -> Seed:
    hi, lo = key_of(address)
    return Seed(address, hi, lo, owner, 1.0, frozenset({1, 2, 3}), (), PeerRole.SERVER, 443, 0, 1)


class _Tables:
    """The part of a step's tables that `backing` reads."""

    def __init__(self, *seeds: Seed) -> None:
        self.seeds = seeds


def _backing(*seeds: Seed, contacts: int) -> Backing:
    met = [np.arange(len(seeds), dtype=np.intp)]
    row = np.array([0], np.intp)
    return backing(_Tables(*seeds), row, of=met, contacts=contacts, settings=Settings())  # type: ignore[arg-type]


@pytest.mark.parametrize(("nodes", "contacts", "odds"), [(2, 2, 13.2), (3, 3, 24.5)])
def test_an_owner_is_ruled_out_by_contacts_that_are_all_nodes(nodes: int, contacts: int, odds: float) -> None:
    """By hand: B(k+3, 2)/B(3, 2) against B(k+.5, 4)/B(.5, 4): .4 to .0303 for 2 of 2, .286 to .0117 for 3."""
    found = only_they(nodes, contacts, settings=Settings())
    assert found / (1.0 - found) == pytest.approx(odds, rel=0.01)


def test_an_owner_with_other_customers_is_not_ruled_out() -> None:
    """Three of a hundred contacts are what his administrator has; less than one to a hundred."""
    assert only_they(3, 100, settings=Settings()) < 0.01


def test_his_administrator_has_one_link_however_many_nodes_he_runs() -> None:
    """Three nodes of one owner among 203 contacts; a manager with as many and no others has three."""
    mine = [_seed(f"192.0.{n}.1", 7) for n in range(3)]
    administrator, manager = _backing(*mine, contacts=203), _backing(*mine, contacts=4)
    assert (administrator.links, round(administrator.weight, 2)) == (1, 1.0)
    assert (manager.links, round(manager.weight, 1)) == (3, 2.8)
    assert [of_several(one, SETTINGS) for one in (administrator, manager)] == [False, True]


def test_neighbours_are_one_link() -> None:
    """Two nodes of one /24 are rented together, whatever else is known."""
    found = _backing(_seed("192.0.2.1", 7), _seed("192.0.2.9", 7), contacts=2)
    assert (found.links, found.weight, found.owners) == (1, 1.0, 1)


def test_different_owners_count_in_full() -> None:
    """Strangers among the contacts are the posterior's business, not that of the links."""
    found = _backing(*(_seed(f"192.0.{n}.1", n) for n in range(3)), contacts=50)
    assert (found.links, found.weight, found.owners, of_several(found, SETTINGS)) == (3, 3.0, 3, True)
