"""Where may an address have changed hands? Changes of keys, put together, with a probability.

A change of keys between two scans has one of three causes: a new tenant, the same tenant who set up the host
anew, or the same tenant's routine (a renewed certificate, an updated banner). With W the time between the
scans in years, n and i the yearly rates of the first two, r that of routine changes of a kind, and c the
chance that the cause changes the kind:

    prior       1 - exp(-n W)    exp(-n W) (1 - exp(-i W))    exp(-(n + i) W)
    kind changed    1 - (1 - c) exp(-r w)        kind kept    (1 - c) exp(-r w)        (routine: c = 0)

where w is the span over which that kind's own scans leave the change open. The product over the kinds,
normalised, gives the probability of a new tenant. A reinstall by the same tenant leaves the same traces as a
new tenant: the two differ by their rates alone, which are settings and not measured.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.investigate.before import DAY, day_end
from headwater.investigate.key_brackets import Track, family_of_kind, track_of
from headwater.investigate.tenancy_settings import TenancySettings
from headwater.model.fingerprint import comparable
from headwater.model.tenancy import KeyBracket

YEAR_S = 365.25 * 86_400


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the keys of one track.

    Attributes:
        low: last scan that shows an old key.
        high: first scan that shows a new one; of the same day where that shows both.
        track: what changed: kind, form of fingerprint, port.
    """

    low: datetime
    high: datetime
    track: Track

    @property
    def family(self) -> str:
        """The kind before its slash."""
        return family_of_kind(self.track[0])

    def overlaps(self, low: datetime, high: datetime) -> bool:
        """Whether it may have happened within the span; touching ends are two events."""
        if low == high or self.low == self.high:
            return self.low <= high and low <= self.high
        return self.low < high and low < self.high


@dataclass(frozen=True, slots=True)
class Boundary:
    """A span in which the address may have changed hands.

    Attributes:
        low, high: it lies between these scans.
        probability: of a new tenant, in [0, 1].
        ratio: how many times likelier a new tenant makes these changes than routine does; above 0.
        changed: kinds that changed, the firmest first.
        kept: kinds that were seen before and after, and stayed.
    """

    low: datetime
    high: datetime
    probability: float
    ratio: float
    changed: tuple[str, ...]
    kept: tuple[str, ...]


def boundaries(
    brackets: Sequence[KeyBracket], *, settings: TenancySettings
) -> tuple[tuple[Boundary, ...], tuple[Boundary, ...]]:
    """Every change of keys, those that bound a tenancy apart from those that are taken for routine.

    Args:
        brackets: as `key_brackets` gives them.
        settings: rates, and what a change must show to bound a tenancy.

    Returns:
        Boundaries, and changes that the settings rule out as such; each in order of time. A change of one key
        of a family ("ssh/ssh-rsa") during which another key of the family stays is routine by its nature and
        in neither.
    """
    changes = _changes(brackets)
    firm = sorted(changes, key=lambda one: (settings.of(one.family).routine_a_year, one.low, one.track))
    used: set[Change] = set()
    found: list[Boundary] = []
    for anchor in firm:
        if anchor in used:
            continue
        together = [
            one
            for one in firm
            if one is anchor or (one.track != anchor.track and one.overlaps(anchor.low, anchor.high))
        ]
        used.update(together)
        found.append(_boundary(anchor, together, brackets, settings))
    found.sort(key=lambda one: (one.low, one.high))
    marked = [
        one.probability >= settings.boundary_from and one.ratio >= settings.least_ratio for one in found
    ]
    return (
        tuple(one for one, bounds in zip(found, marked, strict=True) if bounds),
        tuple(one for one, bounds in zip(found, marked, strict=True) if not bounds),
    )


def _changes(brackets: Sequence[KeyBracket]) -> list[Change]:
    tracks: dict[Track, list[KeyBracket]] = defaultdict(list)
    for bracket in brackets:
        tracks[track_of(bracket)].append(bracket)
    found = []
    for track in sorted(tracks):
        eras = _eras(tracks[track])
        for (_, low), (high, _) in itertools.pairwise(eras):
            change = Change(low, high, track)
            if change.family not in _kept(brackets, low, high):
                found.append(change)
    return found


def _eras(brackets: Iterable[KeyBracket]) -> list[tuple[datetime, datetime]]:
    """First and last scan of each run of keys that overlap in time: between runs no key stays."""
    eras: list[tuple[datetime, datetime]] = []
    ends_there = True  # whether a later scan shows that the era's last key is gone
    for one in sorted(brackets, key=lambda each: (each.set_high, each.gone_low)):
        starts_later = bool(eras) and (
            one.set_high > eras[-1][1] or (one.set_high == eras[-1][1] > eras[-1][0] and ends_there)
        )
        if not eras or starts_later:
            eras.append((one.set_high, one.gone_low))
            ends_there = one.gone_high is not None
        elif one.gone_low > eras[-1][1]:
            eras[-1] = (eras[-1][0], one.gone_low)
            ends_there = one.gone_high is not None
    return eras


def _kept(brackets: Sequence[KeyBracket], low: datetime, high: datetime) -> set[str]:
    """Families with a key, on any port, that was seen before a change and after it.

    A key that other hosts show too does not count: who takes over an address may bring the same image.
    """
    hulls: dict[tuple[str, str, str], tuple[datetime, datetime]] = {}
    for one in brackets:
        if one.elsewhere:
            continue
        key = (family_of_kind(one.kind), *comparable(one.fingerprint))
        first, last = hulls.get(key, (one.set_high, one.gone_low))
        hulls[key] = (min(first, one.set_high), max(last, one.gone_low))
    return {
        family
        for (family, *_), (first, last) in hulls.items()
        if first <= low and last >= high and first < high and last > low
    }


def _boundary(
    anchor: Change, together: Sequence[Change], brackets: Sequence[KeyBracket], settings: TenancySettings
) -> Boundary:
    families: dict[str, list[Change]] = defaultdict(list)
    for change in together:
        families[change.family].append(change)
    low, high = _narrowed(anchor, families, settings)
    kept = _kept(brackets, low, high) - set(families)
    spans = {
        family: max(_years(min(low, one.low), max(high, one.high)) for one in changes)
        for family, changes in families.items()
    }
    probability, ratio = chance_of_new_tenant(_years(low, high), spans, kept, settings=settings)
    return Boundary(
        low=low,
        high=high,
        probability=probability,
        ratio=ratio,
        changed=tuple(families),
        kept=tuple(sorted(kept)),
    )


def _narrowed(
    anchor: Change, families: Mapping[str, Sequence[Change]], settings: TenancySettings
) -> tuple[datetime, datetime]:
    """The span that all kinds leave open, as far as a second kind can be trusted to mark the same event."""
    low, high = anchor.low, anchor.high
    for family, changes in families.items():
        rate = settings.of(family).routine_a_year
        for one in changes:
            exposed = _years(min(low, one.low), max(high, one.high))
            alone = sum(other.track == one.track for other in changes) == 1
            if alone and one.overlaps(low, high) and 1 - math.exp(-rate * exposed) < settings.narrow_below:
                low = max(low, one.low)
                high = max(low, min(high, one.high))
    return low, high


def chance_of_new_tenant(
    width_years: float,
    changed: Mapping[str, float],
    kept: Collection[str],
    *,
    settings: TenancySettings,
) -> tuple[float, float]:
    """Probability that a change of keys means a new tenant, and how far it speaks against routine.

    Args:
        width_years: between the scans that bracket it.
        changed: each kind that changed, to the span in years over which its change is open.
        kept: each kind that was seen before and after, and stayed.
        settings: rates and chances.

    Returns:
        The probability, in [0, 1]: near 0.6 where an SSH host key alone changed, at usual settings; the rest
        is reinstalls. It says how such changes come about in general, not what happened here. And the ratio
        of the likelihoods of a new tenant and of routine, above 0: near 1 the keys tell nothing, and the
        probability is the yearly rate of new tenants alone.
    """
    new, again = settings.new_tenants_a_year * width_years, settings.reinstalls_a_year * width_years
    priors = (1 - math.exp(-new), math.exp(-new) * (1 - math.exp(-again)), math.exp(-new - again))
    likelihoods = []
    for cause in range(len(priors)):
        likelihood = 1.0
        for family in (*changed, *kept):
            rates = settings.of(family)
            chance = (rates.on_new_tenant, rates.on_reinstall, 0.0)[cause]
            unchanged = (1 - chance) * math.exp(-rates.routine_a_year * changed.get(family, width_years))
            likelihood *= 1 - unchanged if family in changed else unchanged
        likelihoods.append(likelihood)
    total = sum(prior * likelihood for prior, likelihood in zip(priors, likelihoods, strict=True))
    new_tenant, routine = likelihoods[0], likelihoods[-1]
    return (
        priors[0] * new_tenant / total if total > 0 else 0.0,
        new_tenant / routine if routine > 0 else math.inf,
    )


def _years(low: datetime, high: datetime) -> float:
    """Years between two scans; a day where they are of one day."""
    return max((day_end(high) - low), DAY).total_seconds() / YEAR_S
