"""The guard of these tests: that it holds."""

import socket

import pytest

from watching import LOOPBACK, silent_receiver


def test_nothing_leaves_this_machine() -> None:
    """Neither a connection nor a datagram; 192.0.2.1 is nobody's (RFC 5737)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out, pytest.raises(pytest.fail.Exception):
        out.sendto(b"", ("192.0.2.1", 9))
    with pytest.raises(pytest.fail.Exception):
        socket.create_connection(("192.0.2.1", 9), 1.0)


def test_the_loopback_interface_is_open() -> None:
    """Connections within this machine are as they were."""
    with silent_receiver() as port, socket.create_connection((LOOPBACK, port), 1.0) as out:
        assert out.getpeername() == (LOOPBACK, port)
