"""What is measured of one service: hand-made flows, whose numbers are worked out by hand."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.case_measuring import Measured, measured
from headwater.app.case_settings import CaseSettings
from headwater.app.hunt_settings import MeasureSettings
from headwater.engine.primitives import HOUR_US
from headwater.errors import BadSetting, LakeError
from headwater.investigate.measurements import (
    OPENED_BY_CLIENT,
    OPENED_BY_SERVICE,
    REASONS,
    Clients,
    Sessions,
)
from headwater.model.address import key_of, text_of
from headwater.model.candidate import PeerRole
from headwater.model.service import Service
from headwater.score.exclusivity import exclusivity
from headwater.score.tallies import tallies

HOUR, DAY = 3_600.0, 86_400.0
SYN = 0x02
C2S = ["5.0.0.1", "5.0.1.1", "5.0.2.1", "5.0.3.1"]  # all with listening port 449
V6_C2S = ["2a01:1::1", "2a01:2::1", "2a01:3::1"]
UPSTREAM, ADMIN, TRACKER, RESOLVER = "9.9.9.9", "9.9.9.7", "7.9.9.9", "8.8.8.8"
LABELS = "address,family,group,port,first_seen,last_seen\n" + "".join(
    [
        # contact of 5.0.0.1 lies inside its window, that of 5.0.1.1 ten days behind its end
        "5.0.0.1,emotet,epoch2,449,2024-05-01,2024-05-05\n",
        "5.0.1.1,emotet,epoch3,449,2024-04-20,2024-04-21\n",
        "5.0.2.1,dridex,,449,2024-05-01,\n",
        "5.0.3.1,dridex,,449,,\n",
        "5.0.4.1,dridex,,449,,\n",  # never seen
        *(f"{address},qakbot,,,,\n" for address in V6_C2S),
    ]
)
NETWORKS = "prefix,asn,name\n5.0.0.0/16,64496,Rented\n7.0.0.0/16,64497,Homes\n9.9.9.0/24,64498,Offshore\n"


def _of_the_upstream() -> list[Flow]:
    """Two C2s and three others in contact with port 8443; a third C2 only knocks."""
    there = Flow(C2S[0], 50_000, UPSTREAM, 8443, packets=3, octets=300, sensor="north")
    forth = Flow("7.0.0.2", 51_000, UPSTREAM, 8443, at=HOUR, packets=2, octets=200, pair=1)
    return [
        there,
        Flow(UPSTREAM, 8443, C2S[0], 50_000, at=60.0, packets=5, octets=5_000, sensor="north"),
        Flow(C2S[0], 50_001, UPSTREAM, 8443, at=26 * HOUR, packets=3, octets=300, sensor="south"),
        Flow(C2S[1], 50_000, UPSTREAM, 8443, at=3 * DAY),
        Flow(C2S[2], 50_000, UPSTREAM, 8443, flags=SYN),
        Flow("7.0.0.1", 51_000, UPSTREAM, 8443, at=2 * HOUR, packets=None, octets=None, flags=None),
        forth,
        Flow(UPSTREAM, 8443, "7.0.0.2", 51_000, at=HOUR, packets=4, octets=400, pair=1),
        Flow("7.3.0.3", 51_000, UPSTREAM, 8443, at=5 * HOUR, sensor="north"),
        Flow("7.3.0.3", 51_000, UPSTREAM, 8443, at=5 * HOUR, sensor="south"),  # the same flow, seen twice
        # beside it: another port of the host, a resolver that the host and two C2s use, and 30 days later
        *(Flow(f"7.4.0.{n}", 52_000, UPSTREAM, 22, at=n * HOUR) for n in (1, 2)),
        *(
            Flow(host, 53_000, RESOLVER, 53, proto=17, flags=None)
            for host in (UPSTREAM, C2S[0], C2S[1], "7.5.0.1", "7.5.0.2")
        ),
        Flow("7.6.0.1", 54_000, "8.7.7.7", 80, at=10 * DAY),
    ]


def _bots() -> list[Flow]:
    """Three bots check in at the first C2; their sessions lie 0 to 2 h, and 20 h."""
    return [Flow(f"7.0.0.{n}", 41_000 + n, C2S[0], 449, at=at * HOUR) for n, at in ((1, 0), (7, 2), (8, 20))]


def _of_the_admin() -> list[Flow]:
    """A host that comes to port 22 of three C2s and of one other server, from ephemeral ports."""
    hosts = [*C2S[:3], "6.0.0.1"]
    return [Flow(ADMIN, 42_000 + n, host, 22, at=n * HOUR) for n, host in enumerate(hosts)]


def _of_the_tracker() -> list[Flow]:
    """A host that visits the listening ports of three C2s, and port 22 of one."""
    visits = [Flow(TRACKER, 43_000 + n, c2, 449, at=30 * HOUR) for n, c2 in enumerate(C2S[:3])]
    return [*visits, Flow(TRACKER, 43_010, C2S[3], 22)]


def _of_the_v6_upstream() -> list[Flow]:
    """Three C2s and one other at a service of IPv6; another host has the same lower half."""
    return [
        *(Flow(c2, 50_000, "2a02::1", 8443, at=n * HOUR) for n, c2 in enumerate(V6_C2S)),
        Flow("2a03::1", 50_000, "2a02::1", 8443),
        Flow("7.7.0.1", 50_000, "2a05::1", 8443),
    ]


def _of_a_client() -> list[Flow]:
    """Three hosts that come to port 80 of an unlisted client of the upstream."""
    return [Flow(f"7.8.0.{n}", 44_000, "7.0.0.2", 80) for n in (1, 2, 3)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made lake."""
    flows = [
        *_of_the_upstream(), *_bots(), *_of_the_admin(), *_of_the_tracker(), *_of_the_v6_upstream(),
        *_of_a_client(),
    ]  # fmt: skip
    return lake_of(tmp_path_factory.mktemp("case"), flows, labels=LABELS, networks=NETWORKS)


@pytest.fixture(scope="module")
def seen(lake: Path) -> Callable[[str], Measured]:
    """Measures a service of the hand-made lake, once each."""
    return cache(lambda service: measured(lake, Service.parse(service)))


@pytest.fixture(scope="module")
def upstream(seen: Callable[[str], Measured]) -> Measured:
    """The service on port 8443."""
    return seen("9.9.9.9:8443/tcp")


def _row(clients: Clients, address: str) -> int:
    hi, lo = key_of(address)
    return int(np.flatnonzero((clients.hi == hi) & (clients.lo == lo))[0])


def _addresses(clients: Clients) -> list[str]:
    return [text_of(hi, lo) for hi, lo in zip(clients.hi.tolist(), clients.lo.tolist(), strict=True)]


def _hours(sessions: Sessions, place: int) -> list[tuple[float, float, int]]:
    """Start and end in hours after BEGIN, and flows, of one owner's sessions."""
    begin = int(BEGIN.timestamp()) * 1_000_000
    mine = np.flatnonzero(sessions.owner == place)
    return [
        (
            (int(sessions.start_us[row]) - begin) / HOUR_US,
            round((int(sessions.end_us[row]) - begin - 1_000_000) / HOUR_US, 6),
            int(sessions.flows[row]),
        )
        for row in mine
    ]


def test_clients_are_those_in_contact(upstream: Measured) -> None:
    """Two C2s and three others; who only knocked is none, and neither is who came to another port."""
    clients = upstream.measurements.clients
    assert _addresses(clients) == ["5.0.0.1", "5.0.1.1", "7.0.0.1", "7.0.0.2", "7.3.0.3"]
    assert [clients.c2.tolist(), upstream.role] == [[0, 1, -1, -1, -1], PeerRole.SERVER]


def test_what_a_client_amounts_to(upstream: Measured) -> None:
    """Three flows in two sessions, 3 + 3 packets there and 5 back; Wednesday 0 h and Thursday 2 h."""
    clients = upstream.measurements.clients
    row = _row(clients, C2S[0])
    told = [
        int(getattr(clients, name)[row])
        for name in (
            "flows",
            "sessions",
            "packets_out",
            "packets_in",
            "bytes_out",
            "bytes_in",
            "hours",
            "days",
        )
    ]
    assert (told, np.flatnonzero(clients.hour_of_week[row]).tolist()) == (
        [3, 2, 6, 5, 600, 5_000, 2, 2],
        [48, 74],
    )


def test_both_directions_of_an_exchange_are_one_session(upstream: Measured) -> None:
    """Two records with one pair_id: two flows, one session, packets each way."""
    clients = upstream.measurements.clients
    row = _row(clients, "7.0.0.2")
    told = [int(getattr(clients, name)[row]) for name in ("flows", "sessions", "packets_out", "packets_in")]
    assert told == [2, 1, 2, 4]


def test_a_source_without_counters_is_in_contact(upstream: Measured) -> None:
    """Nulls count as no packets, and the contact stands."""
    clients = upstream.measurements.clients
    row = _row(clients, "7.0.0.1")
    assert [int(clients.flows[row]), int(clients.packets_out[row]), int(clients.bytes_out[row])] == [1, 0, 0]


def test_a_flow_that_two_sensors_saw_is_counted_twice(upstream: Measured) -> None:
    """Records are counted, not packets on the wire: two flows, twice ten packets, and one session."""
    clients = upstream.measurements.clients
    row = _row(clients, "7.3.0.3")
    assert [int(clients.flows[row]), int(clients.packets_out[row]), int(clients.sessions[row])] == [2, 20, 1]


def test_who_opens_the_contact(upstream: Measured, seen: Callable[[str], Measured]) -> None:
    """Clients open it at a server, by its fan-in; a service in client role opens it itself."""
    here, there = upstream.measurements.clients, seen("9.9.9.7:22/tcp").measurements.clients
    assert set(here.opened.tolist()) == {OPENED_BY_CLIENT}
    assert REASONS[int(here.opened_because[0])] == "fan-in"
    assert set(there.opened.tolist()) == {OPENED_BY_SERVICE}


def test_networks_of_clients(upstream: Measured) -> None:
    """AS numbers where the context knows them; 7.3.0.0/16 is unknown and counts as a network of its own."""
    found = upstream.measurements
    clients = found.clients
    names = [clients.networks[place] if place >= 0 else "" for place in clients.network.tolist()]
    assert names == ["Rented", "Rented", "Homes", "Homes", ""]
    assert clients.asn.tolist() == [64496, 64496, 64497, 64497, 0]
    assert (found.service_fan_in_networks, found.service_network, found.service_asn) == (3, "Offshore", 64498)


def test_who_checks_in_at_c2s_is_marked(upstream: Measured) -> None:
    """7.0.0.1 is a bot of the first C2 and a client of the service."""
    clients = upstream.measurements.clients
    assert [_addresses(clients)[row] for row in np.flatnonzero(clients.checks_in)] == ["7.0.0.1"]


def test_who_comes_to_the_clients_themselves(upstream: Measured) -> None:
    """Four hosts come to the first C2's listening port, one to the second's, three to port 80 of 7.0.0.2.

    One visitor makes no service.
    """
    assert upstream.measurements.clients.fan_in.tolist() == [4, 0, 0, 3, 0]


def test_a_sample_changes_nothing_about_the_service(lake: Path, upstream: Measured) -> None:
    """With one address pair in about seven in the sample, its numbers and its neighbours' are the same."""
    settings = CaseSettings(measure=MeasureSettings(sample_flows=8))
    found = measured(lake, Service.parse("9.9.9.9:8443/tcp"), settings=settings)
    for name in ("clients", "contact", "activity", "presence"):
        mine, whole = (getattr(each.measurements, name) for each in (found, upstream))
        for field in fields(mine):
            assert np.array_equal(getattr(mine, field.name), getattr(whole, field.name)), (name, field.name)
    mine, whole = (
        {one for one in each.neighbours if one.role is PeerRole.SERVER} for each in (found, upstream)
    )
    assert mine == whole
    assert any(query.purpose.startswith("pass 2") for query in found.trace.queries)


def test_what_the_service_is_known_as(tmp_path: Path) -> None:
    """Roles that labels give it; a C2's role is told as its group."""
    listed = "address,family,role\n5.0.0.1,emotet,c2\n9.9.9.9,dridex,c2\n9.9.9.9,dridex,sinkhole\n"
    lake = lake_of(tmp_path, _of_the_upstream(), labels=listed)
    found = measured(lake, Service(UPSTREAM, 8443, 6)).measurements
    assert (found.known_as, found.is_listed_c2) == (("sinkhole",), ("dridex",))


def test_c2s_that_lists_give_to_different_families_are_counted(tmp_path: Path) -> None:
    """One of the two in contact; a second group of one family, and one not in contact, do not count."""
    disputed = "5.0.0.1,trickbot,,449,2023-01-01,2023-02-01\n5.0.2.1,trickbot,,,,\n5.0.1.1,emotet,epoch1,,,\n"
    lake = lake_of(tmp_path, _of_the_upstream(), labels=LABELS + disputed)
    assert measured(lake, Service(UPSTREAM, 8443, 6)).disputed == 1


def test_contact_counts_at_any_time(upstream: Measured) -> None:
    """5.0.1.1 met the service ten days behind its label's end: a client with sessions, no part of k."""
    found = upstream.measurements
    assert found.statistics is not None
    assert (_hours(found.contact, 1), tallies(found.statistics).k.tolist()) == ([(72.0, 72.0, 1)], [1])


def test_sessions_of_contact_activity_and_presence(upstream: Measured) -> None:
    """Of 5.0.0.1: the service at 0 h and 26 h; bots 0 to 2 h and 20 h; anybody 0 to 2 h and 20 to 30 h.

    The tracker's visit at 30 h is a check-in as far as flows tell. It ends the presence, whose silences are
    18 h and, from 20 over 26 to 30 h, at most 6 h.
    """
    found = upstream.measurements
    assert _hours(found.contact, 0) == [(0.0, round(60 / 3600, 6), 2), (26.0, 26.0, 1)]
    assert _hours(found.activity, 0) == [(0.0, 2.0, 2), (20.0, 20.0, 1), (30.0, 30.0, 1)]
    assert _hours(found.presence, 0) == [(0.0, 2.0, 6), (20.0, 30.0, 3)]


def test_presence_is_told_of_the_c2s_of_the_case(upstream: Measured) -> None:
    """The others have no row."""
    assert set(upstream.measurements.presence.owner.tolist()) == {0, 1}


def test_listed_c2s_are_told_in_contact_or_not(upstream: Measured) -> None:
    """Eight addresses, one of them never seen; windows are the labels' own, without slack."""
    listed = upstream.measurements.listed
    assert [len(listed.hi), listed.seen.tolist().count(False)] == [8, 1]
    groups = [listed.groups[group] for group in listed.group.tolist()]
    assert sorted(groups)[:5] == ["dridex", "dridex", "dridex", "emotet/epoch2", "emotet/epoch3"]
    assert int(listed.label_from_us[0]) == int(BEGIN.timestamp()) * 1_000_000
    assert [int(listed.fan_in[0]), listed.label_overridden.any()] == [4, False]


def test_coverage_has_its_gaps(upstream: Measured) -> None:
    """Flows start on day 0, 1, 3 and 10: eleven days, seven of them without a record."""
    days = upstream.measurements.days
    assert (len(days.day_us), int((days.flows == 0).sum()), days.sampling, days.sampling_unknown) == (
        11,
        7,
        1,
        0.0,
    )


def test_exclusivity_is_of_those_in_contact(upstream: Measured) -> None:
    """One listed C2 inside its window among five hosts."""
    statistics = upstream.measurements.statistics
    assert statistics is not None
    counted = tallies(statistics)
    assert exclusivity(counted.k, hosts=counted.hosts).estimate.tolist() == [0.2]


def test_sensors_that_saw_it(upstream: Measured) -> None:
    """Two sensors have a name; records without one add none."""
    assert upstream.sensors == ("north", "south")


def test_neighbours(upstream: Measured) -> None:
    """Port 22 with two clients; the resolver that the host uses, and two C2s of the case among five hosts."""
    told = {(one.relation, str(one.service)): (one.hosts, one.c2s, one.flows) for one in upstream.neighbours}
    assert told["port", "9.9.9.9:22/tcp"] == (2, 0, 2)
    assert told["peer", "8.8.8.8:53/udp"] == (5, 2, 1)
    assert told["shared", "8.8.8.8:53/udp"] == (5, 2, 2)


def test_a_shared_client_is_told_as_one(upstream: Measured) -> None:
    """The host that comes to port 22 of both C2s of the case shares them, in client role."""
    found = [one for one in upstream.neighbours if str(one.service) == "9.9.9.7:22/tcp"]
    assert [(one.relation, one.role, one.c2s) for one in found] == [("shared", PeerRole.CLIENT, 3)]


def test_client_role(seen: Callable[[str], Measured]) -> None:
    """Four hosts whose port 22 it goes to, three of them C2s, two of those inside their windows."""
    found = seen("9.9.9.7")
    told = found.measurements
    assert (str(found.service), found.role) == ("9.9.9.7:22/tcp", PeerRole.CLIENT)
    assert _addresses(told.clients) == ["5.0.0.1", "5.0.1.1", "5.0.2.1", "6.0.0.1"]
    assert (told.fan_out, told.fan_out_ports, told.c2_ports_hit) == (4, 1, 0)
    assert told.statistics is not None
    assert tallies(told.statistics).k.tolist() == [2]


def test_packets_out_are_the_other_hosts_in_client_role(seen: Callable[[str], Measured]) -> None:
    """The service sent ten packets to each: they came in at the host."""
    clients = seen("9.9.9.7").measurements.clients
    assert (set(clients.packets_in.tolist()), set(clients.packets_out.tolist())) == ({10}, {0})


def test_ipv6(seen: Callable[[str], Measured]) -> None:
    """Three C2s and one other; a host with the same lower half is no part of it."""
    found = seen("[2a02::1]:8443/tcp").measurements
    assert [*_addresses(found.clients)] == ["2a01:1::1", "2a01:2::1", "2a01:3::1", "2a03::1"]
    assert len(found.contact.owner) == 3


def test_a_tracker_is_known_by_the_ports_it_hits(seen: Callable[[str], Measured]) -> None:
    """Three listening ports hit; its contact on port 22 is the key, with one C2."""
    found = seen(TRACKER)
    assert (str(found.service), found.role) == ("7.9.9.9:22/tcp", PeerRole.CLIENT)
    assert found.measurements.c2_ports_hit == 3
    visited = [str(one.service) for one in found.neighbours if one.relation == "on-c2"]
    assert visited == ["5.0.0.1:449/tcp", "5.0.1.1:449/tcp", "5.0.2.1:449/tcp"]
    assert [(key.port, key.c2s_visited) for key in found.others] == [(449, 3)]


def test_contact_on_c2_ports_is_no_contact_with_an_upstream(seen: Callable[[str], Measured]) -> None:
    """Asked for port 449, the tracker's three C2s are clients, marked, without sessions of contact."""
    found = seen("7.9.9.9:449/tcp").measurements
    assert (found.clients.on_c2_port.tolist(), len(found.contact.owner)) == ([True] * 3, 0)
    assert found.statistics is None


def test_a_service_that_is_a_listed_c2_itself(seen: Callable[[str], Measured]) -> None:
    """Its own label is told, and it is none of the listed C2s; bots are its clients."""
    found = seen("5.0.0.1:449/tcp").measurements
    assert (found.is_listed_c2, len(found.listed.hi)) == (("emotet/epoch2",), 7)
    assert _addresses(found.clients) == ["7.0.0.1", "7.0.0.7", "7.0.0.8", "7.9.9.9"]


@pytest.mark.parametrize("service", ["1.2.3.4:1/tcp", "1.2.3.4", "9.9.9.9:9/udp", "[2a02::2]:8443/tcp"])
def test_never_seen_is_no_error(seen: Callable[[str], Measured], service: str) -> None:
    """No clients, no contact; what was covered and who is listed is told all the same."""
    found = seen(service).measurements
    assert (len(found.clients.hi), found.clients.hour_of_week.shape, found.statistics) == (0, (0, 168), None)
    assert (len(found.listed.hi), len(found.days.day_us)) == (8, 11)


def test_every_query_names_the_version(upstream: Measured) -> None:
    """One scan of everything; each query carries the version of the lake."""
    passes = [query for query in upstream.trace.queries if query.purpose.startswith("pass 1")]
    assert (len(passes), {query.lake_version for query in upstream.trace.queries}) == (1, {1})


def test_only_the_time_asked_for(tmp_path: Path) -> None:
    """From 1 h on day 0 to 12 h on day 3: both edge days are counted, not taken from the log."""
    lake = lake_of(tmp_path, _of_the_upstream(), labels=LABELS)
    settings = CaseSettings(since=BEGIN + timedelta(hours=1), until=BEGIN + timedelta(days=3, hours=12))
    found = measured(lake, Service.parse("9.9.9.9:8443/tcp"), settings=settings).measurements
    # day 0: 7.0.0.1, both ways of 7.0.0.2, twice 7.3.0.3, two at port 22; day 1: 26 h; day 3: 5.0.1.1
    assert found.days.flows.tolist() == [7, 1, 0, 1]
    assert found.days.first_us == (int(BEGIN.timestamp()) + 3_600) * 1_000_000
    assert int(found.clients.flows[0]) == 1


def test_no_flows_in_that_time_is_said(tmp_path: Path) -> None:
    """A time without flows is wrong use."""
    lake = lake_of(tmp_path, _of_the_upstream(), labels=LABELS)
    with pytest.raises(LakeError, match="no flows in that time"):
        measured(lake, Service(UPSTREAM), settings=CaseSettings(since=BEGIN + timedelta(days=400)))


def test_families_that_nobody_listed_are_said(tmp_path: Path) -> None:
    """And what to do."""
    lake = lake_of(tmp_path, _of_the_upstream(), labels=LABELS)
    with pytest.raises(LakeError, match="no labelled C2 of family nosuch; add some"):
        measured(lake, Service(UPSTREAM), settings=CaseSettings(families=("NoSuch",)))


def test_few_clients_are_told_where_there_are_many(tmp_path: Path) -> None:
    """Of five clients two are told, the C2s first; three are counted."""
    lake = lake_of(tmp_path, _of_the_upstream(), labels=LABELS)
    found = measured(lake, Service(UPSTREAM, 8443, 6), settings=CaseSettings(most_clients=2)).measurements
    assert (_addresses(found.clients), found.clients_left_out) == (["5.0.0.1", "5.0.1.1"], 3)


@pytest.mark.parametrize("name", ["most_clients", "fan_in_clients", "most_neighbours"])
def test_a_setting_of_nothing_is_refused(name: str) -> None:
    """Numbers of clients and neighbours are positive."""
    nothing: dict[str, Any] = {name: 0}  # Any: settings are of every type
    with pytest.raises(BadSetting, match=name):
        CaseSettings(**nothing)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    """With what to do."""
    with pytest.raises(BadSetting, match="swap them"):
        CaseSettings(since=BEGIN, until=BEGIN)
