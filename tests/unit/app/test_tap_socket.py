"""What a raw socket hears of another program's port: its datagrams, with their senders, and no others."""

import socket
import time

import pytest

from headwater.app.tap_socket import heard_port, lost_by, receive

LARGEST = memoryview(bytearray(1 << 16))


def _port() -> int:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::", 0))
        return int(probe.getsockname()[1])


def _heard(address: str, port: int, *, buffer_bytes: int = 1 << 18) -> list[socket.socket]:
    try:
        return heard_port(address, port, buffer_bytes=buffer_bytes)
    except OSError as why:
        pytest.skip(f"needs Linux, IPv6 and the capability CAP_NET_RAW ({why})")


def _send(address: str, port: int, content: bytes) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as out:
        out.sendto(content, (address, port))


@pytest.mark.parametrize(
    ("address", "heard"),
    [
        ("127.0.0.1", {("127.0.0.1", b"four")}),
        ("0.0.0.0", {("127.0.0.1", b"four")}),  # noqa: S104 - both families are what is tried
        ("::1", {("::1", b"six")}),
        ("::", {("127.0.0.1", b"four"), ("::1", b"six")}),
    ],
)
def test_only_what_is_sent_to_that_port(address: str, heard: set[tuple[str, bytes]]) -> None:
    """Of the address and the port; what goes to the next port is filtered out in the kernel."""
    port = _port()
    opened = _heard(address, port)
    for to, content in (("127.0.0.1", b"four"), ("::1", b"six")):
        _send(to, port, content)
        _send(to, port + 1, b"not ours")
    found = set()
    for one in opened:
        while True:
            try:
                received = receive(one, LARGEST, port=port)
            except BlockingIOError:
                break
            assert received is not None
            found.add((received[0], bytes(received[1])))
        one.close()
    assert found == heard


def test_a_large_datagram_is_whole() -> None:
    """60,000 octets, which an Ethernet would carry in 41 fragments."""
    port = _port()
    (one,) = _heard("127.0.0.1", port)
    _send("127.0.0.1", port, b"x" * 60_000)
    received = receive(one, LARGEST, port=port)
    one.close()
    assert received is not None
    assert bytes(received[1]) == b"x" * 60_000


def test_what_it_loses_itself_is_counted() -> None:
    """200 datagrams of 1,000 octets do not fit into some kilobytes."""
    port = _port()
    (one,) = _heard("127.0.0.1", port, buffer_bytes=4_096)
    for _ in range(200):
        _send("127.0.0.1", port, b"x" * 1_000)
    kept, until_s = 0, time.monotonic() + 10.0
    while kept + lost_by(one) < 200 and time.monotonic() < until_s:  # a busy machine delivers them later
        try:
            receive(one, LARGEST, port=port)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            kept += 1
    lost = lost_by(one)
    one.close()
    assert (kept + lost, lost > 0) == (200, True)
