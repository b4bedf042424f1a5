"""What every engine offers, on Spark: the same calls, and the same numbers as DuckDB gives."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.engine.connect import Engine, connect
from headwater.engine.primitives import DAY_US, bucket, endpoint_id, micros, steady, whole
from headwater.errors import LakeError
from spark_cluster import Cluster

pytestmark = pytest.mark.xdist_group("spark")


@pytest.fixture(scope="module")
def engine(cluster: Cluster) -> Iterator[Engine]:
    """Spark on this machine alone, with the cluster's settings."""
    assert cluster.url
    with connect("local[1]") as opened:
        yield opened


def test_buckets_do_not_round(engine: Engine) -> None:
    """A microsecond before midnight lies in the old day, midnight in the new one."""
    midnight_us = 20_000 * DAY_US
    moments = engine.bring("moments", pa.table({"us": [midnight_us - 1, midnight_us, midnight_us + 1]}))
    told = engine.fetch(moments.select(day=bucket(moments.us, DAY_US)), purpose="days")
    assert sorted(told["day"].to_pylist()) == [midnight_us - DAY_US, midnight_us, midnight_us]


def test_whole_numbers_are_the_nearest(engine: Engine) -> None:
    """Spark's own cast would cut 2.7 to 2."""
    numbers = engine.bring("numbers", pa.table({"n": [2.2, 2.5, 2.7, -2.5]}))
    told = engine.fetch(numbers.select(n=whole(numbers.n)), purpose="whole numbers")
    assert told["n"].to_pylist() == [2, 3, 3, -3]


def test_ties_of_logarithms_are_ties(engine: Engine) -> None:
    """3 ln 2 and ln 8 are the same, which Java's logarithms alone need not say."""
    numbers = engine.bring("eights", pa.table({"two": [2], "eight": [8]}))
    told = engine.fetch(
        numbers.select(gap=steady(3 * numbers.two.ln() - numbers.eight.ln())), purpose="a tie"
    )
    assert told["gap"].to_pylist() == [0.0]


def test_endpoints_have_numbers_of_their_own(engine: Engine) -> None:
    """65,536 endpoints that differ in their port only: as many numbers."""
    ports = engine.bring("ports", pa.table({"port": pa.array(range(65_536), pa.int32())}))
    numbers = ports.select(
        id=endpoint_id(hi=ports.port, lo=ports.port * 0, port=ports.port, proto=ports.port)
    )
    told = engine.fetch(numbers.agg(n=numbers.id.nunique()), purpose="distinct numbers")
    assert told["n"].to_pylist() == [65_536]


def test_a_kept_table_is_recorded_and_replaced(engine: Engine) -> None:
    """Under the same name there is then the newer one; the script says what ran, in Spark's SQL."""
    numbers = engine.bring("some", pa.table({"n": [1, 2, 3]}))
    engine.keep("big", numbers.filter(numbers.n > 1), purpose="the big ones")
    biggest = engine.keep("big", numbers.filter(numbers.n > 2), purpose="the biggest")
    assert engine.fetch(biggest, purpose="take it out")["n"].to_pylist() == [3]
    assert "CREATE OR REPLACE TEMPORARY VIEW `big` AS" in engine.trace.text()


def test_moments_come_out_as_they_went_in(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces, in order, in UTC whatever the machine's time zone; from a file with brackets in its name."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    moments = [datetime(2024, 5, 1, 12, 0, 0, 7, tzinfo=UTC), datetime(2024, 10, 27, 1, 30, tzinfo=UTC)]
    file = tmp_path / "day=[1] {a}" / "flows.parquet"
    file.parent.mkdir()
    pq.write_table(pa.table({"start": pa.array(moments, pa.timestamp("us", "UTC"))}), file)
    flows = engine.flows([str(file)])
    pieces = list(engine.batches(flows.order_by("start"), rows=1, purpose="records"))
    numbers = engine.fetch(flows.select(us=micros(flows.start)).order_by("us"), purpose="microseconds")
    assert [piece["start"].to_pylist() for piece in pieces] == [[moments[0]], [moments[1]]]
    assert numbers["us"].to_pylist() == [1_714_564_800_000_007, 1_729_992_600_000_000]


def test_a_damaged_file_is_named(engine: Engine, tmp_path: Path) -> None:
    """Cut off in the middle after it was opened."""
    file = tmp_path / "flows.parquet"
    pq.write_table(pa.table({"n": list(range(1_000))}), file)
    flows = engine.flows([str(file)])
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(LakeError, match=r"adding up: a file of the lake cannot be read .*flows\.parquet"):
        engine.fetch(flows.agg(n=flows.n.sum()), purpose="adding up")
