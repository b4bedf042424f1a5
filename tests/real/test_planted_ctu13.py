"""An upstream PLANTED into CTU-13 scenario 11: its C2s and the upstream are not real, the background is."""

from pathlib import Path

import pytest

from headwater.app.evaluate_planted import Trial, trial
from headwater.app.planted_table import planted_document
from headwater.app.real_background import RealBackground, background
from headwater.simulate.evaluate.planting import Planting, Strength, plant

STRONG = Strength(10, 2, 0, "server", "many", "new", "ephemeral")


@pytest.fixture(scope="module")
def real(real_data: Path) -> RealBackground:
    """The capture."""
    return background(real_data)


@pytest.fixture(scope="module")
def trials(real: RealBackground) -> tuple[Planting, Trial, Trial]:
    """Ten C2s that nobody but they share, planted with seed 1; the hunt with it and the one without."""
    planting = plant(real.capture, STRONG, seed=1)
    return (
        planting,
        trial(real.capture, planting, seed=1, sampling=1, planted=True),
        trial(real.capture, planting, seed=1, sampling=1, planted=False),
    )


def test_a_strong_planting_is_ranked_first(trials: tuple[Planting, Trial, Trial]) -> None:
    """Ten C2s of ten networks with one service of their own, among 196,562 real flows."""
    _, found, _ = trials
    assert (found.rank, found.c2s_met, found.right_key) == (1, 10, True)


def test_the_planted_flows_are_added_and_nothing_else(trials: tuple[Planting, Trial, Trial]) -> None:
    """Twice ten connections of two flows beside 196,562 flows of the capture."""
    _, found, bare = trials
    assert (found.flows, bare.flows) == (196_602, 196_562)


def test_without_the_planting_there_is_no_such_candidate(trials: tuple[Planting, Trial, Trial]) -> None:
    """The same stand-ins alone: the address that was planted is not seen, and nobody is told an upstream."""
    _, _, bare = trials
    assert (bare.rank, bare.false_alerts) == (None, ())


def test_the_document_says_that_it_is_planted(
    real: RealBackground, trials: tuple[Planting, Trial, Trial]
) -> None:
    """And into which file: whoever reads the JSON alone must know."""
    document = planted_document(trials[1:], background=real)
    assert document["planted"] is True
    assert document["background"]["file"] == "capture20110818-2.binetflow.xz"


def test_packets_are_those_of_the_capture(real: RealBackground) -> None:
    """TotPkts of the records that are IP add up to 4,394,021 (Python's csv); halving rounds down, so up to
    one packet for each of the 89,368 records with two sides is lost.
    """
    assert 4_394_021 - 89_368 <= real.capture.packets_about.sum() <= 4_394_021
