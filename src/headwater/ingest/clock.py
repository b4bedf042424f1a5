"""When was it? Times of a table in microseconds UTC; their unit is decided once a file, and reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import BadSetting
from headwater.ingest.cells import by_text, floats, is_text, numbers
from headwater.ingest.rejects import Rejects
from headwater.ingest.written_times import note_zone

_US_PER = {"s": 1_000_000.0, "ms": 1_000.0, "us": 1.0, "ns": 0.001}
_UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
# Epoch numbers below each bound are in that unit: the bound is the year 5138, a thousandth of it is 1973.
_BOUNDS = ((1e11, "s"), (1e14, "ms"), (1e17, "us"), (float("inf"), "ns"))
_ZONED = r"[0-9](?:[Zz]|[+-][0-9]{2}:?[0-9]{2})$"
_US = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Clock:
    """How one file writes its times.

    Attributes:
        units: column of FLOW to s, ms, us, ns or iso; nothing for columns that are timestamps already.
        timezone: IANA name of the zone of times that name none.
    """

    units: Mapping[str, str]
    timezone: str

    @classmethod
    def told_by(
        cls, columns: Mapping[str, pa.Array], *, units: Mapping[str, str], timezone: str, rejects: Rejects
    ) -> "Clock":
        """The clock of a file, from its first records.

        Args:
            columns: the first records' time columns by FLOW's names.
            units: what a map says of them.
            timezone: IANA name of the zone of times that name none.
            rejects: told which unit the values' size spoke for, and that times name no zone.

        Raises:
            BadSetting: there is no such time zone.
        """
        try:
            ZoneInfo(timezone)
        except (KeyError, ValueError, OSError):
            raise BadSetting(
                f"--timezone {timezone}: no such time zone; use a name like Europe/Prague"
            ) from None
        decided = dict(units)
        for name, column in columns.items():
            if name not in decided and not pa.types.is_temporal(column.type):
                decided[name] = _unit_of(column)
        guessed = sorted(
            {decided[name] for name in columns if name in decided and name not in units} - {"iso"}
        )
        for unit in guessed:
            rejects.note(f"times read as epoch {_UNIT_WORDS[unit]}, by their size")
        for name, column in columns.items():
            if decided.get(name, "iso") == "iso":
                note_zone(_as_written(column), zone=timezone, rejects=rejects)
        return cls(decided, timezone)

    def times(self, column: pa.Array, name: str) -> pa.Array:
        """The column as timestamps in microseconds UTC; null where a value is no time."""
        if pa.types.is_temporal(column.type):
            return _from_timestamps(column, self.timezone)
        unit = self.units.get(name, "iso")
        if unit == "iso":
            return _from_text(column, self.timezone)
        if pa.types.is_integer(column.type):
            return _from_integers(numbers(column), unit)
        return _from_floats(floats(column), unit)

    def spans(self, column: pa.Array, unit: str) -> pa.Array:
        """The column of durations as int64 microseconds; null where a value is none."""
        return numbers(floats(column), scale=_US_PER[unit])


def _as_written(column: pa.Array) -> pa.Array:
    """The column's times as text, where one can tell by it whether they name a zone; else nothing."""
    kind = column.type
    if not is_text(kind) and (not pa.types.is_timestamp(kind) or kind.tz is not None):
        return pa.array([], pa.string())
    try:
        return column.cast(pa.string())
    except (pa.ArrowException, ValueError):  # bytes that are no text, times outside the calendar
        return pa.array([], pa.string())


def _unit_of(column: pa.Array) -> str:
    values = floats(column.slice(0, 10_000))
    sizes = np.abs(np.asarray(values.drop_null()))
    sizes = sizes[np.isfinite(sizes)]
    if len(sizes) == 0:
        return "iso" if is_text(column.type) else "s"
    if is_text(column.type) and 2 * len(sizes) < len(values):
        return "iso"
    middle = np.sort(sizes)[(len(sizes) - 1) // 2]
    return next(unit for bound, unit in _BOUNDS if middle < bound)


def _from_integers(column: pa.Array, unit: str) -> pa.Array:
    values, valid = np.asarray(column.fill_null(0)), np.asarray(column.is_valid())
    if unit == "ns":
        return _stamps(values // 1_000, valid)
    factor = int(_US_PER[unit])
    limit = (1 << 62) // factor
    fits = (values < limit) & (values > -limit)
    return _stamps(np.where(fits, values, 0) * factor, valid & fits)


def _from_floats(column: pa.Array, unit: str) -> pa.Array:
    return numbers(column, scale=_US_PER[unit]).cast(_US)


def _stamps(micros: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(micros, mask=~valid).cast(_US)


def _from_timestamps(column: pa.Array, timezone: str) -> pa.Array:
    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("ms"))
    elif not pa.types.is_timestamp(kind):  # a time of day or a duration is no moment
        return pa.nulls(len(column), _US)
    micros = _from_integers(column.cast(pa.int64()), column.type.unit)
    return micros if column.type.tz is not None else _placed(micros, timezone)


def _placed(stamps: pa.Array, timezone: str) -> pa.Array:
    """Times that named no zone and were taken for UTC, moved to where `timezone` puts them."""
    if timezone == "UTC":
        return stamps
    naive = stamps.cast(pa.int64()).cast(pa.timestamp("us"))
    try:
        placed = pc.assume_timezone(naive, timezone, ambiguous="earliest", nonexistent="earliest")
    except pa.ArrowException:  # times so far out that the zone's rules end: one by one, with null for those
        return by_text(naive.cast(pa.string()), lambda text: _one(text, timezone), pa.int64()).cast(_US)
    return placed.cast(pa.int64()).cast(_US)


def _from_text(column: pa.Array, timezone: str) -> pa.Array:
    """ISO 8601 text as timestamps: whole columns at once where all are sound, else each distinct text."""
    if not is_text(column.type):
        return pa.nulls(len(column), _US)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        column = column.cast(pa.string())
        zoned = bool(len(column)) and pc.all(pc.match_substring_regex(column, _ZONED)).as_py()
        read = column.cast(pa.timestamp("ns", tz="UTC" if zoned else None))
    except (pa.ArrowException, ValueError):
        return by_text(column, lambda text: _one(text, timezone), pa.int64()).cast(_US)
    return _from_timestamps(read, timezone)


def _one(text: str, timezone: str) -> int | None:
    """One ISO 8601 text as microseconds since 1970 UTC."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
