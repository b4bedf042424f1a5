"""How is an address stored? As a pair of signed 64-bit integers, IPv4 as IPv4-mapped IPv6.

    text  <->  (hi, lo)      hi: upper 64 bits of the IPv6 address as a signed integer, lo: lower 64 bits

IPv4 a.b.c.d is ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2): hi = 0, lo = 0x0000ffff_aabbccdd.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

IPV4_PREFIX = 0xFFFF << 32  # the lower half of ::ffff:0:0
_MASK = (1 << 64) - 1
_SIGN = 1 << 63
_ADDRESS_LIKE = re.compile(
    r"(?<![\w:.])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*)(?<![:.])(?!\w|\.\d)"
)


def _signed(value: int) -> int:
    return value - (1 << 64) if value & _SIGN else value


def key_of(address: str | IPv4Address | IPv6Address) -> tuple[int, int]:
    """The (hi, lo) key of an address.

    Args:
        address: text or an `ipaddress` object. IPv4-mapped IPv6 text gives the same key as its IPv4 text.

    Returns:
        Two signed 64-bit integers.

    Raises:
        ValueError: the text is no IPv4 or IPv6 address, or an IPv6 address with a zone (`%eth0`).
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return 0, IPV4_PREFIX | int(parsed)
    if parsed.scope_id is not None:
        raise ValueError(f"{address!s} carries a zone, which has no meaning outside its host")
    value = int(parsed)
    return _signed(value >> 64), _signed(value & _MASK)


def is_ipv4(hi: int, lo: int) -> bool:
    """Whether the key stands for an IPv4 address."""
    return hi == 0 and lo >> 32 == 0xFFFF


def address_of(hi: int, lo: int) -> IPv4Address | IPv6Address:
    """The address of a key, the inverse of `key_of`."""
    if is_ipv4(hi, lo):
        return IPv4Address(lo & 0xFFFFFFFF)
    return IPv6Address(((hi & _MASK) << 64) | (lo & _MASK))


def text_of(hi: int, lo: int) -> str:
    """The address of a key as text: dotted quad, or IPv6 as RFC 5952 writes it."""
    return str(address_of(hi, lo))


def defang(text: str) -> str:
    """The address in a form that no program turns into a link: `1.2.3[.]4`, `2001:db8[:]:1`."""
    head, dot, tail = text.rpartition(".")
    if dot:
        return f"{head}[.]{tail}"
    head, colon, tail = text.rpartition(":")
    return f"{head}[:]{tail}" if colon else text


def defanged_text(text: str) -> str:
    """The text with every IPv4 and IPv6 address in it written as `defang` does; other text stays."""

    def written(found: re.Match[str]) -> str:
        try:
            ip_address(found[0])
        except ValueError:
            return found[0]
        return defang(found[0])

    return _ADDRESS_LIKE.sub(written, text)


def refang(text: str) -> str:
    """The address behind a defanged one; text that is not defanged comes back unchanged."""
    out = text.strip()
    for mark in ("[.]", "(.)", "{.}", "[dot]", "(dot)"):
        out = out.replace(mark, ".")
    for mark in ("[:]", "(:)"):
        out = out.replace(mark, ":")
    for mark, plain in (
        ("hxxps[://]", "https://"),
        ("hxxp[://]", "http://"),
        ("hxxps://", "https://"),
        ("hxxp://", "http://"),
    ):
        if out.lower().startswith(mark):
            out = plain + out[len(mark) :]
    return out
