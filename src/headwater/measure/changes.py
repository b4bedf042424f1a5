"""When did C2s meet which key, through which sensor, and when was each of them at work?

Reads what a hunt keeps in its engine: *talks* and *visits* as measure/candidates.py describes them.
"""

from typing import Any

from headwater.engine.primitives import DAY_US, bucket
from headwater.measure.reach import KEY
from headwater.measure.sessions import sessions

Table = Any  # an Ibis table; Ibis ships no types


def meetings(talks: Table, wanted: Table) -> Table:
    """Contact of listed C2s with some candidates, off the C2s' own ports and inside the labels' windows.

    Args:
        talks: as from `candidates.keyed`.
        wanted: candidate, KEY.

    Returns:
        candidate, c2, start_us, end_us, packets, sensor: a row a flow.
    """
    met = talks.filter(talks.met, ~talks.peer_is_c2).inner_join(wanted, KEY)
    return met.select("candidate", "c2", "start_us", "end_us", "packets", "sensor")


def meeting_sessions(met: Table, *, c2s: int) -> Table:
    """Sessions of each pair: candidate, c2, start_us, end_us.

    Args:
        met: as from `meetings`.
        c2s: more than the largest number of a C2.
    """
    owner = met.candidate.cast("int64") * c2s + met.c2.cast("int64")
    found = sessions(met.select("start_us", "end_us", "packets", owner=owner))
    c2 = found.owner % c2s
    return found.select(
        candidate=((found.owner - c2) / c2s).round().cast("int64"),
        c2=c2,
        start_us="start_us",
        end_us="end_us",
    )


def meetings_by_sensor(met: Table) -> Table:
    """Which sensor saw how much of each pair: candidate, c2, sensor, flows."""
    return met.group_by("candidate", "c2", "sensor").agg(flows=met.count())


def at_work(on_port: Table) -> Table:
    """Days on which each C2 answered somebody on its own listening port: c2, day_us, first_us, last_us.

    Bots go on knocking at a C2 that is gone, so only what the C2 itself sent tells that it works.

    Args:
        on_port: as from `contacts.at_own_port`.
    """
    answers = on_port.filter(on_port.outward, on_port.contact, ~on_port.peer_is_c2)
    return answers.group_by("c2", day_us=bucket(answers.start_us, DAY_US)).agg(
        first_us=answers.start_us.min(), last_us=answers.start_us.max()
    )


def host_spans(edges: Table, wanted: Table) -> Table:
    """In which slots each host met some candidates: candidate, host_hi, host_lo, first_us, last_us (starts).

    Args:
        edges: KEY, host_hi, host_lo, slot_us and contact, as a hunt keeps them.
        wanted: candidate, KEY.
    """
    met = edges.filter(edges.contact, edges.slot_us > 0).inner_join(wanted, KEY)
    return met.group_by("candidate", "host_hi", "host_lo").agg(
        first_us=met.slot_us.min(), last_us=met.slot_us.max()
    )
