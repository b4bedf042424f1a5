"""How well are changes told in labelled worlds? Planted changes, asked for at several moments."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from headwater.app.changes import Changed, changed_in_flows
from headwater.app.evaluate_leads import labels_at
from headwater.app.evaluation_seeds import refuse_mixed
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.app.simulate import settings_named
from headwater.app.world_statistics import known_of_world, label_table, records_of
from headwater.engine.connect import connect
from headwater.errors import BadSetting
from headwater.model.address import key_of
from headwater.model.change import Change, ChangeKind
from headwater.model.service import Service
from headwater.model.tenancy import HostKey
from headwater.simulate.changing import ChangePlanting, Fate, Planted
from headwater.simulate.evaluate.changes import (
    ENDS,
    UNDECIDED,
    Case,
    ChangeFigures,
    FalseFigures,
    Told,
    change_figures,
    false_figures,
)
from headwater.simulate.truth import moment
from headwater.simulate.world import World

WORLD = "changes"
SAMPLE_FLOWS = 250_000  # a quarter of the usual, for time
_DAY = timedelta(days=1)
_TCP = 6


@dataclass(frozen=True, slots=True)
class ChangesPlan:
    """What to measure.

    Attributes:
        seeds: all below 1000 (tuning) or none of them.
        samplings: packet sampling rates N of 1:N.
        asked: when the analyst asks, beside the end of the records, as shares of their length.
        world: in which world; something must change there.

    Raises:
        BadSetting: no seed, or seeds for tuning and for reporting mixed.
    """

    seeds: tuple[int, ...]
    samplings: tuple[int, ...] = (100, 1_000, 10_000)
    asked: tuple[float, ...] = (17.0 / 28.0, 22.0 / 28.0)
    world: str = WORLD

    def __post_init__(self) -> None:
        refuse_mixed(self.seeds)


@dataclass(frozen=True, slots=True)
class ChangesFound:
    """Everything that was measured.

    Attributes:
        plan: what was asked for.
        cases: every planted upstream at every rate.
        told: every finding at every moment.
        figures: by sampling rate and fate.
        wrong: by sampling rate and kind.
    """

    plan: ChangesPlan
    cases: list[Case]
    told: list[Told]
    figures: list[ChangeFigures]
    wrong: list[FalseFigures]


def evaluate_changes(plan: ChangesPlan, *, told: Callable[[str], None] = lambda _: None) -> ChangesFound:
    """Runs the plan, world after world.

    Args:
        plan: what to measure.
        told: called with a line before each world.
    """
    cases: list[Case] = []
    findings: list[Told] = []
    settings = settings_named(plan.world)
    last = float(settings.days)
    for seed in plan.seeds:
        world = World(settings, seed)
        for sampling in plan.samplings:
            told(f"{plan.world}, seed {seed}, 1:{sampling}")
            asking = _Asking(world, sampling)
            with records_of(world, sampling=sampling) as (file, _):
                for day in (*(round(share * last, 3) for share in plan.asked), last):
                    found = asking.changed(file, day)
                    findings += asking.told(found, day)
            cases += asking.cases(found)
    worlds = dict.fromkeys(plan.samplings, len(plan.seeds))
    return ChangesFound(
        plan, cases, findings, change_figures(cases, findings, last_day=last),
        false_figures(findings, worlds=worlds, last_day=last),
    )  # fmt: skip


def _kind(change: Change) -> str:
    """What was told; a first contact of which nobody can say whether it was new is of another kind."""
    undecided = change.kind is ChangeKind.FIRST_CONTACT and change.probability is None
    return UNDECIDED if undecided else change.kind.value


class _Asking:
    """One world at one sampling rate."""

    def __init__(self, world: World, sampling: int) -> None:
        self.world, self.sampling, self.truth = world, sampling, world.truth()
        planting = world.planting
        if not isinstance(planting, ChangePlanting):
            raise BadSetting(f"nothing changes in the world {world.settings.name}")
        self.planted = planting.planted
        self.keys: dict[str, list[HostKey]] = {}
        for seen in planting.keys:
            address = world.hosts.address(seen.host)
            self.keys.setdefault(address, []).append(
                HostKey(
                    address, seen.port, seen.kind, f"SHA256:synthetic-{seen.key}",
                    moment(world.settings, seen.at), "scan",
                )
            )  # fmt: skip

    def changed(self, file: Path, day: float) -> Changed:
        """What is told on a day, from records and lists as they were then."""
        now = self.truth.start + day * _DAY
        known = replace(
            known_of_world(self.world), c2s=label_table(labels_at(self.world.labels(), self.truth, day=day))
        )
        until = None if day >= self.world.settings.days else now
        settings = HuntSettings(
            until=until, allow_reserved=True, measure=MeasureSettings(sample_flows=SAMPLE_FLOWS)
        )
        with connect(settings.engine) as engine:
            return changed_in_flows(
                engine, engine.flows([str(file)]), known=known, settings=settings,
                keys_of=lambda address: [
                    one for one in self.keys.get(address, ()) if until is None or one.seen_at < now
                ],
            )  # fmt: skip

    def told(self, found: Changed, day: float) -> Iterator[Told]:
        """The findings with the truth about them."""
        for change in found.changes.changes:
            planted = self._planted(change.service)
            fate = planted.fate.value if planted else "successor" if self._successor(change.service) else ""
            at, right = self._judged(change, planted)
            yield Told(
                world=self.truth.world, seed=self.truth.seed, sampling=self.sampling, day=day,
                kind=_kind(change), service=str(change.service), other=str(change.other or ""),
                probability=float("nan") if change.probability is None else change.probability,
                since=(change.since - self.truth.start) / _DAY,
                until=(change.until - self.truth.start) / _DAY,
                fate=fate, right=right, at=at, weekly=change.numbers.get("chance_in_a_week", float("nan")),
            )  # fmt: skip

    def _planted(self, service: Service) -> Planted | None:
        return next((one for one in self.planted if self._service(one.host, one.port) == service), None)

    def _successor(self, service: Service) -> Planted | None:
        return next(
            (
                one
                for one in self.planted
                if one.other_host >= 0 and self._service(one.other_host, one.other_port) == service
            ),
            None,
        )

    def _service(self, host: int, port: int) -> Service:
        return Service(self.world.hosts.address(host), port, _TCP)

    def _judged(self, change: Change, planted: Planted | None) -> tuple[float, bool]:
        """When it happened, and whether it did."""
        never = float("nan")
        if change.kind is ChangeKind.FIRST_CONTACT:
            at = self._began(change.service, change.family)
            return at, bool(at > 0.0)
        if planted is None:
            return never, False
        fate = planted.fate
        if change.kind in {ChangeKind.NEW_OPERATOR, ChangeKind.OPEN_POINT}:
            wanted = {ChangeKind.NEW_OPERATOR: {Fate.NEW_TENANT}, ChangeKind.OPEN_POINT: {Fate.NEW_KEY}}
            return planted.at, fate in wanted[change.kind] | (
                {Fate.NEW_TENANT} if change.kind is ChangeKind.OPEN_POINT else set()
            )
        right = ENDS.get(fate) == change.kind.value
        if right and change.other is not None:
            right = change.other == self._service(planted.other_host, planted.other_port)
        return (planted.at if fate in ENDS else never), right

    def _began(self, service: Service, families: Sequence[str]) -> float:
        """When contact of the family's C2s with a service began, days; nan where nobody planted it."""
        of_family = [place for place, c2 in enumerate(self.world.botnet.c2s) if c2.family_name in families]
        planted, successor = self._planted(service), self._successor(service)
        if successor is not None:
            return successor.at
        if planted is not None:
            begins = [self.world.botnet.c2s[place].begin for place in planted.c2s]
            return max(min(begins, default=0.0), planted.at if planted.fate is Fate.BEGUN else -1e9)
        for upstream in self.world.upstreams:
            if self._service(upstream.host, upstream.port) == service:
                begins = [
                    self.world.botnet.c2s[place].begin - 7.0 * (upstream.hold.value == "handover")
                    for place in upstream.c2s
                    if place in of_family
                ]
                return min(begins, default=0.0)
        return float("nan")

    def cases(self, found: Changed) -> Iterator[Case]:
        """The planted upstreams, as the end of the records shows them."""
        tables = found.tables
        known = set(found.changes.upstreams)
        places = {
            (int(hi), int(lo), int(port)): row
            for row, (hi, lo, port) in enumerate(
                zip(tables.keys.hi, tables.keys.lo, tables.keys.port, strict=True)
            )
        }
        for one in self.planted:
            service = self._service(one.host, one.port)
            yield Case(
                world=self.truth.world, seed=self.truth.seed, sampling=self.sampling, fate=one.fate.value,
                service=str(service), at=one.at, known=service in known,
                visible=_visible(found, service, places, one.at, begun=one.fate is Fate.BEGUN),
            )  # fmt: skip


def _visible(
    found: Changed, service: Service, places: dict[tuple[int, int, int], int], at: float, *, begun: bool
) -> int:
    """Listed C2s (co-located ones once) with contact before a moment, at work two days later."""
    row = places.get((*key_of(service.address), service.port))
    if row is None:
        return 0
    pairs, c2s = found.tables.pairs, found.tables.c2s
    rows = pairs.rows_of(row)
    who = pairs.c2[rows]
    if begun:  # seen afterwards, at work before
        able = (pairs.last[rows] > at) & (np.nan_to_num(c2s.works_from[who], nan=np.inf) < at - 2.0)
    else:
        able = (pairs.first[rows] < at) & (np.nan_to_num(c2s.works_until[who], nan=-np.inf) > at + 2.0)
    return len(set(c2s.cluster[who[able]].tolist()))


def changes_document(found: ChangesFound) -> dict[str, Any]:  # Any: JSON
    """Everything for JSON."""
    return {
        "format": 1,
        "synthetic": True,
        "plan": asdict(found.plan),
        "figures": [asdict(one) for one in found.figures],
        "wrong": [asdict(one) for one in found.wrong],
        "cases": [asdict(one) for one in found.cases],
        "told": [_plain(asdict(one)) for one in found.told],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    """Not-a-number, which JSON does not know, as null."""
    return {name: None if value != value else value for name, value in row.items()}  # noqa: PLR0124 - nan
