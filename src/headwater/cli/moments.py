"""Which moment does an option name? ISO 8601, or what the user should write instead."""

from datetime import datetime

from headwater.errors import BadSetting
from headwater.model.window import parse_time


def moment(option: str, text: str | None) -> datetime | None:
    """The moment that an option's text names.

    Args:
        option: the option as it is written, for the error.
        text: what was given; None where the option was left out.

    Returns:
        A UTC moment, or None where nothing was given.

    Raises:
        BadSetting: the text is no ISO 8601 date or time.
    """
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError:
        raise BadSetting(
            f"{option} {text!a}: is no time; write ISO 8601, such as 2020-01-31T12:00Z"
        ) from None
