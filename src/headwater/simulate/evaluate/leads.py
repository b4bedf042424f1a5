"""How good are leads against the truth? Precision and recall of unlisted C2s, and days before their listing.

A C2 is *visible* where the records hold contact of it with the service that was pivoted on; what the records
do not hold, nobody can find. It counts once for each service and moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headwater.score.calibration import reliability

SURE, EVEN = 0.9, 0.5  # posterior from which a client is a lead here


@dataclass(frozen=True, slots=True)
class Judged:
    """One unlisted client of one service at one moment, with the truth about it.

    Attributes:
        world, seed, sampling: which records.
        day: days after their begin at which the analyst asked; later records and labels are not known.
        service: address of the service.
        address: the client.
        log_odds: log10, before calibration; -inf where it was set aside or not looked at.
        posterior: calibrated; 0 there.
        c2: what kind of C2 it is ("rented", ...), "" where it is none.
        listed_in_days: days until a list has it; None where none ever does.
    """

    world: str
    seed: int
    sampling: int
    day: float
    service: str
    address: str
    log_odds: float
    posterior: float
    c2: str
    listed_in_days: float | None


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """What leads of one world and sampling rate were worth, at the end of the records.

    Attributes:
        world, sampling: which.
        services: services that were pivoted on.
        clients: their unlisted clients.
        visible: unlisted C2s among those.
        leads, false: with a posterior of at least SURE, and those of them that are no C2s.
        found: C2s among them.
        leads_even, found_even: the same at EVEN.
        calibration_error: expected calibration error of all posteriors.
    """

    world: str
    sampling: int
    services: int
    clients: int
    visible: int
    leads: int
    false: int
    found: int
    leads_even: int
    found_even: int
    calibration_error: float

    @property
    def precision(self) -> float | None:
        """Share of C2s among leads; None without a lead."""
        return self.found / self.leads if self.leads else None

    @property
    def recall(self) -> float | None:
        """Share of visible unlisted C2s that are leads; None where there is none."""
        return self.found / self.visible if self.visible else None


@dataclass(frozen=True, slots=True)
class HeadStart:
    """What was known before the lists said it, in one world at one sampling rate; a C2 counts once a seed.

    Attributes:
        world, sampling: which.
        c2s: C2s that were visible at a confirmed service while unlisted, and that were listed later.
        early: those of them that were leads (SURE) before their listing.
        median_days, least_days, most_days: of these, from the first moment as a lead to the listing; None
            where there is none.
        never_listed: further C2s that were leads and that no list ever has.
        false: leads that are no C2s.
    """

    world: str
    sampling: int
    c2s: int
    early: int
    median_days: float | None
    least_days: float | None
    most_days: float | None
    never_listed: int
    false: int

    @property
    def precision(self) -> float | None:
        """Share of C2s among all hosts that ever were leads; None without any."""
        every = self.early + self.never_listed + self.false
        return (every - self.false) / every if every else None


def lead_figures(judged: Sequence[Judged]) -> LeadFigures:
    """Figures of one world and sampling rate.

    Args:
        judged: clients at the end of the records; at least one.
    """
    first = judged[0]
    posterior = np.array([one.posterior for one in judged])
    true = np.array([bool(one.c2) for one in judged])
    sure, even = posterior >= SURE, posterior >= EVEN
    return LeadFigures(
        world=first.world, sampling=first.sampling,
        services=len({(one.seed, one.service) for one in judged}),
        clients=len(judged), visible=int(true.sum()), leads=int(sure.sum()),
        false=int((sure & ~true).sum()), found=int((sure & true).sum()), leads_even=int(even.sum()),
        found_even=int((even & true).sum()), calibration_error=reliability(posterior, true=true).error,
    )  # fmt: skip


def head_start(judged: Sequence[Judged]) -> HeadStart:
    """Head start in one world at one sampling rate.

    Args:
        judged: clients at all moments; at least one.
    """
    first = judged[0]
    listed_later = {(one.seed, one.address) for one in judged if one.c2 and one.listed_in_days is not None}
    earliest: dict[tuple[int, str], Judged] = {}
    for one in sorted(judged, key=lambda each: each.day):
        if one.posterior >= SURE:
            earliest.setdefault((one.seed, one.address), one)
    days = np.array([one.listed_in_days for one in earliest.values() if one.listed_in_days is not None])
    leads = earliest.values()
    return HeadStart(
        world=first.world, sampling=first.sampling, c2s=len(listed_later), early=len(days),
        median_days=float(np.median(days)) if len(days) else None,
        least_days=float(days.min()) if len(days) else None,
        most_days=float(days.max()) if len(days) else None,
        never_listed=sum(bool(one.c2) and one.listed_in_days is None for one in leads),
        false=sum(not one.c2 for one in leads),
    )  # fmt: skip
