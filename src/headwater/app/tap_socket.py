"""How do we hear what is sent to another program's UDP port? A raw socket gets a copy of each datagram.

The kernel hands a raw socket for UDP every datagram that it delivers to this machine, reassembled, whoever
has the port (raw(7)); a filter in the kernel lets only one port through (socket(7), SO_ATTACH_FILTER). Linux
alone does so, and only for a process that has the capability CAP_NET_RAW, as root has.
"""

import ctypes
import socket
import struct
from contextlib import suppress

_ATTACH_FILTER, _RCVBUF_FORCE, _MEMINFO = 26, 33, 55  # SO_..., of asm-generic/socket.h
_CAP_AMBIENT, _LOWER, _NET_RAW = 47, 3, 13  # prctl(2), capabilities(7)
_DROPS, _MEMINFO_BYTES = 8, 36  # SK_MEMINFO_DROPS among nine 32-bit numbers, linux/sock_diag.h
_INSTRUCTION = struct.Struct("=HBBI")
UDP_HEADER_BYTES = 8
_LEAST_IPV4_BYTES, _IPV4_SENDER = 20, slice(12, 16)


def heard_port(address: str, port: int, *, buffer_bytes: int) -> list[socket.socket]:
    """Sockets that get a copy of what is sent to a UDP port of this machine.

    Args:
        address: to which it is sent; 0.0.0.0 or :: for all.
        port: to which it is sent.
        buffer_bytes: for what waits; the kernel grants what it may.

    Returns:
        One socket, not blocking; for :: a second one for IPv4, which is delivered there, too.

    Raises:
        OSError: the kernel has no such sockets, or this process may not have one.
    """
    families = [socket.AF_INET6 if ":" in address else socket.AF_INET]
    if address == "::":
        families.append(socket.AF_INET)
    opened: list[socket.socket] = []
    try:
        for family in families:
            one = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_UDP)
            opened.append(one)
            _attach(one, port)
            one.setblocking(False)
            _enlarge(one, buffer_bytes)
            if address not in {"0.0.0.0", "::"}:  # noqa: S104  # asked for by the user
                one.bind((address, 0))
    except OSError:
        for one in opened:
            one.close()
        raise
    return opened


def receive(one: socket.socket, buffer: memoryview, *, port: int) -> tuple[str, memoryview] | None:
    """The next datagram.

    Args:
        one: a socket of `heard_port`.
        buffer: for 64 KiB; it holds the datagram until the next one.
        port: to which it must be sent: before the filter was set, others may have come.

    Returns:
        Who sent it, and its payload; None where it was sent to another port.

    Raises:
        BlockingIOError: there is none.
    """
    if one.family == socket.AF_INET:  # from the IP header on
        size = one.recv_into(buffer)
        place = (buffer[0] & 0xF) * 4
        if size < _LEAST_IPV4_BYTES:
            return None
        sender = socket.inet_ntoa(buffer[_IPV4_SENDER])
    else:  # from the UDP header on
        size, (sender, *_) = one.recvfrom_into(buffer)
        sender, place = sender.partition("%")[0], 0
    if size < place + UDP_HEADER_BYTES or buffer[place + 2] << 8 | buffer[place + 3] != port:
        return None
    return sender, buffer[place + UDP_HEADER_BYTES : size]


def keep_to_ourselves() -> None:
    """Programs started from here on do not inherit CAP_NET_RAW where it is ambient, as by systemd."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_CAP_AMBIENT, _LOWER, _NET_RAW, 0, 0)


def lost_by(one: socket.socket) -> int:
    """Datagrams that a socket lost because they were not fetched in time, since it was opened."""
    try:
        counts = one.getsockopt(socket.SOL_SOCKET, _MEMINFO, _MEMINFO_BYTES)
        return int(struct.unpack("=9I", counts)[_DROPS])
    except (OSError, struct.error):  # Linux before 4.12
        return 0


def _attach(one: socket.socket, port: int) -> None:
    """Lets through what is sent to a port alone. Instructions: linux/filter.h, classic BPF."""
    by_header = [(0xB1, 0, 0, 0), (0x48, 0, 0, 2)]  # X = length of the IP header; A = 16 bits at X + 2
    load = by_header if one.family == socket.AF_INET else [(0x28, 0, 0, 2)]  # A = 16 bits at 2
    program = [
        *load,
        (0x15, 0, 1, port),
        (0x06, 0, 0, 0xFFFFFFFF),
        (0x06, 0, 0, 0),
    ]  # equal: all; else nothing
    code = ctypes.create_string_buffer(b"".join(_INSTRUCTION.pack(*each) for each in program))
    one.setsockopt(
        socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code))
    )


def _enlarge(one: socket.socket, size: int) -> None:
    with suppress(OSError):  # more than net.core.rmem_max is for CAP_NET_ADMIN
        one.setsockopt(socket.SOL_SOCKET, _RCVBUF_FORCE, size)
        return
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
