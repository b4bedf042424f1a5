"""What all tests of a watch share: whatever a sink is told, nothing is sent beyond this machine."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_sending_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that would leave the loopback interface fails the test before a byte is sent."""
    connect, sendto = socket.socket.connect, socket.socket.sendto

    def guarded_connect(self: socket.socket, address: Any) -> None:  # Any: as its family has addresses
        _stays(address)
        connect(self, address)

    def guarded_sendto(self: socket.socket, *arguments: Any) -> int:  # Any: data, flags, address
        _stays(arguments[-1])
        return sendto(self, *arguments)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "sendto", guarded_sendto)


def _stays(address: Any) -> None:  # Any: as above
    if isinstance(address, tuple) and not ip_address(address[0]).is_loopback:
        pytest.fail(f"a test would send to {address[0]}")
