"""CTU-13 scenario 11, whole: 107,251 Argus records of 2011-08-18."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.model.address import key_of


@pytest.fixture(scope="module")
def ctu13(real_data: Path) -> tuple[pa.Table, Rejects]:
    """The scenario's flows and rejects."""
    path = real_data / "ctu13-s11" / "capture20110818-2.binetflow.xz"
    rejects = Rejects()
    source = SourceFile(path, path.name)
    chunks = recognise(source).read(source, ReadOptions(timezone="Europe/Prague"), rejects)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return pa.Table.from_batches([screen(chunk, rejects, now=now) for chunk in chunks]), rejects


def test_every_record_is_a_flow_or_a_counted_reject(ctu13: tuple[pa.Table, Rejects]) -> None:
    """Of 107,251 records 57 are not IP (awk over Proto), 89,368 have two sides, 17,826 have one."""
    flows, rejects = ctu13
    assert rejects.counts == {"not IP: arp": 54, "not IP: ipx/spx": 1, "not IP: rarp": 2}
    paired = len(flows) - flows["pair_id"].null_count
    assert (len(flows), paired // 2 + flows["pair_id"].null_count) == (196_562, 107_251 - 57)


def test_no_byte_is_lost_or_invented(ctu13: tuple[pa.Table, Rejects]) -> None:
    """The flows' bytes add up to TotBytes of the records that are IP (summed by Python's csv)."""
    flows, _ = ctu13
    assert pc.sum(flows["bytes"]).as_py() == 3_408_161_422


def test_times_are_those_of_the_capture(ctu13: tuple[pa.Table, Rejects]) -> None:
    """The capture ran from 15:39 to 15:56 in Prague, 13:39 to 13:56 UTC."""
    flows, _ = ctu13
    span = pc.min_max(flows["start"]).as_py()
    assert span["min"] == datetime(2011, 8, 18, 13, 39, 35, 87798, tzinfo=UTC)
    assert span["max"] < datetime(2011, 8, 18, 13, 56, tzinfo=UTC)


def test_the_infected_machines_flood_with_icmp(ctu13: tuple[pa.Table, Rejects]) -> None:
    """Machine .191 sent ICMP to 147.32.96.69 in 4,242 records (by Python's csv): the ICMP flood."""
    flows, _ = ctu13
    bot, victim = key_of("147.32.84.191")[1], key_of("147.32.96.69")[1]
    flood = flows.filter(
        (pc.field("src_lo") == bot) & (pc.field("dst_lo") == victim) & (pc.field("proto") == 1)
    )
    assert (len(flood), pc.sum(flood["dst_port"]).as_py()) == (4_242, 0)
