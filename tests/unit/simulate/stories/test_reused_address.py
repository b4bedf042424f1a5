"""Tests of simulate/stories/reused_address.py: control until the keys change, then somebody else."""

from itertools import pairwise

import pytest

from headwater.simulate.stories.meetings import sessions_in
from headwater.simulate.stories.reused_address import ReusedAddress
from story_records import Seen, seen_of

STORY = ReusedAddress()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The story with seed 6."""
    return seen_of(STORY, 6)


def _boundary(seen: Seen) -> float:
    return seen.day(seen.truth["expected"]["barred_after"])


def test_c2s_are_controlled_until_the_tenant_leaves(seen: Seen) -> None:
    """Contact within the C2s' lives, with enough sessions, and none once the next tenant is there."""
    for each in seen.truth["c2s"]:
        assert (
            each["life"]["start"] < each["contact"]["first"] < each["contact"]["last"] < each["life"]["end"]
        )
        days = seen.contact[each["address"]]
        assert sessions_in(days) >= 5
        assert days[-1] < _boundary(seen)


def test_the_next_tenant_serves_many_ordinary_hosts(seen: Seen) -> None:
    """Hundreds of others on the same port, all of them after the change."""
    assert len(seen.others) > 150
    assert min(days[0] for days in seen.others.values()) > _boundary(seen) - 0.01


def test_both_keys_change_between_two_scans(seen: Seen) -> None:
    """SSH host key and TLS certificate change once each, and the change brackets the boundary."""
    for kind in ("ssh", "tls"):
        mine = [
            each for each in seen.told.stage.keys
            if each.host == seen.told.stage.service and each.kind == kind
        ]  # fmt: skip
        changes = [(one.day, two.day) for one, two in pairwise(mine) if one.fingerprint != two.fingerprint]
        assert len(changes) == 1
        assert changes[0][0] < _boundary(seen) <= changes[0][1]


def test_control_and_passed_on_must_come_out(seen: Seen) -> None:
    """The truth names both answers."""
    wanted = seen.truth["expected"]
    assert (wanted["hypothesis"], wanted["tenant"]) == ("control", "passed-on")
