"""Do the sensors' clocks agree? Flows that two sensors saw, and how far apart each of them has them."""

from typing import Any

Table = Any  # an Ibis table; Ibis ships no types

_FLOW = ("src_hi", "src_lo", "src_port", "dst_hi", "dst_lo", "dst_port", "proto")


def seen_twice(flows: Table) -> Table:
    """Flows with the same addresses, ports and protocol at two sensors.

    Args:
        flows: narrow flows (measure/scan.py). Those without ports, or without a sensor's name, say nothing.

    Returns:
        one, other (names of sensors, the smaller first), apart_us: the first record at the other minus the
        first at the one, microseconds. One row for each flow and pair of sensors.
    """
    able = flows.filter(flows.sensor.notnull(), flows.src_port > 0, flows.dst_port > 0)
    first = able.group_by(*_FLOW, "sensor").agg(start_us=able.start_us.min())
    beside = first.select(*_FLOW, other=first.sensor, other_us=first.start_us)
    both = first.inner_join(beside, list(_FLOW))
    both = both.filter(both.sensor < both.other)
    return both.select(one=both.sensor, other=both.other, apart_us=both.other_us - both.start_us)
