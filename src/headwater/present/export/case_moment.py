"""When is an export from? From its case, never from the clock: exported twice it is the same to the byte."""

from datetime import UTC, datetime

from headwater.model.case import Case

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # a case without a single date


def first_moment(case: Case) -> datetime:
    """The first contact with the service; the case's other dates where there is none."""
    known = (*(one.first for one in case.contacts), *_others(case))
    return min(known, default=_EPOCH)


def last_moment(case: Case) -> datetime:
    """The last record that the case could know of."""
    known = (*(one.last for one in case.contacts), *_others(case))
    return max(known, default=_EPOCH)


def _others(case: Case) -> tuple[datetime, ...]:
    found = (case.coverage.last, case.since, case.until) if not case.contacts else (case.coverage.last,)
    return tuple(one for one in found if one is not None)
