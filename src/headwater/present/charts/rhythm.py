"""When in the day and in the week do C2s talk to the service, and when do all others? Shares, not counts."""

from collections.abc import Sequence

import altair as alt

from headwater.model.case import Case
from headwater.present.charts.style import Chart, Data, drawn_from, titled

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEAST_OTHERS = 24  # hours with contact of all others from which on their shares are drawn; of fewer, noise
_C2S, _OTHERS = "listed C2s", "all other clients"


def hours_chart(case: Case) -> Chart:
    """Contact by hour of the day: bars for listed C2s, a line for all others, each in percent of its own.

    Others with fewer than 24 hours of contact have no line: shares of so few say nothing.

    Args:
        case: whose counts are drawn.
    """
    names = [f"{hour:02d}" for hour in range(24)]
    rows = _rows(names, case.counts.hours, case.counts.other_hours)
    return titled(
        _drawn(rows, names, "hour of the day, UTC", width=440),
        "Contact by hour of the day",
        *_subtitle(case.counts.hours, case.counts.other_hours),
    )


def weekdays_chart(case: Case) -> Chart:
    """The same by weekday.

    Args:
        case: whose counts are drawn.
    """
    rows = _rows(WEEKDAYS, case.counts.weekdays, case.counts.other_weekdays)
    return titled(
        _drawn(rows, WEEKDAYS, "weekday, UTC", width=260),
        "Contact by weekday",
        *_subtitle(case.counts.weekdays, case.counts.other_weekdays),
    )


def _subtitle(c2s: Sequence[int], others: Sequence[int]) -> tuple[str, ...]:
    few = "; too few to draw" if 0 < sum(others) < LEAST_OTHERS else ""
    return (f"Share of {sum(c2s):,} hours with contact of C2s,", f"and of {sum(others):,} of all others{few}")


def _rows(names: Sequence[str], c2s: Sequence[int], others: Sequence[int]) -> Data:
    return [
        {"slot": name, "who": who, "count": count, "share": count / sum(counts)}
        for who, counts in ((_C2S, c2s), (_OTHERS, others))
        if sum(counts) >= (1 if who == _C2S else LEAST_OTHERS)
        for name, count in zip(names, counts, strict=True)
    ]


def _drawn(rows: Data, names: Sequence[str], title: str, *, width: int) -> Chart:
    base = drawn_from(rows)
    x = alt.X("slot:O", title=title, scale=alt.Scale(domain=list(names), paddingInner=0.15))
    x = x.axis(labelAngle=0, labelOverlap="parity", ticks=False)
    top = 1.05 * max((row["share"] for row in rows), default=1.0)
    y = alt.Y("share:Q", title="share of its hours with contact", axis=alt.Axis(format=".0%", tickCount=4))
    y = y.scale(domain=[0, top], nice=False).stack(None)
    who = [one for one in (_C2S, _OTHERS) if any(row["who"] == one for row in rows)]
    legend = alt.Legend(title=None, columns=1)
    colour = alt.Color("who:N", legend=legend, title=None).scale(domain=who, range="category")
    shape = alt.Shape("who:N", legend=legend, title=None).scale(
        domain=who, range=["square", "diamond"][: len(who)]
    )
    told = ["slot:O", "who:N", "count:Q", alt.Tooltip("share:Q", format=".1%")]
    bars = base.transform_filter(f"datum.who === '{_C2S}'").mark_bar().encode(x, y, colour, tooltip=told)
    rest = base.transform_filter(f"datum.who === '{_OTHERS}'")
    line = rest.mark_line(strokeWidth=1.5).encode(x, y, colour)
    points = rest.mark_point(size=50, opacity=1, filled=True).encode(x, y, colour, shape, tooltip=told)
    return (bars + line + points).properties(width=width, height=190)
