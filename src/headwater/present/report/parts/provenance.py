"""Where does each number come from? Queries, the version of the lake they ran on, the rows behind them."""

from headwater.present.report.content import Cell, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, row
from headwater.present.report.wording import query


def provenance(frame: Frame) -> Section:
    """The section on provenance."""
    rows = tuple(
        row(
            one.id, "none" if one.lake_version is None else str(one.lake_version),
            "not counted" if one.rows is None else f"{one.rows:,}", Cell(query(one.query), code=True),
            id=one.id,
        )
        for one in frame.trail.entries
    )  # fmt: skip
    told = Statement(
        "Every table names the entry its numbers come from, every item of evidence its own. The same version "
        "of the lake gives the same numbers: this command computes them again and says which still hold:",
        code="headwater verify report.html",
    )
    uncounted = Statement(
        "Rows that nobody counted are of items that look beyond the contact itself: at what the C2s and the "
        "address do elsewhere, at lists, at sources."
    )
    heads = columns("Entry", "#Lake version", "#Rows behind it", "Query, command, or file and place")
    table = Table("entries", "Entries of the provenance", heads, rows)
    return Section("provenance", "Provenance", (told, uncounted, table))
