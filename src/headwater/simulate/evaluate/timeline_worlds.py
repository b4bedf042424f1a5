"""In which worlds are timelines measured? A month, and each hardship turned up."""

from headwater.simulate.evaluate.lives import MIXED, LivesSettings

_MONTH = LivesSettings(days=28.0)

WORLDS: dict[str, tuple[str, LivesSettings]] = {
    "month": ("28 days, as long as the reference world: a third of all lives is cut by its edges", _MONTH),
    "season": ("90 days", LivesSettings(days=90.0)),
    "year": ("365 days, as long as the published case", LivesSettings(days=365.0)),
    "rented": (
        "28 days; every host is rented for its C2 and never reused: life and presence are nearly one",
        LivesSettings(days=28.0, rented=1.0, reused=0.0),
    ),
    "late-lists": (
        "28 days; half of the C2s are listed only after 4 days, many after weeks; one feed; 40% open-ended",
        LivesSettings(days=28.0, lag_median_days=4.0, lag_spread=1.2, second_feed=0.0, open_ended=0.4),
    ),
    "quiet-ports": (
        "28 days; three bots' check-ins a day instead of 300: lists must do",
        LivesSettings(days=28.0, bots_per_day=3.0),
    ),
    "knocking": (
        "28 days; half of the vain attempts at dead C2s pass for check-ins (no flags, one direction)",
        LivesSettings(days=28.0, retries_counted=0.5),
    ),
    "sparse": (
        "28 days; contact every second day in the median instead of 2.5 times a day",
        LivesSettings(days=28.0, contact_per_day=0.5),
    ),
    "mixed": ("28 days; each C2 of a service has a story of its own: the others tell nothing", _MONTH),
}
STORIES_OF = {"mixed": (MIXED, MIXED, MIXED)}  # of the services; elsewhere one service of each story

BURSTINESS: tuple[tuple[str, float, str], ...] = (
    ("poisson", 0.0, "not bursty: what the mathematics assumes"),
    ("gamma", 1.0, "mild: the rate of each quarter of a day is exponential"),
    ("gamma", 0.4, "as in the simulator's upstreams"),
    ("gamma", 0.2, "three quarters of the quarters nearly silent"),
    ("weibull", 0.7, "gaps with CV 1.5"),
    ("weibull", 0.5, "gaps with CV 2.2"),
    ("on-off", 0.5, "spells of half a day, as much silence"),
    ("on-off", 0.2, "spells of half a day, two days of silence between"),
    ("anchored", 0.4, "gamma 0.4, first and last session at the very edges"),
)
USUAL = (("gamma", 0.4), ("weibull", 0.5), ("on-off", 0.5))  # for relations and stories, in turn
