"""What does a finished report state? Its block for machines, and the sentences and tables that people see.

A report may come from anywhere: it is parsed as text, nothing of it runs, and what is no report is refused.
"""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from headwater.errors import UnreadableSource
from headwater.present.report.statements import FORMAT, Value

Shown = tuple[tuple[str, ...], ...]  # rows of cells


@dataclass(frozen=True, slots=True)
class StatedTable:
    """A table of the lake that a report says it read: its version, and the digest of what counted in it."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a report states.

    Attributes:
        program: version of the headwater that wrote it.
        service: what it is about, as text.
        lake_version: version of the flow table; None for flows from outside a lake.
        since, until: the time looked at, ISO 8601; None: no bound.
        settings: of the case.
        tlp: its marking, such as "amber".
        name_others: whether it names hosts that nobody listed.
        statements: id to value.
        tables: id of each table to its cells as shown, row by row, without the heading.
        sentences: what is said outside tables, in order.
        lists: id of each table of the lake that it read to its state; none in a report of before these had
            versions.
    """

    program: str
    service: str
    lake_version: int | None
    since: str | None
    until: str | None
    settings: dict[str, float | int | str]
    tlp: str
    name_others: bool
    statements: dict[str, Value]
    tables: dict[str, Shown]
    sentences: tuple[str, ...]
    lists: dict[str, StatedTable] = field(default_factory=dict)


def read_stated(path: Path) -> Stated:
    """What the report in a file states.

    Args:
        path: a report.html, or a folder that holds one.

    Raises:
        UnreadableSource: the file cannot be read, is no report, is damaged, or of a newer format.
    """
    file = path / "report.html" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise UnreadableSource(f"{file}: cannot be read ({why}); name a report.html") from None
    page = _Page()
    page.feed(text)
    page.close()
    if not page.block:
        raise UnreadableSource(
            f"{file}: no report of headwater: it has no block of statements; name a report.html"
        )
    try:
        return _stated(json.loads(page.block), page, file)
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise UnreadableSource(
            f"{file}: a damaged report ({type(why).__name__}: {why}); write it again"
        ) from None


def _stated(found: dict[str, Any], page: "_Page", file: Path) -> Stated:  # Any: what JSON can say
    if found["format"] != FORMAT:
        raise UnreadableSource(
            f"{file}: a report of format {found['format']}, and this headwater reads {FORMAT}; update it"
        )
    window = found["window"]
    return Stated(
        program=str(found["program"]), service=str(found["service"]),
        lake_version=found["lake_version"], since=window["since"], until=window["until"],
        settings=dict(found["settings"]), tlp=str(found["tlp"]),
        name_others=bool(found["name_others"]),
        statements={str(one["id"]): one["value"] for one in found["statements"]},
        tables=page.tables, sentences=tuple(page.sentences),
        lists={
            str(one["id"]): StatedTable(int(one["version"]), str(one["digest"]))
            for one in found.get("tables", ())
        },
    )  # fmt: skip


@dataclass
class _Page(HTMLParser):
    """Gathers the block of statements, the cells of tables, and the sentences of sections."""

    block: str = ""
    tables: dict[str, Shown] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)
        self._in_block = False
        self._name = ""
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._sentence: list[str] | None = None
        self._inside = False  # a section

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes where in the page we are."""
        named = dict(attrs).get("id") or ""
        if tag == "script":
            self._in_block = named == "statements"
        elif tag == "table" or (tag == "details" and named):
            self._name = named or self._name
            self._rows = []
        elif tag == "tbody":
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"td", "th"}:
            self._cell = []
        elif tag == "section":
            self._inside = True
        elif tag in {"p", "li"} and self._inside:
            self._sentence = []

    def handle_endtag(self, tag: str) -> None:
        """Keeps a finished cell, table or sentence."""
        if tag == "script":
            self._in_block = False
        elif tag in {"td", "th"} and self._cell is not None and self._rows:
            self._rows[-1].append("".join(self._cell))
            self._cell = None
        elif tag == "table":
            self.tables[self._name] = tuple(tuple(row) for row in self._rows)
            self._name = ""
        elif tag == "section":
            self._inside = False
        elif tag in {"p", "li"} and self._sentence is not None:
            self.sentences.append("".join(self._sentence))
            self._sentence = None

    def handle_data(self, data: str) -> None:
        """Text of the block, of a cell, or of a sentence."""
        if self._in_block:
            self.block += data
        elif self._cell is not None:
            self._cell.append(data)
        elif self._sentence is not None:
            self._sentence.append(data)
