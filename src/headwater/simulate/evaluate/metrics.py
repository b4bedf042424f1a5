"""How good is a ranking against the truth? Precision at every depth, alerts, verdicts, orientation.

A peer counts once, by its best key: an analyst who looks at an address has seen all its ports. Upstreams that
the records do not show at all count as missed, so that sparse sampling cannot look good by hiding them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headwater.model.candidate import Candidate, Verdict
from headwater.simulate.truth import Truth

UPSTREAM, CHANCE_KIND = "upstream", "nothing"


@dataclass(frozen=True, slots=True)
class Ranked:
    """How good an order is.

    Attributes:
        average_precision: mean over all true upstreams of the precision at the depth where it is found, 0 for
            those never found.
        reciprocal_rank: 1 / place of the first upstream, 0 where none is found.
        precision_at_5: upstreams among the first five peers, by the smaller of five and the upstreams.
        found: upstreams anywhere in the order.
    """

    average_precision: float
    reciprocal_rank: float
    precision_at_5: float
    found: int


def ranked(peers: Sequence[str], *, upstreams: frozenset[str]) -> Ranked:
    """Judges an order of peers.

    Args:
        peers: addresses, best first; later mentions of an address are ignored.
        upstreams: addresses of all true upstreams.

    Returns:
        Its figures; all 0 where there is no upstream to find.

    Source: Manning, Raghavan, Schuetze (2008), Introduction to Information Retrieval, section 8.4.
    """
    order = list(dict.fromkeys(peers))
    hits = np.array([peer in upstreams for peer in order], dtype=np.float64)
    if not upstreams or not hits.any():
        return Ranked(0.0, 0.0, 0.0, 0)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return Ranked(
        average_precision=float((precision * hits).sum() / len(upstreams)),
        reciprocal_rank=float(1.0 / (1 + np.argmax(hits))),
        precision_at_5=float(hits[:5].sum() / min(5, len(upstreams))),
        found=int(hits.sum()),
    )


def kinds_of(truth: Truth) -> dict[str, str]:
    """What each address of interest is: "upstream", a kind of decoy, "scanner", "c2"; others are absent."""
    kinds = dict.fromkeys(truth.scanners, "scanner")
    kinds |= {c2.address: "c2" for c2 in truth.c2s}
    kinds |= {decoy.address: decoy.kind for decoy in truth.decoys}
    return kinds | {upstream.address: UPSTREAM for upstream in truth.upstreams}


@dataclass(frozen=True, slots=True)
class Alerts:
    """Peers with the verdict "upstream".

    Attributes:
        alerts: how many.
        true: true upstreams among them.
        by_chance: those that have nothing to do with C2s.
        real: those that C2s really share, but that are no upstream (decoys, scanners, other C2s).
    """

    alerts: int
    true: int
    by_chance: int
    real: int

    def __add__(self, other: "Alerts") -> "Alerts":
        return Alerts(
            self.alerts + other.alerts,
            self.true + other.true,
            self.by_chance + other.by_chance,
            self.real + other.real,
        )

    @property
    def false_share(self) -> float:
        """False alerts of all alerts, 0 where there are none."""
        return (self.alerts - self.true) / self.alerts if self.alerts else 0.0


def alerts(candidates: Sequence[Candidate], *, kinds: dict[str, str]) -> Alerts:
    """Counts the alerts, each peer once.

    Args:
        candidates: as ranked.
        kinds: as from `kinds_of`.
    """
    peers = dict.fromkeys(each.address for each in candidates if each.verdict is Verdict.UPSTREAM)
    told = Counter(kinds.get(peer, CHANCE_KIND) for peer in peers)
    true, by_chance = told[UPSTREAM], told[CHANCE_KIND]
    return Alerts(len(peers), true, by_chance, len(peers) - true - by_chance)


def confusion(candidates: Sequence[Candidate], *, kinds: dict[str, str]) -> Counter[tuple[str, str]]:
    """How often each kind of peer got each verdict, by its best key: (kind, verdict) to count."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.address, candidate)
    return Counter((kinds.get(address, CHANCE_KIND), str(each.verdict)) for address, each in best.items())


def oriented(candidates: Sequence[Candidate], *, truth: Truth) -> tuple[int, int]:
    """Contacts of true upstreams on the right side, and all of them: C2s counted by key.

    Args:
        candidates: as ranked.
        truth: of the world.
    """
    role = {upstream.address: upstream.role for upstream in truth.upstreams}
    port = {upstream.address: upstream.port for upstream in truth.upstreams}
    right = every = 0
    for candidate in candidates:
        if candidate.address in role and candidate.port == port[candidate.address]:
            every += candidate.c2s
            right += candidate.c2s * (str(candidate.role) == role[candidate.address])
    return right, every
