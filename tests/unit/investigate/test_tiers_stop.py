"""Where a walk ends, and that it says what would be needed."""

from dataclasses import replace

import numpy as np
import pytest

import tier_samples
from headwater.errors import BadSetting
from headwater.investigate.tiers_links import owners
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_stop import after_step, before_step, may_carry, too_few_seeds
from headwater.investigate.tiers_tables import Seed
from headwater.model.candidate import PeerRole
from headwater.model.tier_map import NodeKind, StopReason

SETTINGS = TierSettings()


def _seeds(*owner: int) -> list[Seed]:
    return [
        Seed(f"192.0.2.{n}", 0, n, one, 1.0, frozenset({n}), (), PeerRole.SERVER, 443, 0, 1)
        for n, one in enumerate(owner)
    ]


def test_seeds_that_are_needed_are_named() -> None:
    """Seven C2s, two of them independent: three are needed, and how to come by them."""
    stop = too_few_seeds(7, 2, settings=SETTINGS)
    assert (stop.reason, stop.tier) == (StopReason.SEEDS, 0)
    assert "needs 3 independent listed C2s" in stop.text
    assert "7 listed C2s in contact, 2 of them independent" in stop.text


def test_nodes_of_one_owner_are_nothing_to_walk_on_from() -> None:
    """Three nodes of one owner are one witness; two owners are enough to look."""
    alone, enough = (before_step(_seeds(*owner), 3, settings=SETTINGS) for owner in ((1, 1, 1), (1, 1, 2)))
    assert alone is not None
    assert (alone.reason, alone.tier, enough) == (StopReason.ALONE, 2, None)
    assert "1 of them independent" in alone.text


def test_as_deep_as_asked_for() -> None:
    """Tier 5 of at most 4."""
    stop = before_step(_seeds(1, 2, 3), 5, settings=SETTINGS)
    assert stop is not None
    assert (stop.reason, stop.tier) == (StopReason.DEPTH, 4)


def test_drift_ends_a_walk() -> None:
    """Posteriors of .52 and .56: 46% would be false, more than 40%."""
    sample = tier_samples.node(2, "192.0.2.1", NodeKind.BACKEND)
    doubtful = [replace(sample, posterior=one) for one in (0.52, 0.56)]
    stop = after_step(doubtful, 2, settings=SETTINGS)
    assert stop is not None
    assert (stop.reason, stop.tier) == (StopReason.DRIFT, 2)
    assert "46%" in stop.text


def test_sure_nodes_let_a_walk_go_on() -> None:
    """A posterior of .75 is no drift; no node at all is the end."""
    sample = tier_samples.node(2, "192.0.2.1", NodeKind.BACKEND)
    end = after_step([], 2, settings=SETTINGS)
    assert after_step([sample], 2, settings=SETTINGS) is None
    assert end is not None
    assert (end.reason, end.tier) == (StopReason.NOTHING, 1)


def test_no_walk_goes_through_an_access_node() -> None:
    """It may be a person's connection; a backend is none."""
    kinds = (NodeKind.ACCESS, NodeKind.BACKEND, NodeKind.UPSTREAM)
    assert [may_carry(tier_samples.node(2, "192.0.2.1", kind)) for kind in kinds] == [False, True, True]


def test_owners_are_networks_where_these_are_known() -> None:
    """One AS is one owner wherever its hosts are; without an AS the /24 and the /64 are."""
    v4 = 0xFFFF << 32
    hi = np.array([0, 0, 0, 0, 5, 5, 6], np.int64)
    lo = np.array([v4 | 0x01000001, v4 | 0x02000001, v4 | 0x03000001, v4 | 0x03000002, 7, 8, 7], np.int64)
    asn = np.array([64500, 64500, -1, -1, -1, -1, -1])
    found = owners(asn, hi=hi, lo=lo, v4=hi == 0)
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert found[4] == found[5]
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("name", "value"), [("needed_seeds", 0), ("belief", 1.5), ("fade", 0.0), ("most_tiers", 0)]
)
def test_impossible_settings_are_refused(name: str, value: float) -> None:
    """The message names the setting."""
    with pytest.raises(BadSetting, match=name):
        TierSettings(**{name: value})  # type: ignore[arg-type]  # each its own type
