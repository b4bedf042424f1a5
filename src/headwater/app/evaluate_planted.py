"""How good is the hunt in real traffic? Upstreams planted into it at random, and the same hunts without them.

Each seed stands for one planting: hosts of the real background that play listed C2s, and one upstream that
they do not really have (headwater.simulate.evaluate.planting). Every hunt has a twin with the same stand-ins
and nothing planted, in which whatever is told an upstream is a false alert.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.app.hunt import Known, hunt_flows
from headwater.app.hunt_settings import HuntSettings
from headwater.app.real_background import RealBackground
from headwater.app.world_statistics import label_table
from headwater.engine.connect import connect
from headwater.errors import BadSetting
from headwater.intel.context.networks import Networks
from headwater.intel.context.warninglists import WarningLists
from headwater.lake.edge_hash import edge_hash
from headwater.model.candidate import Candidate, Verdict
from headwater.simulate.evaluate.capture import Capture, column
from headwater.simulate.evaluate.planting import Planting, Strength, plant, strength_of
from headwater.simulate.evaluate.thinning import thinned
from headwater.simulate.randomness import stream

LEVEL = 0.05  # nominal false discovery rate
_KEYS = ("src_hi", "src_lo", "dst_hi", "dst_lo")


@dataclass(frozen=True, slots=True)
class PlantedPlan:
    """What to plant.

    Attributes:
        seeds: one planting each.
        samplings: packet sampling rates N of 1:N; 1 is the capture as it is, others are thinned at random.

    Raises:
        BadSetting: no seed.
    """

    seeds: tuple[int, ...]
    samplings: tuple[int, ...] = (1, 10)

    def __post_init__(self) -> None:
        if not self.seeds:
            raise BadSetting("no seed was given; use --seeds A:B with A below B")


@dataclass(frozen=True, slots=True)
class Trial:
    """One hunt.

    Attributes:
        seed, sampling: which.
        strength: of the planting; without one, of the set of stand-ins alone.
        planted: whether the upstream's flows were there.
        flows: records hunted in.
        peers: distinct addresses among the candidates.
        rank: place of the upstream's address among these, from 1; None where it is no candidate.
        verdict: of its best key; None as for rank.
        posterior: calibrated probability of that key.
        right_key: whether that key is the planted port and role; False where there is none.
        c2s_met: listed C2s that this key is seen in contact with; 0 where there is none.
        false_alerts: other addresses with the verdict upstream.
        false_discoveries: other addresses with q of 5% or less.
    """

    seed: int
    sampling: int
    strength: Strength
    planted: bool
    flows: int
    peers: int
    rank: int | None
    verdict: str | None
    posterior: float | None
    right_key: bool
    c2s_met: int
    false_alerts: tuple[str, ...]
    false_discoveries: int


def evaluate_planted(
    plan: PlantedPlan, *, background: RealBackground, told: Callable[[str], None] = lambda _: None
) -> list[Trial]:
    """Runs the plan, planting after planting.

    Args:
        plan: what to plant.
        background: into what.
        told: called with a line after each seed.

    Returns:
        Two trials for each seed and sampling rate: with the upstream, and with the same stand-ins alone.

    Raises:
        BadSetting: the capture is too small, or a sampling rate makes no sense.
    """
    found: list[Trial] = []
    for seed in plan.seeds:
        planting = plant(background.capture, strength_of(seed), seed=seed)
        for sampling in plan.samplings:
            found.extend(
                trial(background.capture, planting, seed=seed, sampling=sampling, planted=planted)
                for planted in (True, False)
            )
        told(_line(found[-2 * len(plan.samplings) :: 2]))
    return found


def trial(capture: Capture, planting: Planting, *, seed: int, sampling: int, planted: bool) -> Trial:
    """Hunts once.

    Args:
        capture: the background.
        planting: what may be added to it, and whose stand-ins are listed.
        seed: decides which packets are sampled.
        sampling: N of 1:N.
        planted: whether the planted flows are added.
    """
    flows = _sampled(capture.flows, capture.packets_about, seed, sampling, "background")
    if planted:
        added = _sampled(planting.flows, planting.packets_about, seed, sampling, "planted")
        flows = pa.concat_tables([flows, added])
    candidates = _hunted(flows, planting)
    order = list(dict.fromkeys(each.address for each in candidates))
    best = next((each for each in candidates if each.address == planting.upstream), None)
    others = [each for each in candidates if each.address != planting.upstream]
    alerts = dict.fromkeys(each.address for each in others if each.verdict is Verdict.UPSTREAM)
    sure = {each.address for each in others if each.q_value is not None and each.q_value <= LEVEL}
    return Trial(
        seed=seed, sampling=sampling, strength=planting.strength, planted=planted, flows=len(flows),
        peers=len(order), rank=order.index(planting.upstream) + 1 if best else None,
        verdict=str(best.verdict) if best else None, posterior=best.posterior if best else None,
        right_key=best is not None and (best.port, str(best.role)) == (planting.port, planting.strength.role),
        c2s_met=best.c2s if best else 0, false_alerts=tuple(alerts), false_discoveries=len(sure),
    )  # fmt: skip


def _sampled(flows: pa.Table, packets: pa.Array, seed: int, sampling: int, name: str) -> pa.Table:
    rng = stream(seed, "planting", "sampling", sampling, name)
    return thinned(flows, packets, sampling=sampling, rng=rng)


def _hunted(flows: pa.Table, planting: Planting) -> tuple[Candidate, ...]:
    """The candidates, with the stand-ins as the only labels and no other context."""
    known = Known(
        c2s=label_table(list(planting.labels)), roles=label_table([]), networks=Networks.build([]),
        warning_lists=WarningLists(),
    )  # fmt: skip
    hashed = edge_hash(**{name: column(flows, name) for name in _KEYS})
    with tempfile.TemporaryDirectory(prefix="headwater-planted-") as folder:
        file, settings = Path(folder) / "flows.parquet", HuntSettings()
        pq.write_table(flows.append_column("edge_hash", pa.array(hashed)), file, compression="lz4")
        with connect(settings.engine) as engine:
            found = hunt_flows(engine, engine.flows([str(file)]), known=known, settings=settings)
    return found.hunt.candidates


def _line(trials: Sequence[Trial]) -> str:
    places = ", ".join(f"1:{each.sampling} {each.rank or 'not found'}" for each in trials)
    strength = trials[0].strength
    return (
        f"seed {trials[0].seed}, planted {strength.role}, {strength.c2s} C2s and {strength.clients} others: "
        f"rank {places}"
    )
