"""How many C2s would meet this service by chance, inside one tenancy and for one group?

The null is that of a hunt (headwater.score.chance). Contact and label windows are cut at the tenancy's
edges first: a service that became popular with its next tenant was not popular before.
"""

from dataclasses import replace

import numpy as np
from scipy.special import pdtrc

from headwater.investigate.facts import Held
from headwater.investigate.measurements import Bools
from headwater.model.candidate import Share
from headwater.model.case import Chance, Confirmed
from headwater.model.window import OPEN_US
from headwater.score.chance import Null, expected_hits, expected_overall, null_of
from headwater.score.confirmation import confirm
from headwater.score.exclusivity import exclusivity
from headwater.score.statistics import Statistics
from headwater.score.tallies import tallies


def within(statistics: Statistics, held: Held) -> Statistics:
    """The statistics with label windows and contacts cut at the edges of a tenancy.

    Distinct edges of a C2 and hosts of the service are kept as they are: the first makes chance larger than
    it is, the second only serves to show the share of C2s.
    """
    low = -OPEN_US if held.since_us is None else held.since_us
    high = OPEN_US if held.until_us is None else held.until_us
    c2s, contacts = statistics.c2s, statistics.contacts
    keep = (contacts.first_us < high) & (contacts.last_us >= low)
    cut = {
        name: getattr(contacts, name)[keep]
        for name in contacts.__dataclass_fields__
        if getattr(contacts, name) is not None
    }
    windows = replace(c2s, start_us=np.maximum(c2s.start_us, low), end_us=np.minimum(c2s.end_us, high))
    return replace(statistics, c2s=windows, contacts=type(contacts)(**cut))


def chance_of(statistics: Statistics, *, members: Bools | None = None) -> Chance:
    """What chance would bring of the C2s in contact with the only candidate.

    Args:
        statistics: measured tables of the one service, cut at its tenancy where there is one.
        members: which rows of `statistics.c2s` count, shape (n,); None: all.

    Returns:
        Observed and expected numbers of independent groups. The exclusivity is that of the members.
    """
    null = null_of(statistics)
    counts = tallies(statistics)
    met = statistics.contacts.c2[counts.counted & (statistics.contacts.candidate == 0)]
    met = np.unique(met if members is None else met[members[met]])
    k = len(np.unique(null.cluster[met]))
    expected = _expected(null, members)
    share = exclusivity(np.array([k]), hosts=np.array([max(int(counts.hosts[0]), k)]))
    return Chance(
        k=k,
        expected=expected,
        p_value=float(pdtrc(k - 1, expected)) if k else 1.0,
        exclusivity=Share(float(share.estimate[0]), float(share.low[0]), float(share.high[0])),
    )


def _expected(null: Null, members: Bools | None) -> float:
    """Of all members; where reach is an estimate, as far as needed from the null with one stratum."""
    stratified = float(expected_hits(null, members=members)[0])
    pooling = float(null.pooling[0])
    if not pooling:
        return stratified
    edges = float(null.edges.sum())
    part = 1.0 if members is None else float(null.edges[members].sum()) / max(edges, 1.0)
    return (1.0 - pooling) * stratified + pooling * part * float(expected_overall(null)[0])


def confirmed_of(statistics: Statistics) -> Confirmed:
    """The test on families, or on later labels, that cannot have led to the service."""
    found = confirm(statistics, 0, tallies=tallies(statistics), null=null_of(statistics))
    return Confirmed(found.discovered_on, found.confirmed_on, found.k, found.expected, found.p_value)
