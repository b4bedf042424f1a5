"""Every population of a world is there, with the property that defines it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from headwater.simulate.contacts import Contacts
from headwater.simulate.decoys import DecoyKind
from headwater.simulate.networks import NetworkKind
from headwater.simulate.preferences import Preferences
from headwater.simulate.world import World

Ints = npt.NDArray[np.int64]
Served = Callable[[str], tuple[Ints, Ints, Ints]]


@pytest.fixture(scope="module")
def served(records: pa.Table) -> Served:
    """Lower halves of clients and services and the service ports of one population's IPv4 records."""

    def of(population: str) -> tuple[Ints, Ints, Ints]:
        mine = records.filter(
            pc.and_(pc.equal(records["population"], population), pc.equal(records["src_hi"], 0))
        )
        forward = np.asarray(mine["dst_serves"])
        src, dst = np.asarray(mine["src_lo"]), np.asarray(mine["dst_lo"])
        port = np.where(forward, np.asarray(mine["dst_port"]), np.asarray(mine["src_port"]))
        return np.where(forward, src, dst), np.where(forward, dst, src), port

    return of


def _reach(one: Ints, other: Ints) -> Ints:
    """Number of distinct partners of each distinct host of `one`, largest first."""
    pairs = np.unique(np.stack([one, other]), axis=1)
    return np.sort(np.unique(pairs[0], return_counts=True)[1])[::-1]


def _contacts(world: World, name: str) -> Contacts:
    return next(source for source in world.sources if isinstance(source, Contacts) and source.name == name)


def test_every_population_has_records(world: World, records: pa.Table) -> None:
    """No population stays silent in the records of two weeks at 1:10."""
    assert set(records["population"].unique().to_pylist()) == set(world.populations)


def test_popularity_is_heavy_tailed(served: Served) -> None:
    """The busiest tenth of the web's services has most of the clients, and half of them have few."""
    client, service, _ = served("web")
    reach = _reach(service, client)
    assert reach[: len(reach) // 10].sum() > 0.4 * reach.sum()
    assert np.median(reach) < 0.1 * reach[0]


def test_people_sleep(world: World, records: pa.Table) -> None:
    """The busiest hour of one region's web clients has more than twice the sessions of the quietest."""
    hosts = world.hosts
    region = world.population.networks.region[hosts.network]
    here = pa.array(hosts.v4[region == region[world.population.residential[0]]])
    web = records.filter(pc.and_(pc.equal(records["population"], "web"), pc.is_in(records["src_lo"], here)))
    per_hour = np.bincount(np.asarray(pc.hour(web["start"])), minlength=24)
    assert per_hour.max() > 2 * per_hour.min()


def test_resolvers_and_clocks_have_many_clients(world: World, served: Served) -> None:
    """The most used resolver and time server are met by a large part of all hosts."""
    for name, port in (("names", 53), ("clocks", 123)):
        client, service, ports = served(name)
        assert set(ports.tolist()) == {port}
        assert _reach(service, client)[0] > 0.1 * (6_000 + 4_000)
    assert world.settings.places.residential == 6_000


def test_mail_flows_between_servers(world: World, served: Served) -> None:
    """Mail goes to port 25, from servers only."""
    client, _, port = served("mail")
    assert set(port.tolist()) == {25}
    assert bool(np.isin(client, world.hosts.v4[world.population.servers]).all())


def test_large_transfers_and_updates_come_from_few_networks(world: World, served: Served) -> None:
    """Content and updates are served from the content networks."""
    for name in ("bulk", "updates"):
        _, service, _ = served(name)
        kinds = world.population.networks.kind[world.hosts.network[np.isin(world.hosts.v4, service)]]
        assert set(kinds.tolist()) == {int(NetworkKind.CONTENT)}


def test_some_services_are_used_by_one_network_only(world: World, served: Served) -> None:
    """Clients of a network-side service live where it lives."""
    client, service, _ = served("network side")
    network = dict(zip(world.hosts.v4.tolist(), world.hosts.network.tolist(), strict=True))
    assert all(network[c] == network[s] for c, s in zip(client.tolist(), service.tolist(), strict=True))


def test_hosts_of_one_latent_role_share_services(world: World, served: Served) -> None:
    """Most clients of a role-side service have one role, whatever their networks."""
    role = dict(
        zip(world.hosts.v4[world.population.servers].tolist(), world.population.role.tolist(), strict=True)
    )
    client, service, _ = served("role side")
    first = np.unique(service)[0]
    roles = [role[c] for c in np.unique(client[service == first]).tolist() if c in role]
    assert np.bincount(roles).max() > 0.6 * len(roles)


def test_scanners_are_of_every_coverage(world: World, served: Served) -> None:
    """Some scanners reach nearly nothing, some a hundred times as much."""
    client, target, _ = served("scanning")
    reach = _reach(client, target)
    assert reach[0] > 1_000
    assert reach[-1] < reach[0] / 100
    assert bool(np.isin(client, world.hosts.v4[world.population.scanners]).all())


def test_brute_forcers_guess_at_shells(served: Served) -> None:
    """Guesses go to remote logins, to many targets over the days."""
    client, target, port = served("guesses")
    assert set(port.tolist()) <= {22, 23, 445, 3389, 5900}
    assert _reach(client, target)[0] >= 15


def test_overlay_members_meet_on_ports_of_their_own(served: Served) -> None:
    """Each member serves on one high port, and members are clients of each other."""
    client, service, port = served("overlay")
    assert len(np.unique(np.stack([service, port]), axis=1)[0]) == len(np.unique(service))
    assert port.min() >= 10_000
    assert len(np.intersect1d(client, service)) > 0.5 * len(np.unique(service))


def test_a_shared_egress_is_busier_than_a_home(world: World) -> None:
    """One egress has the activity of many people."""
    web = next(source for source in world.sources if isinstance(source, Preferences) and source.name == "web")
    activity = np.diff(web.activity, prepend=0.0)
    nat = np.isin(web.clients, world.population.nat)
    assert activity[nat].mean() > 50 * activity[~nat].mean()


def test_victims_check_in_while_a_c2_lives_and_try_in_vain_after_it(world: World, served: Served) -> None:
    """Check-ins go to C2 ports only; attempts without an answer begin when the C2 has ended."""
    _, service, port = served("check-ins")
    known = {(int(world.hosts.v4[c2.host]), c2.port) for c2 in world.botnet.c2s}
    assert set(zip(service.tolist(), port.tolist(), strict=True)) <= known
    found = _contacts(world, "check-ins")
    end = {c2.host: c2.end for c2 in world.botnet.c2s}
    ends = np.array([end[host] for host in found.server.tolist()])
    vain = found.shape == 16  # Shape.NO_ANSWER
    assert bool((found.end[~vain] <= ends[~vain] + 1e-9).all())
    assert bool((found.begin[vain] >= ends[vain] - 1e-9).all())
    assert vain.any()


def test_other_tenants_come_before_or_after_a_c2(world: World) -> None:
    """A reused address serves ordinary people outside its C2's life, on no occasion within."""
    tenants = _contacts(world, "other tenants")
    life = {c2.host: c2 for c2 in world.botnet.c2s}
    for host, begin, end in zip(tenants.server.tolist(), tenants.begin, tenants.end, strict=True):
        assert end < life[host].begin or begin > life[host].end


def test_targets_of_attacks_meet_many_hosts_for_hours(world: World) -> None:
    """An attack has many attackers, lasts less than half a day, and sends few packets back."""
    attacks = _contacts(world, "attacks")
    assert float((attacks.end - attacks.begin).max()) < 0.5
    targets = [decoy for decoy in world.decoys if decoy.kind is DecoyKind.DOS_TARGET]
    assert all(decoy.others + len(decoy.c2s) > 50 for decoy in targets)


def test_backscatter_comes_from_the_attacked(world: World, records: pa.Table) -> None:
    """Replies to forged senders leave attacked hosts with SYN and ACK, to hosts everywhere."""
    mine = records.filter(
        pc.and_(pc.equal(records["population"], "backscatter"), pc.equal(records["src_hi"], 0))
    )
    attacked = [int(world.hosts.v4[d.host]) for d in world.decoys if d.kind is DecoyKind.DOS_TARGET]
    assert set(mine["src_lo"].to_pylist()) <= set(attacked)
    assert set(mine["tcp_flags"].drop_null().to_pylist()) == {18}
    assert not any(mine["dst_serves"].to_pylist())
