"""When was each C2 a C2, when did it talk to the service, and what does the one say about the other?

A pure function of measurements and settings: the same in, the same out.
"""

from datetime import UTC, datetime, timedelta

from headwater.investigate.basis import activity_basis, contact_basis
from headwater.investigate.coverage import DAY_US
from headwater.investigate.intervals import Bounds
from headwater.investigate.measurements import Floats, Listed, Measurements
from headwater.investigate.reckoned import Reckoned, reckoned
from headwater.investigate.recurrence import Recurrence
from headwater.investigate.relation import relations
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.investigate.timing import STORIES
from headwater.model.address import text_of
from headwater.model.timeline import Interval, Timeline

DEFAULT = TimelineSettings()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timelines(measurements: Measurements, *, settings: TimelineSettings = DEFAULT) -> tuple[Timeline, ...]:
    """The timeline of each listed C2 in contact with the service.

    Args:
        measurements: of one service.
        settings: what is assumed, and the rule by which C2s are left out.

    Returns:
        One for each C2 with at least one session, in the order of Listed; those left out say why.
    """
    if not len(measurements.contact.owner):
        return ()
    found, listed = reckoned(measurements, settings=settings), measurements.listed
    related, with_others = (
        relations(found.contact, found.activity, weights=weights, tolerance=settings.tolerance_days)
        for weights in (found.weights, found.with_others)
    )
    split, counts = found.split.models(), found.included(settings)
    timelines_ = []
    for row, c2 in enumerate(found.who.tolist()):
        lives = bool(found.activity.known[row])
        excluded = not counts[row] and not settings.nothing_excluded
        logs = zip(STORIES, found.log_bayes[row].tolist(), strict=True) if lives else ()
        timelines_.append(
            Timeline(
                address=text_of(int(listed.hi[c2]), int(listed.lo[c2])),
                family=listed.families[listed.family[c2]],
                group=_group(listed, c2),
                activity=_activity(found, row, c2, listed.sources) if lives else None,
                contact=_contact(found, row, c2) if found.contact.known[row] else None,
                relation=related[row],
                split=split[row] if lives else None,
                included=not excluded,
                excluded_because=_why(found, row, c2, settings) if excluded else "",
                log_bayes=tuple(logs),
                relation_with_others=with_others[row],
            )
        )
    return tuple(timelines_)


def _group(listed: Listed, c2: int) -> str:
    """The group without its family; "" where labels name none."""
    return listed.groups[listed.group[c2]].partition("/")[2] if listed.group[c2] >= 0 else ""


def _contact(found: Reckoned, row: int, c2: int) -> Interval:
    basis = contact_basis(found.met, c2)
    return _interval(found, found.contact_bounds, found.met, row=row, c2=c2, basis=basis)


def _activity(found: Reckoned, row: int, c2: int, sources: tuple[str, ...]) -> Interval:
    shown = found.activity_bounds
    basis = activity_basis(
        found.port, found.listings, sources, c2, start=float(shown.start[row]), end=float(shown.end[row])
    )
    return _interval(found, shown, found.port, row=row, c2=c2, basis=basis)


def _interval(found: Reckoned, shown: Bounds, seen: Recurrence, *, row: int, c2: int, basis: str) -> Interval:
    def moment(days: Floats, place: int) -> datetime:
        return _EPOCH + timedelta(microseconds=found.clock.origin_us + round(float(days[place]) * DAY_US))

    sessions = int(seen.sessions[c2])
    return Interval(
        start=moment(shown.start, row),
        start_low=moment(shown.start_low, row),
        start_high=moment(shown.start_high, row),
        end=moment(shown.end, row),
        end_low=moment(shown.end_low, row),
        end_high=moment(shown.end_high, row),
        basis=basis,
        first_seen=moment(seen.first, c2) if sessions else None,
        last_seen=moment(seen.last, c2) if sessions else None,
        sessions=sessions,
        start_censored=bool(shown.start_censored[row]),
        end_censored=bool(shown.end_censored[row]),
    )


def _why(found: Reckoned, row: int, c2: int, settings: TimelineSettings) -> str:
    """Why a C2 does not count, with the numbers."""
    sessions, stretches = int(found.met.sessions[c2]), int(found.met.stretches[c2])
    if stretches < settings.least_sessions:
        noun = "session" if sessions == 1 else "sessions"
        return f"{sessions} {noun} with the service; the rule asks for {settings.least_sessions}"
    if not found.activity.known[row]:
        return "neither lists nor flows tell when it was a C2"
    span, width = float(found.span()[row]), float(found.width()[row])
    return (
        f"with {sessions} sessions over {span:.1f} days an edge of the contact is uncertain by {width:.1f} "
        f"days; the rule allows {max(span, settings.widest_days):.1f}"
    )
