"""Who is a client of the service, and what it amounts to: numbers worked out by hand."""

from collections.abc import Callable

import numpy as np

from headwater.app.case_measuring import Measured
from headwater.investigate.measurements import (
    OPENED_BY_CLIENT,
    OPENED_BY_SERVICE,
    REASONS,
)
from headwater.model.candidate import PeerRole
from measured_lake import C2S, addresses_of, row_of


def test_clients_are_those_in_contact(upstream: Measured) -> None:
    """Two C2s and three others; who only knocked is none, and neither is who came to another port."""
    clients = upstream.measurements.clients
    assert addresses_of(clients) == ["5.0.0.1", "5.0.1.1", "7.0.0.1", "7.0.0.2", "7.3.0.3"]
    assert [clients.c2.tolist(), upstream.role] == [[0, 1, -1, -1, -1], PeerRole.SERVER]


def test_what_a_client_amounts_to(upstream: Measured) -> None:
    """Three flows in two sessions, 3 + 3 packets there and 5 back; Wednesday 0 h and Thursday 2 h."""
    clients = upstream.measurements.clients
    row = row_of(clients, C2S[0])
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
    row = row_of(clients, "7.0.0.2")
    told = [int(getattr(clients, name)[row]) for name in ("flows", "sessions", "packets_out", "packets_in")]
    assert told == [2, 1, 2, 4]


def test_a_source_without_counters_is_in_contact(upstream: Measured) -> None:
    """Nulls count as no packets, and the contact stands."""
    clients = upstream.measurements.clients
    row = row_of(clients, "7.0.0.1")
    assert [int(clients.flows[row]), int(clients.packets_out[row]), int(clients.bytes_out[row])] == [1, 0, 0]


def test_a_flow_that_two_sensors_saw_is_counted_twice(upstream: Measured) -> None:
    """Records are counted, not packets on the wire: two flows, twice ten packets, and one session."""
    clients = upstream.measurements.clients
    row = row_of(clients, "7.3.0.3")
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
    assert [addresses_of(clients)[row] for row in np.flatnonzero(clients.checks_in)] == ["7.0.0.1"]


def test_who_comes_to_the_clients_themselves(upstream: Measured) -> None:
    """Four hosts come to the first C2's listening port, one to the second's, three to port 80 of 7.0.0.2.

    One visitor makes no service.
    """
    assert upstream.measurements.clients.fan_in.tolist() == [4, 0, 0, 3, 0]
