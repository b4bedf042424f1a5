"""When did listed C2s meet the service, when did bots check in at them, when were they seen at all?"""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from headwater.app.case_arrays import int32s, ints
from headwater.app.case_gather import Around
from headwater.engine.connect import Engine
from headwater.investigate.measurements import Sessions
from headwater.measure.sessions import sessions

Table = Any  # an Ibis table; Ibis ships no types


@dataclass(frozen=True, slots=True)
class CaseSessions:
    """Sessions whose owners are listed C2s, as Measurements describes them.

    Attributes:
        contact: with the service, off the C2's own listening port.
        activity: of other hosts with the C2 on that port.
        presence: of the C2s in contact, with anybody.
    """

    contact: Sessions
    activity: Sessions
    presence: Sessions


def case_sessions(engine: Engine, around: Around, on_key: Table, scanners: Table) -> CaseSessions:
    """The three kinds of sessions.

    Args:
        engine: where it runs.
        around: as from `CaseGathering.around`.
        on_key: dealings in contact on the key of the case.
        scanners: hi, lo: clients that try more hosts than anybody has business with.

    Returns:
        The sessions. Check-ins by scanners, by other listed C2s and by the service itself tell nothing about
        bots and are left out.
    """
    met = on_key.filter(on_key.c2.notnull(), ~on_key.on_c2_port).mutate(owner=on_key.c2)
    came = around.on_port
    bots = came.filter(came.contact, ~came.peer_is_c2)
    for others in (around.address, scanners):
        bots = bots.anti_join(others, [bots.b_lo == others.lo, bots.b_hi == others.hi])
    present = around.touches.semi_join(met.select("c2").distinct(), "c2")
    return CaseSessions(
        contact=_fetched(engine, met, purpose="sessions of listed C2s with the service"),
        activity=_fetched(
            engine,
            bots.mutate(owner=bots.c2),
            purpose="sessions of bots with listed C2s, on the C2s' own ports",
        ),
        presence=_fetched(
            engine, present.mutate(owner=present.c2), purpose="sessions of the C2s of the case, with anybody"
        ),
    )


def _fetched(engine: Engine, flows: Table, *, purpose: str) -> Sessions:
    columns = ("owner", "start_us", "end_us", "packets")
    found: pa.Table = engine.fetch(sessions(flows.select(*columns)), purpose=purpose)
    found = found.sort_by([("owner", "ascending"), ("start_us", "ascending")])
    return Sessions(
        owner=int32s(found, "owner"), start_us=ints(found, "start_us"), end_us=ints(found, "end_us"),
        flows=ints(found, "flows"), packets=ints(found, "packets"),
    )  # fmt: skip
