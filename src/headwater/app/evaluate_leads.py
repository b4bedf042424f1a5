"""How good are leads on labelled worlds? Pivots at true upstreams: precision, recall, head start."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.case_settings import CaseSettings
from headwater.app.evaluation_seeds import refuse_mixed
from headwater.app.hunt_settings import MeasureSettings
from headwater.app.listed_c2s import listed_c2s
from headwater.app.pivot_measuring import PivotKnown, PivotMeasured, pivot_measured
from headwater.app.simulate import settings_named
from headwater.app.statistics_of import Context
from headwater.app.world_statistics import known_of_world, label_table, records_of
from headwater.engine.connect import connect
from headwater.intel.context.networks import Networks
from headwater.intel.context.warninglists import WarningLists
from headwater.investigate.pivot import pivot
from headwater.model.address import text_of
from headwater.model.label import Label
from headwater.model.service import Service
from headwater.model.window import Window
from headwater.simulate.evaluate.leads import (
    SURE,
    HeadStart,
    Judged,
    LeadFigures,
    head_start,
    lead_figures,
)
from headwater.simulate.truth import TrueUpstream, Truth
from headwater.simulate.world import World

WORLDS = ("reference", "few-listed", "late-lists")
LATE = "late-lists"  # the world in which lists come late: here it is also asked earlier
SAMPLE_FLOWS = 250_000  # a quarter of the usual, for time; of a large lake the sample is a smaller part yet
LEAST_LISTED = 2  # listed C2s in contact; with fewer nobody would have confirmed the service


@dataclass(frozen=True, slots=True)
class LeadsPlan:
    """What to measure.

    Attributes:
        seeds: of each world; all below 1000 (tuning) or none of them.
        worlds: names of preset worlds.
        samplings: packet sampling rates N of 1:N.
        days: when the analyst of a world with late lists asks, beside the end of the records; days after
            their begin.

    Raises:
        BadSetting: no seed, seeds for tuning and for reporting mixed, or a world that does not exist.
    """

    seeds: tuple[int, ...]
    worlds: tuple[str, ...] = WORLDS
    samplings: tuple[int, ...] = (100, 1_000, 10_000)
    days: tuple[float, ...] = (12.0, 16.0, 20.0, 24.0)

    def __post_init__(self) -> None:
        refuse_mixed(self.seeds)
        for world in self.worlds:
            settings_named(world)


@dataclass(frozen=True, slots=True)
class LeadsFound:
    """Everything that was measured.

    Attributes:
        plan: what was asked for.
        judged: every unlisted client of every service at every moment.
        figures: at the end of the records, one for each world and sampling rate.
        head_starts: one for each sampling rate of worlds that were also asked earlier.
    """

    plan: LeadsPlan
    judged: list[Judged]
    figures: list[LeadFigures]
    head_starts: list[HeadStart]


def evaluate_leads(plan: LeadsPlan, *, told: Callable[[str], None] = lambda _: None) -> LeadsFound:
    """Runs the plan, world after world.

    Args:
        plan: what to measure.
        told: called with a line before each world.
    """
    judged: list[Judged] = []
    for name in plan.worlds:
        for seed in plan.seeds:
            world = World(settings_named(name), seed)
            for sampling in plan.samplings:
                told(f"{name}, seed {seed}, 1:{sampling}")
                judged += _of_world(world, sampling, plan)
    figures, starts = [], []
    for name in plan.worlds:
        for sampling in plan.samplings:
            mine = [one for one in judged if (one.world, one.sampling) == (name, sampling)]
            at_end = [one for one in mine if one.day == settings_named(name).days]
            figures += [lead_figures(at_end)] if at_end else []
            starts += [head_start(mine)] if mine and name == LATE else []
    return LeadsFound(plan, judged, figures, starts)


def _of_world(world: World, sampling: int, plan: LeadsPlan) -> Iterator[Judged]:
    """Every unlisted client of every upstream at every moment."""
    truth, labels = world.truth(), world.labels()
    networks = known_of_world(world).networks
    earlier = plan.days if world.settings.name == LATE else ()
    with records_of(world, sampling=sampling) as (file, flows):
        for day in (*earlier, float(world.settings.days)):
            known = _known(labels_at(labels, truth, day=day), networks)
            settings = CaseSettings(
                until=truth.start + timedelta(days=day), allow_reserved=True,
                measure=MeasureSettings(sample_flows=SAMPLE_FLOWS),
            )  # fmt: skip
            for upstream in truth.upstreams:
                found = _pivoted(upstream, file, flows, known=known, settings=settings)
                yield from _judged(found, upstream, truth, labels, sampling=sampling, day=day)


def labels_at(labels: list[Label], truth: Truth, *, day: float) -> list[Label]:
    """What lists said on a day: entries that had been made, without ends that lay ahead."""
    now = truth.start + timedelta(days=day)
    said = [label for label in labels if label.feed.start is None or label.feed.start < now]
    return [
        replace(label, feed=Window(label.feed.start, None))
        if label.feed.end is not None and label.feed.end > now
        else label
        for label in said
    ]


def _known(labels: list[Label], networks: Networks) -> PivotKnown:
    roles: pa.Table = label_table([])
    return PivotKnown(
        listed=listed_c2s(label_table(labels)),
        context=Context(networks, WarningLists(), roles),
        accepted=np.empty((0, 2), np.int64),
        allow_reserved=True,  # the addresses of worlds are reserved ones
    )


def _pivoted(
    upstream: TrueUpstream, file: Path, flows: int, *, known: PivotKnown, settings: CaseSettings
) -> PivotMeasured:
    service = Service(upstream.address, upstream.port, upstream.proto)
    with connect(settings.engine) as engine:
        return pivot_measured(
            engine, engine.flows([str(file)]), service, flow_count=flows, known=known, settings=settings,
            say=lambda _: None,
        )  # fmt: skip


def _judged(
    measured: PivotMeasured,
    upstream: TrueUpstream,
    truth: Truth,
    labels: list[Label],
    *,
    sampling: int,
    day: float,
) -> Iterator[Judged]:
    found, clients = pivot(measured.tables), measured.tables.clients
    if found.listed < LEAST_LISTED:
        return
    place = {int(row): number for number, row in enumerate(found.rows)}
    kinds = {c2.address: c2.kind for c2 in truth.c2s}
    now = truth.start + timedelta(days=day)
    for row in np.flatnonzero(clients.c2 < 0).tolist():
        address = text_of(int(clients.hi[row]), int(clients.lo[row]))
        dates = [each.feed.start for each in labels if each.address == address and each.feed.start]
        number = place.get(row)
        yield Judged(
            world=truth.world, seed=truth.seed, sampling=sampling, day=day, service=upstream.address,
            address=address,
            log_odds=-np.inf if number is None else float(found.log_odds[number]),
            posterior=0.0 if number is None else float(found.posterior[number]),
            c2=kinds.get(address, ""),
            listed_in_days=(min(dates) - now) / timedelta(days=1) if dates else None,
        )  # fmt: skip


def leads_document(found: LeadsFound) -> dict[str, Any]:  # Any: JSON
    """Everything for JSON."""
    judged = [
        asdict(one) | {"log_odds": one.log_odds if np.isfinite(one.log_odds) else None}
        for one in found.judged
    ]
    return {
        "format": 1,
        "synthetic": True,
        "sure_from": SURE,
        "plan": asdict(found.plan),
        "figures": [row_of(one) for one in found.figures],
        "head_starts": [asdict(one) | {"precision": one.precision} for one in found.head_starts],
        "clients": judged,
    }


def row_of(figures: LeadFigures) -> dict[str, Any]:  # Any: numbers, texts or None
    """A row of the answer as a table."""
    return asdict(figures) | {"precision": figures.precision, "recall": figures.recall}
