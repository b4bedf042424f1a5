"""What does docs/reference/flow-columns.md say? Prints or writes it, from `headwater.model.flow`.

python tools/flow_columns.py            print the page
python tools/flow_columns.py --write    write it to docs/reference/flow-columns.md
"""

import sys
from pathlib import Path

from headwater.model.flow import FLOW, Column, FilledBy

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "flow-columns.md"

_HEAD = """\
# Columns of a flow

<!-- Generated from src/headwater/model/flow.py by tools/flow_columns.py: change that file, then run this. -->

A flow is one-way: packets from `src` to `dst`. A bidirectional source gives two records with one `pair_id`.
An address is a pair of 64-bit integers, IPv4 as IPv4-mapped IPv6: `::ffff:192.0.2.1` has `hi` 0 and `lo`
0x0000ffff_c0000201. Every reader fills these columns, the lake stores them, and nothing multiplies a counter
by the sampling interval.
"""

_SECTIONS = {
    FilledBy.READER: (
        "Read from the record",
        "In the exporter's record, or null where it says nothing.",
    ),
    FilledBy.INGEST: (
        "Filled at ingest where the record is silent",
        "The record's own value stands; `--sensor` and `--sampling` of `headwater ingest` fill the gaps.",
    ),
    FilledBy.LAKE: ("Derived when stored", "No reader gives these."),
}


def page() -> str:
    """The page in Markdown."""
    parts = [_HEAD]
    for filled_by, (title, said) in _SECTIONS.items():
        rows = [_row(column) for column in FLOW if column.filled_by is filled_by]
        heading = "| column | type | unit | meaning | null means | IPFIX element |\n|---|---|---|---|---|---|"
        parts.append("\n".join([f"## {title}", "", said, "", heading, *rows]) + "\n")
    return "\n".join(parts)


def _row(column: Column) -> str:
    null = column.null or "never null"
    cells = (
        f"`{column.name}`",
        column.kind.value,
        column.unit or "-",
        column.meaning,
        null,
        column.element or "-",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
