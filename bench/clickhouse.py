"""Which services do most listed C2s talk to, asked of ClickHouse's engine (chdb) in plain SQL?

The two queries that an analyst would write: how many listed C2s each endpoint met, and how many hosts of any
kind those did that met two or more. Nothing about chance, sessions, which side serves or who stands behind.
Run as a process of its own: `python clickhouse.py LAKE C2S.csv` prints the ten first as JSON.
"""

import csv
import json
import sys
from pathlib import Path

import chdb

from headwater.lake.snapshot import snapshot
from headwater.lake.tables import FLOWS, open_lake
from headwater.model.address import key_of

_MET = """
SELECT peer, port, proto, uniqExact(c2) AS k, count() AS flows, min(at) AS first, max(at) AS last FROM (
    SELECT src_lo AS c2, dst_lo AS peer, dst_port AS port, proto, start AS at FROM {flows}
        WHERE src_lo IN ({c2s})
    UNION ALL
    SELECT dst_lo, src_lo, src_port, proto, start FROM {flows}
        WHERE dst_lo IN ({c2s}))
GROUP BY peer, port, proto HAVING k >= 2
"""
_ALL = """
SELECT peer, port, proto, any(k) AS k, uniqExact(host) AS d, k / d AS share FROM (
    SELECT dst_lo AS peer, dst_port AS port, proto, src_lo AS host FROM {flows}
        WHERE (dst_lo, dst_port, proto) IN (SELECT peer, port, proto FROM met)
    UNION ALL
    SELECT src_lo, src_port, proto, dst_lo FROM {flows}
        WHERE (src_lo, src_port, proto) IN (SELECT peer, port, proto FROM met)) AS seen
INNER JOIN met USING (peer, port, proto)
GROUP BY peer, port, proto ORDER BY share DESC, k DESC LIMIT 10 FORMAT JSONCompact
"""


def main(lake: Path, listed: Path) -> None:
    """Prints the ten endpoints of which listed C2s are the largest share."""
    with listed.open() as file:
        c2s = ",".join(str(key_of(row["address"])[1]) for row in csv.DictReader(file))
    root = open_lake(lake).path(FLOWS).resolve()
    names = ",".join(str(Path(file).relative_to(root)) for file in snapshot(open_lake(lake)).files)
    flows = f"file('{root}/{{{names}}}', Parquet)"
    session = chdb.session.Session()
    session.query(f"CREATE TABLE met ENGINE = Memory AS {_MET.format(flows=flows, c2s=c2s)}")
    print(json.dumps(json.loads(str(session.query(_ALL.format(flows=flows))))["data"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
