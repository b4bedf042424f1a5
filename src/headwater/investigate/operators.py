"""Does somebody else hold the address of a known upstream? Two independent signals, or an open question.

Signals rest on one of two sources. What *scanners* saw: host keys, certificates and banners, with the
probability that their change means a new tenant (headwater.investigate.boundaries). What *flows* show: that
the C2s left together (moves.py). They are independent: a routine renewal or a reinstall changes keys and
leaves the clients; an operator who moves takes the clients along and leaves the keys. Two signals of one
source are not: SSH key and certificate change together with a reinstall, and a new port, a gap and new
clients are all seen where one service ends and another begins. So a key with the clients makes a finding;
either alone is an open point.

With o the odds that the keys give, and L(t) the likelihood of a common end at t against none
(common_edge.py), the odds of a new operator are

    o * [q mean of L(t) over the bracket + 1 - q] / [1 - p + p mean of L(t)]

where q is the chance that a C2 follows the others and p that an upstream ends within the bracket by itself.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from headwater.investigate.boundaries import Boundary, boundaries
from headwater.investigate.change_calibration import calibrated
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.common_edge import common_end
from headwater.investigate.measurements import Floats
from headwater.investigate.moves import Ended
from headwater.investigate.tenancy_settings import TenancySettings

_SLACK_DAYS = 2.0  # clients may leave so long before the keys change, or after
_CAP = np.log(20.0)  # as for any single piece of evidence


@dataclass(frozen=True, slots=True)
class Handed:
    """A change of keys on the address of a known upstream.

    Attributes:
        key: row in ChangeKeys.
        boundary: the change of keys.
        since, until: its bracket, days from the first record.
        by_keys: probability of a new tenant by the keys alone.
        log_clients: natural log of the likelihood ratio of what the clients did.
        left: the C2s left together, at a time that fits, with a probability of one half at least.
        probability: of a new operator, by both.
        came: hosts that were first seen there after the C2s' last contact.
        stayed: hosts seen before that, and after it.
    """

    key: int
    boundary: Boundary
    since: float
    until: float
    by_keys: float
    log_clients: float
    left: bool
    probability: float
    came: int
    stayed: int


def handed(
    tables: ChangeTables,
    one: Ended,
    grid: Floats,
    *,
    settings: ChangeSettings,
    tenancy: TenancySettings | None = None,
) -> tuple[Handed, ...]:
    """Changes of keys on the address of one known upstream, within the records.

    Args:
        tables: what there is.
        one: what became of it, as from `moves.ended`.
        grid: as from `common_edge.grid_of`.
        settings: what is assumed.
        tenancy: rates of tenants, reinstalls and renewals.
    """
    keys = tables.keys
    brackets = tables.brackets.get((int(keys.hi[one.key]), int(keys.lo[one.key])), ())
    if not brackets:
        return ()
    marked, _ = boundaries(brackets, settings=tenancy or TenancySettings())
    end = common_end(tables, tables.pairs.rows_of(one.key), grid, settings=settings).log
    found = []
    for boundary in marked:
        low, high = (tables.coverage.days_of(moment) for moment in (boundary.low, boundary.high))
        if high <= 0.0 or low >= tables.coverage.end_days:
            continue
        found.append(_handed(tables, one, boundary, _Course(low, high, grid, end), settings))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Course:
    """A bracket of keys, and how well a common end at each moment of the grid explains the clients."""

    low: float
    high: float
    grid: Floats
    log: Floats


def _handed(
    tables: ChangeTables, one: Ended, boundary: Boundary, course: _Course, settings: ChangeSettings
) -> Handed:
    low, high, grid, log = course.low, course.high, course.grid, course.log
    inside = (grid >= low - _SLACK_DAYS) & (grid <= high + _SLACK_DAYS)
    mean = float(logsumexp(log[inside]) - np.log(inside.sum())) if inside.any() else 0.0
    by_itself = -float(np.expm1(-(high - low + 2 * _SLACK_DAYS) / settings.change_every_days))
    q = settings.follows
    ratio = np.logaddexp(np.log(q) + mean, np.log1p(-q)) - np.logaddexp(
        np.log1p(-by_itself), np.log(by_itself) + mean
    )
    ratio = float(np.clip(ratio, -_CAP, _CAP))
    odds = np.log(boundary.probability / max(1.0 - boundary.probability, 1e-9)) + ratio
    share = 1.0 - sum(link.probability for link in one.links if _same(tables, one.key, link.key)) / max(
        one.silent + one.moved, 1e-12
    )
    over = calibrated(one, settings=settings) * share
    fits = one.since <= high + _SLACK_DAYS and one.until >= low - _SLACK_DAYS
    before, after = tables.visits.split(one.key, at=one.last)
    return Handed(
        key=one.key, boundary=boundary, since=low, until=high, by_keys=boundary.probability,
        log_clients=ratio, left=over >= settings.reported_from and fits,
        probability=float(1.0 / (1.0 + np.exp(-odds))), came=len(after - before), stayed=len(after & before),
    )  # fmt: skip


def _same(tables: ChangeTables, one: int, other: int) -> bool:
    """Whether two keys are of one address: who goes on at another port of it still holds it."""
    keys = tables.keys
    return bool(keys.hi[one] == keys.hi[other] and keys.lo[one] == keys.lo[other])
