"""What a feed, a banner or a note may hold to hurt whoever shows it, and records full of it. SYNTHETIC."""

import dataclasses
from datetime import datetime
from enum import Enum
from typing import Any

from headwater.model.service import Service

# Each must come out as text.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "${alert(4)}",
    "javascript:alert(5)",
    '=HYPERLINK("http://evil.example/","x")',
    "@SUM(1+1)|cmd",
    "| a | b |\n\n# heading\n\n[link](http://evil.example/) ![i](http://evil.example/i.png) <b>b</b> `c`",
    "\x1b[31mred\x1b[0m\x07",
    "right\u202eleft\u2028line\u2029para\u0000nul",
    "datum.constructor.constructor('alert(6)')()",
    "']]; alert(7); //",
    "https://evil.example/?q=<a href='//evil.example'>x</a>",
    "&lt;b&gt; &amp; &#x3c;",
    "\ud800half",
)  # fmt: skip


class HostileTexts:
    """Puts a hostile string into every field of free text of a record, each time the next one."""

    # Fields that name things in the case itself, and so have to stay as they are.
    KEPT = frozenset({"id", "address", "question", "scope", "hypothesis", "evidence", "tenancy", "relation",
                      "opened_by", "verdict", "confidence", "barred_by", "about", "for_ids", "against_ids",
                      "rests_on", "kind"})  # fmt: skip

    def __init__(self) -> None:
        self.turn = 0

    def next(self) -> str:
        """The next hostile string, with a number that no other has."""
        self.turn += 1
        return f"{HOSTILE[self.turn % len(HOSTILE)]} #{self.turn}"

    def spoiled(self, record: Any) -> Any:  # Any: a dataclass of model/ in and out
        """The record, with those that it holds, spoiled."""
        changed = {
            field.name: self._value(field.name, getattr(record, field.name))
            for field in dataclasses.fields(record)
        }
        return dataclasses.replace(record, **changed)

    def _value(self, name: str, value: Any) -> Any:  # Any: as above
        if name in self.KEPT or isinstance(value, Enum | datetime | Service):
            return value
        if isinstance(value, str):
            return self.next()
        if isinstance(value, dict):
            keys = name in ("settings", "by_family", "by_group", "seen_by_group", "weights")
            return {(self.next() if keys else key): self._value(name, item) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(self._value(name, item) for item in value)
        return self.spoiled(value) if dataclasses.is_dataclass(value) else value
