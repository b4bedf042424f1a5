"""Services of other kinds than a server of IPv4: in client role, IPv6, trackers, a C2 itself, none."""

from collections.abc import Callable

import pytest

from headwater.app.case_measuring import Measured
from headwater.model.candidate import PeerRole
from headwater.score.tallies import tallies
from measured_lake import TRACKER, addresses_of


def test_client_role(seen: Callable[[str], Measured]) -> None:
    """Four hosts whose port 22 it goes to, three of them C2s, two of those inside their windows."""
    found = seen("9.9.9.7")
    told = found.measurements
    assert (str(found.service), found.role) == ("9.9.9.7:22/tcp", PeerRole.CLIENT)
    assert addresses_of(told.clients) == ["5.0.0.1", "5.0.1.1", "5.0.2.1", "6.0.0.1"]
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
    assert [*addresses_of(found.clients)] == ["2a01:1::1", "2a01:2::1", "2a01:3::1", "2a03::1"]
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
    assert addresses_of(found.clients) == ["7.0.0.1", "7.0.0.7", "7.0.0.8", "7.9.9.9"]


@pytest.mark.parametrize("service", ["1.2.3.4:1/tcp", "1.2.3.4", "9.9.9.9:9/udp", "[2a02::2]:8443/tcp"])
def test_never_seen_is_no_error(seen: Callable[[str], Measured], service: str) -> None:
    """No clients, no contact; what was covered and who is listed is told all the same."""
    found = seen(service).measurements
    assert (len(found.clients.hi), found.clients.hour_of_week.shape, found.statistics) == (0, (0, 168), None)
    assert (len(found.listed.hi), len(found.days.day_us)) == (8, 11)
