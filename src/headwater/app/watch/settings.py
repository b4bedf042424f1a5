"""What does a watch look at, what is worth telling, how much, and to whom?"""

from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from headwater.model.event import EventKind
from headwater.model.label import Tlp

DOCUMENTATION_ENTERPRISE = 32473  # RFC 5612
LOUD = (EventKind.NEW_UPSTREAM, EventKind.UPSTREAM_MOVED)  # what the budget keeps room for


@dataclass(frozen=True, slots=True)
class Schedule:
    """When.

    Attributes:
        every_s: pause between looks.
        window: how far back a hunt looks.
        clock: where "now" comes from.
        tell_first: whether the first cycle tells what is there already.
        copy: whether days that are over are copied by host after a cycle, where hunts will read the copy.
    """

    every_s: float = 900.0
    window: timedelta = timedelta(days=28)
    clock: Literal["system", "data"] = "system"
    tell_first: bool = True
    copy: bool = True


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is worth telling of upstreams.

    Attributes:
        c2s: how many independent C2s a new upstream needs: listed ones, and clients that look like C2s.
        sure: posterior from which that is enough ...
        chance: ... below it so many must be listed, and their q-value be at most this.
        candidates: whether what a hunt takes for an upstream on less is told as a notice.
        families: only C2s of these; none means all.
        allow_reserved: as in a hunt.
        changes: whether moves, silence and other changes are looked for.
        change_probability: from which such a change is told.
        mark: put before everything that is said, for exercises and simulated records; "" for nothing.
    """

    c2s: int = 3
    sure: float = 0.9
    chance: float = 0.01
    candidates: bool = True
    families: tuple[str, ...] = ()
    allow_reserved: bool = False
    changes: bool = True
    change_probability: float = 0.8
    mark: str = ""


@dataclass(frozen=True, slots=True)
class LeadSettings:
    """How other clients of known upstreams are looked at.

    Attributes:
        every: pause between two pivots on one upstream; zero: never.
        posterior: from which a lead is remembered.
        most: upstreams a cycle.
    """

    every: timedelta = timedelta(hours=24)
    posterior: float = 0.5
    most: int = 3


@dataclass(frozen=True, slots=True)
class CoverageSettings:
    """When a sensor counts as lost.

    Attributes:
        silent: shortest silence.
        factor: of the longest pause before.
        habit_hours: hours with flows that make a habit.
    """

    silent: timedelta = timedelta(hours=6)
    factor: float = 2.0
    habit_hours: int = 48


@dataclass(frozen=True, slots=True)
class Budget:
    """How much leaves when.

    Attributes:
        events: alerts a day.
        reserve: of them, for the kinds in LOUD.
        notices: a day, beside the alerts.
        zone: where a day begins.
        quiet_from, quiet_until: quiet hours; equal: none.
        quiet_except: kinds that leave all the same.
    """

    events: int = 10
    reserve: int = 4
    notices: int = 10
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    quiet_from: time = time()
    quiet_until: time = time()
    quiet_except: tuple[EventKind, ...] = LOUD


@dataclass(frozen=True, slots=True)
class Sink:
    """Where events go; each kind below adds what it needs.

    Attributes:
        name: how it is remembered.
        tlp: what is marked above stays out.
        notices: whether it gets notices, too, or alerts alone.
    """

    name: str
    tlp: Tlp = Tlp.AMBER
    notices: bool = False


@dataclass(frozen=True, slots=True)
class JsonSink(Sink):
    """One line of JSON an event; `file` None is stdout. A record of all that was told, so with notices."""

    notices: bool = True
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class SyslogSink(Sink):
    """RFC 5424 over UDP (RFC 5426) or TCP with octet counting (RFC 6587, section 3.4.1)."""

    host: str = "127.0.0.1"
    port: int = 514
    transport: Literal["udp", "tcp"] = "udp"
    facility: int = 16
    enterprise: int = DOCUMENTATION_ENTERPRISE
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class WebhookSink(Sink):
    """A POST of JSON to one URL."""

    url: str = ""
    token_file: Path | None = None
    ca_file: Path | None = None
    timeout_s: float = 10.0
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class MailSink(Sink):
    """Messages (RFC 5322) as files in a folder."""

    folder: Path = Path()
    sender: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Everything that a watch stands on."""

    schedule: Schedule = field(default_factory=Schedule)
    alerts: Alerts = field(default_factory=Alerts)
    leads: LeadSettings = field(default_factory=LeadSettings)
    coverage: CoverageSettings = field(default_factory=CoverageSettings)
    budget: Budget = field(default_factory=Budget)
    sinks: tuple[Sink, ...] = field(default_factory=lambda: (JsonSink("stdout"),))
    engine: str = "duckdb://"
