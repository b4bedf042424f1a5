"""When was a host a C2, and when did it talk to the service? Intervals with uncertain edges, compared.

The two intervals of one C2 are compared by five of the relations of Allen (1983), Communications of the ACM
26(11), put together so that each pair of intervals has exactly one:

    before          the contact ends as the C2's life begins, or earlier
    overlaps_start  the contact begins before that life and goes on into it, however long
    during          the contact lies within that life
    overlaps_end    the contact begins within that life and outlasts it
    after           the contact begins as that life ends, or later

Equal edges, within a tolerance, count as lying within.
"""

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time whose two edges are uncertain; all moments UTC.

    Attributes:
        start: median of where it begins.
        start_low, start_high: bounds of the start, of the width that the case's settings state (90%).
        end: median of where it ends.
        end_low, end_high: bounds of the end.
        basis: what it rests on, in words.
        first_seen, last_seen: first and last record behind it; None where it rests on lists alone.
        sessions: sessions behind it; 0 where it rests on lists alone.
        start_censored: the data begin so late that the true start may lie before them.
        end_censored: the data end so early that the true end may lie behind them.
    """

    start: datetime
    start_low: datetime
    start_high: datetime
    end: datetime
    end_low: datetime
    end_high: datetime
    basis: str
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    sessions: int = 0
    start_censored: bool = False
    end_censored: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """How the contact lies to the C2's life: probabilities in [0, 1] that add up to 1."""

    before: float
    overlaps_start: float
    during: float
    overlaps_end: float
    after: float

    @property
    def likeliest(self) -> str:
        """Name of the relation with the largest probability; of equal ones the earlier in time."""
        return max((field.name for field in fields(self)), key=lambda name: getattr(self, name))

    @property
    def starts_before(self) -> float:
        """Probability that the contact begins before the C2's life does."""
        return self.before + self.overlaps_start


@dataclass(frozen=True, slots=True)
class SessionSplit:
    """How many of a C2's sessions with the service lie before, within and behind its life.

    Each is a mean over the uncertain edges of that life, so the numbers need not be whole.

    Attributes:
        before, during, after: sessions.
        exposure_before, exposure_during, exposure_after: share of the time with records that lies there, in
            [0, 1], adding up to 1: what contact at random would divide itself by.
    """

    before: float
    during: float
    after: float
    exposure_before: float
    exposure_during: float
    exposure_after: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The two intervals of one C2.

    Attributes:
        address: of the C2.
        family, group: what its labels say; the group is "" where they name none.
        activity: when it was a C2; None where neither lists nor flows can tell.
        contact: when it talked to the service; None where one session is all there is.
        relation: of the two, from the C2's own records alone; None where one of them is missing.
        split: the sessions before, within and behind its life; None where `activity` is.
        included: whether it counts, by the rule fixed beforehand.
        excluded_because: why not; "" where it counts.
        log_bayes: natural logarithm of the probability of its sessions under each timing hypothesis (control,
            handoff, coincidence), up to a constant common to all; empty where `split` is None.
        relation_with_others: as `relation`, where what the other C2s of the service say about the three
            timing hypotheses is heard beforehand. It enters no evidence. None where `relation` is.
    """

    address: str
    family: str
    group: str
    activity: Interval | None
    contact: Interval | None
    relation: Relation | None
    split: SessionSplit | None
    included: bool
    excluded_because: str
    log_bayes: tuple[tuple[str, float], ...] = ()
    relation_with_others: Relation | None = None

    @property
    def group_key(self) -> str:
        """Family and group as cases count them: "emotet/epoch2", or "dridex" where there is no group."""
        return f"{self.family}/{self.group}" if self.group else self.family
