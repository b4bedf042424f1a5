"""What tests of a measured case share: the hand-made lake, and services measured in it once each."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from hand_made_flows import lake_of
from headwater.app.case_measuring import Measured, measured
from headwater.model.service import Service
from measured_lake import LABELS, NETWORKS, all_flows


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made lake."""
    return lake_of(tmp_path_factory.mktemp("case"), all_flows(), labels=LABELS, networks=NETWORKS)


@pytest.fixture(scope="session")
def seen(lake: Path) -> Callable[[str], Measured]:
    """Measures a service of the hand-made lake, once each."""
    return cache(lambda service: measured(lake, Service.parse(service)))


@pytest.fixture(scope="session")
def upstream(seen: Callable[[str], Measured]) -> Measured:
    """The service on port 8443."""
    return seen("9.9.9.9:8443/tcp")
