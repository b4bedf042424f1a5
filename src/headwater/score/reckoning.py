"""What is every candidate worth, and what follows from that? All sub-scores in one place, step by step.

    tallies, chance, q-values, stranger ratios, posterior, confounders, score, calibrated probability, verdict

score = log10 U / (A + N) plus what recurrence adds, minus the weight of the strongest confounder. Each step
keeps its numbers.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from headwater.model.candidate import Verdict
from headwater.score.calibration import Calibration
from headwater.score.chance import Chance, Null, chance, null_of
from headwater.score.confounders.evidence import Confounder, Evidence
from headwater.score.confounders.registry import CONFOUNDERS, Weighed, weigh
from headwater.score.exclusivity import Exclusivity, exclusivity
from headwater.score.multiplicity import QValues, q_values
from headwater.score.persistence import persistence
from headwater.score.posterior import Posterior, posterior
from headwater.score.recall import Recall, assumed, capture_recapture
from headwater.score.settings import Settings
from headwater.score.shipped_calibration import SHIPPED
from headwater.score.statistics import Floats, Int64s, Statistics
from headwater.score.strangers import StrangerRatios
from headwater.score.tallies import Tallies, tallies
from headwater.score.unlisted import looked_at
from headwater.score.verdicts import Grounds, verdicts_of


@dataclass(frozen=True, slots=True)
class Choices:
    """Parts of the score that an ablation leaves out; all are in by default.

    Attributes:
        strata: the null knows networks and slots; else one stratum for everything.
        strangers: unlisted clients speak.
        recall: the list recall is integrated over; else the lists are taken as complete.
        persistence: how often contact recurs counts.
        confounders: which other explanations are tried.
        calibration: what turns the score into a probability.
    """

    strata: bool = True
    strangers: bool = True
    recall: bool = True
    persistence: bool = True
    confounders: tuple[Confounder, ...] = CONFOUNDERS
    calibration: Calibration = field(default=SHIPPED)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Every number about every candidate; arrays of shape (m,) by row of Candidates.

    Attributes:
        statistics: what it was computed from.
        settings, choices: what it assumes.
        tallies, null, chance, q, exclusivity: of all keys.
        recall: how complete the lists are.
        strangers: ratios of unlisted clients, or None where none were measured or wanted.
        strong: unlisted clients of each candidate that look like C2s (ratio above the settings' limit).
        c2_like: expected number of unlisted clients that are C2s.
        rows: keys that are candidates for a verdict, the others met too little; shape (r,).
        posterior: of those rows only, arrays of shape (r,).
        persistence: what recurrence of contact adds, log10.
        weighed: confounders of all keys.
        score: log10 odds and persistence, less the strongest confounder; -inf where a key is no candidate.
        probability: calibrated; 0 where a key is no candidate.
        verdicts: what each row of `rows` is taken for.
    """

    statistics: Statistics
    settings: Settings
    choices: Choices
    tallies: Tallies
    null: Null
    chance: Chance
    q: QValues
    exclusivity: Exclusivity
    recall: Recall
    strangers: StrangerRatios | None
    strong: Int64s
    c2_like: Floats
    rows: npt.NDArray[np.intp]
    posterior: Posterior
    persistence: Floats
    weighed: Weighed
    score: Floats
    probability: Floats
    verdicts: tuple[Verdict, ...]


def recall_of(statistics: Statistics, *, settings: Settings) -> Recall:
    """List recall from the feeds where they can tell, else the stated prior."""
    feeds = statistics.c2s.feeds
    found = None if feeds is None else capture_recapture(feeds, coverage=settings.coverage)
    if found is not None:
        return found
    return assumed(settings.recall, observations=settings.recall_weight, coverage=settings.coverage)


def reckon(
    statistics: Statistics, *, settings: Settings | None = None, choices: Choices | None = None
) -> Reckoning:
    """Scores every key.

    Args:
        statistics: measured tables.
        settings: what the score assumes.
        choices: what to leave out.

    Returns:
        All sub-scores.
    """
    settings, choices = settings or Settings(), choices or Choices()
    counted = tallies(statistics)
    null = null_of(statistics)
    # An accepted lead was chosen for its contact, which is therefore no matter of chance: lists are tested.
    members = None if statistics.c2s.weight is None else statistics.c2s.listed
    explained = chance(null, k=counted.listed, members=members)
    tests = max(statistics.exposure.keys_observed, len(counted.k))
    recall = recall_of(statistics, settings=settings)
    wanted = statistics.strangers if choices.strangers else None
    looked = looked_at(wanted, statistics=statistics, counted=counted, settings=settings)
    strong = looked.strong
    few = settings.least_c2s
    # Several C2s that all stand together are one witness: too few for a candidate, and shown nevertheless.
    shown = (counted.k >= few) | (counted.c2s >= few)
    rows = np.flatnonzero(shown | ((counted.k == few - 1) & (strong > 0)) | (strong > few))
    expected = explained.expected_ranking if choices.strata else explained.expected_overall
    three = posterior(
        counted.weight[rows],
        hosts=looked.hosts[rows],
        expected=expected[rows],
        settings=settings,
        recall=recall.shapes if choices.recall else None,
        looked_at=None if looked.by_bin is None else looked.by_bin[rows],
    )
    weighed = weigh(Evidence(statistics, counted, settings, looked.c2_like), confounders=choices.confounders)
    score = np.full(len(counted.k), -np.inf)
    recurs = persistence(statistics, tallies=counted) * choices.persistence
    score[rows] = three.log_odds + recurs[rows] - weighed.largest[rows]
    q = q_values(explained.p_value, tests=tests)
    probability = choices.calibration.probability(score)
    grounds = Grounds(
        weighed=weighed, p_value=explained.p_value, q_value=q.bh, probability=probability, rows=rows,
        by_chance=three.chance,
    )  # fmt: skip
    verdicts = verdicts_of(grounds, settings=settings)
    return Reckoning(
        statistics=statistics, settings=settings, choices=choices, tallies=counted, null=null,
        chance=explained, q=q,
        exclusivity=exclusivity(counted.weight, hosts=counted.hosts, coverage=settings.coverage),
        recall=recall, strangers=looked.ratios, strong=strong, c2_like=looked.c2_like, rows=rows,
        posterior=three, persistence=recurs, weighed=weighed, score=score, probability=probability,
        verdicts=verdicts,
    )  # fmt: skip
