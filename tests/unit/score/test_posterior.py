"""The three-way posterior against closed forms and quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from headwater.score.distributions import log_beta_binomial, log_negative_binomial
from headwater.score.posterior import log_by_chance, looks, posterior
from headwater.score.settings import Settings

PRIORS = Settings(prior_upstream=1e-4, prior_shared=1e-3, tail_weight=0.1)


def test_beta_binomial_and_negative_binomial_are_scipys() -> None:
    """The same numbers as scipy.stats.betabinom and nbinom."""
    found = [log_beta_binomial(7, 9, a=3, b=2), log_negative_binomial(4, mean=1.5, size=2.0)]
    expected = [stats.betabinom.logpmf(7, 9, 3, 2), stats.nbinom.logpmf(4, 2.0, 2.0 / 3.5)]
    assert np.allclose(found, expected)


def test_an_expectation_of_zero_allows_nothing() -> None:
    """Without exposure, k = 0 is certain and k = 1 impossible."""
    found = log_negative_binomial([0, 1], mean=0.0, size=4.0)
    assert list(found) == [0.0, -np.inf]


@pytest.mark.parametrize(("k", "hosts"), [(2, 2), (7, 9), (3, 10), (300, 500), (5, 1_000_000)])
def test_full_recall_gives_the_beta_binomials(k: int, hosts: int) -> None:
    """With lists that know everything, L is BetaBin(k; d, 3, 2) and BetaBin(k; d, 0.5, 4)."""
    found = posterior([k], hosts=[hosts], expected=[0.1], settings=PRIORS)
    parts = (found.log_upstream[0] - np.log(1e-4), found.log_shared[0] - np.log(1e-3))
    expected = (
        float(log_beta_binomial(k, hosts, a=3, b=2)),
        float(log_beta_binomial(k, hosts, a=0.5, b=4)),
    )
    assert parts == pytest.approx(expected, abs=1e-3)


def test_probabilities_and_odds_agree() -> None:
    """The three sum to 1, and the log odds are those of the first against the rest."""
    found = posterior([7, 2], hosts=[9, 400], expected=[0.1, 2.0], settings=PRIORS)
    total = found.upstream + found.shared + found.chance
    odds = np.log10(found.upstream / (found.shared + found.chance))
    assert np.allclose(np.r_[total, odds], np.r_[1.0, 1.0, found.log_odds])


def test_recall_and_looks_by_quadrature() -> None:
    """5 hosts, 2 listed, 2 unlisted with lr = 3.125, 1 nobody looked at; e ~ Beta(3, 2), r ~ Beta(3, 4)."""
    ratio = 3.125  # the middle of its bin
    counts = looks([0, 0], [ratio, ratio], candidates=1)
    found = posterior([2], hosts=[5], expected=[0.1], settings=PRIORS, recall=(3.0, 4.0), looked_at=counts)

    def inner(recall: float, share: float) -> float:
        unlisted = share * (1 - recall) * np.exp(ratio) + 1 - share
        likelihood = (share * recall) ** 2 * unlisted**2 * (1 - share * recall)
        return float(likelihood * stats.beta.pdf(share, 3, 2) * stats.beta.pdf(recall, 3, 4))

    whole = 10 * integrate.dblquad(inner, 0, 1, 0, 1)[0]  # C(5, 2) = 10
    assert found.log_upstream[0] - np.log(1e-4) == pytest.approx(np.log(whole), abs=1e-3)


def test_strangers_who_say_nothing_change_nothing() -> None:
    """A ratio of lr = 0 is as if nobody had looked."""
    plain = posterior([3], hosts=[30], expected=[0.1], settings=PRIORS, recall=(3.0, 4.0))
    counts = looks([0] * 20, [0.0] * 20, candidates=1)
    looked = posterior([3], hosts=[30], expected=[0.1], settings=PRIORS, recall=(3.0, 4.0), looked_at=counts)
    assert looked.log_odds[0] == pytest.approx(plain.log_odds[0])


def test_strangers_that_look_like_c2s_speak_for_the_candidate() -> None:
    """One listed C2 of six clients: five C2-like strangers raise the odds, five ordinary ones lower them."""
    odds = [
        posterior(
            [1], hosts=[6], expected=[0.05], settings=PRIORS, recall=(3.0, 7.0),
            looked_at=looks([0] * 5, [lr] * 5, candidates=1),
        ).log_odds[0]
        for lr in (-4.0, 0.0, 4.0)
    ]  # fmt: skip
    assert odds == sorted(odds)


def test_chance_has_a_heavier_tail_than_its_null() -> None:
    """0.9 NB(k; mu, 4) + 0.1 NB(k; 3 mu, 1), with scipy's nbinom."""
    expected = 0.9 * stats.nbinom.pmf(5, 4, 4 / 4.5) + 0.1 * stats.nbinom.pmf(5, 1, 1 / 2.5)
    assert np.exp(log_by_chance(5, expected=0.5, settings=PRIORS)) == pytest.approx(expected)


def test_a_hub_is_no_upstream() -> None:
    """Five C2s among a million clients, as a resolver has: odds below 1 to 10^6."""
    assert posterior([5], hosts=[1_000_000], expected=[4.0], settings=PRIORS).log_odds[0] < -6
