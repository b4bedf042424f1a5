"""What was asked for? Services, files and settings, as users of Python may write them."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from headwater.api.moments import Moment, Names, moment, names
from headwater.app.case_settings import CaseSettings
from headwater.app.hunt_settings import HuntSettings
from headwater.errors import BadSetting
from headwater.model.address import refang
from headwater.model.service import Service

S = TypeVar("S", HuntSettings, CaseSettings)


def asked_service(name: str, value: Service | str) -> Service:
    """The service that a text names, or the service itself.

    Raises:
        BadSetting: the text is no service; the message begins with `name`.
    """
    if isinstance(value, Service):
        return value
    try:
        return Service.parse(refang(value))
    except ValueError as why:
        raise BadSetting(f"{name}: {why}") from None


def asked_path(value: str | Path | None) -> Path | None:
    """The file that was given, or None."""
    return None if value is None else Path(value)


def chosen_settings(settings: S, *, since: Moment | None, until: Moment | None, families: Names) -> S:
    """The settings with what was given beside them."""
    given: dict[str, datetime | tuple[str, ...] | None] = {
        "since": moment("since", since), "until": moment("until", until), "families": names(families)
    }  # fmt: skip
    changes = {name: value for name, value in given.items() if value}
    return replace(settings, **changes) if changes else settings  # type: ignore[arg-type]  # see `given`
