"""What does the file of settings say? Strictly: every error names file, key and remedy."""

from datetime import time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from headwater.app.watch.settings import (
    Alerts,
    Budget,
    CoverageSettings,
    LeadSettings,
    Schedule,
    Sink,
    WatchSettings,
)
from headwater.app.watch.sink_parsing import sink_of
from headwater.errors import BadSetting
from headwater.investigate.toml_values import Values, parsed
from headwater.model.event import EventKind

_TABLES = ("schedule", "alerts", "leads", "coverage", "budget", "quiet", "sink")
_KINDS = tuple(kind.value for kind in EventKind)


def example_text() -> str:
    """The commented settings that come with the program."""
    return (files("headwater.app.watch") / "example.toml").read_text(encoding="utf-8")


def settings_in(path: Path) -> WatchSettings:
    """The settings in a file.

    Raises:
        BadSetting: it cannot be read, is no TOML, or says something unknown or impossible.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as why:
        raise BadSetting(f"--config {path}: {why.strerror}; check the name and your permissions") from None
    except UnicodeDecodeError as why:
        raise BadSetting(f"--config {path}: no UTF-8 at byte {why.start}; save the file as UTF-8") from None
    return settings_of(text, name=str(path))


def settings_of(text: str, *, name: str) -> WatchSettings:
    """The settings in a text.

    Args:
        text: TOML.
        name: of the file, for errors.

    Raises:
        BadSetting: as `settings_in`.
    """
    top = parsed(text, name=name)
    top.only(_TABLES)
    sinks = tuple(sink_of(each) for each in top.each("sink"))
    _named_once(sinks, top)
    chosen = WatchSettings(
        schedule=_schedule(top.inner("schedule", required=False)),
        alerts=_alerts(top.inner("alerts", required=False)),
        leads=_leads(top.inner("leads", required=False)),
        coverage=_coverage(top.inner("coverage", required=False)),
        budget=_budget(top.inner("budget", required=False), top.inner("quiet", required=False)),
    )
    return WatchSettings(
        chosen.schedule, chosen.alerts, chosen.leads, chosen.coverage, chosen.budget, sinks or chosen.sinks
    )


def _schedule(table: Values) -> Schedule:
    table.only(("every", "window", "clock", "first", "copy"))
    return Schedule(
        every_s=table.number("every", 1, 86_400, 900),
        window=timedelta(days=table.number("window", 1, 3_650, 28)),
        clock="data" if one_of(table, "clock", ("system", "data"), "system") == "data" else "system",
        tell_first=one_of(table, "first", ("tell", "remember"), "tell") == "tell",
        copy=table.flag("copy", default=True),
    )


def _alerts(table: Values) -> Alerts:
    table.only(
        (
            "c2s",
            "sure",
            "chance",
            "candidates",
            "families",
            "allow_reserved",
            "changes",
            "change_probability",
            "mark",
        )
    )
    return Alerts(
        c2s=whole(table, "c2s", 1, 100_000, 3),
        sure=table.number("sure", 0, 1, 0.9),
        chance=table.number("chance", 0, 1, 0.01),
        candidates=table.flag("candidates", default=True),
        families=table.texts("families") if "families" in table.table else (),
        allow_reserved=table.flag("allow_reserved", default=False),
        changes=table.flag("changes", default=True),
        change_probability=table.number("change_probability", 0, 1, 0.8),
        mark=_line(table, "mark"),
    )


def _leads(table: Values) -> LeadSettings:
    table.only(("every", "posterior", "most"))
    return LeadSettings(
        every=timedelta(hours=table.number("every", 0, 8_760, 24)),
        posterior=table.number("posterior", 0, 1, 0.5),
        most=whole(table, "most", 1, 1_000, 3),
    )


def _coverage(table: Values) -> CoverageSettings:
    table.only(("silent", "factor", "habit"))
    return CoverageSettings(
        silent=timedelta(hours=table.number("silent", 1, 8_760, 6)),
        factor=table.number("factor", 1, 100, 2.0),
        habit_hours=whole(table, "habit", 2, 10_000, 48),
    )


def _budget(table: Values, quiet: Values) -> Budget:
    table.only(("events", "reserve", "notices", "timezone"))
    quiet.only(("from", "until", "except"))
    events = whole(table, "events", 1, 100_000, 10)
    reserve = whole(table, "reserve", 0, 100_000, min(4, events))
    if reserve > events:
        raise table.refuse("reserve", f"{reserve} is more than events = {events}; give at most as many")
    kinds = quiet.texts("except") if "except" in quiet.table else None
    unknown = [kind for kind in kinds or () if kind not in _KINDS]
    if unknown:
        raise quiet.refuse("except", f"{unknown[0]!r} is no kind of event; there are: {', '.join(_KINDS)}")
    plain = Budget()
    return Budget(
        events=events,
        reserve=reserve,
        notices=whole(table, "notices", 0, 100_000, 10),
        zone=_zone(table),
        quiet_from=_hour(quiet, "from"),
        quiet_until=_hour(quiet, "until"),
        quiet_except=plain.quiet_except if kinds is None else tuple(EventKind(kind) for kind in kinds),
    )


def _zone(table: Values) -> ZoneInfo:
    name = table.text("timezone", "UTC")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such name, or one that leaves the folder of zones
        raise table.refuse(
            "timezone", f"{name!r} is no time zone; write an IANA name such as Europe/Prague"
        ) from None


def _hour(table: Values, key: str) -> time:
    text = table.text(key, "00:00")
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise table.refuse(key, f"{text!r} is no time of day; write one such as 22:00") from None
    if found.tzinfo is not None:
        raise table.refuse(key, f"{text!r} names a zone; write 22:00 and set budget.timezone")
    return found


def _line(table: Values, key: str) -> str:
    """A text on one line, empty unless given."""
    found = table.text(key, "")
    if not found.isprintable():
        raise table.refuse(key, f"{found!r} does not stand on one line; leave out line breaks and tabs")
    return found


def one_of(table: Values, key: str, words: tuple[str, ...], default: str) -> str:
    """One of some words.

    Raises:
        BadSetting: it is another.
    """
    found = table.text(key, default)
    if found not in words:
        raise table.refuse(key, f"{found!r} is unknown; choose {' or '.join(words)}")
    return found


def whole(table: Values, key: str, low: int, high: int, default: int) -> int:
    """A whole number between two bounds.

    Raises:
        BadSetting: it is none.
    """
    found = table.number(key, low, high, default)
    if found != int(found):
        raise table.refuse(key, f"{found!r} is no whole number; give one from {low} to {high}")
    return int(found)


def _named_once(sinks: tuple[Sink, ...], top: Values) -> None:
    names = [sink.name for sink in sinks]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise top.refuse("sink", f"two sinks are called {twice!r}; each needs a name of its own")
