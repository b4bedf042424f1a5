"""Which of the events that wait leave now? As many as the day's budget holds, the most urgent first.

What exceeds it is not lost: the first cycle of a later day lists it in one digest, the most urgent first.
Notices have a budget and a digest of their own, so that they never take an alert's place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from headwater.app.watch.settings import LOUD, Budget
from headwater.lake.watch_book import Waiting
from headwater.model.event import NOTICES, Basis, Event, EventKind, event_id
from headwater.model.label import Tlp

_LOUD = frozenset(kind.value for kind in LOUD)
_NOTICES = frozenset(kind.value for kind in NOTICES)


@dataclass(frozen=True, slots=True)
class Released:
    """What is decided.

    Attributes:
        leaving: what leaves by itself, the most urgent first.
        over: what exceeds the budget of today, and waits for the digest.
        digests: list what exceeded that of an earlier day: alerts, notices.
    """

    leaving: tuple[Event, ...]
    over: tuple[Event, ...]
    digests: tuple[Event, ...]


def released(
    waiting: Sequence[Waiting], *, left: Mapping[str, int], now: datetime, budget: Budget, mark: str = ""
) -> Released:
    """Decides.

    Args:
        waiting: what has not left.
        left: how many events of each kind left by themselves today.
        now: the cycle's "now".
        budget: how much leaves when.
        mark: put on the digest, as on every event.
    """
    today, quiet = day_of(now, budget), is_quiet(now, budget)
    ranked = sorted(waiting, key=lambda one: one.event.urgency)
    late = () if quiet else tuple(one.event for one in ranked if one.over_on and one.over_on < today)
    notices = budget.notices - sum(left.get(kind.value, 0) for kind in NOTICES)
    room = budget.events - sum(count for kind, count in left.items() if kind not in _NOTICES)
    common = room - max(budget.reserve - sum(count for kind, count in left.items() if kind in _LOUD), 0)
    leaving: list[Event] = []
    over: list[Event] = []
    for one in ranked:
        event, loud = one.event, one.event.kind in LOUD
        if one.over_on or (quiet and event.kind not in budget.quiet_except):
            continue
        if event.is_notice:
            (leaving if notices > 0 else over).append(event)
            notices -= 1
            continue
        if room < 1 or (common < 1 and not loud):
            over.append(event)
            continue
        leaving.append(event)
        room, common = room - 1, min(common - (not loud), room - 1)
    both = ([one for one in late if not one.is_notice], [one for one in late if one.is_notice])
    digests = tuple(_digest(events, now, today, mark) for events in both if events)
    return Released(tuple(leaving), tuple(over), digests)


def day_of(now: datetime, budget: Budget) -> str:
    """The day of a moment, where days begin as the budget says; ISO 8601."""
    return now.astimezone(budget.zone).date().isoformat()


def is_quiet(now: datetime, budget: Budget) -> bool:
    """Whether a moment lies in the quiet hours, which may span midnight."""
    hour, begin, end = now.astimezone(budget.zone).time(), budget.quiet_from, budget.quiet_until
    if begin <= end:
        return begin <= hour < end
    return hour >= begin or hour < end


def _digest(events: Sequence[Event], now: datetime, today: str, mark: str) -> Event:
    newest = max(events, key=lambda event: event.at)
    return Event(
        id=event_id(EventKind.DIGEST, today, [event.id for event in events]), kind=EventKind.DIGEST, at=now,
        subject=f"until {today}", basis=Basis(newest.basis.lake_version, None, None),
        tlp=Tlp.CLEAR,  # it says how many there are; each of them is filtered by its own marking
        events=tuple(events), mark=mark,
    )  # fmt: skip
