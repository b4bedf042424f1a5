"""What is a score worth as a probability? Calibration fitted on worlds other than those it is used on.

The posterior's log odds stand on assumed priors. Calibration maps them to how often candidates with such odds
were upstreams. Read a calibrated 0.8 so: of ten such candidates in worlds like the ones it was fitted on,
eight were upstreams; in other worlds, the share of upstreams among keys may differ.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from headwater.score.statistics import Floats

_RIDGE = 0.01  # keeps the slope finite where a few candidates are separated perfectly


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic map from log10 odds to a probability.

    Attributes:
        intercept, slope: ln(p / (1 - p)) = intercept + slope * log10 odds.
        fitted_on: what it was fitted on, in words; "" where it was not fitted.
        floor: scores below count as this one: far below nothing is learned from how far.
    """

    intercept: float
    slope: float
    fitted_on: str
    floor: float = -1e300

    def probability(self, log_odds: npt.ArrayLike) -> Floats:
        """Calibrated probability of upstream, in [0, 1], of the same shape; -inf gives 0."""
        odds = np.asarray(log_odds, dtype=np.float64)
        given = expit(self.intercept + self.slope * np.maximum(odds, self.floor))
        return np.where(np.isneginf(odds), 0.0, given)


UNCALIBRATED = Calibration(intercept=0.0, slope=float(np.log(10.0)), fitted_on="")  # the odds as they are


def fit_logistic(
    log_odds: npt.ArrayLike, *, true: npt.ArrayLike, fitted_on: str, floor: float = -1e300
) -> Calibration:
    """Fits the logistic map by penalised maximum likelihood.

    Args:
        log_odds: scores of candidates, log10, shape (m,); not finite ones are left out.
        true: whether each was an upstream, shape (m,).
        fitted_on: what they come from.
        floor: scores below count as this one.

    Returns:
        The calibration.

    Raises:
        ValueError: there is no upstream, or nothing else, among them.

    Source: Platt (1999), Probabilistic outputs for support vector machines, section 2.2 (with its targets).
    """
    score, label = np.asarray(log_odds, dtype=np.float64), np.asarray(true, dtype=np.bool_)
    usable = np.isfinite(score)
    score, label = np.maximum(score[usable], floor), label[usable]
    positive, negative = int(label.sum()), int((~label).sum())
    if not positive or not negative:
        raise ValueError(
            f"calibration needs both kinds; {positive} upstreams and {negative} others were given"
        )
    target = np.where(label, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logit = parameters[0] + parameters[1] * score
        value = np.sum(np.logaddexp(0.0, logit) - target * logit) + _RIDGE * parameters[1] ** 2
        residual = expit(logit) - target
        return float(value), np.array([residual.sum(), residual @ score + 2 * _RIDGE * parameters[1]])

    from scipy.optimize import minimize  # noqa: PLC0415 - 0.5 s to load, and hunts only apply a calibration

    start = np.array([UNCALIBRATED.intercept, UNCALIBRATED.slope])
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return Calibration(float(fitted[0]), float(fitted[1]), fitted_on, floor)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Forecast against outcome, by bins of the forecast.

    Attributes:
        forecast: mean probability in each bin that holds anything.
        outcome: share of upstreams in it.
        count: candidates in it.
        error: expected calibration error: mean distance of the two, weighted by count; 0 is perfect.
    """

    forecast: Floats
    outcome: Floats
    count: npt.NDArray[np.int64]
    error: float


def reliability(probability: npt.ArrayLike, *, true: npt.ArrayLike, bins: int = 10) -> Reliability:
    """How far forecasts are from what happened.

    Args:
        probability: forecasts in [0, 1], shape (m,).
        true: outcomes, shape (m,).
        bins: number of equally wide bins.

    Returns:
        The curve and its error; an error of 0 where nothing was forecast.

    Source: Naeini, Cooper, Hauskrecht (2015), AAAI, equation for ECE.
    """
    forecast, outcome = np.asarray(probability, dtype=np.float64), np.asarray(true, dtype=np.float64)
    place = np.minimum((forecast * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    used = count > 0
    mean = np.bincount(place, weights=forecast, minlength=bins)[used] / count[used]
    share = np.bincount(place, weights=outcome, minlength=bins)[used] / count[used]
    error = float(np.abs(mean - share) @ count[used] / max(len(forecast), 1))
    return Reliability(forecast=mean, outcome=share, count=count[used].astype(np.int64), error=error)
