"""What did Shodan see of a host? SSH host keys, TLS certificates, pages and banners, each with its time.

The document of `/shodan/host/{ip}?history=true` (https://developer.shodan.io/api), whose `data` are banners,
answers of a search (`matches`), and banners alone, one a line, as downloads give them. Banner properties:
https://datapedia.shodan.io/. Their timestamps name no zone and are UTC.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from headwater.intel.context.observed import Sighting
from headwater.intel.refusals import Refusals
from headwater.model.address import text_of

SOURCE = "shodan"
Thing = Mapping[str, Any]  # Any: whatever JSON can say
_IPV4_AS_IPV6 = 0xFFFF << 32


def is_shodan(value: Any) -> bool:  # Any: as above
    """Whether a JSON value is a host, an answer or a banner of Shodan; of a list, its first item."""
    if isinstance(value, list):
        return bool(value) and is_shodan(value[0])
    if not isinstance(value, Mapping):
        return False
    banners = _banners(value)
    if banners is not None:
        return "ip_str" in value or any(_is_banner(one) for one in banners)
    return _is_banner(value)


def shodan_sightings(value: Any, place: int, refusals: Refusals) -> Iterator[Sighting]:  # Any: as above
    """What a host, an answer or a banner shows.

    Args:
        value: as `is_shodan` knows it.
        place: number of the record; banners within it are counted from there.
        refusals: told what is no banner, and which banners have nothing to recognise a host by.
    """
    if not isinstance(value, Mapping):
        return
    banners = _banners(value)
    host = _address(value)
    for number, banner in enumerate([value] if banners is None else banners, start=place):
        if not isinstance(banner, Mapping):
            refusals.add("no banner", place=number, example=str(banner)[:100])
            continue
        shown = list(_shown(banner))
        if not shown:
            refusals.pass_over("banner without a key")
        for kind, fingerprint in shown:
            yield Sighting(
                place=number,
                address=_address(banner) or host,
                port=str(banner.get("port") or ""),
                kind=kind,
                fingerprint=fingerprint,
                seen_at=str(banner.get("timestamp") or ""),
                source=SOURCE,
            )


def _is_banner(value: Any) -> bool:  # Any: as above
    return (
        isinstance(value, Mapping) and {"timestamp", "port"} <= set(value) and not {"src", "dst"} & set(value)
    )


def _banners(value: Thing) -> list[Any] | None:  # Any: as above
    """The banners of a host or an answer; None for a banner, whose `data` is text."""
    for name in ("data", "matches"):
        if isinstance(value.get(name), list):
            found: list[Any] = value[name]
            return found
    return None


def _address(value: Thing) -> str:
    """The address as text; Shodan also writes IPv4 as a number."""
    if value.get("ip_str"):
        return str(value["ip_str"])
    number = value.get("ip")
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 32:
        return text_of(0, _IPV4_AS_IPV6 | number)
    return str(number or "")


def _shown(banner: Thing) -> Iterator[tuple[str, str]]:
    """Kind and fingerprint of everything in a banner by which its host can be recognised."""
    ssh, http = _part(banner, "ssh"), _part(banner, "http")
    certificate = _part(_part(banner, "ssl"), "cert")
    if fingerprint := _ssh_fingerprint(ssh):
        key_type = str(ssh.get("type") or "").strip()
        yield f"ssh/{key_type}" if key_type else "ssh", fingerprint
    digests = _part(certificate, "fingerprint")
    if digest := digests.get("sha256") or digests.get("sha1"):
        yield "tls", str(digest)
    if page := http.get("html_hash"):
        yield "http", f"html_hash {page}"
    words = str(banner.get("data") or "").lstrip()
    if words.startswith("SSH-"):
        yield "banner", words.splitlines()[0]
    elif not (ssh or http or certificate) and banner.get("hash"):
        # of HTTP the hash changes with every date in a header, of SSH with the key
        yield "banner", f"hash {banner['hash']}"


def _ssh_fingerprint(ssh: Thing) -> str:
    """MD5 of the host key, as Shodan gives it or made from the key itself (RFC 4716, section 4)."""
    if ssh.get("fingerprint"):
        return str(ssh["fingerprint"])
    try:
        raw = base64.b64decode(str(ssh.get("key") or "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return hashlib.md5(raw, usedforsecurity=False).hexdigest() if raw else ""


def _part(value: Thing, name: str) -> Thing:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
