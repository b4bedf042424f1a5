"""Which column of a table is which column of FLOW? The canonical names, or a TOML map.

    title = "goflow2 JSON"            # optional, for people
    [columns]                         # FLOW's name on the left, the table's on the right
    src = "src_addr"
    start = { column = "time_flow_start_ns", unit = "ns" }
    sampling = { column = "sampling_rate", null = [0] }
    answered = { column = "action", values = { REJECT = false } }
    proto = { default = "tcp" }

A column may be a list of names: the first that the table has is taken. Keys of a table: column, unit (times:
s, ms, us, ns, iso), scale (counters are multiplied by it), default, null (values that mean "unknown"),
values (what to read a value as; values not listed then mean "unknown"). `duration` may stand for `end`;
`ether_type` says which addresses of 16 bytes are IPv4 ones, filled up with zeros.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from headwater.errors import BadSetting
from headwater.ingest.columns import READ_SCHEMA

Value = str | int | float | bool

UNITS = ("s", "ms", "us", "ns", "iso")
KEYS = ("src_hi", "src_lo", "dst_hi", "dst_lo")
TARGETS = ("src", "dst", "ether_type", "duration", *READ_SCHEMA.names)
_REQUIRED = ("start", "src_port", "dst_port", "proto")  # beside the addresses and the end


@dataclass(frozen=True, slots=True)
class Field:
    """Where one column of FLOW comes from.

    Attributes:
        columns: names that the table may use, best first; empty where only a default is given.
        unit: unit of a time; None where it is to be told from the values.
        scale: factor for counters and durations.
        default: what stands where the table has no value; None for nothing.
        null: values, as text, that mean "unknown".
        values: what to read a value, as text, as.
    """

    columns: tuple[str, ...]
    unit: str | None = None
    scale: float = 1
    default: Value | None = None
    null: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bound:
    """A map applied to one table: for each column of FLOW the table's column (None: default only) and how."""

    fields: Mapping[str, tuple[str | None, Field]]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The table's columns that are read, each once."""
        return tuple(dict.fromkeys(column for column, _ in self.fields.values() if column is not None))


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How one kind of table names FLOW's columns.

    Attributes:
        name: file or shipped name, for messages.
        title: what people call such tables.
        fields: FLOW's column name to where it comes from.
    """

    name: str
    title: str
    fields: Mapping[str, Field]

    def missing(self, names: Iterable[str]) -> list[str]:
        """What a table with these column names lacks; nothing where the map fits it."""
        found = self._found(names)
        lacks = [name for name in _REQUIRED if name not in found]
        lacks += [side for side in ("src", "dst") if not _has_side(found, side)]
        return lacks if "end" in found or "duration" in found else [*lacks, "end"]

    def bound(self, names: Iterable[str], *, source: str) -> Bound:
        """The map applied to a table with these column names.

        Raises:
            BadSetting: the table lacks a column that the map names and FLOW needs.
        """
        known = list(names)
        lacks = self.missing(known)
        if lacks:
            shown = ", ".join(known[:30]) or "none"
            looked = "; ".join(self._looked_for(name) for name in lacks)
            raise BadSetting(
                f"{source}: the map {self.name} finds no column for {looked}; the table has: {shown}. "
                "Name them under [columns] in a map and give it with --map FILE.toml"
            )
        return Bound(self._found(known))

    def _looked_for(self, name: str) -> str:
        columns = self.fields[name].columns if name in self.fields else ()
        return (
            f"{name} (looked for {' or '.join(columns)})" if columns else f"{name} (which it does not name)"
        )

    def _found(self, names: Iterable[str]) -> dict[str, tuple[str | None, Field]]:
        exact = {name.strip(): name for name in names}
        folded = {name.casefold(): original for name, original in reversed(exact.items())}
        found: dict[str, tuple[str | None, Field]] = {}
        for target, wanted in self.fields.items():
            for column in wanted.columns:
                original = exact.get(column) or folded.get(column.casefold())
                if original is not None:
                    found[target] = (original, wanted)
                    break
            else:
                if wanted.default is not None:
                    found[target] = (None, wanted)
        return found


def _has_side(found: Mapping[str, object], side: str) -> bool:
    return side in found or (f"{side}_hi" in found and f"{side}_lo" in found)


CANONICAL = ColumnMap(
    "canonical names", "flows with canonical names", {name: Field((name,)) for name in TARGETS}
)


@cache
def shipped() -> Mapping[str, ColumnMap]:
    """The maps that come with the program, by name."""
    folder = files("headwater.ingest") / "maps"
    texts = {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    return {name: _parsed(text, name=name) for name, text in sorted(texts.items())}


def load_map(path: Path) -> ColumnMap:
    """The map in a TOML file, or the shipped map of that name.

    Raises:
        BadSetting: no such file or map, no TOML, or a key or value that means nothing.
    """
    if not path.exists() and str(path) in shipped():
        return shipped()[str(path)]
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        known = ", ".join(shipped())
        raise BadSetting(
            f"{path}: cannot read the map ({why}); give a TOML file or one of: {known}"
        ) from None
    return _parsed(text, name=str(path))


def _parsed(text: str, *, name: str) -> ColumnMap:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise BadSetting(f"{name}: no TOML ({why}); correct that line") from None
    columns = content.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise BadSetting(f'{name}: [columns] is missing; add it with lines such as src = "src_addr"')
    unknown = sorted(set(content) - {"columns", "title"})
    if unknown:
        raise BadSetting(f"{name}: {unknown[0]!r} means nothing here; use title and [columns]")
    fields = {target: _field(target, value, name=name) for target, value in columns.items()}
    return ColumnMap(name, str(content.get("title", name)), fields)


def _field(target: str, value: Any, *, name: str) -> Field:  # Any: whatever TOML can say
    where = f"{name}: columns.{target}"
    if target not in TARGETS:
        raise BadSetting(f"{where}: FLOW has no such column; use one of {', '.join(TARGETS)}")
    if not isinstance(value, dict):
        return Field(_names(value, where=where))
    unknown = sorted(set(value) - {"column", "unit", "scale", "default", "null", "values"})
    if unknown:
        raise BadSetting(
            f"{where}: {unknown[0]!r} means nothing here; use column, unit, scale, default, null, values"
        )
    if value.get("unit") not in (None, *UNITS):
        raise BadSetting(f"{where}: unit {value['unit']!r} is none of {', '.join(UNITS)}")
    if "column" not in value and "default" not in value:
        raise BadSetting(f"{where}: name a column or give a default")
    return Field(
        _names(value["column"], where=where) if "column" in value else (),
        value.get("unit"),
        _typed(value, "scale", 1, (int, float), where=where),
        _typed(value, "default", None, (str, int, float, bool), where=where),
        tuple(str(item) for item in _typed(value, "null", [], (list,), where=where)),
        {str(key): item for key, item in _typed(value, "values", {}, (dict,), where=where).items()},
    )


def _typed(value: dict[str, Any], key: str, default: Any, kinds: tuple[type, ...], *, where: str) -> Any:
    """One key of a TOML table, of one of the types (Any: whatever TOML can say)."""
    item = value.get(key, default)
    if item is not default and not isinstance(item, kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise BadSetting(f"{where}.{key}: {item!r} is of the wrong type; give {expected}")
    return item


def _names(value: Any, *, where: str) -> tuple[str, ...]:  # Any: whatever TOML can say
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(item, str) for item in names):
        raise BadSetting(f"{where}: {value!r} is no column name; give a name or a list of names in quotes")
    return tuple(names)
