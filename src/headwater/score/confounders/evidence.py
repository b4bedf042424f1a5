"""What does every confounder start from? Evidence about all candidates, and the shape of its answer.

A confounder is another explanation for a peer that many C2s meet. It answers with a weight for each
candidate, log10 of how much better it explains the evidence than "upstream" does. 0 says nothing, 1 ten
times, 2 a hundred times, which outweighs the prior between the two. Weights of several confounders are not
added: they see the same facts, so the largest counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headwater.model.candidate import Verdict
from headwater.score.settings import Settings
from headwater.score.statistics import CLIENT, SERVER, Bools, Floats, Statistics
from headwater.score.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Evidence:
    """What confounders look at.

    Attributes:
        statistics: the measured tables.
        tallies: what each candidate met.
        settings: what the score assumes.
        c2_like: expected number of unlisted clients that look like C2s (strangers.py), shape (m,).
    """

    statistics: Statistics
    tallies: Tallies
    settings: Settings
    c2_like: Floats

    @property
    def is_server(self) -> Bools:
        """Candidates that C2s connect to, shape (m,)."""
        return np.equal(self.statistics.candidates.role, SERVER)

    @property
    def is_client(self) -> Bools:
        """Candidates that connect to C2s, shape (m,)."""
        return np.equal(self.statistics.candidates.role, CLIENT)

    @property
    def others(self) -> Floats:
        """Hosts in contact that are neither listed C2s nor look like C2s, shape (m,)."""
        return np.maximum(self.tallies.hosts - self.tallies.k - self.c2_like, 0.0)

    def share_of_contacts(self, holds: npt.NDArray[np.bool_]) -> Floats:
        """Share of each candidate's contacts with C2s for which something holds, shape (m,).

        Args:
            holds: for each row of Contacts, shape (r,).

        Returns:
            Shares in [0, 1]; 0 without contact.
        """
        counted, owner = self.tallies.counted, self.statistics.contacts.candidate
        size = len(self.tallies.k)
        every = np.bincount(owner[counted], minlength=size)
        yes = np.bincount(owner[counted & holds], minlength=size)
        return np.asarray(yes / np.maximum(every, 1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Look:
    """What one confounder found.

    Attributes:
        weight: log10 of how much better than "upstream" it explains each candidate, shape (m,), at least 0.
        reason: one sentence with its numbers about the candidate in a row.
    """

    weight: Floats
    reason: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Confounder:
    """Another explanation for a peer that many C2s meet.

    Attributes:
        name: for people and tables.
        verdict: what a candidate is taken for where this explains it.
        look: weighs all candidates.
    """

    name: str
    verdict: Verdict
    look: Callable[[Evidence], Look]


def ramp(values: npt.ArrayLike, *, start: float, full: float, height: float) -> Floats:
    """0 up to `start`, `height` from `full` on, in between linear in the logarithm.

    Args:
        values: positive numbers; what is not counts as below the start.
        start: where it begins, positive.
        full: where it ends, above start.
        height: the value from `full` on.
    """
    usable = np.maximum(np.asarray(values, dtype=np.float64), start)
    part: Floats = np.log(usable / start) / np.log(full / start)
    return np.clip(part, 0.0, 1.0) * height


def rising(values: npt.ArrayLike, *, start: float, full: float, height: float) -> Floats:
    """As `ramp`, but linear in the value itself: for shares."""
    part = (np.asarray(values, dtype=np.float64) - start) / (full - start)
    return np.clip(part, 0.0, 1.0) * height
