"""Where does each number come from? Queries, lists, the version of the lake, the rows behind them."""

import sqlglot
from sqlglot.errors import SqlglotError

from headwater.model.source import RanQuery, ReadTable
from headwater.present.report.content import Block, Cell, Points, Row, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, row
from headwater.present.report.trail import records
from headwater.present.report.wording import count, query, said

_TABLES = {
    "flows": "flow records", "labels": "labels", "networks": "networks", "warninglists": "warning lists",
    "host_keys": "observations of hosts", "claims": "claims of open sources",
}  # fmt: skip
_DIGEST = 12  # characters of a digest that people compare; the block for machines holds it whole


def provenance(frame: Frame) -> Section:
    """The section on provenance."""
    told = Statement(
        "Every table, sentence and item of evidence names the entries that its numbers come from: P is a "
        "command or a place in a file, Q a query that ran, L a table of the lake. The same versions give the "
        "same numbers; this command computes them again and says which still hold, and which lists have "
        "changed since:",
        code="headwater verify report.html",
    )
    blocks: list[Block] = [told, _records(frame), _entries(frame)]
    if frame.case.tables:
        blocks += [_lists(frame)]
    if frame.case.queries:
        blocks += [_queries(frame)]
    return Section("provenance", "Provenance", tuple(blocks))


def _records(frame: Frame) -> Points:
    case = frame.case
    return Points(
        "The very records",
        (
            Statement("All contact with the service:", code=query(records(case))),
            Statement("With one of its clients:", code=query(records(case, "ADDRESS"))),
            Statement("What lists ever said of a C2:", code="headwater labels list --history ADDRESS"),
        ),
    )


def _entries(frame: Frame) -> Table:
    rows = tuple(
        row(
            one.id, "none" if one.lake_version is None else str(one.lake_version),
            "not counted" if one.rows is None else f"{one.rows:,} {said(one.rows_are)}".rstrip(),
            Cell(query(one.query), code=True),
            id=one.id,
        )
        for one in frame.trail.entries
    )  # fmt: skip
    heads = columns("Entry", "#Lake version", "Behind it", "Command, or file and place")
    return Table("entries", "Commands and places", heads, rows)


def _lists(frame: Frame) -> Table:
    rows = tuple(_list(frame, one) for one in frame.case.tables)
    heads = columns("Entry", "Holds", "#Version", "#Rows", "#About hosts of this case", "Files", "Digest")
    caption = "Tables of the lake that were read: rows that count, and of which files"
    return Table("lists", caption, heads, rows)


def _list(frame: Frame, one: ReadTable) -> Row:
    files = "; ".join(f"{said(file.name)} ({count(file.rows, 'entry', 'entries')})" for file in one.files)
    anchor = frame.trail.anchors[one.id]
    return row(
        anchor, _TABLES.get(one.id, said(one.id)), str(one.version), f"{one.rows:,}",
        "not counted" if one.used is None else f"{one.used:,}",
        files or ("in the lake" if one.id == "flows" else "none"), said(one.digest[:_DIGEST]) or "by version",
        id=anchor,
    )  # fmt: skip


def _queries(frame: Frame) -> Table:
    rows = tuple(_query(frame, one) for one in frame.case.queries)
    heads = columns("Entry", "What it answers", "#Lake version", "#Rows", "Reads", "~Query")
    caption = "Queries, in the order in which they ran; flows are the flows of that version of the lake"
    return Table("queries", caption, heads, rows, on_screen=True)


def _query(frame: Frame, one: RanQuery) -> Row:
    anchor = frame.trail.anchors[one.id]
    return row(
        anchor, said(one.purpose), "none" if one.lake_version is None else str(one.lake_version),
        "not counted" if one.rows is None else f"{one.rows:,}", Cell("", frame.trail.links(one.reads)),
        Cell(_laid_out(one.sql), code=True, folded="Query"), id=anchor,
    )  # fmt: skip


def _laid_out(sql: str) -> str:
    """The query over several lines; as it is where it is of another dialect, or none."""
    try:
        return sqlglot.parse_one(sql, read="duckdb").sql(dialect="duckdb", pretty=True)
    except (SqlglotError, RecursionError):
        return sql
