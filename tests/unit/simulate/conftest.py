"""What the tests of worlds share: one small world and its records."""

import numpy as np
import pyarrow as pa
import pytest

from headwater.simulate.presets import PRESETS
from headwater.simulate.world import World

SAMPLING = 10


def records_of(world: World, sampling: int) -> pa.Table:
    """All records of a world with two columns more: `population` (name) and `dst_serves`."""
    names = pa.array(world.populations)
    tables = []
    for part in world.parts(sampling):
        table = pa.Table.from_batches([part.batch])
        table = table.append_column("population", names.take(pa.array(part.population)))
        tables.append(table.append_column("dst_serves", pa.array(np.asarray(part.dst_serves))))
    return pa.concat_tables(tables)


@pytest.fixture(scope="session")
def world() -> World:
    """The world "small", seed 1."""
    return World(PRESETS["small"], 1)


@pytest.fixture(scope="session")
def records(world: World) -> pa.Table:
    """Its records at 1:10."""
    return records_of(world, SAMPLING)
