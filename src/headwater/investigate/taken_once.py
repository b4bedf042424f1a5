"""Two upstreams ended, and one service began: whose successor is it? It seldom is that of both.

Each end has its candidates with their weights. With the chance e that one service does not take over from two
of them, the weight of a candidate k of an end j is multiplied by

    product over the other ends i of (1 - e P(i ended) P(k took over from i, given that))

and all ends are reckoned again until they agree: the mean-field approximation of an assignment (Jordan and
others 1999, Machine Learning 37). That an end happened stays as it was; only what came after is shared anew.
"""

from dataclasses import replace

import numpy as np

from headwater.investigate.change_calibration import calibrated
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.measurements import Floats
from headwater.investigate.moves import Ended

_ROUNDS = 30


def taken_once(found: list[Ended], *, settings: ChangeSettings) -> list[Ended]:
    """The same ends, with the probabilities of their successors shared anew, in the same order.

    Args:
        found: as from `moves.ended`, of all known upstreams.
        settings: how seldom one service takes over from two.
    """
    over = [calibrated(one, settings=settings) for one in found]
    weights = [_shares(one) for one in found]
    shares = [each.copy() for each in weights]
    for _ in range(_ROUNDS):
        taken = _taken(found, shares, over, settings.taken_over)
        fresh = []
        for one, weight, chance, share in zip(found, weights, over, shares, strict=True):
            free = [
                taken[link.key] / (1.0 - settings.taken_over * chance * mine)
                for link, mine in zip(one.links, share[1:], strict=True)
            ]
            again = weight * np.array([1.0, *free])
            fresh.append((share + again / again.sum()) / 2)  # half a step, so that two do not swap for ever
        shares = fresh
    return [_again(one, share) for one, share in zip(found, shares, strict=True)]


def _shares(one: Ended) -> Floats:
    """Of silence and of each successor, given that it ended, shape (1 + links,)."""
    each = np.array([one.silent, *(link.probability for link in one.links)])
    return np.asarray(each / max(each.sum(), 1e-300), np.float64)


def _taken(found: list[Ended], shares: list[Floats], over: list[float], once: float) -> dict[int, float]:
    """Of each key the product over all ends of one minus e P P."""
    product: dict[int, float] = {}
    for one, share, chance in zip(found, shares, over, strict=True):
        for link, mine in zip(one.links, share[1:].tolist(), strict=True):
            product[link.key] = product.get(link.key, 1.0) * (1.0 - once * chance * mine)
    return product


def _again(one: Ended, share: Floats) -> Ended:
    total = one.silent + one.moved
    links = [
        replace(link, probability=float(p) * total) for link, p in zip(one.links, share[1:], strict=True)
    ]
    links.sort(key=lambda link: (-link.probability, link.key))
    return replace(one, silent=float(share[0]) * total, links=tuple(links))
