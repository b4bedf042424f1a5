"""A simulated world that the tests on Spark hunt in, and what makes two answers the same."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.present.hunt_table import document

# A quarter of the flows are in the sample, so that both passes, hubs and estimates have their part.
MEASURE = MeasureSettings(sample_flows=30_000, hub_hosts=100)


@dataclass(frozen=True)
class World:
    """A lake with a SYNTHETIC world, and what a hunt on DuckDB says of it."""

    lake: Path
    answer: dict[str, Any]  # Any: cells of every type

    def hunted(self, url: str, **more: Any) -> dict[str, Any]:  # Any: keywords of `hunt`
        """The same hunt on another engine."""
        settings = HuntSettings(allow_reserved=True, measure=MEASURE, engine=url)
        return document(hunt(self.lake, settings=settings, **more).hunt)


# Engines add up doubles in whatever order their parts are ready in, and their logarithms differ in the last
# digit; everything else must be the same to the last bit.
TOLERANCE = 1e-9


def unlike(one: Any, other: Any, place: str = "") -> list[str]:  # Any: values of a document
    """Where two documents differ: numbers with a fraction by more than TOLERANCE of their size."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [text for key in one for text in unlike(one[key], other[key], f"{place}.{key}")]
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [text for row, pair in pairs for text in unlike(*pair, f"{place}[{row}]")]
    if isinstance(one, float) and isinstance(other, float):
        return (
            [] if math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-300) else [f"{place}: {one} {other}"]
        )
    return [] if one == other else [f"{place}: {one!r} {other!r}"]
