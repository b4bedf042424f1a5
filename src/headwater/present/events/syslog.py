"""What does an event look like to syslog? RFC 5424 messages, framed for UDP (RFC 5426) or TCP (RFC 6587).

Nothing from outside can begin a second message or a second parameter: characters that a receiver would obey
are written as escapes, and the three that structured data reserves are escaped as section 6.3.3 says.
"""

from dataclasses import dataclass

from headwater.model.event import EventKind
from headwater.present.events.sharing import Shared
from headwater.present.events.words import said
from headwater.present.printable import printable

UDP_BYTES = 2_048  # a receiver should take as much (RFC 5424, section 6.1); longer texts are cut
_TCP_BYTES = 65_536
_VALUE_BYTES = 400  # so that all values of an event, escaped, leave room in a datagram
_BOM = b"\xef\xbb\xbf"  # section 6.4: MSG is UTF-8 and says so
_WARNING, _NOTICE, _INFORMATIONAL = 4, 5, 6  # section 6.2.1
_SEVERITIES = {
    EventKind.NEW_UPSTREAM: _WARNING,
    EventKind.UPSTREAM_MOVED: _WARNING,
    EventKind.LEAD_CONFIRMED: _WARNING,
    EventKind.COVERAGE_LOST: _WARNING,
    EventKind.NEW_CANDIDATE: _INFORMATIONAL,
    EventKind.CANDIDATE_DROPPED: _INFORMATIONAL,
    EventKind.DIGEST: _INFORMATIONAL,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who speaks.

    Attributes:
        host: name of this machine.
        process: number of this process.
        facility: 0 to 23.
        enterprise: private enterprise number of the structured data.
    """

    host: str
    process: int
    facility: int
    enterprise: int


def messages(found: Shared, origin: Origin, *, again: bool, datagrams: bool) -> list[bytes]:
    """The event as messages: one, or for a digest one for itself and one for each event in it.

    Args:
        found: the event as it may leave.
        origin: who speaks.
        again: whether it may have arrived before.
        datagrams: for UDP, so shorter.
    """
    most = UDP_BYTES if datagrams else _TCP_BYTES
    inner = [_message(each, origin, again=again, most=most, digest=found.event.id) for each in found.events]
    return [_message(found, origin, again=again, most=most), *inner]


def framed(message: bytes) -> bytes:
    """A message for TCP, its length before it (RFC 6587, section 3.4.1: octet counting)."""
    return str(len(message)).encode("ascii") + b" " + message


def _message(found: Shared, origin: Origin, *, again: bool, most: int, digest: str = "") -> bytes:
    event = found.event
    severity = _INFORMATIONAL if digest else _SEVERITIES.get(event.kind, _NOTICE)
    time = event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = (
        f"<{origin.facility * 8 + severity}>1 {time} {_name(origin.host, 255)} headwater {origin.process} "
        f"{event.kind.value} "
    )
    start = (head + _data(found, origin, again=again, digest=digest) + " ").encode("utf-8") + _BOM
    return start + _cut(said(found).encode("utf-8"), most - len(start))


def _data(found: Shared, origin: Origin, *, again: bool, digest: str) -> str:
    event, numbers = found.event, found.event.measured
    values: dict[str, object] = {
        "id": event.id,
        "mark": event.mark,
        "subject": event.subject,
        "role": event.role,
    }
    if numbers is not None:
        values |= {"verdict": numbers.verdict, "posterior": numbers.posterior, "p": numbers.p_value}
        values |= {"c2s": numbers.c2s, "clients": numbers.clients}
    values |= {"lakeVersion": event.basis.lake_version, "tlp": found.tlp.value, "leftOut": found.hosts or ""}
    values |= {"again": "1" if again else "", "digest": digest, "command": event.command}
    said_ones = "".join(
        f' {name}="{_value(str(value))}"' for name, value in values.items() if value not in ("", None)
    )
    return f"[headwater@{origin.enterprise}{said_ones}]"


def _value(text: str) -> str:
    """Section 6.3.3: a quotation mark, a backslash and a closing bracket are escaped by a backslash."""
    safe = _cut(printable(text).encode("utf-8"), _VALUE_BYTES).decode("utf-8")
    return safe.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _name(text: str, most: int) -> str:
    """Section 6: PRINTUSASCII without spaces, "-" where nothing is left."""
    return "".join(one for one in text if "!" <= one <= "~")[:most] or "-"


def _cut(text: bytes, most: int) -> bytes:
    """At most so many bytes, cut between characters."""
    if len(text) <= most:
        return text
    return text[: max(most - 3, 0)].decode("utf-8", "ignore").encode("utf-8") + b"..."
