"""Do the C2s come back? Control recurs; look-ups, visits and mistakes need not.

For each candidate: the mean over its listed C2s of ln(distinct hours with contact), less the same mean over
all such contacts in the tables, which takes out the sampling rate and the length of the data. Hours and not
flows: exporters split long flows as their time-outs tell them to.

It moves the score by half an order of magnitude for each factor of e in hours, one order at most either way:
enough to order candidates whose counts say the same, not enough to make an upstream of a resolver. The
slope was chosen on tuning worlds, whose C2s meet their upstream 2.5 times a day in the median.
"""

import numpy as np

from headwater.score.statistics import Floats, Statistics
from headwater.score.tallies import Tallies

SLOPE = 0.5  # log10 for each natural log of hours; the fit on tuning worlds gave 0.7
LIMIT = 1.0  # log10


def persistence(statistics: Statistics, *, tallies: Tallies) -> Floats:
    """What recurrence adds to the score.

    Args:
        statistics: measured tables.
        tallies: what each candidate met.

    Returns:
        log10 in favour of upstream, between -1 and 1, shape (m,); 0 for candidates without contact.
    """
    contacts, size = statistics.contacts, len(tallies.k)
    used = tallies.counted & statistics.c2s.listed[contacts.c2]
    owner = contacts.candidate[used]
    hours = np.log(np.maximum(contacts.hours[used], 1))
    if not len(owner):
        return np.zeros(size)
    count = np.bincount(owner, minlength=size)
    mean = np.bincount(owner, weights=hours, minlength=size) / np.maximum(count, 1)
    return np.where(count > 0, np.clip(SLOPE * (mean - hours.mean()), -LIMIT, LIMIT), 0.0)
