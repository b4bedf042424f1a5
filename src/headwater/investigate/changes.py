"""Where does traffic on a C2's own port change? Many sessions in its life, few before and behind it.

Bots check in as long as it lives. Before and behind, the same port sees scans, bots that knock in vain, and
sometimes the ordinary clients of whoever had it. Sessions come at one rate inside the life and at another
outside; with each rate integrated over a Gamma prior, n sessions in T covered days have the likelihood

    G(n, T; a, b) = Gamma(a + n) / Gamma(a) * b^a / (b + T)^(a + n)

and an edge at s the likelihood G(inside) G(outside). Without any session outside and with a, b near 0 that is
the density of Strauss and Sadler (1989). Where both rates are alike it is flat, and lists alone tell.
"""

import numpy as np
from scipy.special import gammaln

from headwater.investigate.edges import Side
from headwater.investigate.measurements import Floats, Int64s
from headwater.investigate.recurrence import Recurrence
from headwater.investigate.timeline_settings import TimelineSettings

_INSIDE = (0.5, 0.5)  # sessions and days: any rate from 0.01 to 5 a day is well possible
_OUTSIDE = (0.3, 1.0)  # mostly below one session a day


def change(
    grid: Floats,
    seen: Recurrence,
    who: Int64s,
    *,
    side: Side,
    other: Floats | None,
) -> Floats:
    """Log likelihood of an edge at each time of the grid, shape (c, k); 0 for C2s without a session.

    Args:
        grid: times, mirrored for ends, ascending, shape (c, k).
        seen: sessions on the own ports.
        who: rows of `seen`, shape (c,).
        side: which side.
        other: where the other edge is, about; None: behind all sessions. Shape (c,), mirrored as the grid.
    """
    found = np.zeros(grid.shape)
    covered = side.covered(grid)
    begin = float(side.covered(np.array([side.edge]))[0])
    for row, c2 in enumerate(who.tolist()):
        moments = np.sort(side.sign * seen.moments_of(c2))
        if not len(moments):
            continue
        stop = moments[-1] if other is None else max(float(other[row]), float(grid[row, 0]))
        number = np.searchsorted(moments, stop, "right")
        outside = np.minimum(np.searchsorted(moments, grid[row], "left"), number)
        length = float(side.covered(np.array([stop]))[0])
        inside = np.maximum(length - covered[row], 0.0)
        log = _even(number - outside, inside, _INSIDE) + _even(outside, covered[row] - begin, _OUTSIDE)
        found[row] = log / max(float(seen.burst[c2]), 1.0)
    return found


_PROBABILITIES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])  # at which the time that bots go on is read


def knocked(grid: Floats, log: Floats, *, settings: TimelineSettings) -> Floats:
    """Log likelihood of a life's end from that of the end of traffic: bots may go on for some days.

    Args:
        grid: mirrored times, ascending, shape (c, k).
        log: of the end of traffic, shape (c, k).
        settings: how often bots' vain attempts pass for check-ins, and for how long they go on.
    """
    chance, median = settings.knocking, settings.knocking_median_days
    parts = [np.log1p(-chance) + log]
    for days in -median * np.log2(1.0 - _PROBABILITIES):  # exponential
        later = np.empty_like(log)  # mirrored: the end of traffic is earlier
        for row, (times, values) in enumerate(zip(grid, log, strict=True)):
            later[row] = np.interp(times - days, times, values)
        parts.append(np.log(chance / len(_PROBABILITIES)) + later)
    return np.asarray(np.logaddexp.reduce(parts), np.float64)


def _even(count: Int64s, days: Floats, prior: tuple[float, float]) -> Floats:
    a, b = prior
    log = gammaln(a + count) - gammaln(a) + a * np.log(b) - (a + count) * np.log(b + np.maximum(days, 0.0))
    return np.asarray(log, np.float64)
