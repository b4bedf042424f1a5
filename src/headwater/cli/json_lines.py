"""How does an answer that goes on for ever leave as JSON? One line an event, as it comes."""

import json
from typing import Any

from headwater.cli.output import plain


def json_line(document: dict[str, Any]) -> str:  # Any: what JSON can say
    """A document as one line of JSON.

    ASCII alone, with the rest escaped: a terminal can show it, whatever is in its strings.
    """
    return json.dumps(document, default=plain, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"
