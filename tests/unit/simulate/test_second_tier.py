"""What stands behind upstreams: planted where asked for, told in the truth, and nowhere else."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np

from headwater.simulate.behind import BehindKind
from headwater.simulate.presets import PRESETS
from headwater.simulate.settings import SecondTier
from headwater.simulate.world import World

SMALL = PRESETS["small"]
WISHES = SecondTier(
    managers=2, backends=1, links_low=2, links_high=3, monitors=1, monitored=30, host_admins=1,
    host_servers=20, contractors=2, backups=1, backed_up=20, researchers=1,
)  # fmt: skip


@cache
def _world() -> World:
    return World(replace(SMALL, second_tier=WISHES), 3)


def test_nobody_stands_behind_upstreams_unless_asked_for() -> None:
    """No preset but three plants anything, and the world has no further population of sessions."""
    world = World(SMALL, 3)
    assert (world.behind, world.truth().behind) == ([], ())
    assert not [name for name in world.populations if "second tier" in name]
    asking = [name for name, one in PRESETS.items() if one.second_tier != SecondTier()]
    assert asking == ["two-tiers", "one-tier", "by-vpn"]


def test_the_upstreams_and_their_c2s_stay_the_same() -> None:
    """What is planted behind them draws from a stream of its own."""
    with_tier, without = _world(), World(SMALL, 3)
    assert with_tier.upstreams == without.upstreams
    assert [c2.begin for c2 in with_tier.botnet.c2s] == [c2.begin for c2 in without.botnet.c2s]


def test_the_truth_names_what_was_planted() -> None:
    """Two managers and a backend are the second tier, eight others are not."""
    told = _world().truth().behind
    assert Counter(one.kind for one in told if one.planted) == {"manager": 2, "backend": 1}
    assert sum(not one.planted for one in told) == 6
    upstreams = {one.address for one in _world().truth().upstreams}
    assert all(set(one.upstreams) <= upstreams for one in told)


def test_managers_come_at_hours_of_work() -> None:
    """All sessions of one manager begin on weekdays within nine hours of the day of one zone."""
    world = _world()
    manager = next(one.host for one in world.behind if one.kind is BehindKind.MANAGER)
    source = next(one for one in world.sources if one.name == "second tier")
    at = source.at[source.client == manager]  # type: ignore[attr-defined]  # a schedule
    zone = [
        shift / 24 for shift in range(24)
        if (((at - shift / 24 + 0.5) % 1 >= 9 / 24) & ((at - shift / 24 + 0.5) % 1 < 18 / 24)).all()
    ]  # fmt: skip
    assert len(at) > 10
    assert zone
    assert set(np.unique(np.floor(at - zone[0] + 0.5).astype(int) % 7)) <= {0, 1, 2, 3, 4}


def test_an_administrator_stays_in_one_network() -> None:
    """It comes to the servers of the company that hosts most upstreams."""
    world = _world()
    admin = next(one for one in world.behind if one.kind is BehindKind.HOST_ADMIN)
    source = next(one for one in world.sources if one.name == "second tier")
    servers = np.unique(source.server[source.client == admin.host])  # type: ignore[attr-defined]  # a schedule
    assert len(np.unique(world.hosts.network[servers])) == 1
    assert admin.upstreams


@cache
def _by_vpn() -> World:
    wishes = SecondTier(
        vpn_managers=4, vpn_providers=1, vpn_customers=40, links_low=2, links_high=3, vpn_servers=4
    )
    return World(replace(SMALL, second_tier=wishes), 3)


def test_managers_come_by_every_kind_of_vpn() -> None:
    """WireGuard, OpenVPN over UDP and TCP, IKE; where a provider has that port already none of them ends."""
    told = _by_vpn().truth().behind
    ways = [(one.port, one.proto) for one in told if one.planted]
    assert ways == [(51_820, 17), (1_194, 17), (1_194, 6), (4_500, 17)]
    customers = [one for one in told if one.kind == BehindKind.VPN_CUSTOMER.value]
    served = {address for one in customers for address in one.upstreams}
    assert len(customers) > 5
    assert served.isdisjoint(next(one.upstreams for one in told if one.planted))
    assert all(len(one.upstreams) > 1 and (one.port, one.proto) == (51_820, 17) for one in customers)


def test_ike_has_one_port_on_both_sides() -> None:
    """500 for the exchange of keys, 4500 for the tunnel; WireGuard's clients take any port."""
    world = _by_vpn()
    source = next(one for one in world.sources if one.name == "second tier")
    ports = np.column_stack([source.client_port, source.port])  # type: ignore[attr-defined]  # a schedule
    managers = [one.host for one in world.behind if one.kind is BehindKind.MANAGER]
    mine = [{tuple(each) for each in ports[source.client == host].tolist()} for host in managers]  # type: ignore[attr-defined]
    assert (mine[0], mine[3]) == ({(0, 51_820)}, {(500, 500), (4_500, 4_500)})
