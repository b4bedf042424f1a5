"""When did each sensor send? Of days that lie wholly in the window it is counted once, and kept."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from headwater.engine.connect import Engine
from headwater.engine.primitives import DAY_US
from headwater.lake.covered import day_of
from headwater.lake.kept_hours import SCHEMA, DayKey, forget_hours, keep_hours, kept_hours
from headwater.lake.tables import FLOWS, Lake
from headwater.measure.scan import Span
from headwater.measure.sensor_hours import sensor_hours
from headwater.model.window import Window

_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)


def hours_of(engine: Engine, lake: Lake, files: Iterable[str], *, window: Window) -> pa.Table:
    """The hours in which each sensor has flows, those of days counted before from what was kept of them.

    Args:
        engine: where the others are counted.
        lake: whose flows they are.
        files: absolute paths of the flow table's files.
        window: which flows count; of the days that it holds only a part of, nothing is kept.

    Returns:
        As from `headwater.measure.sensor_hours.sensor_hours`.
    """
    whole, cut = _divided(lake, files, window)
    keys = {day: DayKey.of(day, of_day) for day, of_day in whole.items()}
    found = {day: kept for day, key in keys.items() if (kept := kept_hours(lake, key)) is not None}
    missing = [day for day in whole if day not in found]
    if missing:
        new = _counted(engine, [file for day in missing for file in whole[day]], Span())
        days = np.asarray(new["hour_us"], np.int64) // DAY_US
        for day in missing:
            found[day] = new.filter(pa.array(days == (day - _EPOCH).days))
            keep_hours(lake, keys[day], found[day])
    forget_hours(lake, but=keys.values())
    parts = [found[day] for day in sorted(found)]
    if cut:
        parts.append(_counted(engine, cut, Span(window.start, window.end)))
    return pa.concat_tables(parts) if parts else SCHEMA.empty_table()


def _counted(engine: Engine, files: list[str], span: Span) -> pa.Table:
    flows = engine.flows(files)
    found = engine.fetch(sensor_hours(flows, span=span), purpose="hours in which each sensor sent")
    return found.select(SCHEMA.names).cast(SCHEMA)


def _divided(lake: Lake, files: Iterable[str], window: Window) -> tuple[dict[date, list[str]], list[str]]:
    """The files of days that lie in the window as a whole, by day, and the others."""
    root = lake.path(FLOWS).resolve()
    whole: dict[date, list[str]] = {}
    cut = []
    for file in files:
        day = day_of(str(Path(file).relative_to(root)))
        if day is not None and _holds(window, datetime.combine(day, time(), UTC)):
            whole.setdefault(day, []).append(file)
        else:
            cut.append(file)
    return whole, cut


def _holds(window: Window, midnight: datetime) -> bool:
    """Whether the window holds all of the day."""
    begun = window.start is None or window.start <= midnight
    return begun and (window.end is None or window.end >= midnight + _DAY)
