"""What is hunted? Service: an address, a port and a protocol."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

PROTOCOLS: dict[str, int] = {  # IANA protocol numbers by the names that flow tools print
    "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17, "dccp": 33, "ipv6": 41,
    "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "icmp6": 58, "ipv6-icmp": 58, "icmpv6": 58, "ospf": 89,
    "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udplite": 136,
}  # fmt: skip
PROTOCOL_NAMES: dict[int, str] = {number: name for name, number in reversed(PROTOCOLS.items())}

_SERVICE = re.compile(r"^(?:\[(?P<v6>[^\]]+)\]|(?P<v4>[^:\[\]]+)):(?P<port>\d+)/(?P<proto>[\w-]+)$")


def protocol_number(text: str) -> int:
    """The IANA number of a protocol given by name (any case) or number.

    Raises:
        ValueError: unknown name, or a number outside 0..255.
    """
    name = text.strip().lower()
    number = PROTOCOLS.get(name)
    if number is None:
        number = int(name) if name.isascii() and name.isdigit() else -1
    if not 0 <= number <= 255:
        raise ValueError(f"{text!r} is no IP protocol; use a name such as tcp or a number from 0 to 255")
    return number


def protocol_name(number: int) -> str:
    """The usual name of a protocol number, or the number as text."""
    return PROTOCOL_NAMES.get(number, str(number))


@dataclass(frozen=True, slots=True)
class Service:
    """An address with, where known, a port and a protocol.

    Attributes:
        address: IPv4 or IPv6 text, normalised.
        port: 1..65535, or 0 for "no single port".
        proto: IP protocol number, or 0 where the port is 0 and any protocol is meant.
    """

    address: str
    port: int = 0
    proto: int = 0

    @classmethod
    def parse(cls, text: str) -> "Service":
        """A service from `address:port/proto`, `[v6]:port/proto` or an address alone.

        Raises:
            ValueError: the text has none of the three forms; the message shows them.
        """
        found = _SERVICE.match(text.strip())
        try:
            if found is None:
                return cls(str(ip_address(text.strip())))
            address = ip_address(found["v6"] or found["v4"])
            port, proto = int(found["port"]), protocol_number(found["proto"])
        except ValueError as why:
            raise ValueError(
                f"{text!r} is no service ({why}); write 192.0.2.1:443/tcp, [2001:db8::1]:443/tcp or 192.0.2.1"
            ) from None
        if port > 65535:
            raise ValueError(f"{text!r}: port {port} is above 65535")
        return cls(str(address), port, proto)

    def __str__(self) -> str:
        if self.port == 0:
            return self.address
        host = f"[{self.address}]" if isinstance(ip_address(self.address), IPv6Address) else self.address
        return f"{host}:{self.port}/{protocol_name(self.proto)}"
