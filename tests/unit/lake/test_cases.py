"""Cases in the lake: one for each service, and the versions they stand on."""

from pathlib import Path

import pytest

from headwater.errors import LakeError
from headwater.lake.cases import case_path, store_case, versions_in_use
from headwater.lake.tables import create_lake
from headwater.model.service import Service

ONE, OTHER = Service("192.0.2.1", 443, 6), Service("2001:db8::1")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """An empty lake."""
    return create_lake(tmp_path / "lake").folder


def test_the_newest_case_takes_the_older_ones_place(lake: Path) -> None:
    """A service has one case."""
    store_case(lake, ONE, '{"lake_version": 1}')
    path = store_case(lake, ONE, '{"lake_version": 2}')
    assert ([entry.name for entry in path.parent.iterdir()], path.read_text()) == (
        ["192.0.2.1_443_tcp.json"],
        '{"lake_version": 2}',
    )


def test_versions_of_all_cases_are_in_use(lake: Path) -> None:
    """Nothing may remove them."""
    store_case(lake, ONE, '{"lake_version": 3}')
    store_case(lake, OTHER, '{"lake_version": 7}')
    assert versions_in_use(lake) == {3, 7}


def test_a_case_outside_a_lake_needs_no_version(lake: Path) -> None:
    """Its flows came from elsewhere."""
    store_case(lake, ONE, '{"lake_version": null}')
    assert versions_in_use(lake) == frozenset()


def test_a_damaged_case_stops_whoever_would_remove_versions(lake: Path) -> None:
    """What cannot be read may stand on any version."""
    store_case(lake, ONE, "{")
    with pytest.raises(LakeError, match="the case is damaged"):
        versions_in_use(lake)


def test_no_lake_no_case(tmp_path: Path) -> None:
    """A case is not what makes a folder a lake."""
    with pytest.raises(LakeError, match="there is no lake"):
        store_case(tmp_path, ONE, "{}")


def test_an_ipv6_address_is_a_file_name_everywhere() -> None:
    """Colons are no part of names on every system."""
    assert case_path(Path("lake"), OTHER).name == "2001-db8--1.json"
