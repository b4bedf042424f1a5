"""Which JSON values does a file hold? One document, or one on each line."""

import json
from collections.abc import Iterator
from typing import Any

from headwater.intel.labels.feed import Document
from headwater.intel.refusals import Refusals


def is_json_lines(document: Document) -> bool:
    """Whether the first line is a JSON object of its own and something follows it."""
    first, _, rest = document.text.lstrip().partition("\n")
    return bool(rest.strip()) and isinstance(_loaded(first), dict)


def first_record(document: Document) -> Any:  # Any: whatever JSON can say
    """The document's value, or the first line's; None where the text is no JSON.

    Raises:
        UnreadableSource: the text begins as JSON and is damaged.
    """
    if is_json_lines(document):
        return _loaded(document.text.lstrip().partition("\n")[0])
    return document.json


def records(document: Document, refusals: Refusals) -> Iterator[tuple[int, Any]]:  # Any: as above
    """Number (from 1) and value of each record: lines of JSON lines, items of a list, or the document.

    Args:
        document: the file.
        refusals: told which lines are damaged.

    Raises:
        UnreadableSource: the text begins as JSON and is damaged.
    """
    if is_json_lines(document):
        for place, line in enumerate(document.text.splitlines(), start=1):
            if line.strip():
                value = _loaded(line)
                if value is None:
                    refusals.add("damaged JSON", place=place, example=line)
                else:
                    yield place, value
    elif isinstance(document.json, list):
        yield from enumerate(document.json, start=1)
    elif document.json is not None:
        yield 1, document.json


def _loaded(text: str) -> Any:  # Any: as above
    """The value of a JSON text; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
