"""What is near the service? Its host's other services, whom the host calls, what its C2s also talk to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.case_arrays import rows_of
from headwater.app.case_gather import Around
from headwater.app.case_key import CaseKey
from headwater.app.case_second_look import ENDPOINT, SecondLook
from headwater.engine.connect import Engine
from headwater.intel.context.warninglists import WarningLists
from headwater.measure import dealings
from headwater.measure.scan import CLIENT, SERVER
from headwater.model.address import text_of
from headwater.model.candidate import PeerRole
from headwater.model.case import Neighbour
from headwater.model.service import Service

Table = Any  # an Ibis table; Ibis ships no types
Row = dict[str, int]
_LEAST_SHARED = 2  # C2s of the case that a service must have in common, where the case has as many


@dataclass(frozen=True, slots=True)
class NearRows:
    """The largest neighbours of three kinds, out of the engine, before it is known who else uses them.

    Attributes:
        peers: hi, lo, port, proto, flows, c2s, sampled (hosts in the sample): services that the host calls.
        shared: hi, lo, role, port, proto, of_case, c2s, flows, sampled.
        visited: c2, port, proto, flows: listed C2s on whose own ports the host calls.
        c2_ports_hit: of how many listed C2s it calls at the own port.
    """

    peers: tuple[Row, ...]
    shared: tuple[Row, ...]
    visited: tuple[Row, ...]
    c2_ports_hit: int

    def endpoints(self, *, hub_hosts: float) -> pa.Table:
        """ENDPOINT, place: the services of which it is to be asked who comes to them.

        Args:
            hub_hosts: services with more hosts in the sample are too busy to be read.
        """
        wanted = [
            row
            for row in (*self.shared, *self.peers)
            if row.get("role", SERVER) == SERVER and row["sampled"] <= hub_hosts
        ]
        columns = {name: pa.array([row[name] for row in wanted], pa.int64()) for name in ENDPOINT}
        return pa.table({**columns, "place": pa.array(np.arange(len(wanted)), pa.int64())})


def near_rows(engine: Engine, around: Around, key: CaseKey, on_key: Table, *, most: int) -> NearRows:
    """The largest neighbours.

    Args:
        engine: where it runs.
        around: as from `CaseGathering.around`.
        key: of the case; what the host calls on it as a client are its clients, no neighbours.
        on_key: dealings in contact on the key.
        most: how many of each kind.
    """
    visited = engine.fetch(dealings.visited(around.dealings), purpose="C2s on whose own ports the host calls")
    calls = sorted(rows_of(visited), key=lambda row: (-row["flows"], row["c2"], row["port"]))
    return NearRows(
        peers=_peers(engine, around, key, most=most),
        shared=_shared(engine, around, on_key, most=most),
        visited=tuple(calls[:most]),
        c2_ports_hit=len({row["c2"] for row in calls}),
    )


def _peers(engine: Engine, around: Around, key: CaseKey, *, most: int) -> tuple[Row, ...]:
    found = dealings.peers(around.dealings)
    if key.role == CLIENT:
        found = found.filter(~((found.port == key.port) & (found.proto == key.proto)))
    largest = found.order_by(found.flows.desc(), *ENDPOINT).limit(most)
    talks = around.talks
    met = talks.filter(talks.contact, talks.role == SERVER)
    by_c2 = met.select(*ENDPOINT, "c2").distinct().semi_join(largest, list(ENDPOINT))
    counted = by_c2.group_by(*ENDPOINT).agg(c2s=by_c2.count())
    told = largest.left_join(counted, list(ENDPOINT)).drop(*(f"{name}_right" for name in ENDPOINT))
    told = _sampled(told, around, ENDPOINT, role=SERVER)
    rows = rows_of(engine.fetch(told, purpose="services that the host calls"))
    return tuple(sorted(rows, key=lambda row: (-row["flows"], *(row[name] for name in ENDPOINT))))


def _shared(engine: Engine, around: Around, on_key: Table, *, most: int) -> tuple[Row, ...]:
    mine = on_key.filter(on_key.c2.notnull(), ~on_key.on_c2_port).select("c2").distinct()
    cases = int(engine.fetch(mine.agg(n=mine.count()), purpose="listed C2s of the case")["n"][0].as_py())
    found = dealings.shared(around.talks, c2s=mine, address=around.address)
    found = found.filter(found.of_case >= min(_LEAST_SHARED, max(cases, 1)))
    key = (*ENDPOINT, "role")
    largest = found.order_by(found.of_case.desc(), found.c2s.desc(), found.flows.desc(), *key).limit(most)
    told = _sampled(largest, around, key)
    rows = rows_of(engine.fetch(told, purpose="what the C2s of the case also talk to"))
    order = ("of_case", "c2s", "flows")
    return tuple(
        sorted(rows, key=lambda row: (*(-row[name] for name in order), *(row[name] for name in key)))
    )


def _sampled(largest: Table, around: Around, key: tuple[str, ...], *, role: int | None = None) -> Table:
    """Services with `sampled`: the hosts in contact that the sample shows, null for none."""
    popular = around.popularity
    if role is not None:
        popular = popular.filter(popular.role == role)
    told = largest.left_join(popular.select(*key, sampled=popular.hosts), list(key))
    return told.drop(*(f"{name}_right" for name in key))


@dataclass(frozen=True, slots=True)
class Names:
    """What addresses are known as.

    Attributes:
        lists: warning lists of the lake.
        roles: labels of all roles: hi, lo, role.
    """

    lists: WarningLists
    roles: pa.Table

    def of(self, hi: int, lo: int) -> tuple[str, ...]:
        """Roles in which labels name the address, then the warning list that holds it; hostile text."""
        same = pa.compute.and_(pa.compute.equal(self.roles["hi"], hi), pa.compute.equal(self.roles["lo"], lo))
        roles = sorted(set(self.roles.filter(same)["role"].to_pylist()))
        place, names = self.lists.match(np.array([hi], np.int64), np.array([lo], np.int64))
        return (*roles, *([names[int(place[0])]] if place[0] >= 0 else []))


def neighbours(
    rows: NearRows,
    *,
    keys: tuple[CaseKey, ...],
    key: CaseKey,
    address: str,
    look: SecondLook,
    rate: float,
    c2_keys: list[tuple[int, int]],
    c2_fan_in: list[int],
    names: Names,
    most: int,
) -> tuple[Neighbour, ...]:
    """The neighbours of a service, kind by kind, the largest of each first.

    Args:
        rows: as from `near_rows`.
        keys: all keys of the address.
        key: that of the case.
        address: of the service.
        look: who comes to the neighbours, where it was read.
        rate: share of address pairs in the sample; hosts that were not read are estimates by it.
        c2_keys: address keys of the listed C2s.
        c2_fan_in: hosts that contact each one's listening port.
        names: what addresses are known as.
        most: how many of each kind.
    """
    own = [one for one in keys if one.role == SERVER and one != key]
    own.sort(key=lambda one: (-one.hosts, -one.c2s, one.port, one.proto))
    found = [Neighbour(one.service(address), "port", one.hosts, one.c2s, one.flows) for one in own[:most]]
    for relation, several in (("peer", rows.peers), ("shared", rows.shared)):
        found += [_of(row, relation, look, rate, names) for row in several]
    for row in rows.visited:
        hi, lo = c2_keys[row["c2"]]
        service = Service(text_of(hi, lo), row["port"], row["proto"])
        hosts = max(c2_fan_in[row["c2"]], 1)
        found.append(Neighbour(service, "on-c2", hosts, 1, row["flows"], _first(names.of(hi, lo))))
    return tuple(found)


def _of(row: Row, relation: str, look: SecondLook, rate: float, names: Names) -> Neighbour:
    """A neighbour with as many hosts as were read, else as the sample tells, never fewer than are known."""
    serves = row.get("role", SERVER) == SERVER
    read = look.hosts.get((row["hi"], row["lo"], row["port"], row["proto"])) if serves else None
    hosts = round(row.get("sampled", 0) / rate) if read is None else read
    return Neighbour(
        service=Service(text_of(row["hi"], row["lo"]), row["port"], row["proto"]),
        relation=relation,
        hosts=max(hosts, row["c2s"], 1),
        c2s=row["c2s"],
        flows=row["flows"],
        known_as=_first(names.of(row["hi"], row["lo"])),
        role=PeerRole.SERVER if serves else PeerRole.CLIENT,
    )


def _first(names: Iterable[str]) -> str:
    return next(iter(names), "")
