"""Which numbers do timelines assume rather than measure? All of them, with meaning, unit and origin.

None was taken over from the simulator. On worlds with tuning seeds `usual_spread`, `least_burst`,
`stretch_days`, `story_trust` and `silent_presence` were chosen among two to six values each, for bounds that
hold and for words that are not too strong; all others stand as they were first written down.
"""

from dataclasses import dataclass

from headwater.errors import BadSetting


@dataclass(frozen=True, slots=True)
class TimelineSettings:
    """What timelines assume.

    Attributes:
        coverage: width of all bounds, a probability.
        draws: joint draws of the four edges of each C2.
        seed: of the order in which draws of different edges meet.
        tolerance_days: edges nearer to each other than this are equal.
        least_sessions: the rule fixed beforehand: fewer sessions, and the C2 does not count.
        widest_days: the same rule: a bound of the contact wider than this and than the contact's own span,
            and the C2 does not count.
        nothing_excluded: the rule is not applied; for the run beside.
        session_gap_days: silence that ends a session, as measured. Sessions of many hosts (on a C2's port,
            and with anybody) count once for each such stretch that they last, as they hold no such silence.
        stretch_days: sessions with the service, which are of one host, count once for each such stretch:
            what somebody does within a day hangs together.
        fine_stretch_days: sessions on a C2's own port, which are of many hosts, count once for each such
            stretch, as far as they have records for it.
        usual_spread: squared coefficient of variation of the gaps between sessions before any are seen; 1 is
            contact at random moments, which people's work is not.
        usual_spread_gaps: gaps that this counts as.
        least_burst: contact counts as no steadier than this, where 1 is contact at random moments: a schedule
            may begin and end anywhere between two of its ticks.
        listing_median_days: half of all C2s are listed within this time of their start. Nobody publishes it
            for C2s; feeds that run samples list within hours, those that gather reports within days or weeks.
        listing_tail: tail of that time (a Lomax distribution): with 2, 5% are listed after 8.4 medians.
        early_days: a feed may date a C2 this much before its start: feeds write whole days and local time.
        stale_median_days: half of the labels that outlive their C2 do so by no more than this.
        missed_end: chance that a label ends before its C2 does, with the same spread.
        life_median_days: where nothing dates an edge (an open label, time before the first record), lives
            and contacts go on for this time in half of the cases. Heavy-tailed: months are possible.
        knocking: chance that bots which knock in vain at a C2 that is gone pass for check-ins; where the
            exporters write flags, failed connections are known and this is too careful.
        knocking_median_days: half of them stop within this time.
        near_median_days: under control, half of the contacts begin within this time of the life's start
            (before or after) and end within it of the life's end; under handoff they end within it of the
            life's start; under coincidence they begin and end as near to when the host could be seen.
        handoff_median_days: under handoff, half of the contacts last no longer: access is sold within days to
            weeks.
        silent_presence: weight of a draw in which the host talks to the service at a time when, by the rest
            of its traffic, it would not be there. That rest comes at no one rate: a server that is set up is
            quieter than one that bots call, so its first record says less than its rate would have it.
        story_trust: how much the logarithms of the timing stories' likelihoods count: their densities are
            chosen and not known, and err in the same way for every C2.
        bayes_cap: no single C2 may move the odds between two timing hypotheses by more than this factor.

    Raises:
        BadSetting: a number that makes no sense.
    """

    coverage: float = 0.90
    draws: int = 1_000
    seed: int = 1
    tolerance_days: float = 0.5
    least_sessions: int = 4
    widest_days: float = 3.0
    nothing_excluded: bool = False
    session_gap_days: float = 0.25
    stretch_days: float = 1.0
    fine_stretch_days: float = 1.0 / 24.0
    usual_spread: float = 2.0
    usual_spread_gaps: float = 10.0
    least_burst: float = 0.85
    listing_median_days: float = 2.0
    listing_tail: float = 2.0
    early_days: float = 0.5
    stale_median_days: float = 2.0
    missed_end: float = 0.25
    life_median_days: float = 14.0
    knocking: float = 0.5
    knocking_median_days: float = 2.0
    near_median_days: float = 1.5
    handoff_median_days: float = 7.0
    silent_presence: float = 0.2
    story_trust: float = 0.8
    bayes_cap: float = 20.0

    def __post_init__(self) -> None:
        for name in ("coverage", "missed_end", "knocking", "silent_presence", "story_trust"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise BadSetting(f"timeline setting {name} = {getattr(self, name)}: needs to be in (0, 1)")
        for name in (
            "session_gap_days", "stretch_days", "fine_stretch_days", "usual_spread", "usual_spread_gaps",
            "least_burst", "listing_median_days", "listing_tail", "early_days", "stale_median_days",
            "life_median_days", "widest_days", "knocking_median_days", "near_median_days",
            "handoff_median_days",
        ):  # fmt: skip
            if not getattr(self, name) > 0.0:
                raise BadSetting(f"timeline setting {name} = {getattr(self, name)}: needs to be above 0")
        for name in ("tolerance_days", "least_sessions"):
            if not getattr(self, name) >= 0:
                raise BadSetting(f"timeline setting {name} = {getattr(self, name)}: must not be negative")
        if self.draws < 100:
            raise BadSetting(f"timeline setting draws = {self.draws}: at least 100 are needed for 90% bounds")
        if not self.bayes_cap > 1.0:
            raise BadSetting(f"timeline setting bayes_cap = {self.bayes_cap}: needs to be above 1")
