"""A small world, watched for some days: what is told is what is true, once, and when."""

from dataclasses import replace
from functools import cache

import pytest

from headwater.app.evaluate_watch import Replay, WatchPlan, replay
from headwater.app.simulate import settings_named
from headwater.errors import BadSetting
from headwater.simulate.evaluate.metrics import UPSTREAM
from headwater.simulate.world import World


@cache
def _replay() -> Replay:
    return replay(World(replace(settings_named("small"), days=5), 1), 1_000)


def test_what_is_told_is_an_upstream_that_was_visible() -> None:
    """Never before the hunt saw it; 240.1.22.213 and 240.1.9.203 are upstreams of this world's seed 1."""
    found = _replay()
    told = {one.address: one for one in found.services if one.told is not None}
    assert {one.kind for one in told.values()} == {UPSTREAM}
    assert all(one.visible is not None and one.visible <= (one.told or 0) for one in told.values())
    assert len(told) == found.events["new-upstream"] > 0


def test_nothing_is_told_twice() -> None:
    """Each event has a name of its own."""
    assert _replay().repeated == 0


def test_what_was_told_is_noted_as_it_was_seen() -> None:
    """On that day, with the posterior of the event and the numbers behind it; no note is below one half."""
    found = _replay()
    events = {(one.address, one.told, one.posterior) for one in found.services if one.told is not None}
    told = [one for one in found.notes if (one.address, one.day, one.posterior) in events]
    assert len(told) == len(events)
    assert {(one.kind, one.verdict) for one in told} == {(UPSTREAM, "upstream")}
    assert all(one.reckoning["c2s"] == len(one.contacts) for one in told)
    assert min(one.posterior for one in found.notes) >= 0.5


def test_every_true_upstream_is_in_the_answer() -> None:
    """Those that nobody saw, too: four in this world."""
    assert sum(one.kind == UPSTREAM for one in _replay().services) == 4


def test_seeds_for_tuning_and_reporting_do_not_mix() -> None:
    """A figure from both is worth nothing."""
    with pytest.raises(BadSetting, match="do not mix"):
        WatchPlan((999, 1_000))
