"""When did each sensor send? Flows by sensor and hour, for its habit of sending."""

from typing import Any

from headwater.engine.primitives import HOUR_US, bucket, micros
from headwater.measure.scan import Span, spanned

Table = Any  # an Ibis table; Ibis ships no types


def sensor_hours(flows: Table, *, span: Span) -> Table:
    """The hours in which each sensor has flows.

    Args:
        flows: the lake's flows.
        span: which of them.

    Returns:
        Key (sensor, hour_us): name of the sensor, "" where the records name none; start of the hour,
        microseconds since 1970. flows: that start in it. first_us, last_us: start of the first and of the
        last of them.
    """
    inside = spanned(flows, span)
    told = inside.select(sensor=inside.sensor.fill_null(""), start_us=micros(inside.start))
    return told.group_by("sensor", hour_us=bucket(told.start_us, HOUR_US)).agg(
        flows=told.count(), first_us=told.start_us.min(), last_us=told.start_us.max()
    )
