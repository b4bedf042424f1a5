"""Which address and port does a feed's text name? Defanged, with a port, in brackets, or inside a URL."""

import re
from ipaddress import ip_network
from urllib.parse import urlsplit

from headwater.model.address import key_of, refang, text_of

_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}  # IANA service names
_V4_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d+)")
_V6_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::(\d+))?")
_HOST_NAME = re.compile(r"(?=.*[A-Za-z])[\w-]+(?:\.[\w-]+)+\.?(?::\d+)?")
_NO_PORT = frozenset({"", "0", "-", "none", "null", "any", "*", "n/a", "nan", "unknown"})


class Unusable(ValueError):
    """A text that cannot become a label; the message is the reason that is counted."""


def endpoint_of(text: str) -> tuple[str, int]:
    """Address and port that a text names.

    Args:
        text: `192.0.2.1`, `192.0.2[.]1:443`, `[2001:db8::1]:443`, `192.0.2.1/32` or `hxxp://192.0.2.1:8080/x`.

    Returns:
        Address as normal text, and the port, 0 where the text names none.

    Raises:
        Unusable: no address, a host name, or a network of several addresses.
    """
    plain = refang(text.strip().strip("'\"`").strip())
    if "://" in plain:
        return _from_url(plain)
    with_port = _V4_PORT.fullmatch(plain) or _V6_PORT.fullmatch(plain)
    if with_port:
        return _address(with_port[1]), port_of(with_port[2] or "")
    if "/" in plain:
        return _from_prefix(plain), 0
    return _address(plain), 0


def port_of(text: str) -> int:
    """The port, 0 where the text says there is none.

    Raises:
        Unusable: no number, or above 65535.
    """
    plain = re.sub(r"/(?:tcp|udp)$", "", text.strip().lower())
    if plain in _NO_PORT:
        return 0
    plain = plain.removesuffix(".0")  # spreadsheets turn ports into decimals
    if not (plain.isascii() and plain.lstrip("-").isdigit()):
        raise Unusable("port unreadable")
    if len(plain) > 5 or not 0 <= int(plain) <= 65535:
        raise Unusable("port out of range")
    return int(plain)


def _from_url(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unusable("no address") from None
    return _address(host), port if port is not None else _DEFAULT_PORTS.get(parts.scheme.lower(), 0)


def _from_prefix(text: str) -> str:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise Unusable("no address") from None
    if network.num_addresses > 1:
        raise Unusable("a network, not an address")
    return _address(str(network.network_address))


def _address(text: str) -> str:
    try:
        return text_of(*key_of(text))
    except ValueError:
        raise Unusable("host name, not an address" if _HOST_NAME.fullmatch(text) else "no address") from None
