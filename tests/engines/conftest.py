"""What the tests on Spark share: a cluster, and a simulated world with DuckDB's answer."""

from collections.abc import Iterator

import pytest

import spark_cluster
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.ingest import ingest
from headwater.app.labels import add_labels
from headwater.app.simulate import simulate
from headwater.intel.labels.feed import Analyst
from headwater.present.hunt_table import document
from spark_cluster import Cluster
from spark_world import MEASURE, World


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers; on a busy machine executors may take their time."""
    if why := spark_cluster.missing():
        pytest.skip(why)
    with (
        pytest.MonkeyPatch.context() as patched,
        spark_cluster.cluster(tmp_path_factory.mktemp("spark") / "cluster") as running,
    ):
        patched.setattr("headwater.engine.spark_session.EXECUTOR_S", 300.0)
        yield running


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Some 120,000 records of the world `reference`; what a hunt on Spark costs hardly depends on them."""
    folder = tmp_path_factory.mktemp("world")
    simulate("reference", out=folder / "files", seed=11, records=85_000, sampling=500)
    lake = folder / "lake"
    ingest([str(folder / "files" / "flows")], lake=lake)
    feeds = sorted(str(path) for path in (folder / "files" / "feeds").iterdir())
    add_labels(feeds, lake=lake, analyst=Analyst(allow_reserved=True))
    settings = HuntSettings(allow_reserved=True, measure=MEASURE)
    return World(lake, document(hunt(lake, settings=settings).hunt))
