"""When does a C2 meet the service? Bursty sessions, of which a known number is seen at one sampling rate.

A story promises numbers ("seen in one to three sessions"). Sampling would make them a matter of luck, so
sessions are drawn given that number: as many as the contact's rate asks for, of which exactly so many carry
a u below the chance that sampling keeps them (see simulate/schedule.py). At other rates luck decides.
"""

import numpy as np

from headwater.simulate.contacts import BLOCKS_PER_DAY
from headwater.simulate.randomness import Floats, Ints

SESSION_GAP_DAYS = 0.25  # a session ends after 6 h of silence, as everywhere in headwater
_TRIES = 200


def bursty(rng: np.random.Generator, *, begin: float, end: float, count: int, steadiness: float) -> Floats:
    """`count` moments in [begin, end), in order: the rate changes every six hours by a Gamma factor.

    Args:
        rng: source of chance.
        begin: first day.
        end: last day, behind `begin`.
        count: how many.
        steadiness: shape of the Gamma distribution; 1 is mildly bursty, 0.2 very, 50 hardly.
    """
    blocks = max(int(np.ceil((end - begin) * BLOCKS_PER_DAY)), 1)
    ladder = np.cumsum(rng.gamma(steadiness, size=blocks) + 1e-9)
    place = np.searchsorted(ladder / ladder[-1], rng.random(count), side="right").clip(max=blocks - 1)
    found: Floats = np.sort(begin + (place + rng.random(count)) * (end - begin) / blocks)
    return found


def regular(rng: np.random.Generator, *, begin: float, end: float, count: int, jitter: float) -> Floats:
    """`count` moments in [begin, end), evenly spread but for a jitter, as a share of their distance."""
    step = (end - begin) / count
    at = begin + (np.arange(count) + 0.5 + jitter * (rng.random(count) - 0.5)) * step
    return np.clip(np.sort(at), begin, end)


def sessions_in(at: Floats) -> int:
    """How many sessions moments in order amount to: a new one after SESSION_GAP_DAYS."""
    return 0 if not len(at) else 1 + int((np.diff(at) > SESSION_GAP_DAYS).sum())


def kept(
    rng: np.random.Generator, at: Floats, *, seen: int, chance: float, least: int, opening: bool = False
) -> Floats:
    """A u for each moment, so that exactly `seen` of them are kept at `chance`.

    Args:
        rng: source of chance.
        at: moments in order, shape (n,).
        seen: how many are kept; at most n.
        chance: that sampling keeps a session.
        least: in how many sessions, at least, those kept must lie. Where luck does not give it they are
            taken at equal places of the list.
        opening: the first moment is among those kept.
    """
    which = _chosen(rng, at, seen=seen, least=least)
    if opening:
        which[0] = 0
    u = chance + (1.0 - chance) * rng.random(len(at))
    u[which] = chance * rng.random(len(which))
    return u


def _chosen(rng: np.random.Generator, at: Floats, *, seen: int, least: int) -> Ints:
    for _ in range(_TRIES):
        which: Ints = np.sort(rng.choice(len(at), seen, replace=False)).astype(np.int64)
        if sessions_in(at[which]) >= least:
            return which
    return np.unique(np.linspace(0, len(at) - 1, seen).astype(np.int64))
