"""Which settings made a case? Those that it records, as the options of a new investigation."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from headwater.app.case_facts import case_settings
from headwater.app.case_settings import CaseSettings
from headwater.app.investigate import Choices
from headwater.errors import UnreadableSource
from headwater.model.window import parse_time

Recorded = Mapping[str, float | int | str]
Options = TypeVar("Options")


def recorded_settings(
    recorded: Recorded, *, choices: Choices, since: str | None, until: str | None, lake_version: int | None
) -> tuple[CaseSettings, Choices]:
    """The settings of a case that was made before.

    Args:
        recorded: the settings that it records.
        choices: template and edits to use; what the record says of timelines and tenancy is put into it.
        since: beginning of the time that it looked at, ISO 8601; None: no bound.
        until: its end.
        lake_version: the version of the flow table that it read.

    Returns:
        Settings and choices of a new investigation.

    Raises:
        UnreadableSource: a recorded setting has a value that it cannot have.
        BadSetting: the recorded settings contradict each other.
    """
    try:
        settings = replace(
            _restored(CaseSettings(), recorded, ""),
            since=parse_time(since) if since else None,
            until=parse_time(until) if until else None,
            lake_version=lake_version,
        )
        return settings, replace(
            choices,
            timelines=_restored(choices.timelines, recorded, "timelines."),
            tenancy=_restored(choices.tenancy, recorded, "tenancy."),
        )
    except (ValueError, TypeError) as why:
        raise UnreadableSource(
            f"the report records a setting that cannot be: {why}; write it again"
        ) from None


def unlike(recorded: Recorded, settings: CaseSettings, choices: Choices) -> tuple[str, ...]:
    """Names of the settings in which a new investigation differs from the recorded ones.

    Such are a template from a file that was not given, or settings of a newer headwater.
    """
    template = choices.template
    if template is None:
        return ()
    now = case_settings(settings, choices.timelines, choices.tenancy, template)
    skipped = {"template_file", "engine"}  # where a file lies and where it runs change no number
    return tuple(
        sorted(
            name
            for name in recorded.keys() | now
            if name not in skipped and recorded.get(name) != now.get(name)
        )
    )


def _restored(options: Options, recorded: Recorded, prefix: str) -> Options:
    """The options with every recorded value in its place; what is not recorded stays."""
    assert is_dataclass(options)  # noqa: S101  # for the type checker
    changed: dict[str, Any] = {}  # Any: each field keeps its own type
    for one in fields(options):
        usual, name = getattr(options, one.name), f"{prefix}{one.name}"
        if is_dataclass(usual):
            changed[one.name] = _restored(usual, recorded, f"{name}.")
        elif name in recorded and not isinstance(usual, Mapping) and usual is not None:
            changed[one.name] = _value(recorded[name], usual, name)
    return replace(options, **changed)  # type: ignore[type-var]  # a dataclass, as asserted


def _value(recorded: float | str, usual: Any, name: str) -> Any:  # Any: of the type of `usual`
    """A recorded value in the type of the usual one."""
    if isinstance(usual, timedelta):
        return _span(str(recorded))
    if isinstance(usual, tuple):
        return tuple(part for part in str(recorded).split(", ") if part)
    if isinstance(usual, bool):
        return bool(recorded)
    if isinstance(usual, int | float) and not isinstance(recorded, str):
        return type(usual)(recorded)
    if isinstance(usual, str):
        return str(recorded)
    raise ValueError(f"{name} = {recorded!r}")


def _span(text: str) -> timedelta:
    """A span of time as Python writes it: "7 days, 0:00:00"."""
    days, _, clock = text.rpartition(", ")
    hours, minutes, seconds = clock.split(":")
    whole = int(days.split()[0]) if days else 0
    return timedelta(days=whole, hours=int(hours), minutes=int(minutes), seconds=float(seconds))
