"""Which addresses can be no server on the Internet? Private, reserved, multicast and the like, by name.

Source: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), the multicast
registries (RFC 5771, RFC 4291) and the IPv6 space that IANA has given to no one (only 2000::/3 is in use).
`ipaddress.is_global` is not used: its answer for some blocks changed between Python releases.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_BLOCKS: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),  # RFC 791
    ("10.0.0.0/8", "private"),  # RFC 1918
    ("172.16.0.0/12", "private"),
    ("192.168.0.0/16", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),  # RFC 6598
    ("127.0.0.0/8", "loopback"),  # RFC 1122
    ("169.254.0.0/16", "link-local"),  # RFC 3927
    ("192.0.0.0/24", "protocol assignments"),  # RFC 6890
    ("192.0.2.0/24", "documentation"),  # RFC 5737
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("198.18.0.0/15", "benchmarking"),  # RFC 2544
    ("224.0.0.0/4", "multicast"),  # RFC 5771
    ("255.255.255.255/32", "broadcast"),  # RFC 919
    ("240.0.0.0/4", "reserved"),  # RFC 1112
    ("::/128", "unspecified"),  # RFC 4291
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "private"),  # RFC 8215, local-use translation
    ("100::/64", "discard-only"),  # RFC 6666
    ("2001:2::/48", "benchmarking"),  # RFC 5180
    ("2001:db8::/32", "documentation"),  # RFC 3849
    ("3fff::/20", "documentation"),  # RFC 9637
    ("fc00::/7", "private"),  # RFC 4193, unique local
    ("fe80::/10", "link-local"),  # RFC 4291
    ("ff00::/8", "multicast"),
)
_V4 = tuple(
    (int(block[0]), int(block[-1]), what)
    for block, what in ((IPv4Network(text), what) for text, what in _BLOCKS if "." in text)
)  # numbers, because feeds have millions of IPv4 addresses
_V6 = tuple((IPv6Network(text), what) for text, what in _BLOCKS if ":" in text)
_IN_USE = tuple(IPv6Network(text) for text in ("2000::/3", "64:ff9b::/96"))  # RFC 4291; RFC 6052


def special_use(address: str | IPv4Address | IPv6Address) -> str:
    """What kind of special address this is, or "" for one that a server on the Internet may have.

    Args:
        address: text or an `ipaddress` object; IPv4-mapped IPv6 is judged as the IPv4 address inside.

    Raises:
        ValueError: the text is no address.
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        number = int(parsed)
        return next((what for first, last, what in _V4 if first <= number <= last), "")
    named = next((what for block, what in _V6 if parsed in block), "")
    return named or ("" if any(parsed in block for block in _IN_USE) else "reserved")


def special_blocks() -> tuple[tuple[str, str], ...]:
    """Every named block as (prefix, kind), the same that `special_use` names."""
    return tuple((str(ip_network(text)), what) for text, what in _BLOCKS)
