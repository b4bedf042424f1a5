"""How often does the hunt discover something where nothing is? Fake C2 sets in a simulated world."""

from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from headwater.app.hunt import Known
from headwater.app.network_classes import host_networks
from headwater.app.world_statistics import known_of_world, measured
from headwater.engine.connect import connect
from headwater.model.address import key_of
from headwater.model.candidate import Verdict
from headwater.score.reckoning import Reckoning, reckon
from headwater.simulate.evaluate.matched_sets import Hosts, matched
from headwater.simulate.evaluate.metrics import kinds_of
from headwater.simulate.world import World

Int64s = npt.NDArray[np.int64]
LEVEL = 0.05  # nominal false discovery rate
P_LEVELS = (0.05, 0.01, 0.001, 0.0001)  # p-values at or below each are counted


@dataclass(frozen=True, slots=True)
class FakeSet:
    """One hunt with fake C2s; whatever it found is false.

    Attributes:
        tests: keys that were tested.
        discoveries: keys with a q-value (Benjamini-Hochberg) up to LEVEL.
        alerts: keys with the verdict "upstream".
        small: keys with a p-value up to each of P_LEVELS.
    """

    tests: int
    discoveries: int
    alerts: int
    small: tuple[int, ...]


def fake_set_of(reckoning: Reckoning) -> FakeSet:
    """Counts what a hunt with fake C2s found."""
    p_values = reckoning.chance.p_value
    return FakeSet(
        tests=max(reckoning.statistics.exposure.keys_observed, len(p_values)),
        discoveries=int((reckoning.q.bh <= LEVEL).sum()),
        alerts=reckoning.verdicts.count(Verdict.UPSTREAM),
        small=tuple(int((p_values <= level).sum()) for level in P_LEVELS),
    )


def false_discoveries(world: World, records: tuple[Path, int], *, sampling: int, sets: int) -> list[FakeSet]:
    """What hunts with fake C2 sets of the same networks and activity find.

    The fake C2s take over the dates, families and groups of the real ones, one for one, without their port.

    Args:
        world: what to hunt in.
        records: as from `headwater.app.world_statistics.records_of`.
        sampling: with which they were drawn.
        sets: how many sets.

    Returns:
        What each set found, all of it false.
    """
    known = known_of_world(world)
    keys, activity = _hosts(records[0])
    network = host_networks(keys[:, 0], keys[:, 1], known=known.networks).network.astype(np.int64)
    taken = {key_of(address) for address in kinds_of(world.truth())}
    taken |= {key_of(label.address) for label in world.labels()}
    place = {(hi, lo): at for at, (hi, lo) in enumerate(keys.tolist())}
    listed = sorted({key_of(label.address) for label in world.labels()} & set(place))
    real = np.array([place[key] for key in listed], dtype=np.int64)
    free = np.array([tuple(key) not in taken for key in keys.tolist()], dtype=np.bool_)
    pool = np.flatnonzero(free)
    found = []
    for number in range(sets):
        chosen = matched(
            Hosts(network[real], activity[real]), Hosts(network[pool], activity[pool]), seed=number
        )
        stand_in = {
            key: tuple(keys[pool[at]].tolist())
            for key, at in zip(listed, chosen.tolist(), strict=True)
            if at >= 0
        }
        statistics = measured(world, records, sampling=sampling, known=_disguised(known, stand_in)).statistics
        found.append(fake_set_of(reckon(statistics)))
    return found


def _hosts(file: Path) -> tuple[Int64s, Int64s]:
    """All hosts, shape (h, 2), and the distinct peers of each, shape (h,)."""
    with connect() as engine:
        flows = engine.flows([str(file)])
        views = [
            flows.select(hi=f"{own}_hi", lo=f"{own}_lo", peer_hi=f"{far}_hi", peer_lo=f"{far}_lo")
            for own, far in (("src", "dst"), ("dst", "src"))
        ]
        pairs = ibis.union(*views).distinct()
        counted = engine.fetch(pairs.group_by("hi", "lo").agg(n=pairs.count()), purpose="peers of each host")
    columns = [np.asarray(counted[name].combine_chunks(), dtype=np.int64) for name in ("hi", "lo", "n")]
    return np.column_stack(columns[:2]), columns[2]


def _disguised(known: Known, stand_in: dict[tuple[int, int], tuple[int, int]]) -> Known:
    """The labels with their addresses exchanged; labels of addresses without a stand-in are left out."""
    rows = [
        row | {"hi": stand_in[key][0], "lo": stand_in[key][1], "port": 0}
        for row in known.c2s.to_pylist()
        if (key := (row["hi"], row["lo"])) in stand_in
    ]
    return replace(known, c2s=pa.Table.from_pylist(rows, schema=known.c2s.schema))
