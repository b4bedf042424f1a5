import socket
import sys

import pytest

from headwater.app.socket_drops import dropped

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


def test_what_a_full_buffer_drops_is_counted() -> None:
    """A socket with room for a few packets, sent 300 that nobody fetches: kept and dropped are 300."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as full,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        full.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        full.bind(("127.0.0.1", 0))
        port = full.getsockname()[1]
        for _ in range(300):
            out.sendto(b"x" * 1000, ("127.0.0.1", port))
        lost = dropped("127.0.0.1", port)
        full.setblocking(False)
        kept = 0
        while True:
            try:
                full.recv(2000)
            except BlockingIOError:
                break
            kept += 1
    assert lost is not None
    assert (kept + lost, kept < 300) == (300, True)


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_an_idle_socket_has_dropped_nothing(family: socket.AddressFamily, address: str) -> None:
    """Both families are found by address and port."""
    with socket.socket(family, socket.SOCK_DGRAM) as idle:
        try:
            idle.bind((address, 0))
        except OSError:
            pytest.skip(f"this machine has no {address}")
        assert dropped(address, idle.getsockname()[1]) == 0


def test_without_a_socket_nothing_is_said() -> None:
    """None, not 0: nobody counts there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert dropped("127.0.0.1", port) is None
