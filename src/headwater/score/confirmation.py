"""Does what led to the candidate also prove it? A test on C2s that had no part in finding it.

Discovery picks the best of very many keys, so its own evidence looks better than it is. The families that
led there are set aside and the test is made on the others; where there is one family only, on C2s whose
label begins in the later half. Contact of C2s that nobody looked at is as surprising as its p-value says.
Accepted leads were looked at: they neither lead here nor confirm.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import pdtrc

from headwater.score.chance import Null, pair_rates
from headwater.score.statistics import Bools, Floats, Statistics
from headwater.score.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Outcome of the test on what was held out.

    Attributes:
        discovered_on: families, or "labels that begin before <day>".
        confirmed_on: what was held out, in the same words; empty where nothing could be.
        k: independent groups of C2s among the held-out ones in contact with the candidate.
        expected: what chance would give of them.
        p_value: P(Poisson(expected) >= k); None where nothing could be held out.
    """

    discovered_on: tuple[str, ...]
    confirmed_on: tuple[str, ...]
    k: int
    expected: float
    p_value: float | None


def _day(moment_us: int) -> str:
    return str(np.datetime64(moment_us, "us").astype("datetime64[D]"))


def confirm(statistics: Statistics, row: int, *, tallies: Tallies, null: Null) -> Confirmation:
    """Tests a candidate on the C2s that did not lead to it.

    Args:
        statistics: measured tables.
        row: the candidate.
        tallies: what each candidate met.
        null: the stratified null.

    Returns:
        The outcome. The family with most C2s in contact is taken for the one that led to it; families of
        which no C2 was seen at all are no test.
    """
    c2s = statistics.c2s
    mine = tallies.counted & (statistics.contacts.candidate == row) & c2s.listed[statistics.contacts.c2]
    met = np.zeros(len(c2s.hi), dtype=np.bool_)
    met[statistics.contacts.c2[mine]] = True
    by_family = np.bincount(c2s.family[met], minlength=len(c2s.families))
    leading = int(np.argmax(by_family))
    seen = (c2s.edges > 0) & c2s.listed
    held_out = seen & (c2s.family != leading)
    if held_out.any():
        other = sorted({c2s.families[family] for family in c2s.family[held_out]})
        rates = pair_rates(null, np.array([row]))[0]
        return _tested(held_out, met, rates, null.cluster, told=((c2s.families[leading],), tuple(other)))
    middle = int(np.median(c2s.start_us[met])) if met.any() else 0
    held_out = seen & (c2s.start_us > middle)
    day = _day(middle)
    earlier, later = f"labels that begin up to {day}", f"labels that begin after {day}"
    rates = pair_rates(null, np.array([row]))[0]
    return _tested(held_out, met, rates, null.cluster, told=((earlier,), (later,)))


def _tested(
    held_out: Bools,
    met: Bools,
    rates: Floats,
    cluster: npt.NDArray[np.intp],
    *,
    told: tuple[tuple[str, ...], tuple[str, ...]],
) -> Confirmation:
    """The test on the held-out C2s; `told` says what led here and what was held out."""
    if not held_out.any():
        return Confirmation(told[0], (), 0, 0.0, None)
    by_group = np.bincount(cluster, weights=np.where(held_out, rates, 0.0))
    expected = float(-np.expm1(-by_group).sum())
    k = len(np.unique(cluster[held_out & met]))
    p_value = float(pdtrc(k - 1, expected)) if k else 1.0
    return Confirmation(*told, k, expected, p_value)
