"""The share of C2s among a service's unlisted clients, and each one's own."""

import numpy as np
import pytest

from headwater.investigate.pivot_posterior import memberships

SHARE, RECALL = (3.0, 2.0), (3.0, 2.0)


def test_one_client_that_says_nothing() -> None:
    """With x = 1 and k = 0 the likelihood of one client is 1 - e r, worked out by hand.

    The answer is E[e (1 - r)] / E[1 - e r] with both means 3/5: (0.6 * 0.4) / (1 - 0.36) = 0.375.
    """
    found = memberships(np.zeros(1), listed=0, share=SHARE, recall=RECALL)
    assert found[0] == pytest.approx(0.375, abs=0.002)


def test_ratio_moves_odds() -> None:
    """Of two clients of one service the one with the larger ratio is the likelier C2."""
    found = memberships(np.array([-2.0, 3.0]), listed=4, share=SHARE, recall=RECALL)
    assert found[0] < 0.2
    assert found[1] > 0.8


def test_clients_decide_for_each_other() -> None:
    """A client that says nothing is less likely a C2 among ordinary hosts than among C2s."""
    ratio = np.zeros(21)
    among = [np.r_[0.0, np.full(20, each)] for each in (-5.0, 5.0)]
    low, high = (memberships(each, listed=5, share=SHARE, recall=RECALL)[0] for each in among)
    middle = memberships(ratio, listed=5, share=SHARE, recall=RECALL)[0]
    assert low < middle < high


def test_no_clients() -> None:
    """Nobody is asked about, nobody is told of."""
    assert memberships(np.empty(0), listed=5, share=SHARE, recall=RECALL).shape == (0,)
