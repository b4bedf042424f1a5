"""A lake and a hunt in it that several tests look at."""

import pytest

import headwater as hw
from hand_made_flows import hunting_lake


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> hw.Lake:
    """Three C2s with one upstream, 9.9.9.9:8443/tcp, and a resolver that all hosts use."""
    return hw.Lake(hunting_lake(tmp_path_factory.mktemp("python")))


@pytest.fixture(scope="session")
def found(lake: hw.Lake) -> hw.HuntResult:
    """A hunt in it."""
    return lake.hunt()


@pytest.fixture(scope="session")
def case(lake: hw.Lake, found: hw.HuntResult) -> hw.CaseResult:
    """The case about its best candidate."""
    return lake.investigate(found.service(1))
