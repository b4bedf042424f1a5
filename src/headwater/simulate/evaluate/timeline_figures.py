"""What do judged timelines amount to? Shares right, bounds that hold, stories told apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from headwater.investigate.timing import timing_posterior
from headwater.simulate.evaluate.timelines import CLASS_OF, Judged, classes_of
from headwater.simulate.randomness import Bools, Floats, stream

T = TypeVar("T", bound=np.generic)
_Flags = Callable[[Judged], Bools]
VERY_LIKELY = 0.80  # ICD 203
SESSIONS = ((2, 3, 0.85), (4, 4, None), (5, 7, 0.91), (8, 14, None), (15, None, 0.95))  # low, high, wanted
TOLD = ((0.0, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.01))  # least, below
C2S = ((1, None), (3, 0.80), (6, 0.92), (12, 0.98))  # C2s that count, wanted


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    Attributes:
        world: where it was measured.
        measure: what it is.
        level: for which sessions, C2s or burstiness.
        cases: how many it was measured on.
        value: a share in [0, 1]; None without cases.
        plain: the same of the simpler way, None where there is none.
        at_best: the same if the life were known for certain, None where that makes no sense.
        least, most: what is aimed at, None for no aim.
    """

    world: str
    measure: str
    level: str
    cases: int
    value: float | None
    plain: float | None = None
    at_best: float | None = None
    least: float | None = None
    most: float | None = None


def relation_figures(world: str, found: Sequence[Judged]) -> list[Figure]:
    """How often the likeliest relation is right, by number of sessions seen.

    C2s whose contact and life both began before the records are left out: nothing could tell which was first.
    """
    if not found:
        return []
    sessions, kept = _all(found, lambda one: one.sessions), ~_all(found, lambda one: one.both_before)
    truth = CLASS_OF[_all(found, lambda one: one.truth)]
    right = _all(found, lambda one: classes_of(one.told).argmax(axis=1)) == truth
    known = _all(found, lambda one: classes_of(one.life_known).argmax(axis=1)) == truth
    plain = CLASS_OF[_all(found, lambda one: one.plain)] == truth
    five = _all(found, lambda one: one.told.argmax(axis=1) == one.truth)
    five_plain = _all(found, lambda one: one.plain == one.truth)
    sure = _all(found, lambda one: classes_of(one.told).max(axis=1))
    together = _all(found, lambda one: classes_of(one.with_others))
    agreed = together.argmax(axis=1) == truth
    five_agreed = _all(found, lambda one: one.with_others.argmax(axis=1) == one.truth)
    figures = []
    for low, high, wanted in SESSIONS:
        mine = kept & (sessions >= low) & (sessions <= (high or sessions.max(initial=low)))
        level = f"{low}+" if high is None else f"{low}" if high == low else f"{low} to {high}"
        cases = int(mine.sum())
        figures += [
            Figure(
                world, "relation, 3 classes", level, cases, _mean(right[mine]), _mean(plain[mine]),
                _mean(known[mine]), wanted,
            ),
            Figure(world, "relation, 5 classes", level, cases, _mean(five[mine]), _mean(five_plain[mine])),
            Figure(world, "probability of the likeliest", level, cases, _mean(sure[mine])),
            Figure(
                world, "relation with others, 3 classes", level, cases, _mean(agreed[mine]), least=wanted
            ),
            Figure(world, "relation with others, 5 classes", level, cases, _mean(five_agreed[mine])),
            Figure(
                world, "probability with others", level, cases, _mean(together[mine].max(axis=1)),
            ),
        ]  # fmt: skip
    return figures


def calibration_figures(world: str, found: Sequence[Judged]) -> list[Figure]:
    """How often the likeliest relation is right where it is told with such a probability, of 2+ sessions.

    The same C2s as in `relation_figures`.
    """
    if not found:
        return []
    kept = ~_all(found, lambda one: one.both_before) & (_all(found, lambda one: one.sessions) >= 2)
    truth = CLASS_OF[_all(found, lambda one: one.truth)]
    figures = []
    for name, told in (
        ("alone", _all(found, lambda one: classes_of(one.told))),
        ("with others", _all(found, lambda one: classes_of(one.with_others))),
    ):
        right, sure = told.argmax(axis=1) == truth, told.max(axis=1)
        for low, high in TOLD:
            mine = kept & (sure >= low) & (sure < high)
            level, cases = f"told {low:.2f} to {min(high, 1.0):.2f}", int(mine.sum())
            figures += [
                Figure(world, f"right, {name}", level, cases, _mean(right[mine])),
                Figure(world, f"told, {name}", level, cases, _mean(sure[mine])),
            ]
    return figures


def bound_figures(world: str, level: str, found: Sequence[Judged]) -> list[Figure]:
    """How often nominal 90% bounds of the contact hold the true edge, of C2s that count and of all with 2+.

    True edges outside the records are left out; bounds cut there hold them by what they are marked as.
    """
    figures = []
    sides: tuple[tuple[str, _Flags, _Flags, Callable[[Judged], Floats]], ...] = (
        ("start", lambda one: one.start_held, lambda one: one.start_inside, lambda one: one.start_width),
        ("end", lambda one: one.end_held, lambda one: one.end_inside, lambda one: one.end_width),
    )
    sessions, included = _all(found, lambda one: one.sessions), _all(found, lambda one: one.included)
    for edge, held_of, inside_of, width_of in sides:
        held, inside, width = _all(found, held_of), _all(found, inside_of), _all(found, width_of)
        counts, twice = included & inside, (sessions >= 2) & inside
        middle = float(np.median(width[counts])) if counts.any() else None
        cases = int(counts.sum())
        figures += [
            Figure(world, f"{edge} held", level, cases, _mean(held[counts]), least=0.88, most=0.95),
            Figure(world, f"{edge} held, 2+ sessions", level, int(twice.sum()), _mean(held[twice])),
            Figure(world, f"{edge}: median width in days", level, cases, middle),
        ]
    return figures


def life_figures(world: str, found: Sequence[Judged]) -> list[Figure]:
    """How often nominal 90% bounds of the life hold its true edges."""
    held = _all(found, lambda one: one.life_held)
    return [
        Figure(world, f"life: {edge} held", "all", len(held), _mean(held[:, place]))
        for place, edge in enumerate(("start", "end"))
    ]


def story_figures(world: str, found: Sequence[Judged], *, seed: int) -> list[Figure]:
    """How often the likeliest of control, handoff and coincidence is right, from so many C2s that count.

    Args:
        world: where.
        found: services; each gives as many disjoint sets of its C2s as it can.
        seed: of the choice of sets.
    """
    figures = []
    for size, wanted in C2S:
        rng = stream(seed, "timelines", "sets", size)
        best, plain, right, very = [], [], [], []
        for one in found:
            places = rng.permutation(np.flatnonzero(one.included))
            for number in range(len(places) // size):
                chosen = places[number * size : (number + 1) * size]
                told = timing_posterior(one.log_bayes[chosen])
                best.append(float(told.max()))
                right.append(bool(told.argmax() == one.story))
                very.append(bool(told.max() >= VERY_LIKELY))
                plain.append(bool(timing_posterior(one.plain_log_bayes[chosen]).argmax() == one.story))
        level, sure = f"{size} C2s" if size > 1 else "1 C2", np.array(very, bool)
        wrong = ~np.array(right, bool)[sure]
        figures += [
            Figure(
                world, "story, 3 ways", level, len(right), _mean(np.array(right, bool)),
                _mean(np.array(plain, bool)), least=wanted,
            ),
            Figure(world, "very likely", level, len(right), _mean(sure)),
            Figure(world, "very likely and wrong", level, int(sure.sum()), _mean(wrong), most=0.05),
        ]  # fmt: skip
    return figures


def _all(found: Sequence[Judged], column: Callable[[Judged], npt.NDArray[T]]) -> npt.NDArray[T]:
    return np.concatenate([column(one) for one in found])


def _mean(values: Floats | Bools) -> float | None:
    return float(values.mean()) if len(values) else None
