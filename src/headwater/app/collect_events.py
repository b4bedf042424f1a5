"""What does `collect` tell while it works? One event a change, in words and in numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum


class EventKind(Enum):
    """What an event is about."""

    LISTENING = "listening"  # a collector has started
    ENDED = "ended"  # a collector has ended by itself and will be started again
    TAKEN_OVER = "taken-over"  # files of an earlier run were found
    STORED = "stored"  # files are in the lake
    EXPORTER = "exporter"  # an exporter is new, or announces another sampling
    LOSS = "loss"  # flows were lost or cannot be right
    PROBLEM = "problem"  # something needs a hand
    STOPPED = "stopped"  # the end


Number = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CollectEvent:
    """One thing that happened.

    Attributes:
        kind: what it is about.
        said: in words, for people; may repeat text from outside.
        listener: where, as `netflow 127.0.0.1:9995`; empty where it concerns all.
        numbers: the same for programs, named with their units.
        at: when, UTC.
    """

    kind: EventKind
    said: str
    listener: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


Tell = Callable[[CollectEvent], None]
