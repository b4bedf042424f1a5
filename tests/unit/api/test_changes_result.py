"""Changes from Python: findings as rows."""

from pathlib import Path

import headwater as hw
from change_records import LABELS, OLD, moves, records
from hand_made_flows import lake_of


def test_a_silent_upstream_is_a_row(tmp_path: Path) -> None:
    """With its service as text, a time with a zone, and reasons; nothing was stored."""
    lake = hw.Lake(lake_of(tmp_path, records(moves(14.0, to=None)), labels=LABELS))
    found = lake.changes(upstreams=[f"{OLD}:8443/tcp"])
    (row,) = [one for one in found.table.to_pylist() if one["kind"] == "silent"]
    assert row["service"] == f"{OLD}:8443/tcp"
    assert row["other"] is None
    assert row["since"].utcoffset() is not None
    assert len(row["reasons"]) >= 2
    assert dict(row["numbers"])["c2s"] == 8
    assert found.outages().table.num_rows == 0
