"""What the pages on flow formats and column maps say is what the readers do."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headwater import ingest as formats
from headwater.app.ingest import REASONS
from headwater.ingest.column_map import shipped
from headwater.ingest.reader import ReadOptions, readers, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"
FORMATS = (REFERENCE / "formats.md").read_text(encoding="utf-8")
MAPS = (REFERENCE / "column-maps.md").read_text(encoding="utf-8")


def reasons() -> set[str]:
    """The words that readers and screening count records under, as they stand in the code."""
    found = {reason for _, reason in REASONS}
    for module in (Path(path) for folder in formats.__path__ for path in Path(folder).glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"add", "_stop"}:
                told = any(keyword.arg == "offset" for keyword in node.keywords) or node.func.attr == "_stop"  # type: ignore[attr-defined]  # `attr` was asked for above
                found |= _texts(node.args[0]) if told else set()
    return found


def _texts(node: ast.expr) -> set[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_reader_has_its_row() -> None:
    """The first table lists the readers in the order in which they are asked, and what they count."""
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| (\w+)(?: \(\w+\))? from \d \|$", FORMATS, re.MULTILINE)
    units = {"lines": "line", "bytes": "byte", "records": "record", "flows": "record"}
    told = {name: units[unit] for name, unit in rows}
    assert told == {reader.name: reader.position_unit for reader in readers()}
    assert sorted(reader.rank for reader in readers()) == [
        next(reader.rank for reader in readers() if reader.name == name) for name, _ in rows
    ]


def test_every_reason_is_on_the_page() -> None:
    """No record is left out under words that the page does not explain."""
    assert {reason for reason in reasons() if f"`{reason}`" not in FORMATS} == set()


def test_every_shipped_map_is_on_the_page() -> None:
    """The table of shipped maps is complete."""
    assert re.findall(r"^\| `([\w-]+)` \| [A-Zagp]", MAPS.split("## An example")[0], re.MULTILINE) == [
        *shipped()
    ]


def example(name: str) -> str:
    """The block of the page on maps that is marked as this example."""
    return MAPS.split(f"<!-- example: {name} -->\n")[1].split("```\n")[1]


def _cell(value: Any) -> str:  # Any: what a column may hold
    """A value as the page's table writes it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("000+00:00", "Z").replace("+00:00", "Z")
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture
def flows(tmp_path: Path) -> list[dict[str, Any]]:  # Any: what a column may hold
    """What the page's example gives: its table, read with its map and its time zone."""
    table, column_map = tmp_path / "export.csv", tmp_path / "netmon.toml"
    table.write_text(example("export.csv"), encoding="utf-8")
    column_map.write_text(example("netmon.toml"), encoding="utf-8")
    source, rejects = SourceFile(table, "export.csv"), Rejects()
    options = ReadOptions(timezone="Europe/Prague", map_file=column_map)
    reader = recognise(source, mapped=True)
    batches = [
        screen(chunk, rejects, now=datetime.now(UTC)) for chunk in reader.read(source, options, rejects)
    ]
    assert rejects.counts == {}
    return [row for batch in batches for row in batch.to_pylist()]


def test_the_example_of_a_map_gives_its_table(flows: list[dict[str, Any]]) -> None:  # Any: as above
    """The worked example on the page of column maps is true, cell by cell."""
    written = MAPS.split("<!-- example: flows -->\n")[1].split("\n\n")[0].splitlines()
    titles, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in written)
    assert [[_cell(flow[title]) for title in titles] for flow in flows] == rows
