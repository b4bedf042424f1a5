"""How well are planted changes told? Found, linked, after how many days, and what was told wrongly.

A planted change is *visible* where enough listed C2s had contact before it in the records and were at work
after it: what the records do not hold, nobody can tell. All planted ones are counted beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headwater.simulate.changing import Fate

UNDECIDED = "first-contact?"  # a first contact of which nobody can say whether it was new
KINDS = ("moved", "new-port", "silent", "first-contact", UNDECIDED, "new-operator", "open-point")
ENDS = {Fate.MOVED: "moved", Fate.NEW_PORT: "new-port", Fate.SILENT: "silent", Fate.NEW_TENANT: "silent"}
_TELLS = {  # which kinds say what happened; a first contact says nothing of a later move
    Fate.MOVED: {"moved"}, Fate.NEW_PORT: {"new-port"}, Fate.SILENT: {"silent"},
    Fate.NEW_TENANT: {"silent", "new-operator", "open-point"}, Fate.BEGUN: {"first-contact"},
    Fate.NEW_KEY: {"open-point"},
}  # fmt: skip
LEAST_VISIBLE = 3  # listed C2s seen with the service before and at work after: with fewer nothing is visible


@dataclass(frozen=True, slots=True)
class Told:
    """One finding at one moment, with the truth about it.

    Attributes:
        world, seed, sampling: which records.
        day: days after their begin at which the analyst asked.
        kind: as told; UNDECIDED for a first contact that may not have been new.
        service, other: as told.
        probability: as told; nan where none was.
        since, until: bounds as told, days after the world's begin.
        fate: of the planted upstream that the service is; "" where it is none; "successor" of another's end.
        right: the kind is what happened, and the other service the right one. A first contact is where the
            service began within the records, whether that was decided or not.
        weekly: chance of a first contact like it within a week, as told; nan where none was.
        at: when it happened, days; nan where nothing did.
    """

    world: str
    seed: int
    sampling: int
    day: float
    kind: str
    service: str
    other: str
    probability: float
    since: float
    until: float
    fate: str
    right: bool
    at: float
    weekly: float = float("nan")


@dataclass(frozen=True, slots=True)
class Case:
    """One planted upstream in one world at one sampling rate.

    Attributes:
        world, seed, sampling: which records.
        fate: what becomes of it.
        service: its address and port.
        at: when, days after the world's begin.
        known: the hunt took it for an upstream at the end of the records.
        visible: listed C2s seen with it before the moment, at work two days later.
    """

    world: str
    seed: int
    sampling: int
    fate: str
    service: str
    at: float
    known: bool
    visible: int


@dataclass(frozen=True, slots=True)
class ChangeFigures:
    """What was told of one fate at one sampling rate.

    Attributes:
        sampling, fate: which.
        planted: upstreams.
        visible: those of them that the hunt knows and whose change is visible.
        found: of these, told as what happened at the end of the records.
        found_all: the same of all planted ones.
        ended: of the visible ones, told as ended in any way, right or not.
        delay_days: median time from the change to the first moment asked at which it was told; None: never.
        inside: of those found, the change lies within the bounds told.
    """

    sampling: int
    fate: str
    planted: int
    visible: int
    found: int
    found_all: int
    ended: int
    delay_days: float | None
    inside: int


@dataclass(frozen=True, slots=True)
class FalseFigures:
    """What was told wrongly at one sampling rate, by kind, at the end of the records.

    Attributes:
        sampling, kind: which.
        worlds: how many.
        told: findings of that kind.
        wrong: of these, nothing such happened, or another service took over.
    """

    sampling: int
    kind: str
    worlds: int
    told: int
    wrong: int


def change_figures(cases: Sequence[Case], told: Sequence[Told], *, last_day: float) -> list[ChangeFigures]:
    """Figures for each sampling rate and fate, in the order of the cases."""
    found = []
    for sampling, fate in dict.fromkeys((one.sampling, one.fate) for one in cases):
        mine = [one for one in cases if (one.sampling, one.fate) == (sampling, fate)]
        visible = [one for one in mine if one.known and one.visible >= LEAST_VISIBLE]
        delays, inside, right = [], 0, 0
        for one in visible:
            about = _about(one, told)
            at_end = [each for each in about if _tells(one, each) and each.day == last_day]
            right += bool(at_end)
            inside += any(each.since <= one.at <= each.until for each in at_end)
            days = [each.day for each in about if _tells(one, each) and each.day > one.at]
            delays += [min(days) - one.at] if days else []
        kinds = {"moved", "new-port", "silent"}
        found.append(
            ChangeFigures(
                sampling=sampling, fate=fate, planted=len(mine), visible=len(visible), found=right,
                found_all=sum(
                    any(_tells(one, each) and each.day == last_day for each in _about(one, told))
                    for one in mine
                ),
                ended=sum(
                    any(each.kind in kinds and each.day == last_day for each in _about(one, told))
                    for one in visible
                ),
                delay_days=float(np.median(delays)) if delays else None, inside=inside,
            )
        )  # fmt: skip
    return found


def _tells(case: Case, told: Told) -> bool:
    """Whether a finding says what happened, and rightly."""
    return told.right and told.kind in _TELLS.get(Fate(case.fate), set())


def _about(case: Case, told: Sequence[Told]) -> list[Told]:
    return [
        one
        for one in told
        if (one.world, one.seed, one.sampling, one.service)
        == (case.world, case.seed, case.sampling, case.service)
    ]


def false_figures(told: Sequence[Told], *, worlds: dict[int, int], last_day: float) -> list[FalseFigures]:
    """Wrong findings for each sampling rate and kind.

    Args:
        told: everything told.
        worlds: number of worlds by sampling rate.
        last_day: the end of the records.
    """
    found = []
    for sampling, count in worlds.items():
        mine = [one for one in told if one.sampling == sampling and one.day == last_day]
        for kind in KINDS:
            of_kind = [one for one in mine if one.kind == kind]
            wrong = sum(not one.right for one in of_kind)
            found.append(FalseFigures(sampling, kind, count, len(of_kind), wrong))
    return found
