"""When does a feed mean? Dates as feeds write them, read as UTC moments."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from headwater.model.window import parse_time

EARLIEST = datetime(1996, 1, 1, tzinfo=UTC)  # before the first botnets; older dates are clocks never set
FUTURE_SLACK = timedelta(days=1)  # zones and clocks go wrong by hours, not by days

_ABSENT = frozenset({"", "-", "n/a", "na", "nan", "nat", "never", "none", "null", "unknown", "open"})
_ZERO = re.compile(r"0000-00-00(?:[ T]00:00:00(?:\.0+)?)?Z?")  # how MySQL writes "no date"
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}")
_DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{2})[/.](\d{2})")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a feed wrote it.

    Attributes:
        at: in UTC; midnight where only a date was written.
        date_only: whether only a date was written.
    """

    at: datetime
    date_only: bool

    @property
    def just_after(self) -> datetime:
        """The end of a half-open window in which this was the last sighting.

        A date stands for its whole day, a time for its second: what feeds write is that coarse.
        """
        if self.date_only:
            return self.at + timedelta(days=1)
        return self.at + (timedelta(microseconds=1) if self.at.microsecond else timedelta(seconds=1))


@lru_cache(maxsize=4096)  # a feed's rows share their dates
def moment_of(text: str) -> Moment | None:
    """The moment that a feed's text stands for.

    Args:
        text: ISO 8601 with `T` or a space, with or without zone (UTC is assumed), with ` UTC` behind it, a
            date alone, year-first dates with slashes or dots, or (milli-, micro-)seconds since 1970.

    Returns:
        The moment, or None where the feed says that there is no date.

    Raises:
        ValueError: the text is no date, or one whose day and month cannot be told apart (01/02/2020).
    """
    plain = text.strip()
    if plain.lower() in _ABSENT or _ZERO.fullmatch(plain):
        return None
    plain = re.sub(r"\s*(?:UTC|GMT)$", "", plain, flags=re.IGNORECASE)
    plain = _YEAR_FIRST.sub(r"\1-\2-\3", plain)
    if _DATE_ONLY.fullmatch(plain):
        return Moment(parse_time(plain), date_only=True)
    if _EPOCH.fullmatch(plain):
        return Moment(_from_epoch(plain), date_only=False)
    if not plain[:4].isdigit():
        raise ValueError(f"{text!r} does not begin with a year")
    try:
        return Moment(parse_time(plain), date_only=False)
    except OverflowError:
        raise ValueError(f"{text!r} is no date") from None


def _from_epoch(digits: str) -> datetime:
    whole = digits.partition(".")[0]
    if len(whole) >= 15:
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(digits))
    if len(whole) >= 12:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(digits))
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=float(digits))
