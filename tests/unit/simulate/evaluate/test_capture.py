"""What a capture offers: hosts, exchanges, and packets where only totals are known."""

from ipaddress import IPv4Network

import pytest

from headwater.errors import BadSetting
from headwater.simulate.evaluate.capture import Capture, capture_of


def test_hosts_are_told_apart_by_the_border(capture: Capture) -> None:
    """30 outside with 4 peers each, 5 inside, of which each meets 30 * 4 / 5 = 24."""
    assert (len(capture.outsiders.lo), set(capture.outsiders.peers.tolist())) == (30, {4})
    assert capture.insiders.peers.tolist() == [24] * 5


def test_each_answered_connection_can_be_taken_after(capture: Capture) -> None:
    """The fixture's 120 connections; the opening side stands first."""
    assert capture.openers.tolist() == list(range(0, 240, 2))
    assert capture.replies.tolist() == list(range(1, 240, 2))


def test_a_total_of_packets_is_shared_by_bytes(capture: Capture) -> None:
    """Of 40 packets 400 bytes need 1, 30,000 need 20 (30,000 / 1514 = 19.8), the 19 left are halved: 9."""
    assert capture.packets_about[:2].tolist() == [10, 29]


def test_without_exchanges_there_is_nothing_to_take_after(capture: Capture) -> None:
    """One side of each connection alone is refused."""
    with pytest.raises(BadSetting, match="no answered TCP exchange"):
        capture_of(capture.flows.slice(0, 1), inside=IPv4Network("192.88.99.0/24"), packet_totals={})
