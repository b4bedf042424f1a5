"""What do the records cover, day by day? From the lake's log; only days cut by the window are counted."""

from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.case_arrays import ints
from headwater.engine.connect import Engine
from headwater.engine.primitives import DAY_US, bucket, micros
from headwater.investigate.measurements import Days
from headwater.lake.coverage import LoggedDays
from headwater.measure.scan import Span, spanned

Table = Any  # an Ibis table; Ibis ships no types


def whole_days(engine: Engine, flows: Table, logged: LoggedDays, *, span: Span) -> LoggedDays:
    """The days with their flows inside the span, cut days counted; days without any are left out.

    Args:
        engine: where it runs.
        flows: the lake's flows.
        logged: as from `headwater.lake.coverage.logged_days`.
        span: which flows to look at.
    """
    if not logged.cut.any():
        return logged
    inside = spanned(flows, span)
    start_us = micros(inside.start)
    day_us = bucket(start_us, DAY_US)
    told = inside.filter(day_us.isin(logged.day_us[logged.cut].tolist())).select(start_us=start_us)
    by_day = told.group_by(day_us=bucket(told.start_us, DAY_US)).agg(
        flows=told.count(), first_us=told.start_us.min(), last_us=told.start_us.max()
    )
    found = engine.fetch(by_day, purpose="flows of days that the window cuts")
    kept = ~logged.cut
    columns = {
        name: np.concatenate([getattr(logged, name)[kept], ints(found, name)])
        for name in ("day_us", "flows", "first_us", "last_us")
    }
    order = np.argsort(columns["day_us"])
    return LoggedDays(
        **{name: values[order] for name, values in columns.items()}, cut=np.zeros(len(order), np.bool_)
    )


def days_of(engine: Engine, sample: Table, found: LoggedDays) -> Days:
    """Coverage for the investigation.

    Args:
        engine: where it runs.
        sample: narrow flows of the sample, which tell how flows were sampled.
        found: as from `whole_days`, at least one day.
    """
    intervals = engine.fetch(
        sample.group_by("sampling").agg(n=sample.count()), purpose="sampling intervals of the flows"
    )
    first, last = int(found.day_us[0]), int(found.day_us[-1])
    day_us = np.arange(first, last + 1, DAY_US, dtype=np.int64)
    flows = np.zeros(len(day_us), np.int64)
    flows[(found.day_us - first) // DAY_US] = found.flows
    sampling, unknown = _sampling(intervals)
    return Days(
        day_us=day_us, flows=flows, first_us=int(found.first_us[0]), last_us=int(found.last_us[-1]),
        sampling=sampling, sampling_unknown=unknown,
    )  # fmt: skip


def _sampling(intervals: pa.Table) -> tuple[int, float]:
    """The interval that most flows state, 0 for none, and the share of flows that state none."""
    counts = dict(zip(intervals["sampling"].to_pylist(), intervals["n"].to_pylist(), strict=True))
    unknown = counts.pop(None, 0)
    most = max(counts, key=lambda interval: (counts[interval], interval), default=0)
    return int(most), unknown / max(unknown + sum(counts.values()), 1)
