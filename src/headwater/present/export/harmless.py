"""How does text from outside enter a document? So that no reader of it obeys anything in it.

The documents are read by programs that show descriptions as Markdown or HTML, fill templates, or write them
to a terminal. What such programs obey is written as a backslash escape, as on the terminal; all else stays.
Each format quotes by its own rules besides.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from headwater.errors import UnreadableSource
from headwater.present.printable import printable

LONGEST = 4_000  # characters of one text; longer ones are cut, and say so
# < > begin and end HTML, a backtick code; {{ {% ${ ]( begin templates and links.
_OBEYED = re.compile(r"[<>`]|\{\{|\{%|\$\{|\]\(")
_SCHEMES = re.compile(r"(?i)\b(javascript|data|vbscript)(?=:)")  # links that run something
Anything = TypeVar("Anything")
Change = Callable[[str], str]


def harmless(text: str) -> str:
    """The text with everything that a viewer could obey written out, and cut where it is endless."""
    shown = printable(unicodedata.normalize("NFC", text))
    shown = _OBEYED.sub(lambda found: "".join(f"\\x{ord(one):02x}" for one in found[0]), shown)
    shown = _SCHEMES.sub(r"\1\\x3a", shown).replace("\\x3a:", "\\x3a")
    if len(shown) > LONGEST:
        return shown[:LONGEST] + f" ... ({len(shown) - LONGEST} characters cut)"
    return shown


def harmless_record(record: Anything) -> Anything:
    """The same of every text in a dataclass of model/, however deep; times become UTC.

    Raises:
        UnreadableSource: a time has no zone.
    """
    return each_text(record, harmless)


def each_text(record: Anything, change: Change, *, but: frozenset[str] = frozenset()) -> Anything:
    """A record, or a tuple of them, with every text in it changed; times become UTC.

    Args:
        record: a dataclass of model/, however deep.
        change: what becomes of a text.
        but: names of fields that stay as they are.

    Raises:
        UnreadableSource: a time has no zone.
    """
    found: Any = _changed(record, change, but)  # Any: each field keeps its own type
    return found  # type: ignore[no-any-return]  # of the record's own type


def _changed(value: Any, change: Change, but: frozenset[str]) -> Any:  # Any: as above
    if isinstance(value, Enum):
        found: Any = value  # Any: as above
    elif isinstance(value, str):
        found = change(value)
    elif isinstance(value, datetime):
        found = _in_utc(value)
    elif isinstance(value, tuple | list):
        found = tuple(_changed(item, change, but) for item in value)
    elif isinstance(value, Mapping):
        found = {_changed(key, change, but): _changed(item, change, but) for key, item in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _changed(getattr(value, field.name), change, but)
            for field in fields(value)
            if field.name not in but
        }
        found = replace(value, **changed)
    else:
        found = value
    return found


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UnreadableSource(f"the case has a time without a zone ({moment.isoformat()}); write it in UTC")
    return moment.astimezone(UTC)
