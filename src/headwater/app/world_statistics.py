"""What does the hunt measure in a simulated world? From settings and seed to statistics and truth."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from headwater.app.hunt import Known, hunt_flows
from headwater.app.hunt_settings import HuntSettings
from headwater.engine.connect import connect
from headwater.intel.context.networks import Network, Networks
from headwater.intel.context.prefixes import prefix_of
from headwater.intel.context.warninglists import WarningLists
from headwater.lake.edge_hash import edge_hash
from headwater.lake.labels import CURRENT_SCHEMA
from headwater.model.address import key_of
from headwater.model.label import Label
from headwater.score.statistics import Statistics
from headwater.simulate.truth import Truth
from headwater.simulate.world import World

_KEYS = ("src_hi", "src_lo", "dst_hi", "dst_lo")


@dataclass(frozen=True, slots=True)
class Measured:
    """A world as the hunt sees it, beside its truth.

    Attributes:
        world, seed, sampling: which one: name of its settings, seed, N of 1:N.
        flows: records.
        statistics: what the hunt measured.
        truth: what is true.
    """

    world: str
    seed: int
    sampling: int
    flows: int
    statistics: Statistics
    truth: Truth


@contextmanager
def records_of(world: World, *, sampling: int) -> Iterator[tuple[Path, int]]:
    """A world's records in a temporary Parquet file, so that memory does not grow with them.

    Args:
        world: whose records.
        sampling: N of packet sampling 1:N.

    Yields:
        The file, gone after the `with` block, and the number of records.
    """
    with tempfile.TemporaryDirectory(prefix="headwater-world-") as folder:
        file = Path(folder) / "flows.parquet"
        yield file, _write(world, file, sampling)


def measured(
    world: World, records: tuple[Path, int], *, sampling: int, known: Known | None = None
) -> Measured:
    """Measures a world's records as a hunt in a lake would.

    Args:
        world: what to hunt in.
        records: as from `records_of`.
        sampling: with which they were drawn.
        known: labels and networks; None: those of the world.
    """
    file, flows = records
    settings = HuntSettings(allow_reserved=True)  # the addresses of worlds are reserved ones
    with connect(settings.engine) as engine:
        table = engine.flows([str(file)])
        found = hunt_flows(engine, table, known=known or known_of_world(world), settings=settings)
    return Measured(
        world=world.settings.name, seed=world.seed, sampling=sampling, flows=flows,
        statistics=found.statistics, truth=world.truth(),
    )  # fmt: skip


def _write(world: World, file: Path, sampling: int) -> int:
    """Writes all records with the columns that a lake would fill; returns how many there are."""
    writer, flows = None, 0
    for batch in world.batches(sampling):
        hashed = edge_hash(**{name: _int64s(batch, name) for name in _KEYS})
        rows = batch.append_column("edge_hash", pa.array(hashed))
        writer = writer or pq.ParquetWriter(file, rows.schema, compression="lz4")
        writer.write_batch(rows)
        flows += rows.num_rows
    if writer is not None:
        writer.close()
    return flows


def _int64s(batch: pa.RecordBatch, name: str) -> npt.NDArray[np.int64]:
    return np.ascontiguousarray(batch[name].to_numpy(zero_copy_only=False), dtype=np.int64)


def known_of_world(world: World) -> Known:
    """Its feeds' labels and its networks, as a lake would give them; no other roles, no warning lists."""
    networks = [
        Network(prefix_of(prefix), network.asn, network.name)
        for network in world.networks()
        for prefix in (network.prefix, network.prefix_v6)
        if prefix
    ]
    return Known(
        c2s=label_table(world.labels()),
        roles=label_table([]),
        networks=Networks.build(networks),
        warning_lists=WarningLists(),
    )


def label_table(labels: list[Label]) -> pa.Table:
    """Labels in the lake's CURRENT_SCHEMA."""
    rows = []
    for label in labels:
        hi, lo = key_of(label.address)
        rows.append(
            {
                "address": label.address, "hi": hi, "lo": lo, "role": label.role.value,
                "family": label.family, "group": label.group, "port": label.port,
                "start": label.window.start, "end": label.window.end, "source": label.source,
                "grade": label.grade, "tlp": label.tlp.value,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CURRENT_SCHEMA)
