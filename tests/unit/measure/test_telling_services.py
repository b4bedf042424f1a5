"""The port on which a host looks most like a C2, worked out by hand."""

import pyarrow as pa
import pytest

from headwater.engine.connect import Engine
from headwater.measure.telling_services import met, telling_services


def _visited(rows: list[tuple[int, int, int]]) -> pa.Table:
    """Host, its port, client."""
    count = len(rows)
    return pa.table(
        {
            "hi": [0] * count, "lo": [row[0] for row in rows],
            "port": pa.array([row[1] for row in rows], pa.int32()),
            "proto": pa.array([6] * count, pa.int16()),
            "client_hi": [0] * count, "client_lo": [row[2] for row in rows],
        }
    )  # fmt: skip


def _bots(clients: list[int]) -> pa.Table:
    return pa.table({"client_hi": [0] * len(clients), "client_lo": clients})


def _found(engine: Engine, rows: list[tuple[int, int, int]], bots: list[int]) -> list[tuple[int, int, int]]:
    visited, checkins = engine.bring("visited", _visited(rows)), engine.bring("checkins", _bots(bots))
    table = engine.fetch(telling_services(visited, checkins), purpose="test").to_pydict()
    return sorted(zip(table["lo"], table["port"], table["fan_in"], strict=True))


@pytest.mark.parametrize(
    ("rows", "bots", "expected"),
    [
        ([(1, 80, c) for c in range(10, 20)] + [(1, 447, 30), (1, 447, 31)], [30, 31], [(1, 447, 2)]),
        ([(1, 80, c) for c in range(10, 20)] + [(1, 447, 30), (1, 447, 31)], [], [(1, 80, 10)]),
        ([(1, 22, c) for c in range(10, 20)], [10, 11], []),
        ([(1, 50_000, 10)], [10], []),
    ],
    ids=["bots before the crowd", "no bot: the busiest", "administration ports are none", "one visitor"],
)
def test_the_port_of_the_bots_is_taken(
    engine: Engine, rows: list[tuple[int, int, int]], bots: list[int], expected: list[tuple[int, int, int]]
) -> None:
    """Most bots first, then most clients; at least two clients; no administration port."""
    assert _found(engine, rows, bots) == expected


def test_other_upstreams_count_once_each(engine: Engine) -> None:
    """Two upstreams met, one of them on two ports, are two."""
    visited = engine.bring(
        "visited", _visited([(1, 50_000, 7), (1, 50_001, 7), (1, 50_002, 8), (1, 50_003, 9)])
    )
    others = engine.bring("others", _bots([7, 8]))
    assert engine.fetch(met(visited, others), purpose="test")["n"].to_pylist() == [2]
