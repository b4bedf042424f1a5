"""Figures from judged timelines, by hand."""

import numpy as np
import pytest

from headwater.simulate.evaluate.timeline_figures import (
    Figure,
    bound_figures,
    calibration_figures,
    relation_figures,
    story_figures,
)
from headwater.simulate.evaluate.timelines import Judged

_SURE = np.eye(5)


def _judged(**more: object) -> Judged:
    """Four C2s with six sessions each, all in control; the third is told wrong."""
    size, yes = 4, np.ones(4, bool)
    usual: dict[str, object] = {
        "story": 0, "sampling": 100, "process": "poisson", "burstiness": 0.0, "sessions": np.full(size, 6),
        "included": yes, "truth": np.array([2, 2, 2, 0]), "both_before": ~yes,
        "told": _SURE[[2, 3, 0, 0]], "with_others": _SURE[[2, 2, 2, 0]],
        "life_known": _SURE[[2, 2, 2, 0]], "plain": np.array([0, 0, 2, 0]),
        "start_inside": yes, "end_inside": yes, "start_held": np.array([True, True, True, False]),
        "end_held": yes, "start_width": np.array([1.0, 2.0, 3.0, 4.0]), "end_width": np.ones(4),
        "life_held": np.ones((4, 2), bool), "log_bayes": np.array([[0.0, -3.0, -3.0]] * 4),
        "plain_log_bayes": np.array([[-3.0, 0.0, -3.0]] * 4),
    }  # fmt: skip
    return Judged(**(usual | more))  # type: ignore[arg-type]


def _of(figures: list[Figure], measure: str, level: str) -> Figure:
    return next(each for each in figures if (each.measure, each.level) == (measure, level))


def test_relation_right_by_hand() -> None:
    """During and overlaps_end are one class of three: 3 of 4; first and last seen 2 of 4; at best all."""
    found = _of(relation_figures("w", [_judged()]), "relation, 3 classes", "5 to 7")
    assert (found.cases, found.value, found.plain, found.at_best) == (4, 0.75, 0.5, 1.0)


def test_five_relations_are_told_apart() -> None:
    """The second is overlaps_end, not during: 2 of 4."""
    assert _of(relation_figures("w", [_judged()]), "relation, 5 classes", "5 to 7").value == 0.5


def test_what_nothing_can_tell_is_left_out() -> None:
    """Contact and life both began before the records."""
    blind = _judged(both_before=np.array([False, False, True, False]))
    found = _of(relation_figures("w", [blind]), "relation, 3 classes", "5 to 7")
    assert (found.cases, found.value) == (3, 1.0)


def test_bounds_by_hand() -> None:
    """Three of four starts are held; the median width of 1, 2, 3 and 4 days is 2.5."""
    figures = bound_figures("w", "x", [_judged()])
    held, width = _of(figures, "start held", "x"), _of(figures, "start: median width in days", "x")
    assert (held.value, held.least, held.most, width.value) == (0.75, 0.88, 0.95, 2.5)


def test_edges_outside_the_records_are_left_out() -> None:
    """The one start that is not held lies before the records."""
    inside = _judged(start_inside=np.array([True, True, True, False]))
    found = _of(bound_figures("w", "x", [inside]), "start held", "x")
    assert (found.cases, found.value) == (3, 1.0)


def test_stories_by_hand() -> None:
    """One set of three C2s: odds e^9 for control, which is true; bare counts say handoff."""
    figures = story_figures("w", [_judged()], seed=1)
    right, very = _of(figures, "story, 3 ways", "3 C2s"), _of(figures, "very likely", "3 C2s")
    assert (right.cases, right.value, right.plain, very.value) == (1, 1.0, 0.0, 1.0)


def test_very_likely_and_wrong_is_counted() -> None:
    """The same services, with coincidence as the truth: wrong and sure."""
    found = _of(story_figures("w", [_judged(story=2)], seed=1), "very likely and wrong", "1 C2")
    assert (found.cases, found.value, found.most) == (4, 1.0, 0.05)


def test_no_cases_no_number() -> None:
    """Nobody has 15 sessions."""
    found = _of(relation_figures("w", [_judged()]), "relation, 3 classes", "15+")
    assert (found.cases, found.value) == (0, None)


def test_no_services_no_figures() -> None:
    """Nothing was seen."""
    assert relation_figures("w", []) == []


def test_probability_told() -> None:
    """Certain of everything: 1."""
    found = _of(relation_figures("w", [_judged()]), "probability of the likeliest", "5 to 7")
    assert found.value == pytest.approx(1.0)


def test_with_the_others_heard_by_hand() -> None:
    """All four classes are right, and all relations, where from their own records three and two are."""
    figures = relation_figures("w", [_judged()])
    three = _of(figures, "relation with others, 3 classes", "5 to 7")
    five = _of(figures, "relation with others, 5 classes", "5 to 7")
    assert (three.value, three.least, five.value) == (1.0, 0.91, 1.0)


def test_told_and_right_by_hand() -> None:
    """Two told with 0.7 of which one is right, one with 0.85 that is right; one session is not counted."""
    told = np.array(
        [[0, 0, 0.7, 0, 0.3], [0.7, 0, 0.3, 0, 0], [0, 0, 0.5, 0.35, 0.15], [1.0, 0, 0, 0, 0]], float
    )
    figures = calibration_figures("w", [_judged(told=told, sessions=np.array([6, 6, 6, 1]))])
    shown = {
        level: (_of(figures, "right, alone", level).cases, _of(figures, "right, alone", level).value)
        for level in ("told 0.60 to 0.80", "told 0.80 to 0.90", "told 0.99 to 1.00")
    }
    assert shown == {
        "told 0.60 to 0.80": (2, 0.5), "told 0.80 to 0.90": (1, 1.0), "told 0.99 to 1.00": (0, None)
    }  # fmt: skip
    assert _of(figures, "told, alone", "told 0.80 to 0.90").value == pytest.approx(0.85)
