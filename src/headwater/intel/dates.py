"""When do open sources mean? Days, months, years, moments and spans, checked against what is possible."""

import re
from datetime import datetime, timedelta

from headwater.intel.labels.endpoints import Unusable
from headwater.intel.labels.moments import EARLIEST, FUTURE_SLACK, Moment, moment_of

_MONTH = re.compile(r"(\d{4})[-/.](\d{2})")
_YEAR = re.compile(r"\d{4}")
_BETWEEN = re.compile(r"\s*(?:/|--|\.\.|\bto\b|\u2013)\s*")  # ISO 8601 spans, and how people write them
_DAY = timedelta(days=1)


def moment_at(text: str, *, now: datetime) -> Moment:
    """The moment of something seen.

    Args:
        text: as `moment_of` reads it.
        now: nothing later than a day after this was seen.

    Raises:
        Unusable: no date, one that cannot be read, or one that cannot be true.
    """
    try:
        moment = moment_of(text)
    except (ValueError, OverflowError):
        raise Unusable("date unreadable") from None
    if moment is None:
        raise Unusable("no date")
    if moment.at < EARLIEST:
        raise Unusable("date before 1996")
    if moment.at > now + FUTURE_SLACK:
        raise Unusable("date in the future")
    return moment


def span_of(text: str, *, now: datetime) -> tuple[datetime, datetime | None]:
    """The span that a source dates something to.

    Args:
        text: `2019-06-20`, `2019-06`, `2019`, a moment, or two of these with `/` between them.
        now: as for `moment_at`; a month or year under way may end later.

    Returns:
        Its first moment, and the moment behind its last, None where it is one moment: a day ends with its
        last second, and so does a month; of two dates the second belongs to the span.

    Raises:
        Unusable: no date, one that cannot be read or be true, or an end before its start.
    """
    plain = text.strip()
    try:
        return _one(plain, now)
    except Unusable as why:
        first, between, last = _halves(plain)
        if not between:
            raise why from None
    start, until = _one(first, now)
    end, behind = _one(last, now)
    behind = behind or end
    if behind < start or (until is not None and behind < until):
        raise Unusable("end before start")
    return start, behind if behind > start else None


def _halves(text: str) -> tuple[str, str, str]:
    found = _BETWEEN.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _one(text: str, now: datetime) -> tuple[datetime, datetime | None]:
    month, year = _MONTH.fullmatch(text), _YEAR.fullmatch(text)
    if month or year:
        start = moment_at(f"{month[1]}-{month[2]}-01" if month else f"{text}-01-01", now=now).at
        days = 31 if month else 366  # reaches into the next one, whatever the length
        behind = (start + timedelta(days=days)).replace(day=1)
        return start, behind if month else behind.replace(month=1)
    moment = moment_at(text, now=now)
    return moment.at, moment.at + _DAY if moment.date_only else None
