"""A walk up the tiers of a hand-made lake: what is found, what is set aside, where it ends."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from hand_made_flows import Flow, lake_of
from headwater.app.tiers import walk_tiers
from headwater.errors import BadSetting, LakeError
from headwater.investigate.tiers_settings import TierSettings
from headwater.model.service import Service
from headwater.model.tier_map import AsideKind, NodeKind, StopReason, TierAside, TierMap, TierNode

HOUR, DAY = 3_600.0, 86_400.0
UPSTREAMS = [f"9.{n}.0.1" for n in range(1, 5)]
C2S = [f"5.{n}.0.1" for n in range(8)]
MANAGER, TWICE, BACKEND, RESOLVER = "7.7.7.7", "7.7.8.8", "8.8.1.1", "8.8.8.53"
ADMINISTRATOR, LOOKER, NIGHTLY = "6.6.6.6", "6.7.7.7", "6.8.8.8"
TUNNEL = "7.6.6.6"  # comes by IKE: both sides speak from one port
CUSTOMERS = [f"11.{n}.0.1" for n in range(7)]  # of a VPN that three upstreams offer
LABELS = "address,family,port,first_seen\n" + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in C2S)


def by_vpn() -> list[Flow]:
    """Who comes to three of the upstreams by VPN: one by IKE, and seven customers."""
    found = []
    for n, upstream in list(enumerate(UPSTREAMS))[1:]:
        for day in (0, 1, 2):
            at = day * DAY + (10 + n) * HOUR
            found.append(Flow(TUNNEL, 4_500, upstream, 4_500, proto=17, flags=None, at=at, lasts=900.0))
        for k, customer in enumerate(CUSTOMERS):
            at = DAY + (10 + n) * HOUR + k
            found.append(
                Flow(customer, 48_000 + k, upstream, 51_820, proto=17, flags=None, at=at, lasts=900.0)
            )
    return found


def flows(*, servers: int = 3_000) -> list[Flow]:
    """Four upstreams of four C2s each, whoever else has to do with several of them, and ordinary servers.

    Wednesday, 1 May 2024, is day 0: days 0, 1, 2, 5, 6 are weekdays.
    """
    found = []
    for n, upstream in enumerate(UPSTREAMS):
        for step in range(4):
            c2 = C2S[(2 * n + step) % 8]
            found += [Flow(c2, 50_000 + step, upstream, 8443, at=(step + 8 * k) * HOUR) for k in range(6)]
        found += [Flow(upstream, 51_000, BACKEND, 5432, at=(n + 7 * k) * HOUR, lasts=5.0) for k in range(9)]
        found.append(Flow(upstream, 52_000, RESOLVER, 53, proto=17, flags=None, at=n * 60.0))
        for day in (0, 1, 2, 5, 6):
            at = day * DAY + (9 + n) * HOUR
            found.append(Flow(MANAGER, 40_000 + day, upstream, 22, at=at, lasts=600.0))
            if n < 2:
                found.append(Flow(TWICE, 41_000 + day, upstream, 3389, at=at + 3 * HOUR, lasts=900.0))
        # at any hour and for seconds, on two upstreams
        found += [Flow(NIGHTLY, 42_000 + k, upstream, 22, at=k * 5.3 * HOUR) for k in range(30) if n < 2]
        found += [Flow(LOOKER, 43_000, upstream, port, at=3 * DAY + n * 60.0) for port in (8443, 22)]
    for n in range(60):  # an administrator of many servers, four of them upstreams
        at = (10 + n / 60) * HOUR
        found.append(Flow(ADMINISTRATOR, 44_000 + n, f"9.50.{n}.1", 22, at=at, lasts=300.0))
    for n, upstream in enumerate(UPSTREAMS):
        found.append(Flow(ADMINISTRATOR, 44_100 + n, upstream, 22, at=11 * HOUR, lasts=300.0))
    for n in range(servers):  # ordinary servers, with eight of a hundred services each
        for k in range(8):
            service = f"8.9.{(n * 7 + k * 13) % 100}.1"
            found.append(Flow(f"9.{60 + n // 200}.{n % 200}.1", 46_000 + k, service, 443, at=150.0 * n + k))
    for n in range(1_200):
        found.append(
            Flow(f"10.{n // 250}.{n % 250}.9", 45_000, RESOLVER, 53, proto=17, flags=None, at=60.0 * n)
        )
    return found


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made lake."""
    return lake_of(tmp_path_factory.mktemp("tiers"), flows(), labels=LABELS)


@pytest.fixture(scope="module")
def found(lake: Path) -> Callable[[], TierMap]:
    """The walk from all four upstreams, walked once."""
    return cache(lambda: _walk(lake, *UPSTREAMS))


def _walk(lake: Path, *addresses: str, walk: TierSettings | None = None) -> TierMap:
    return walk_tiers(lake, [Service(one, 8443, 6) for one in addresses], walk=walk).map


def _node(found: TierMap, address: str) -> TierNode:
    return next(one for one in found.nodes if one.address == address)


def _aside(found: TierMap, address: str) -> TierAside:
    return next(one for one in found.aside if one.address == address)


def test_the_second_tier_is_found(found: Callable[[], TierMap]) -> None:
    """The manager, the backend and who comes to two upstreams for work, each above four or two of them."""
    tops = {one.address: (one.kind, one.links) for one in found().nodes if one.tier == 2}
    assert tops == {
        MANAGER: (NodeKind.ACCESS, 4), BACKEND: (NodeKind.BACKEND, 4), TWICE: (NodeKind.ACCESS, 2),
    }  # fmt: skip


def test_every_node_has_a_path_and_seeds(found: Callable[[], TierMap]) -> None:
    """A path leads from a listed C2 over an upstream to each node, along links of the map."""
    links = {(one.lower, one.upper) for one in found().links}
    for node in found().nodes:
        assert node.path[0] in C2S
        assert node.path[-1] == node.address
        assert all(pair in links for pair in zip(node.path, node.path[1:], strict=False))
        assert node.tier == 0 or node.seeds >= 3


def test_how_a_manager_comes(found: Callable[[], TierMap]) -> None:
    """Twelve connections of ten minutes, one a day and upstream, from 9 to 12.

    Of days 5 and 6 nothing counts: by then the C2s were gone for more than two days.
    """
    manner = _node(found(), MANAGER).manner
    assert manner is not None
    assert (manner.management, manner.long_share, manner.told) == (True, 1.0, 12)
    assert manner.connections_a_day == 1.0
    assert manner.working_hours > 2.0


def test_a_hub_is_named_and_not_crossed(found: Callable[[], TierMap]) -> None:
    """The resolver that 1,204 hosts use is no node, and nothing stands above it."""
    hub = _aside(found(), RESOLVER)
    assert (hub.kind, hub.contacts) == (AsideKind.HUB, 1_204)
    assert max(one.tier for one in found().nodes) == 2


def test_whoever_runs_many_servers_is_a_third_party(found: Callable[[], TierMap]) -> None:
    """Four of its 64 contacts are upstreams."""
    one = _aside(found(), ADMINISTRATOR)
    assert (one.kind, one.contacts) == (AsideKind.THIRD_PARTY, 64)


def test_whoever_looks_at_upstreams_follows(found: Callable[[], TierMap]) -> None:
    """It calls at the upstreams' own port, as C2s do, beside 22."""
    assert _aside(found(), LOOKER).kind is AsideKind.FOLLOWER


def test_customers_of_a_vpn_are_no_managers(tmp_path: Path) -> None:
    """Seven come alike to one port of three upstreams and to nothing else: more than a crew of five.

    Who comes by IKE is an access node, though both sides have one port and fan-in finds a server in him.
    """
    lake = lake_of(tmp_path, flows() + by_vpn(), labels=LABELS)
    found = _walk(lake, *UPSTREAMS)
    said = {one.address: (one.kind, one.links) for one in found.aside if one.address in CUSTOMERS}
    assert said == dict.fromkeys(CUSTOMERS, (AsideKind.CUSTOMER, 3))
    assert (_node(found, TUNNEL).kind, _node(found, TUNNEL).links) == (NodeKind.ACCESS, 3)
    larger = _walk(lake, *UPSTREAMS, walk=TierSettings(crew=7))
    assert set(CUSTOMERS) <= {one.address for one in larger.nodes if one.tier == 2}


def test_what_the_hunt_left_open_is_confirmed_from_above(lake: Path) -> None:
    """By its C2s the fourth upstream has six in a hundred; a manager and a backend of the others meet it.

    Where they would meet anything else as often, it is not confirmed and they have three links.
    """
    left, named = UPSTREAMS[0], UPSTREAMS[1:]
    told = _walk(lake, *named, walk=TierSettings(possible=0.05))
    beside = _node(told, left)
    assert (beside.kind, beside.given, beside.tier) == (NodeKind.UPSTREAM, False, 1)
    assert beside.reasons[0].startswith("the hunt leaves it open (0.06)")
    assert (_node(told, MANAGER).links, _node(told, BACKEND).links) == (4, 4)
    blind = _walk(lake, *named, walk=TierSettings(possible=0.05, telling=1.0))
    assert left not in [one.address for one in blind.nodes]
    assert (_node(blind, MANAGER).links, _node(blind, BACKEND).links) == (3, 3)


def test_two_links_are_too_few_for_who_does_not_come_to_work(found: Callable[[], TierMap]) -> None:
    """At any hour and for seconds: three independent links would be needed."""
    one = _aside(found(), NIGHTLY)
    assert (one.kind, one.links) == (AsideKind.TOO_FEW, 2)


def test_the_walk_says_why_it_ended(found: Callable[[], TierMap]) -> None:
    """One backend is nothing to walk on from, and access nodes are not walked through."""
    assert (found().stop.tier, found().stop.reason) == (2, StopReason.ALONE)
    assert "access node" in found().stop.text


def test_three_seeds_are_not_enough_through_one_upstream(lake: Path) -> None:
    """One upstream with four C2s is a tier 1, and no tier 2 can stand on it alone."""
    found = _walk(lake, UPSTREAMS[0])
    assert {one.tier for one in found.nodes if one.kind is not NodeKind.ACCESS} == {0, 1}
    assert all(one.tier < 2 for one in found.nodes)


def test_sideways_stands_what_shares_three_seeds(tmp_path: Path) -> None:
    """A service that four C2s of the given one use is an upstream beside it, found and not given.

    Whoever connects to the same four C2s may be a person, and is an access node. What shares two stays out.
    """
    beside, visitor = "9.7.0.1", "7.9.9.9"
    found = flows()
    for step, c2 in enumerate(C2S[:4]):
        for at in ((step + 9 * k) * HOUR for k in range(5)):
            found.append(Flow(c2, 54_000 + step, beside, 9001, at=at))
            found.append(Flow(beside, 9001, c2, 54_000 + step, at=at))  # it answers: nobody floods it
        found += [Flow(visitor, 55_000 + k, c2, 22, at=(step + 11 * k) * HOUR) for k in range(5)]
    lake = lake_of(tmp_path, found, labels=LABELS)
    told = _walk(lake, UPSTREAMS[0])
    tops = {one.address: (one.kind, one.given, one.seeds) for one in told.nodes if one.tier == 1}
    assert tops == {
        UPSTREAMS[0]: (NodeKind.UPSTREAM, True, 4), beside: (NodeKind.UPSTREAM, False, 4),
        visitor: (NodeKind.ACCESS, False, 4),
    }  # fmt: skip
    assert (told.stop.reason, told.stop.tier) == (StopReason.NOTHING, 1)  # the two have nothing in common
    surer = TierSettings(sideways=0.5 + (_node(told, beside).posterior or 0.0) / 2)  # than the hunt is
    assert beside not in [one.address for one in _walk(lake, UPSTREAMS[0], walk=surer).nodes]


def test_what_other_c2s_of_the_same_owners_met_is_no_node_beside(tmp_path: Path) -> None:
    """Four C2s next door to those of the given one use an upstream of their own: no path leads there."""
    found, next_door = flows(), [f"5.{n}.0.2" for n in range(4)]
    for step, c2 in enumerate(next_door):
        for at in ((step + 9 * k) * HOUR for k in range(5)):
            found.append(Flow(c2, 54_000 + step, "9.7.0.1", 9001, at=at))
            found.append(Flow("9.7.0.1", 9001, c2, 54_000 + step, at=at))
    labels = LABELS + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in next_door)
    told = _walk(lake_of(tmp_path, found, labels=labels), UPSTREAMS[0])
    assert [one.address for one in told.nodes if one.tier == 1] == [UPSTREAMS[0]]


def test_too_few_seeds_give_no_nodes_and_say_what_is_needed(tmp_path: Path) -> None:
    """Two independent C2s: nothing is shown as a node."""
    lake = lake_of(
        tmp_path,
        flows(servers=0),
        labels="address,family,port\n" + "".join(f"{c2},e,447\n" for c2 in C2S[:2]),
    )
    found = _walk(lake, *UPSTREAMS)
    assert (found.nodes, found.stop.reason, found.seeds) == ((), StopReason.SEEDS, 2)
    assert "3 independent" in found.stop.text


def test_hosts_of_one_owner_are_one_seed(tmp_path: Path) -> None:
    """All C2s are announced by one AS: one seed, and no node."""
    networks = "prefix,asn,name\n5.0.0.0/8,64500,One\n"
    lake = lake_of(tmp_path, flows(servers=0), labels=LABELS, networks=networks)
    found = _walk(lake, *UPSTREAMS)
    assert (found.c2s, found.seeds, found.nodes) == (8, 1, ())


def test_upstreams_of_one_owner_are_one_link(tmp_path: Path) -> None:
    """All upstreams are announced by one AS: what they share may be their host's, and no node of ours."""
    networks = "prefix,asn,name\n9.0.0.0/8,64501,One\n"
    lake = lake_of(tmp_path, flows(servers=0), labels=LABELS, networks=networks)
    found = _walk(lake, *UPSTREAMS)
    assert (found.stop.reason, max(one.tier for one in found.nodes)) == (StopReason.ALONE, 1)


def test_a_service_never_seen_is_not_used(lake: Path) -> None:
    """It is named with the reason, and the walk begins with the others."""
    found = _walk(lake, *UPSTREAMS, "203.0.113.9")
    assert [str(one.service) for one in found.unused] == ["203.0.113.9:8443/tcp"]
    assert "no listed C2" in found.unused[0].reason
    assert sum(one.given for one in found.nodes) == 4


def test_a_hub_cannot_be_given(tmp_path: Path) -> None:
    """A resolver that the C2s use, too, is refused as a beginning, with its size."""
    asked = [Flow(c2, 53_000, RESOLVER, 53, proto=17, flags=None, at=60.0) for c2 in C2S]
    lake = lake_of(tmp_path, flows(servers=0) + asked, labels=LABELS)
    found = walk_tiers(lake, [Service(RESOLVER, 53, 17)]).map
    assert found.nodes == ()
    assert "a hub: 1,212 hosts" in found.unused[0].reason


def test_no_further_than_asked_for(lake: Path) -> None:
    """Tier 1 is as far as it goes, and the reason is the depth."""
    found = _walk(lake, *UPSTREAMS, walk=TierSettings(most_tiers=1))
    assert (found.stop.tier, found.stop.reason) == (1, StopReason.DEPTH)


def test_no_service_is_refused(lake: Path) -> None:
    """A walk begins somewhere."""
    with pytest.raises(BadSetting, match="no service"):
        walk_tiers(lake, [])


def test_no_lake_is_refused(tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(LakeError):
        walk_tiers(tmp_path / "nothing", [Service("192.0.2.1")])
