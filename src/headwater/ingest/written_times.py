"""Which moments do written times name? Columns of text to microseconds since 1970-01-01 UTC.

Understood are calendar times, `2011/08/18 15:40:53.826372` or with `-` and `T`, and Unix seconds,
`1313674853.826372`. Digits after the microsecond are dropped.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import BadSetting
from headwater.ingest.rejects import Rejects

_CALENDAR = (
    r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}:\d{2}(?P<fraction>\.\d{0,9})?(?P<zone>Z|[+-]00:?00)?$"
)
_ZONELESS = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d*)?)?)?$"
_UNIX = r"^(?P<seconds>\d{1,11})(?P<fraction>\.\d{0,9})?$"
_MICROSECOND_DIGITS = 6


def check_zone(name: str) -> None:
    """Whether a time zone of this name is known.

    Raises:
        BadSetting: it is not.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSetting(f"no time zone is called {name!r}; use an IANA name such as Europe/Prague") from None


def note_zone(texts: pa.Array, *, zone: str, rejects: Rejects) -> None:
    """Notes, once a file, that calendar times name no zone and which one they were taken to be in.

    Args:
        texts: Arrow string array, one time each, without surrounding blanks.
        zone: IANA name of the zone that stands in.
        rejects: told if any of the times names none.
    """
    text = f"times name no zone; taken as {zone}"
    if text not in rejects.notes and pc.any(pc.match_substring_regex(texts, _ZONELESS)).as_py():
        rejects.note(text)


def microseconds(texts: pa.Array, *, zone: str) -> pa.Array:
    """Moments as microseconds since 1970-01-01 UTC.

    Args:
        texts: Arrow string array, one time each, without surrounding blanks.
        zone: IANA name of the zone that calendar times without a zone of their own were written in. A time
            that the zone had twice (end of summer time) is taken as the earlier one.

    Returns:
        Arrow int64 array; null where the text is no time.
    """
    micros = _calendar(texts, zone)
    if micros.null_count:
        micros = pc.coalesce(micros, _unix(texts))
    return micros


def seconds_to_microseconds(texts: pa.Array) -> pa.Array:
    """Durations written in seconds, `83.062141`, as Arrow int64 microseconds; null where there is none."""
    return _unix(texts)


def _calendar(texts: pa.Array, zone: str) -> pa.Array:
    parts = pc.extract_regex(texts, _CALENDAR)
    whole = pc.replace_substring(pc.utf8_slice_codeunits(texts, 0, 19), "/", "-")
    whole = pc.replace_substring(whole, "T", " ")
    # shorter months or days (2011/8/1 1:02:03) leave the fraction's point in the first 19 characters
    whole = pc.utf8_rtrim(pc.replace_substring_regex(whole, r"\.\d*$", ""), characters="Z")
    whole = pc.if_else(pc.is_valid(parts), whole, pa.scalar(None, pa.string()))
    try:
        moments = whole.cast(pa.timestamp("s"))  # strict about days and months, and much the faster
    except pa.ArrowInvalid:
        moments = _strict(pc.strptime(whole, format="%Y-%m-%d %H:%M:%S", unit="s", error_is_null=True), whole)
    if zone != "UTC":
        own = pc.not_equal(pc.coalesce(pc.struct_field(parts, "zone"), ""), "")
        local = pc.assume_timezone(moments, zone, ambiguous="earliest", nonexistent="earliest")
        moments = pc.if_else(
            own, moments.cast(pa.int64()), local.cast(pa.timestamp("s", "UTC")).cast(pa.int64())
        )
    micros = pc.multiply(moments.cast(pa.int64()), 1_000_000)
    return pc.add(micros, _fraction(parts))


def _strict(moments: pa.Array, texts: pa.Array) -> pa.Array:
    """The moments whose day exists: strptime reads 31 February as 3 March."""
    day = pc.utf8_slice_codeunits(pc.list_element(pc.split_pattern(texts, "-"), 2), 0, 2)
    written = pc.utf8_trim_whitespace(day).cast(pa.int64())
    return pc.if_else(pc.equal(pc.day(moments), written), moments, pa.scalar(None, moments.type))


def _unix(texts: pa.Array) -> pa.Array:
    parts = pc.extract_regex(texts, _UNIX)
    whole = pc.multiply(pc.struct_field(parts, "seconds").cast(pa.int64()), 1_000_000)
    return pc.add(whole, _fraction(parts))


def _fraction(parts: pa.Array) -> pa.Array:
    """Microseconds of the part `.ddd…`, 0 where it is absent."""
    digits = pc.utf8_slice_codeunits(pc.coalesce(pc.struct_field(parts, "fraction"), ""), 1, 7)
    return pc.utf8_rpad(digits, width=_MICROSECOND_DIGITS, padding="0").cast(pa.int64())
