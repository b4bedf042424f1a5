"""Which column type for addresses makes a semi-join on both sides cheapest?

Decision 0003 quotes what this prints: synthetic flows in one Parquet file, their addresses stored in four
ways, the same question (how many flows have one of 500 hosts on either side?) asked of each, fastest of five.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

FLOWS = 10_000_000
HOSTS = 400_000
WANTED = 500
RUNS = 5


@dataclass(frozen=True, slots=True)
class Form:
    """One way to store an address: the SQL of its columns from number `{0}`, and of the question."""

    columns: str
    question: str


_FORMS = {
    "one 64-bit column": Form(
        "{0} + 281470681743360 AS {0}l",
        "SELECT count(*) FROM flows WHERE sl IN (SELECT l FROM wanted) OR dl IN (SELECT l FROM wanted)",
    ),
    "pair of 64-bit columns": Form(
        "0::BIGINT AS {0}h, {0} + 281470681743360 AS {0}l",
        "SELECT count(*) FROM (SELECT sl, sh, dl, dh FROM flows "
        "WHERE sl IN (SELECT l FROM wanted) OR dl IN (SELECT l FROM wanted)) "
        "WHERE (sh, sl) IN (SELECT (0::BIGINT, l) FROM wanted) "
        "OR (dh, dl) IN (SELECT (0::BIGINT, l) FROM wanted)",
    ),
    "16-byte blob": Form(
        "from_hex(printf('%032x', {0} + 281470681743360)) AS {0}b",
        "SELECT count(*) FROM flows WHERE sb IN (SELECT b FROM wanted) OR db IN (SELECT b FROM wanted)",
    ),
    "text": Form(
        "printf('%d.%d.%d.%d', {0} >> 24, ({0} >> 16) & 255, ({0} >> 8) & 255, {0} & 255) AS {0}t",
        "SELECT count(*) FROM flows WHERE st IN (SELECT t FROM wanted) OR dt IN (SELECT t FROM wanted)",
    ),
}


def _fastest(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, int]:
    """Seconds of the fastest run and the count that the query gives."""
    best, found = float("inf"), 0
    for _ in range(RUNS):
        begin = time.perf_counter()
        row = connection.execute(query).fetchone()
        best = min(best, time.perf_counter() - begin)
        found = int(row[0]) if row else -1
    return best, found


def _prepare(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Writes the flows in every form, and the wanted hosts."""
    number = f"(hash(i + {{}}) % {HOSTS})::BIGINT * 9973 % 4294967296"
    connection.execute(
        f"CREATE TABLE base AS SELECT {number.format(0)} AS s, {number.format(7 * FLOWS)} AS d "
        f"FROM range({FLOWS}) t(i)"
    )
    every = ", ".join(form.columns.format("s") for form in _FORMS.values() if "h," not in form.columns)
    connection.execute(
        f"CREATE TABLE wanted AS SELECT sl AS l, sb AS b, st AS t FROM "
        f"(SELECT {every} FROM (SELECT DISTINCT s FROM base ORDER BY hash(s) LIMIT {WANTED}))"
    )
    for name, form in _FORMS.items():
        target = folder / f"{name}.parquet"
        connection.execute(
            f"COPY (SELECT {form.columns.format('s')}, {form.columns.format('d')} FROM base) "
            f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )


def main() -> None:
    """Prints seconds and bytes for each form, as ratios to one 64-bit column."""
    results: dict[str, tuple[float, int, int]] = {}
    with tempfile.TemporaryDirectory() as name, duckdb.connect() as connection:
        _prepare(connection, Path(name))
        for form_name, form in _FORMS.items():
            file = Path(name) / f"{form_name}.parquet"
            connection.execute(f"CREATE OR REPLACE VIEW flows AS SELECT * FROM read_parquet('{file}')")
            results[form_name] = (*_fastest(connection, form.question), file.stat().st_size)
    if len({found for _, found, _ in results.values()}) != 1:
        raise SystemExit(f"the forms disagree: {results}")
    floor, _, floor_bytes = results["one 64-bit column"]
    print(f"address keys: {FLOWS:,} flows, {WANTED} of {HOSTS:,} hosts wanted")
    for form_name, (seconds, found, size) in results.items():
        print(
            f"  {form_name:24s} {seconds:6.3f} s  time x{seconds / floor:4.2f}  "
            f"size x{size / floor_bytes:4.2f}  {found:,} flows found"
        )


if __name__ == "__main__":
    main()
