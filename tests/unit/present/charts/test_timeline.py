"""The picture of timelines says what the case says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import case_samples
from headwater.model.case import Case
from headwater.present.charts.drawing import spec_of
from headwater.present.charts.spans import Piece, View, pieces
from headwater.present.charts.timeline import timeline_chart
from headwater.present.charts.timeline_rows import drawn_timelines, view_of


def _data(case: Case) -> list[dict[str, Any]]:
    return [row for rows in spec_of(timeline_chart(case))["datasets"].values() for row in rows]


def _day(day: int) -> datetime:
    return datetime(2020, 1, day, tzinfo=UTC)


VIEW = View(_day(1), _day(31))


def test_bars_are_solid_where_it_is_certain() -> None:
    """From the latest start to the earliest end a bar is solid; around it, it fades."""
    expected = (
        Piece("in", _day(2), _day(4)),
        Piece("core", _day(4), _day(8)),
        Piece("out", _day(8), _day(9)),
    )
    assert pieces(_day(2), _day(4), _day(8), _day(9), view=VIEW) == expected


def test_nothing_is_solid_where_the_edges_overlap() -> None:
    """Where the start may lie behind the end, there is no moment at which it certainly was."""
    found = pieces(_day(2), _day(20), _day(10), _day(28), view=VIEW)
    assert [(one.part, one.start, one.end) for one in found] == [
        ("in", _day(2), _day(15)),
        ("out", _day(15), _day(28)),
    ]


def test_contact_is_drawn_with_its_own_bounds() -> None:
    """The bars of a C2's contact begin at the earliest start and end at the latest end of its interval."""
    case = case_samples.dridex_case()
    line = next(one for one in case.timelines if one.included and one.contact)
    rows = [
        row
        for row in _data(case)
        if row.get("what") == "in contact with the service"
        and str(row.get("row", "")).replace("[.]", ".") == line.address
    ]
    assert line.contact is not None
    edges = (line.contact.start_low, line.contact.end_high)
    assert (min(row["start"] for row in rows), max(row["end"] for row in rows)) == tuple(
        f"{edge:%Y-%m-%dT%H:%M:%SZ}" for edge in edges
    )


def test_gaps_are_shaded() -> None:
    """Each span without records is a row of the data that are drawn behind everything."""
    case = case_samples.dridex_case()
    shaded = {(row["start"], row["end"]) for row in _data(case) if set(row) == {"start", "end"}}
    assert shaded == {
        (f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}") for start, end in case.coverage.gaps
    }


def test_what_the_rule_leaves_out_stands_below() -> None:
    """The excluded C2s come last, under a heading that counts them."""
    spec = spec_of(timeline_chart(case_samples.dridex_case()))
    domain = next(
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in spec["layer"]
        if "scale" in layer["encoding"].get("y", {})
    )
    heading = domain.index("\u25b8 left out by the rule: 5")
    assert (len(domain) - heading - 1, sum("emotet/epoch2" in name for name in domain[heading:])) == (5, 5)


def test_a_single_session_is_a_ring() -> None:
    """A C2 with one session has no interval of contact; its session is drawn as a moment."""
    case = case_samples.dridex_case()
    once = [one for one in case.timelines if one.contact is None]
    assert len([row for row in _data(case) if row.get("what") == "once"]) == len(once) > 0


def test_500_c2s_are_cut_and_counted() -> None:
    """The picture holds 44 C2s at most, some of those left out among them, and says of how many."""
    case = case_samples.large_case(500)
    drawn = drawn_timelines(case)
    spec = spec_of(timeline_chart(case))
    names = [row["row"] for row in _data(case) if "row" in row]
    assert (len(drawn), sum(not one.included for one in drawn), len(case.timelines)) == (44, 8, 500)
    assert "left out by the rule: 8 of" in str(spec)
    assert len(set(names)) < 80


def test_old_claims_do_not_shrink_the_records() -> None:
    """What lies more than the covered span before the records is an arrow at the edge, not a longer axis."""
    case = case_samples.dridex_case()
    view = view_of(case)
    assert view is not None
    assert case.coverage.first is not None
    assert view.first > case.coverage.first - timedelta(days=220)


def test_a_telephone_gets_short_labels() -> None:
    """On a narrow page no label is longer than fits its 136 px: about 20 characters of 6.5 px."""
    spec = spec_of(timeline_chart(case_samples.dridex_case(), narrow=True))
    domain = next(
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in spec["layer"]
        if "scale" in layer["encoding"].get("y", {})
    )
    assert ("\u25b8 left out: 5" in domain, max(map(len, domain)) <= 20) == (True, True)
