"""A hunt on a Spark cluster: the same answer as on DuckDB, whatever happens to a worker."""

import signal

import pytest

from spark_cluster import Cluster, stop
from spark_world import World, unlike

pytestmark = pytest.mark.xdist_group("spark")  # one cluster for all of them


@pytest.mark.slow  # the next test compares the same answer, with a worker less
def test_a_hunt_on_a_cluster_says_what_duckdb_says(cluster: Cluster, world: World) -> None:
    """Row for row: every candidate in its place, every count, every reason; but for the engine's name."""
    found = world.hunted(f"{cluster.url}?memory=900m")
    engine = found.pop("engine")
    expected = {key: value for key, value in world.answer.items() if key != "engine"}
    assert engine.startswith("spark 4.")
    assert len(found["candidates"]) > 50
    assert unlike(expected, found) == []


def test_a_worker_killed_in_the_middle_changes_nothing(cluster: Cluster, world: World) -> None:
    """SIGKILL while the statistics are computed: what its executor held is computed again from the files."""
    victim = cluster.workers[0]
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if text == "looking at unlisted clients":
            stop(victim, how=signal.SIGKILL)

    found = world.hunted(f"{cluster.url}?memory=900m", say=say)
    cluster.add_worker()
    assert (victim.returncode, said[-1].startswith("ranking")) == (-signal.SIGKILL, True)
    assert unlike({**world.answer, "engine": ""}, {**found, "engine": ""}) == []
