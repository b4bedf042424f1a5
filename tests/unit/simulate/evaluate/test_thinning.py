"""Thinning: what packets drawn at random leave of flows."""

import numpy as np
import pytest

from headwater.errors import BadSetting
from headwater.simulate.evaluate.capture import Capture, column
from headwater.simulate.evaluate.thinning import thinned


def _rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_every_packet_is_the_flows_as_they_are(capture: Capture) -> None:
    """1:1 changes nothing."""
    assert thinned(capture.flows, capture.packets_about, sampling=1, rng=_rng()) is capture.flows


def test_flows_are_left_as_binomial_draws_say(capture: Capture) -> None:
    """120 flows of 10 and 120 of 29 packets at 1:10: 120 * (2 - .9^10 - .9^29) = 192.5 are left, +- 5.3."""
    left = thinned(capture.flows, capture.packets_about, sampling=10, rng=_rng())
    assert abs(len(left) - 192.5) < 3 * 5.3


def test_packets_kept_are_counted(capture: Capture) -> None:
    """120 * (10 + 29) = 4680 packets at 1:10 leave 468 +- 20.5 (binomial)."""
    left = thinned(capture.flows, capture.packets_about, sampling=10, rng=_rng())
    assert left["packets"].null_count == 0
    assert abs(column(left, "packets").sum() - 468) < 3 * 20.5


def test_flows_say_how_they_were_sampled_and_nothing_that_sampling_hides(capture: Capture) -> None:
    """The rate is stated; pairs and answers are not known."""
    left = thinned(capture.flows, capture.packets_about, sampling=10, rng=_rng())
    assert set(column(left, "sampling").tolist()) == {10}
    assert left["pair_id"].null_count == left["answered"].null_count == len(left)


def test_times_stay_within_the_flow(capture: Capture) -> None:
    """One packet has one time; no flow is longer than the 30 s of the whole."""
    left = thinned(capture.flows, capture.packets_about, sampling=10, rng=_rng())
    length = column(left, "end") - column(left, "start")
    assert (length[column(left, "packets") == 1] == 0).all()
    assert (length >= 0).all()
    assert length.max() <= 30_000_000


def test_most_flows_lose_their_syn(capture: Capture) -> None:
    """It sits on one packet: of 240 flows 1 in 10 keeps it, 24 +- 4.6, and not the 192 that are left."""
    left = thinned(capture.flows, capture.packets_about, sampling=10, rng=_rng())
    assert abs((column(left, "tcp_flags") & 2 != 0).sum() - 24) < 3 * 4.6


def test_sampling_below_one_is_refused(capture: Capture) -> None:
    """There is no 1:0."""
    with pytest.raises(BadSetting, match="makes no sense"):
        thinned(capture.flows, capture.packets_about, sampling=0, rng=_rng())
