"""When? Window: half-open [start, end) in UTC; naive times are refused."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OPEN_US = 1 << 62  # microseconds; stands for an open end among numbers: some 146,000 years from 1970

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """The moment in UTC.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; write {moment.isoformat()}Z if it is UTC")
    return moment.astimezone(UTC)


def moment_of(micros: int) -> datetime:
    """The UTC moment so many microseconds after 1970; exact, which a float of seconds would not be.

    Raises:
        OverflowError: beyond the years that dates can say, such as OPEN_US.
    """
    return _EPOCH + timedelta(microseconds=micros)


def micros_of(moment: datetime) -> int:
    """Microseconds from 1970 to a moment, the inverse of `moment_of`.

    Raises:
        ValueError: the moment has no time zone.
    """
    return (utc(moment) - _EPOCH) // timedelta(microseconds=1)


def parse_time(text: str) -> datetime:
    """ISO 8601 text as a UTC moment; text without a zone is UTC, a bare date is its midnight.

    Raises:
        ValueError: the text is no ISO 8601 date or time.
    """
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of time [start, end). None means unbounded on that side.

    Raises:
        ValueError: a naive time, or an end that is not after the start.
    """

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            moment = getattr(self, name)
            if moment is not None:
                object.__setattr__(self, name, utc(moment))
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(
                f"window ends at {self.end.isoformat()}, not after its start {self.start.isoformat()}"
            )

    def widened(self, *, before: timedelta, after: timedelta) -> "Window":
        """The window with slack on both sides."""
        return Window(
            None if self.start is None else self.start - before,
            None if self.end is None else self.end + after,
        )

    def contains(self, moment: datetime) -> bool:
        """Whether the moment lies in [start, end)."""
        at = utc(moment)
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def overlaps(self, other: "Window") -> bool:
        """Whether the two windows share a moment."""
        starts_before = self.start is None or other.end is None or self.start < other.end
        return starts_before and (other.start is None or self.end is None or other.start < self.end)
