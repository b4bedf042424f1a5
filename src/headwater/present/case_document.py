"""How does a case leave as JSON? The fields of model/case.py under the names that scripts were promised.

Nothing is computed here. The document loses nothing: `headwater.app.case_files.read_case` makes the case of
it again. Text from outside stays as it is; JSON can say every string, and whoever shows it escapes it.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from headwater.model.case import Case
from headwater.model.hypothesis import Hypothesis
from headwater.model.service import Service

FORMAT = 1  # of the JSON; a change adds a converter for each step
Document = dict[str, Any]  # Any: what JSON can say


def document(case: Case) -> Document:
    """The case as JSON says it: times ISO 8601 in UTC with a Z, services as text."""
    found = {"format": FORMAT, **_fields(case)}
    window = {"since": found.pop("since"), "until": found.pop("until")}
    found = {
        name: value
        for key, value in found.items()
        for name, value in (((key, value), ("window", window)) if key == "lake_version" else ((key, value),))
    }
    found["hypotheses"] = [_hypothesis(one) for one in case.hypotheses]
    found["with_excluded"] = [_hypothesis(one) for one in case.with_excluded]
    found["conclusion"] = {"text": case.conclusion.text, **found["conclusion"]}
    return found


def _hypothesis(one: Hypothesis) -> Document:
    """`for` and `against`, which are no names in Python."""
    found = _fields(one)
    found["for"], found["against"] = found.pop("for_ids"), found.pop("against_ids")
    return found


def _fields(record: Any) -> Document:  # Any: a dataclass of model/
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: Any) -> Any:  # Any: a field's value in, what JSON can say out
    match value:
        case Service():
            found: Any = str(value)  # Any: as above
        case datetime():
            found = value.isoformat().replace("+00:00", "Z")
        case Enum():
            found = value.value
        case Mapping():
            found = {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            found = [_plain(item) for item in value]
        case _:
            found = _fields(value) if is_dataclass(value) else value
    return found
