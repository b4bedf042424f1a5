"""Can this be an observation of a host? The checks that all formats' observations pass."""

import re
from dataclasses import dataclass
from datetime import datetime

from headwater.intel.dates import moment_at
from headwater.intel.labels.endpoints import Unusable, endpoint_of, port_of
from headwater.intel.refusals import Refusals
from headwater.model.tenancy import HostKey

FINGERPRINT_CHARACTERS = 300  # the longest digest in use has 128; banners can be megabytes long
_KIND = re.compile(r"[a-z][a-z0-9_.+-]{0,29}(?:/[a-z0-9_.@+-]{1,60})?")
_SSH_TYPES = re.compile(r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]+|x509v3-[a-z0-9-]+")  # names of RFC 4253 and RFC 5656
_SAME_KINDS = {
    "ssh_host_key": "ssh", "ssh-hostkey": "ssh", "sshd": "ssh", "hostkey": "ssh", "host_key": "ssh",
    "ssl": "tls", "https": "tls", "cert": "tls", "certificate": "tls", "x509": "tls",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sighting:
    """One observation as a source writes it.

    Attributes:
        place: line of a text file or number of the record, from 1.
        address: defanged or not.
        port: as text; "" for none.
        kind: what was seen.
        fingerprint: the key, digest or text.
        seen_at: when, as text.
        source: who saw it.
        dated: as in HostKey.
    """

    place: int
    address: str
    port: str
    kind: str
    fingerprint: str
    seen_at: str
    source: str
    dated: bool = True


def observed(sighting: Sighting, *, now: datetime, refusals: Refusals) -> tuple[int, HostKey] | None:
    """The observation with its place, or None where it is refused: counted in `refusals` by its reason."""
    try:
        return sighting.place, _host_key(sighting, now)
    except Unusable as why:
        parts = (sighting.address, sighting.port, sighting.kind, sighting.seen_at)
        example = " ".join(part for part in parts if part)
        refusals.add(str(why), place=sighting.place, example=example)
        return None


def _host_key(sighting: Sighting, now: datetime) -> HostKey:
    address, own_port = endpoint_of(sighting.address)
    fingerprint = sighting.fingerprint.strip()[:FINGERPRINT_CHARACTERS]
    if not fingerprint:
        raise Unusable("no fingerprint")
    return HostKey(
        address=address,
        port=port_of(sighting.port) or own_port,
        kind=kind_of(sighting.kind),
        fingerprint=fingerprint,
        seen_at=moment_at(sighting.seen_at, now=now).at,
        source=sighting.source.strip(),
        dated=sighting.dated,
    )


def kind_of(text: str) -> str:
    """The kind in this project's form: lower case, "ssh", "tls"; "ssh/ssh-rsa" for a key's type alone.

    Raises:
        Unusable: no kind, or none that could be a name.
    """
    word = text.strip().lower()
    word = _SAME_KINDS.get(word, word)
    if _SSH_TYPES.fullmatch(word):
        word = f"ssh/{word}"
    if not word:
        raise Unusable("no kind")
    if not _KIND.fullmatch(word):
        raise Unusable("no name of a kind")
    return word
