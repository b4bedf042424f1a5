"""How many datagrams did the kernel drop because a collector did not fetch them in time? Linux says so."""

import ipaddress
import struct
import sys
from pathlib import Path

_TABLES = {4: Path("/proc/net/udp"), 6: Path("/proc/net/udp6")}
_LOCAL, _DROPS = 1, -1  # places of the local address and of the drops in a line


def dropped(address: str, port: int) -> int | None:
    """Datagrams dropped at the UDP socket bound to an address and port, since it was opened.

    Args:
        address: the address it is bound to.
        port: its port.

    Returns:
        The count, or None where there is no such socket or the system does not tell.

    Source: proc(5), /proc/net/udp: "drops", the datagrams dropped for want of buffer space.
    """
    wanted = _written(address, port)
    try:
        lines = _TABLES[ipaddress.ip_address(address).version].read_text(encoding="ascii").splitlines()[1:]
    except (OSError, UnicodeError):
        return None
    counts = [int(line.split()[_DROPS]) for line in lines if line.split()[_LOCAL] == wanted]
    return sum(counts) if counts else None


def _written(address: str, port: int) -> str:
    """An address and port as the kernel writes them: words in the machine's byte order."""
    packed = ipaddress.ip_address(address).packed
    order = "<" if sys.byteorder == "little" else ">"
    words = struct.unpack(f"{order}{len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
