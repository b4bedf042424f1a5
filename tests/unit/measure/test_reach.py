"""Whom does each key meet: links without repetition, and clients that roam."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from headwater.engine.connect import Engine
from headwater.measure import reach
from headwater.measure.scan import SERVER

DAY = 86_400_000_000


def _oriented(engine: Engine, rows: list[tuple[int, int, int, int, bool, int, bool]]) -> Any:  # an Ibis table
    """a, a_port, b, b_port, b_serves, slot, contact; hosts as small numbers."""
    a, a_port, b, b_port, serves, slot, contact = zip(*rows, strict=True)
    zeros = [0] * len(rows)
    return engine.bring(
        "oriented_pairs",
        pa.table(
            {
                "a_hi": zeros, "a_lo": a, "a_port": a_port, "b_hi": zeros, "b_lo": b, "b_port": b_port,
                "proto": [6] * len(rows), "b_serves": serves, "slot_us": slot, "contact": contact,
            }
        ),
    )  # fmt: skip


def test_a_call_and_its_answer_are_one_link(engine: Engine) -> None:
    """Both directions, two client ports, one of the three flows in contact: one link of three pairs."""
    rows = [(1, 50_000, 9, 443, True, 0, False), (9, 443, 1, 50_000, False, 0, True)]
    rows.append((1, 50_001, 9, 443, True, 0, False))
    found = engine.fetch(reach.links(_oriented(engine, rows)), purpose="test").to_pylist()
    assert [(one["lo"], one["port"], one["client_lo"], one["contact"], one["pairs"]) for one in found] == [
        (9, 443, 1, True, 3)
    ]


def test_popularity_counts_hosts_and_not_slots(engine: Engine) -> None:
    """Client 1 comes in two slots, client 2 tries without success: 1 host in contact, 2 tried, 3 pairs."""
    rows = [
        (1, 50_000, 9, 443, True, 0, True), (1, 50_000, 9, 443, True, DAY, True),
        (2, 50_000, 9, 443, True, 0, False),
    ]  # fmt: skip
    found = engine.fetch(reach.popularity(reach.links(_oriented(engine, rows))), purpose="test").to_pylist()
    service = next(one for one in found if one["role"] == SERVER)
    assert (service["lo"], service["hosts"], service["hosts_tried"], service["pairs"]) == (9, 1, 2, 3)


@pytest.mark.parametrize("rate", [1.0, 0.5])
def test_roaming_finds_whom_fan_out_finds(engine: Engine, rate: float) -> None:
    """40 clients that go to between 1 and 40 hosts, limit 12: the same as counting every client's hosts."""
    rows = [
        (client, 50_000 + host, 1_000 + host, 443 + host % 2, True, 0, True)
        for client in range(1, 41)
        for host in range(client)
    ]
    ends = reach.ends(reach.links(_oriented(engine, rows)))
    found = engine.fetch(reach.roaming(ends, hosts=12, rate=rate), purpose="test")["lo"].to_pylist()
    spread = 3.0 if rate < 1.0 else 0.0
    expected = [n for n in range(1, 41) if (n - spread * np.sqrt(n)) / rate > 12]
    assert sorted(found) == expected
