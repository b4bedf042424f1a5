"""What the tests of measure/ share: an engine, and a hunt in hand-made flows."""

from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa
import pytest

from hand_made_flows import Flow, flow_table, label_table
from headwater.app.hunt import Hunted, Known, hunt_flows
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.engine.connect import Engine, connect
from headwater.intel.context.networks import Networks
from headwater.intel.context.warninglists import WarningLists


@pytest.fixture
def engine() -> Iterator[Engine]:
    """DuckDB on one thread."""
    with connect("duckdb://?memory=512MB&threads=1") as opened:
        yield opened


class Hunting(Protocol):
    """Hunts in hand-made flows; keywords are MeasureSettings' fields."""

    def __call__(self, flows: list[Flow], labels: pa.Table, **settings: int) -> Hunted:
        """The hunt."""
        ...


@pytest.fixture
def hunted(engine: Engine) -> Hunting:
    """Hunts in hand-made flows; keywords are MeasureSettings' fields."""

    def run(flows: list[Flow], labels: pa.Table, **settings: int) -> Hunted:
        known = Known(labels, label_table([]), Networks(), WarningLists())
        return hunt_flows(
            engine,
            engine.bring("flows", flow_table(flows)),
            known=known,
            settings=HuntSettings(allow_reserved=True, measure=MeasureSettings(**settings)),
        )

    return run
