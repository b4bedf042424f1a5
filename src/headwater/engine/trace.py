"""Which queries ran, on which version of the lake, and what came of them?"""

from dataclasses import dataclass, field

import sqlglot


@dataclass(frozen=True, slots=True)
class Query:
    """One query that ran.

    Attributes:
        purpose: what it answers, in words.
        sql: its text as the engine ran it.
        lake_version: version of the flow table that it read; None for flows from outside a lake.
        rows: rows that came out; None where nobody counted them.
        seconds: wall-clock time it took.
        means: the same question asked of the flows alone, which has the same answer, where `sql` reads the
            copy by host; None where it does not.
    """

    purpose: str
    sql: str
    lake_version: int | None
    rows: int | None
    seconds: float
    means: str | None = None


@dataclass(slots=True)
class Trace:
    """The record of all queries of one engine, in the order in which they ran.

    Attributes:
        lake_version: written into each query from now on.
        dialect: of the queries' SQL, by sqlglot's name.
        queries: what ran so far.
        notes: what is to be said about how it was read, in words.
    """

    lake_version: int | None = None
    dialect: str = "duckdb"
    queries: list[Query] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def record(
        self, *, purpose: str, sql: str, rows: int | None, seconds: float, means: str | None = None
    ) -> None:
        """Adds one query."""
        self.queries.append(Query(purpose, sql, self.lake_version, rows, seconds, means))

    def text(self) -> str:
        """All queries as an SQL script; each has its purpose, version, rows and time as comments."""
        notes = [f"-- {note}\n" for note in self.notes]
        return "\n".join([*notes, *(_script(query, self.dialect) for query in self.queries)])


def _script(query: Query, dialect: str) -> str:
    version = "outside any lake" if query.lake_version is None else f"lake version {query.lake_version}"
    rows = "rows not counted" if query.rows is None else f"{query.rows:,} rows"
    sql = sqlglot.parse_one(query.sql, read=dialect).sql(dialect=dialect, pretty=True)
    return f"-- {query.purpose} ({version}; {rows}; {query.seconds:.3f} s)\n{sql};\n"
