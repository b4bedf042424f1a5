"""Is this what the file may say? Typed values out of TOML tables, with errors that name file, key, remedy."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from headwater.errors import BadSetting

Table = dict[str, Any]  # Any: whatever TOML can say


def parsed(text: str, *, name: str) -> "Values":
    """The whole file as values.

    Raises:
        BadSetting: it is no TOML.
    """
    try:
        return Values(name, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as why:
        raise BadSetting(f"{name}: no TOML ({why}); correct that line") from None


@dataclass(frozen=True, slots=True)
class Values:
    """One table of a file.

    Attributes:
        file: name of the file.
        path: where in it the table stands, "" for the top.
        table: its content.
    """

    file: str
    path: str
    table: Table

    def refuse(self, key: str, why: str) -> BadSetting:
        """The error for a key, to be raised."""
        place = ".".join(part for part in (self.path, key) if part)
        return BadSetting(f"{self.file}: {place or 'top'}: {why}")

    def only(self, keys: Iterable[str]) -> None:
        """Refuses keys that mean nothing here.

        Raises:
            BadSetting: there is one.
        """
        known = list(keys)
        for key in self.table:
            if key not in known:
                raise self.refuse(key, f"means nothing here; use {', '.join(sorted(known)) or 'nothing'}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty.

        Raises:
            BadSetting: it is missing without a default, or no text.
        """
        value = self._value(key, default, "a text in quotes")
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.refuse(key, f"{value!r} is no text; give one in quotes")
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number between two bounds.

        Raises:
            BadSetting: it is missing without a default, no number, or outside.
        """
        value = self._value(key, default, f"a number from {low:g} to {high:g}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.refuse(key, f"{value!r} is no number from {low:g} to {high:g}; give one")
        return float(value)

    def numbers(self, key: str, low: float, high: float) -> tuple[float, ...]:
        """A list of numbers between two bounds, at least one.

        Raises:
            BadSetting: it is missing, no list, empty, or holds something else.
        """
        value = self._value(key, None, f"a list of numbers from {low:g} to {high:g}")
        if not isinstance(value, list) or not value:
            raise self.refuse(key, f"{value!r} is no list of numbers; give one such as [{low:g}]")
        inner = Values(self.file, f"{self.path}.{key}", {str(at): one for at, one in enumerate(value)})
        return tuple(inner.number(at, low, high) for at in inner.table)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false.

        Raises:
            BadSetting: it is neither.
        """
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, f"{value!r} is neither true nor false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, which may be empty.

        Raises:
            BadSetting: it is missing, no list, or holds something else.
        """
        value = self._value(key, None, "a list of texts")
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.refuse(key, f'{value!r} is no list of texts; give one such as ["word"]')
        return tuple(value)

    def moment(self, key: str) -> datetime | None:
        """A date or time, UTC where it names no zone; None where it is missing.

        Raises:
            BadSetting: it is neither date nor time.
        """
        value = self.table.get(key)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            raise self.refuse(
                key, f"{value!r} is no date; write 2020-01-31 or 2020-01-31T12:00:00Z"
            ) from None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

    def inner(self, key: str, *, required: bool = True) -> "Values":
        """A table inside; an empty one where it is missing and need not be there.

        Raises:
            BadSetting: it is missing, or no table.
        """
        value = self.table.get(key, None if required else {})
        if not isinstance(value, dict):
            why = "is missing; add this table" if value is None else "is no table; write it as [table]"
            raise self.refuse(key, why)
        return Values(self.file, ".".join(part for part in (self.path, key) if part), value)

    def each(self, key: str) -> list["Values"]:
        """The tables of a list [[key]], which may be missing.

        Raises:
            BadSetting: it is no list of tables.
        """
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.refuse(key, f"is no list of tables; write each as [[{key}]]")
        path = ".".join(part for part in (self.path, key) if part)
        return [Values(self.file, f"{path}[{at}]", one) for at, one in enumerate(value, start=1)]

    def _value(self, key: str, default: Any, wanted: str) -> Any:  # Any: whatever TOML can say
        value = self.table.get(key, default)
        if value is None:
            raise self.refuse(key, f"is missing; give {wanted}")
        return value
