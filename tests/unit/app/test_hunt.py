"""What a hunt in a lake promises."""

from datetime import timedelta
from pathlib import Path

import pytest

from hand_made_flows import BEGIN, hunting_lake
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.app.ingest import ingest
from headwater.errors import BadSetting, LakeError

PUBLIC = HuntSettings()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake that the tests hunt in."""
    return hunting_lake(tmp_path_factory.mktemp("hunting"))


def test_the_exclusive_service_comes_first(lake: Path) -> None:
    """Three of three clients are C2s at the upstream, three of forty-three at the resolver."""
    found = hunt(lake).hunt
    order = [(one.address, one.c2s, one.clients) for one in found.candidates]
    assert order == [("9.9.9.9", 3, 3), ("9.9.9.53", 3, 43)]


def test_the_answer_names_what_it_was_computed_on(lake: Path) -> None:
    """Lake version, engine and counts stand in the answer: 46 flows, three C2s, six contacts."""
    found = hunt(lake).hunt
    examined = found.examined
    told = (found.lake_version, examined.flows, examined.c2s, examined.c2s_seen, examined.contacts)
    assert (told, found.engine.split()[0]) == ((1, 46, 3, 3, 6), "duckdb")


def test_every_query_is_recorded_with_the_version(lake: Path) -> None:
    """The trace holds both passes, each with the version of the lake it ran on."""
    queries = hunt(lake).trace.queries
    passes = [query for query in queries if query.purpose.startswith("pass ")]
    assert {query.lake_version for query in queries} == {1}
    assert len(passes) >= 2


def test_only_the_time_asked_for_is_looked_at(lake: Path) -> None:
    """--until one hour after the beginning leaves the first C2's two flows; nothing is shared then."""
    settings = HuntSettings(since=BEGIN, until=BEGIN + timedelta(hours=1))
    found = hunt(lake, settings=settings).hunt
    assert (found.examined.flows, [one.c2s for one in found.candidates if one.c2s > 1]) == (2, [])


def test_no_flows_in_that_time_is_said(lake: Path) -> None:
    """A time without flows is wrong use, not an empty answer."""
    with pytest.raises(LakeError, match="no flows in that time"):
        hunt(lake, settings=HuntSettings(since=BEGIN + timedelta(days=400)))


def test_a_family_without_labels_is_said(lake: Path) -> None:
    """A family that nobody listed is named, with what to do."""
    with pytest.raises(LakeError, match="no labelled C2 of family nosuch; add some"):
        hunt(lake, settings=HuntSettings(families=("nosuch",)))


def test_a_lake_without_labels_is_said(tmp_path: Path) -> None:
    """Flows alone cannot be hunted in."""
    flows = tmp_path / "flows.csv"
    flows.write_text(
        "start,end,src,dst,src_port,dst_port,proto,packets,bytes\n0,1,5.0.0.1,9.9.9.9,1,2,6,1,60\n"
    )
    ingest([str(flows)], lake=tmp_path / "lake")
    with pytest.raises(LakeError, match="no labelled C2"):
        hunt(tmp_path / "lake")


def test_an_engine_that_is_none_is_refused(lake: Path) -> None:
    """A Spark master without a port, and the message says so."""
    with pytest.raises(BadSetting, match="no Spark master"):
        hunt(lake, settings=HuntSettings(engine="spark://host"))


def test_impossible_settings_are_refused() -> None:
    """A window that ends before it begins, and a count of nothing."""
    with pytest.raises(BadSetting, match="swap them"):
        HuntSettings(since=BEGIN, until=BEGIN)
    with pytest.raises(BadSetting, match="sample_flows"):
        MeasureSettings(sample_flows=0)
