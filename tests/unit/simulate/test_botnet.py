"""Tests of simulate/botnet.py, listing.py, upstreams.py, decoys.py and lookouts.py: what hunts are about."""

from dataclasses import replace

import numpy as np
import pytest

from headwater.simulate.botnet import C2Kind, family_name
from headwater.simulate.contacts import Contacts
from headwater.simulate.decoys import Decoy, DecoyKind
from headwater.simulate.hosts import HostKind
from headwater.simulate.listing import FEEDS
from headwater.simulate.presets import PRESETS
from headwater.simulate.upstreams import Hold
from headwater.simulate.world import World


@pytest.fixture(scope="module")
def reference() -> World:
    """The reference world, seed 2; its records are not made."""
    return World(PRESETS["reference"], 2)


def _contacts(world: World, name: str) -> Contacts:
    return next(source for source in world.sources if isinstance(source, Contacts) and source.name == name)


def _decoys(world: World, kind: DecoyKind) -> list[Decoy]:
    return [decoy for decoy in world.decoys if decoy.kind is kind]


def test_the_reference_world_has_the_populations_of_the_reference(reference: World) -> None:
    """80 C2s in 4 families, 6 upstreams in server and 2 in client role, 300 scanners."""
    assert len(reference.botnet.c2s) == 80
    assert {c2.family for c2 in reference.botnet.c2s} == {0, 1, 2, 3}
    assert [upstream.role for upstream in reference.upstreams].count("server") == 6
    assert [upstream.role for upstream in reference.upstreams].count("client") == 2
    counts = np.bincount(reference.hosts.kind, minlength=len(HostKind))
    assert (counts[HostKind.SCANNER], counts[HostKind.BRUTE_FORCER]) == (300, 25_000)
    assert (counts[HostKind.RESIDENTIAL], counts[HostKind.SERVER]) == (60_000, 25_000)


def test_c2s_are_rented_compromised_and_residential(reference: World) -> None:
    """Rented C2s are new hosts; the others have an ordinary life as well."""
    kinds = {c2.host: c2.kind for c2 in reference.botnet.c2s}
    assert set(kinds.values()) == set(C2Kind)
    expected = {
        C2Kind.RENTED: HostKind.C2,
        C2Kind.COMPROMISED: HostKind.SERVER,
        C2Kind.RESIDENTIAL: HostKind.RESIDENTIAL,
    }
    assert all(reference.hosts.kind[host] == expected[kind] for host, kind in kinds.items())


def test_some_rented_c2s_stand_beside_others_of_their_family(reference: World) -> None:
    """A few /24 hold two C2s or more, most of them of one family."""
    blocks: dict[int, list[int]] = {}
    for c2 in (each for each in reference.botnet.c2s if each.kind is C2Kind.RENTED):
        blocks.setdefault(int(reference.hosts.v4[c2.host]) >> 8, []).append(c2.family)
    together = [families for families in blocks.values() if len(families) > 1]
    assert 2 <= len(together) <= 14  # 40 rented, 15% of them beside another, and chance in small networks
    assert sum(len(set(families)) == 1 for families in together) > len(together) / 2


def test_lists_hold_the_share_of_c2s_asked_for(reference: World) -> None:
    """75% of the C2s are on one of the feeds; each feed lacks some that the other has."""
    by_feed = {feed: {e.c2 for e in reference.entries if e.feed == feed and e.c2 >= 0} for feed in FEEDS}
    assert len(by_feed["feed_a"] | by_feed["feed_b"]) == 60
    assert by_feed["feed_a"] - by_feed["feed_b"]
    assert by_feed["feed_b"] - by_feed["feed_a"]


def test_feeds_overlap_as_independent_captures_do() -> None:
    """Over many worlds Lincoln and Petersen's estimate a * b / both is the number of C2s, within a tenth."""
    captured = np.zeros(3)
    for seed in range(12):
        world = World(PRESETS["small"], seed)
        one, two = ({e.c2 for e in world.entries if e.feed == feed and e.c2 >= 0} for feed in FEEDS)
        captured += (len(one), len(two), len(one & two))
    # 0.6 * 0.375 of 480 C2s are on both feeds: 108, standard deviation about 8
    assert captured[0] * captured[1] / captured[2] / 12 == pytest.approx(40, rel=0.2)


def test_listing_is_late_and_wrong_in_places(reference: World) -> None:
    """No C2 is listed before it begins; some entries are no C2s, sinkholes among them."""
    for entry in reference.entries:
        if entry.c2 >= 0:
            c2 = reference.botnet.c2s[entry.c2]
            assert c2.begin < entry.first < c2.end
    mistakes = [entry.mistake for entry in reference.entries if entry.mistake]
    # 8% of 60 entries are asked for; a host that is a C2 already is no mistake
    assert 3 <= len(mistakes) <= 5
    assert "sinkhole" in mistakes


def test_an_upstream_in_control_meets_its_c2s_while_they_are_c2s(reference: World) -> None:
    """Contact under control lies within the C2's life, give or take a day and a half at its start."""
    found = _contacts(reference, "upstream")
    for upstream in (each for each in reference.upstreams if each.hold is Hold.CONTROL):
        for place in upstream.c2s:
            c2 = reference.botnet.c2s[place]
            mine = np.isin(found.client, (c2.host, upstream.host)) & np.isin(
                found.server, (c2.host, upstream.host)
            )
            assert mine.any()
            assert float(found.begin[mine].min()) > c2.begin - 1.01
            assert float(found.end[mine].max()) < max(c2.end, c2.begin + 2.1)


def test_an_upstream_that_hands_over_meets_its_c2s_before(reference: World) -> None:
    """Contact before a handover ends as the C2's life begins."""
    handed_over = [each for each in reference.upstreams if each.hold is Hold.HANDOVER]
    assert len(handed_over) == 2
    found = _contacts(reference, "upstream")
    for upstream in handed_over:
        for place in upstream.c2s:
            c2 = reference.botnet.c2s[place]
            mine = np.isin(found.client, (c2.host, upstream.host)) & np.isin(
                found.server, (c2.host, upstream.host)
            )
            assert float(found.end[mine].max()) <= c2.begin + 0.5
            assert float(found.begin[mine].min()) < c2.begin - 1.9


def test_upstreams_in_client_role_open_the_contact(reference: World) -> None:
    """In client role the upstream is the client and a C2 the server, in server role the other way round."""
    found = _contacts(reference, "upstream")
    for upstream in reference.upstreams:
        side = found.client if upstream.role == "client" else found.server
        mine = (side == upstream.host) & (found.port == upstream.port)
        assert int(mine.sum()) == len(upstream.c2s) + upstream.strangers


def test_some_upstreams_serve_several_families_and_some_have_clean_ports(reference: World) -> None:
    """Both kinds occur over the eight upstreams."""
    families = [len({reference.botnet.c2s[p].family for p in each.c2s}) for each in reference.upstreams]
    assert min(families) == 1
    assert max(families) >= 2
    strangers = [each.strangers for each in reference.upstreams]
    assert min(strangers) <= 3
    assert max(strangers) >= 10


def test_trackers_follow_the_listings(reference: World) -> None:
    """A tracker comes after the first listing that it can read, to the C2's own port and to others."""
    found = _contacts(reference, "trackers")
    first: dict[int, float] = {}
    for entry in reference.entries:
        first[entry.host] = min(entry.first, first.get(entry.host, np.inf))
    assert all(begin > first[host] for host, begin in zip(found.server.tolist(), found.begin, strict=True))
    listed = {(entry.host, entry.port) for entry in reference.entries}
    own = [pair in listed for pair in zip(found.server.tolist(), found.port.tolist(), strict=True)]
    assert 0.2 < np.mean(own) < 0.8
    assert len(np.unique(found.client)) == 6


def test_sinkholes_receive_victims_after_a_c2_has_ended(reference: World) -> None:
    """Victims reach a sinkhole once a C2 of their family has ended; only sinkholes reach collectors."""
    found = _contacts(reference, "sinkholes")
    kind = reference.hosts.kind
    family = {
        int(v): int(f) for v, f in zip(reference.botnet.victims, reference.botnet.victim_family, strict=True)
    }
    to_sinkhole = kind[found.server] == HostKind.SINKHOLE
    for client, begin in zip(found.client[to_sinkhole].tolist(), found.begin[to_sinkhole], strict=True):
        ends = [c2.end for c2 in reference.botnet.c2s if c2.family == family[client]]
        assert begin > min(ends)
    assert {int(each) for each in kind[found.client[~to_sinkhole]]} == {HostKind.SINKHOLE}


def test_popular_decoys_are_used_by_most_c2s_and_many_others(reference: World) -> None:
    """Two services with 85% of the C2s and 700 other clients: what a count of C2s ranks first."""
    popular = _decoys(reference, DecoyKind.POPULAR)
    assert [len(decoy.c2s) for decoy in popular] == [68, 68]
    assert [decoy.others for decoy in popular] == [700, 700]
    assert max(len(upstream.c2s) for upstream in reference.upstreams) < 68


@pytest.mark.parametrize("kind", list(DecoyKind))
def test_every_kind_of_decoy_occurs(reference: World, kind: DecoyKind) -> None:
    """The reference world has decoys of all kinds, and their hosts are no upstreams."""
    hosts = {decoy.host for decoy in _decoys(reference, kind)}
    assert hosts
    assert not hosts & {upstream.host for upstream in reference.upstreams}


def test_images_are_rented_c2s_of_one_family(reference: World) -> None:
    """Hosts made from one image include half of a family's rented C2s and no other C2s."""
    for decoy in _decoys(reference, DecoyKind.IMAGE):
        c2s = [reference.botnet.c2s[place] for place in decoy.c2s]
        assert len({c2.family for c2 in c2s}) == 1
        assert {c2.kind for c2 in c2s} == {C2Kind.RENTED}


def test_presets_do_what_their_names_say() -> None:
    """30% listed, one network, a shared port, two or three C2s an upstream, nothing to find, IPv6 only."""
    few = World(PRESETS["few-listed"], 1)
    assert len({e.c2 for e in few.entries if e.c2 >= 0}) == 24
    one = World(PRESETS["one-network"], 1)
    networks = one.hosts.network[[c2.host for c2 in one.botnet.c2s]]
    assert len(set(networks.tolist())) == 1
    assert np.bincount(one.hosts.network)[networks[0]] < 1_000
    assert max(each.strangers for each in World(PRESETS["shared-port"], 1).upstreams) == 1_000
    assert {len(each.c2s) for each in World(PRESETS["resellers"], 1).upstreams} <= {2, 3}
    assert World(PRESETS["quiet"], 1).upstreams == []
    assert ":" in World(PRESETS["ipv6"], 1).truth().upstreams[0].address


def test_bots_of_the_hard_world_know_few_c2s() -> None:
    """A bot's list holds about 12% of its family's C2s there, about half of them in the reference world."""
    known = {}
    for name in ("hard", "reference"):
        world = World(replace(PRESETS[name], days=5), 3)
        found = _contacts(world, "check-ins")
        pairs = len(np.unique(np.stack([found.client, found.server]), axis=1)[0])
        known[name] = pairs / len(np.unique(found.client))
    assert known["hard"] < 0.5 * known["reference"]


def test_family_names_do_not_run_out() -> None:
    """Beyond the invented names, families are numbered."""
    assert len({family_name(number) for number in range(30)}) == 30
