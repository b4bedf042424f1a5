"""What does a story put into a world beside hosts? Meetings, entries of feeds, keys, reports."""

from dataclasses import dataclass

from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import Floats


@dataclass(frozen=True, slots=True)
class Meeting:
    """The contact of one C2 with the service.

    Attributes:
        place: of the C2 in Botnet.c2s.
        at: moments of all its sessions, in order, in days.
        u: kept by sampling where below the chance of `shape`, shape as `at`.
        shape: what the sessions look like.
    """

    place: int
    at: Floats
    u: Floats
    shape: Shape


@dataclass(frozen=True, slots=True)
class RoleLabel:
    """An entry of a feed that says something else than "C2", or that lists another family's server.

    Attributes:
        host: the listed host.
        role: as in headwater.model.label.Role.
        family: the family, or "".
        port: the port, or 0.
        first: first day.
        last: last day, or None where it is open.
        note: what the feed adds.
    """

    host: int
    role: str
    family: str
    port: int
    first: float
    last: float | None
    note: str


@dataclass(frozen=True, slots=True)
class KeySeen:
    """One observation of a host's key.

    Attributes:
        host: the host.
        port: where it was seen.
        kind: "ssh" or "tls".
        fingerprint: what was seen.
        day: when, in days from the story's start.
    """

    host: int
    port: int
    kind: str
    fingerprint: str
    day: float


@dataclass(frozen=True, slots=True)
class Report:
    """One open-source claim; see CONTRACT: reports.

    Attributes:
        host: whom it is about; -1 where it is about an actor alone.
        date: ISO date of what it states.
        claim: one sentence.
        actor: whom it names, or "".
        malware: what it names, or "".
        source: who says so.
        grade: Admiralty code.
        url: where it can be read, or "".
    """

    host: int
    date: str
    claim: str
    actor: str
    malware: str
    source: str
    grade: str
    url: str = ""
