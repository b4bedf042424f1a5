"""Everything that timelines reckon, as arrays: one row for each C2 in contact with the service.

The order of work: sessions to rates (recurrence), rates and lists to draws of edges (intervals), draws to
what speaks for control, handoff and coincidence (timing).
"""

from dataclasses import dataclass

import numpy as np

from headwater.investigate.coverage import Clock, clock_of
from headwater.investigate.edges import orders
from headwater.investigate.intervals import Bounds, Draws, activity_draws, bounds_of, contact_draws
from headwater.investigate.listings import Listings, listings_of
from headwater.investigate.measurements import Bools, Floats, Int64s, Measurements
from headwater.investigate.recurrence import Recurrence, recurrence
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.investigate.timing import Split, capped, likelihoods, split_of, stories, weights
from headwater.investigate.together import shares_of_others


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Numbers behind the timelines of c C2s.

    Attributes:
        who: rows in Listed, shape (c,).
        clock: which time is covered.
        met, port: sessions with the service and on the own port, by row in Listed.
        listings: what feeds say.
        contact, activity: draws of the two intervals, c rows.
        presence: draws of when the host could be seen at all.
        contact_bounds, activity_bounds: the same as shown.
        split: sessions and exposure before, within and behind each life.
        log_bayes: for control, handoff and coincidence, capped, shape (c, 3).
        weights: of the joint draws if the three stories are as likely, shape (c, n).
        with_others: the same if they are as likely as the other C2s of the service suggest.
    """

    who: Int64s
    clock: Clock
    met: Recurrence
    port: Recurrence
    listings: Listings
    contact: Draws
    activity: Draws
    presence: Draws
    contact_bounds: Bounds
    activity_bounds: Bounds
    split: Split
    log_bayes: Floats
    weights: Floats
    with_others: Floats

    def width(self) -> Floats:
        """The wider of the contact's two bounds, days, shape (c,)."""
        shown = self.contact_bounds
        return np.maximum(shown.start_high - shown.start_low, shown.end_high - shown.end_low)

    def span(self) -> Floats:
        """Days from the first to the last record of the contact, shape (c,)."""
        return self.met.last[self.who] - self.met.first[self.who]

    def included(self, settings: TimelineSettings) -> Bools:
        """Who counts by the rule fixed beforehand, shape (c,)."""
        often = self.met.stretches[self.who] >= settings.least_sessions
        sharp = self.width() <= np.maximum(self.span(), settings.widest_days)
        return often & sharp & self.contact.known & self.activity.known


def reckoned(measurements: Measurements, *, settings: TimelineSettings) -> Reckoned:
    """The numbers behind the timelines.

    Args:
        measurements: of one service.
        settings: what is assumed.
    """
    who = np.unique(measurements.contact.owner).astype(np.int64)
    listed, clock = measurements.listed, clock_of(measurements.days)
    size = len(listed.hi)
    listings, order = listings_of(listed, clock=clock), orders(6, settings)
    met, there = (
        recurrence(each, size=size, clock=clock, stretch_days=stretch, settings=settings)
        for each, stretch in (
            (measurements.contact, settings.stretch_days),
            (measurements.presence, settings.session_gap_days),
        )
    )
    port = recurrence(
        measurements.activity, size=size, clock=clock, stretch_days=settings.session_gap_days,
        settings=settings, fine_days=settings.fine_stretch_days, within=listings.span(size),
    )  # fmt: skip
    contact = contact_draws(met, who, clock=clock, settings=settings, order=(order[0], order[1]))
    activity = activity_draws(port, listings, who, clock=clock, settings=settings, order=(order[2], order[3]))
    presence = contact_draws(there, who, clock=clock, settings=settings, order=(order[4], order[5]))
    never, seen = np.zeros(len(who), bool), (met.first[who], met.last[who])
    dated = [~np.isnan(listings.extreme(size, latest=False, of_end=end))[who] for end in (False, True)]
    split = split_of(_starts(measurements, who, clock), activity, presence, clock=clock)
    told = stories(contact, activity, presence, clock=clock, settings=settings)
    log_bayes = capped(settings.story_trust * likelihoods(told), factor=settings.bayes_cap)
    return Reckoned(
        who, clock, met, port, listings, contact, activity, presence,
        bounds_of(contact, clock=clock, dated=(never, never), seen=seen, settings=settings),
        bounds_of(activity, clock=clock, dated=(dated[0], dated[1]), settings=settings),
        split, log_bayes, weights(told),
        weights(told, shares_of_others(log_bayes, contact.known & activity.known)),
    )  # fmt: skip


def _starts(measurements: Measurements, who: Int64s, clock: Clock) -> list[Floats]:
    """Start of each session of each C2 in contact, ascending."""
    owner, at = measurements.contact.owner, clock.days(measurements.contact.start_us)
    low, high = np.searchsorted(owner, who, "left"), np.searchsorted(owner, who, "right")
    return [at[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
