"""Which records cannot be true, and under which reason they are counted."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from headwater.ingest.columns import flow_batch
from headwater.ingest.reader import Chunk
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.screen import COUNTER_MAX, screen
from headwater.model.address import key_of

NOW = datetime(2025, 1, 1, tzinfo=UTC)
START = 1_700_000_000_000_000
V4, V6 = key_of("192.0.2.1"), key_of("2001:db8::1")
SOUND: dict[str, Any] = {  # Any: values of several types
    "start": START, "end": START + 1, "src_hi": V4[0], "src_lo": V4[1], "dst_hi": V4[0], "dst_lo": V4[1] + 1,
    "src_port": 5000, "dst_port": 443, "proto": 6, "packets": 3, "bytes": 180,
}  # fmt: skip


def _screened(*changes: dict[str, Any]) -> tuple[int, Rejects]:
    """How many of the records, each SOUND with a change, are kept, and what is told of the others."""
    rows = [SOUND | change for change in changes]
    batch = flow_batch({name: [row[name] for row in rows] for name in SOUND})
    rejects = Rejects()
    kept = screen(Chunk(batch, np.arange(100, 100 + len(rows))), rejects, now=NOW)
    return kept.num_rows, rejects


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"end": START - 1}, "end before start"),
        ({"start": 0}, "time before 1996"),
        ({"end": 4_000_000_000_000_000}, "time in the future"),
        ({"dst_hi": V6[0], "dst_lo": V6[1]}, "mixed address families"),
        ({"src_port": 65536}, "port out of range"),
        ({"dst_port": -1}, "port out of range"),
        ({"proto": 256}, "protocol out of range"),
        ({"packets": COUNTER_MAX + 1}, "absurd count of packets"),
        ({"bytes": -5}, "absurd count of bytes"),
        ({"src_lo": None}, "no readable src_lo"),
        ({"start": None}, "no readable start"),
    ],
)
def test_each_reason(change: dict[str, Any], reason: str) -> None:
    """A record that cannot be true is left out and counted under its reason and position; others stay."""
    kept, rejects = _screened({}, change, {})
    assert (kept, rejects.counts, rejects.first_bad) == (2, {reason: 1}, FirstBad(101, reason))


@pytest.mark.parametrize(
    "change",
    [{"packets": None}, {"bytes": None}, {"end": START}, {"src_port": 0}, {"dst_port": 65535}, {"proto": 0}],
)
def test_what_may_be(change: dict[str, Any]) -> None:
    """Unknown counts, flows of no length and values at the ends of their ranges are no damage."""
    kept, rejects = _screened(change)
    assert (kept, rejects.total) == (1, 0)


def test_a_record_is_counted_once() -> None:
    """A record wrong in three ways is one reject."""
    _, rejects = _screened({"end": START - 1, "proto": 999, "bytes": -1})
    assert rejects.total == 1
