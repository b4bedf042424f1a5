"""What is the least that any answer about all flows costs? Reading eight columns of their files, no more.

`python floor.py LAKE` does it as a process of its own.
"""

import sys
from pathlib import Path

import duckdb

from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

COLUMNS = "start", "src_hi", "src_lo", "dst_hi", "dst_lo", "src_port", "dst_port", "proto"


def scan(lake: Path) -> None:
    """Has DuckDB read the columns of all flows; a largest value alone would come from the statistics."""
    files = list(snapshot(open_lake(lake)).files)
    columns = ", ".join(f"max({column})" for column in COLUMNS)
    duckdb.connect().execute(f"SELECT {columns}, sum(src_lo & 1) FROM read_parquet(?)", [files]).fetchall()


if __name__ == "__main__":
    scan(Path(sys.argv[1]))
