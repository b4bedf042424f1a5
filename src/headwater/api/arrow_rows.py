"""How do records of model/ become a table? A column for each field, under the names that the JSON has.

A record inside a record gives a column for each of its fields, with both names: `activity_start`. A share
with bounds gives `exclusivity`, `exclusivity_low` and `exclusivity_high`. Counts by name are a map, so that
no text from outside ever becomes the name of a column. Every text is printable.
"""

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache, reduce
from pathlib import Path
from typing import Any

import pyarrow as pa

from headwater.model.candidate import Share
from headwater.model.service import Service
from headwater.present.printable import printable

_TIME = pa.timestamp("us", tz="UTC")
_PLAIN = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string(), datetime: _TIME}
_RENAMED = {"for_ids": "for", "against_ids": "against"}  # which are no names in Python; as in the JSON
Value = Any  # Any: a field's value, or what Arrow makes a cell of


def arrow_of(records: Iterable[object], kind: type) -> pa.Table:
    """Records as a table; no records give its columns without rows.

    Args:
        records: of this kind.
        kind: a frozen dataclass.

    Raises:
        TypeError: a field is of a type that has no column.
    """
    columns, rows = _columns(kind), list(records)
    return pa.table({one.name: pa.array([one.cell(row) for row in rows], one.type) for one in columns})


def plain(value: Value) -> Value:
    """A value as Arrow takes it: text printable, enumerations and services as text."""
    match value:
        case Enum():
            found = value.value
        case str():
            found = printable(value)
        case Service() | Path():
            found = printable(str(value))
        case Mapping():
            found = [(printable(str(key)), plain(item)) for key, item in value.items()]
        case list() | tuple():
            found = [plain(item) for item in value]
        case _:
            found = value
    return found


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its name, its type, and the fields that lead to its value."""

    name: str
    type: Any  # a type of pyarrow, which ships no types
    path: tuple[str, ...]

    def cell(self, record: object) -> Value:
        found = reduce(_field, self.path, record)
        if self.type == pa.map_(pa.string(), pa.float64()):
            found = dict(typing.cast("Any", found))  # also pairs of name and number
        return plain(found)


def _field(record: Any, name: str) -> Any:  # Any: records in records
    return None if record is None else getattr(record, name)


@cache
def _columns(kind: type) -> tuple[_Column, ...]:
    hints, found = typing.get_type_hints(kind), []
    for field in fields(kind):
        hint = _without_none(hints[field.name])
        if hint is not Service and isinstance(hint, type) and is_dataclass(hint):
            found += [
                _Column(_joined(field.name, one.name, hint), one.type, (field.name, *one.path))
                for one in _columns(hint)
            ]
        else:
            found.append(_Column(_RENAMED.get(field.name, field.name), _type(hint), (field.name,)))
    return tuple(found)


def _joined(outer: str, inner: str, kind: type) -> str:
    return outer if kind is Share and inner == "estimate" else f"{outer}_{inner}"


def _without_none(hint: Any) -> Any:  # Any: whatever stands in an annotation
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        kinds = [one for one in typing.get_args(hint) if one is not types.NoneType]
        return kinds[0] if len(kinds) == 1 else hint
    return hint


def _type(hint: Any) -> Any:  # Any: an annotation in, a type of pyarrow out
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum | Service | Path):
        return pa.string()
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and inside[1:] == (...,):
        pair = typing.get_args(inside[0])
        return pa.map_(*map(_type, pair)) if len(pair) == 2 else pa.list_(_type(inside[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return pa.map_(pa.string(), _type(inside[1]))
    raise TypeError(f"no column for {hint}")
