"""Which candidate stands for a world in pictures, and how many C2s could chance have brought it?

Of the true upstreams that were alerted, the one in the middle of the order: neither the easiest nor the
hardest. Its whole reckoning is kept, and three distributions of the number of C2s that chance would bring.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logit
from scipy.stats import poisson

from headwater.model.candidate import Verdict
from headwater.score.chance import pair_rates
from headwater.score.explain import Explanation, explain
from headwater.score.posterior import log_by_chance, posterior
from headwater.score.rank import Ranking
from headwater.score.reckoning import Reckoning
from headwater.score.statistics import Floats
from headwater.simulate.evaluate.metrics import UPSTREAM

_BEYOND = 2  # counts shown above the observed one


@dataclass(frozen=True, slots=True)
class Specimen:
    """One true upstream with everything that led to its verdict.

    Attributes:
        explanation: its reckoning.
        k: independent groups of C2s that it met.
        null: probability of 0, 1, ... such groups under the stratified null, the groups one by one.
        poisson: the same by the Poisson distribution from which the p-value is taken.
        ranking: the same by the wider distribution that the posterior uses.
        log10_prior: odds of upstream before anything was counted.
        log10_odds_listed: odds after the listed C2s were counted and before unlisted clients were looked at.
    """

    explanation: Explanation
    k: int
    null: tuple[float, ...]
    poisson: tuple[float, ...]
    ranking: tuple[float, ...]
    log10_prior: float
    log10_odds_listed: float


def specimen(order: Ranking, *, kinds: dict[str, str]) -> Specimen | None:
    """The specimen of a world.

    Args:
        order: its candidates.
        kinds: what each peer is in truth, as from `headwater.simulate.evaluate.metrics.kinds_of`.

    Returns:
        The middle one of the alerted true upstreams; None where there is none.
    """
    found: dict[str, int] = {}
    for candidate in order.candidates:
        if candidate.verdict is Verdict.UPSTREAM and kinds.get(candidate.address) == UPSTREAM:
            found.setdefault(candidate.address, candidate.rank)
    if not found:
        return None
    rank = list(found.values())[(len(found) - 1) // 2]
    row, reckoning = order.rows[rank - 1], order.reckoning
    k = int(reckoning.tallies.k[row])
    counts = np.arange(k + _BEYOND + 1)
    by_chance = reckoning.chance
    ranked = log_by_chance(
        counts, expected=np.full(len(counts), by_chance.expected_ranking[row]), settings=reckoning.settings
    )
    return Specimen(
        explanation=explain(order, rank),
        k=k,
        null=tuple(met_by_chance(_groups(reckoning, row), most=len(counts) - 1).tolist()),
        poisson=tuple(np.asarray(poisson.pmf(counts, by_chance.expected[row])).tolist()),
        ranking=tuple(np.exp(ranked).tolist()),
        log10_prior=float(logit(reckoning.settings.prior_upstream) / np.log(10.0)),
        log10_odds_listed=_odds_listed(reckoning, row),
    )


def _odds_listed(reckoning: Reckoning, row: int) -> float:
    """log10 odds from the listed C2s alone."""
    alone = posterior(
        reckoning.tallies.k[[row]],
        hosts=reckoning.tallies.hosts[[row]],
        expected=reckoning.chance.expected_ranking[[row]],
        settings=reckoning.settings,
        recall=reckoning.recall.shapes,
    )
    return float(alone.log_odds[0])


def _groups(reckoning: Reckoning, row: int) -> Floats:
    """Chance that each group of co-located C2s meets the candidate, shape (groups,)."""
    rates = pair_rates(reckoning.null, np.array([row]))[0]
    return np.asarray(-np.expm1(-np.bincount(reckoning.null.cluster, weights=rates)), dtype=np.float64)


def met_by_chance(probabilities: Floats, *, most: int) -> Floats:
    """Distribution of the number of successes of unequal trials (Poisson binomial), summed trial by trial.

    Args:
        probabilities: of each trial, shape (t,).
        most: largest number that is asked for.

    Returns:
        Probability of 0 to `most` successes, shape (most + 1,).

    Source: Wang (1993), On the number of successes in independent trials, Statistica Sinica 3(2).
    """
    found = np.zeros(most + 1)
    found[0] = 1.0
    for chance in probabilities.tolist():
        found[1:] = found[1:] * (1.0 - chance) + found[:-1] * chance
        found[0] *= 1.0 - chance
    return found
