"""Which moment does an argument name? A datetime with a zone, or ISO 8601 text; UTC unless it says so."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from headwater.errors import BadSetting
from headwater.model.window import parse_time, utc

Moment = datetime | str
Names = str | Sequence[str]
Paths = str | Path | Sequence[str | Path]


def moment(name: str, value: Moment | None) -> datetime | None:
    """The UTC moment that an argument names; None where it was left out.

    Args:
        name: of the argument, for the error.
        value: what was given.

    Raises:
        BadSetting: text that is no ISO 8601, or a datetime without a zone.
    """
    if value is None:
        return None
    try:
        return utc(value) if isinstance(value, datetime) else parse_time(value)
    except ValueError as why:
        raise BadSetting(
            f"{name} = {value!r}: is no moment ({why}); write ISO 8601 such as '2020-01-31T12:00Z', or give "
            "a datetime with a zone"
        ) from None


def names(value: Names) -> tuple[str, ...]:
    """One name or several, as several."""
    return (value,) if isinstance(value, str) else tuple(value)


def paths(value: Paths) -> list[str]:
    """One path or several, as text."""
    return [str(value)] if isinstance(value, str | Path) else [str(one) for one in value]
