"""The other pictures say what the case and the hunt say."""

import math
from dataclasses import replace
from typing import Any

import pytest

import case_samples
from headwater.present.charts.candidates import candidates_chart
from headwater.present.charts.chance import chance_chart, poisson
from headwater.present.charts.clients import clients_chart
from headwater.present.charts.drawing import spec_of
from headwater.present.charts.rhythm import hours_chart
from headwater.present.charts.waterfall import MOST, waterfall_chart


def _rows(chart: Any, *keys: str) -> list[dict[str, Any]]:
    """Rows of a chart's data that have all of these keys, each data set once."""
    return [row for rows in spec_of(chart)["datasets"].values() for row in rows if set(keys) <= set(row)]


def test_every_c2_is_a_node() -> None:
    """Each listed C2 stands once in the ring, with its sessions."""
    case = case_samples.dridex_case()
    nodes = _rows(clients_chart(case), "ux", "sessions")
    assert sorted(node["sessions"] for node in nodes) == sorted(
        one.sessions for one in case.contacts if one.listed
    )


@pytest.mark.parametrize("c2s", [1, 21, 300])
def test_no_two_nodes_share_a_place(c2s: int) -> None:
    """From 1 to 300 nodes, each has a place of its own, at least 7 px from the next at a radius of 190 px."""
    case = {1: case_samples.small_case, 21: case_samples.dridex_case}.get(c2s, case_samples.large_case)()
    nodes = _rows(clients_chart(case), "ux")
    places = sorted((node["ux"], node["uy"]) for node in nodes)
    nearest = min(
        (math.dist(one, other) for place, one in enumerate(places) for other in places[place + 1 :]),
        default=1,
    )
    assert (len(places), nearest * 190 >= 7) == (c2s, True)


def test_groups_are_counted_in_the_legend() -> None:
    """The legend names each group with its number of C2s, and puts the smallest together beyond seven."""
    few = {node["group"] for node in _rows(clients_chart(case_samples.dridex_case()), "ux")}
    many = {node["group"] for node in _rows(clients_chart(case_samples.large_case(300)), "ux")}
    assert few == {"emotet/epoch2: 10", "emotet/epoch3: 4", "dridex: 7"}
    assert (len(many), "3 other groups: 99" in many) == (7, True)


def test_poisson_is_poisson() -> None:
    """Probabilities of Poisson(2): e^-2 times 1, 2, 2, 4/3 (by hand)."""
    found = [row["probability"] for row in poisson(2.0, upto=3)][:4]
    assert found == pytest.approx([math.exp(-2) * factor for factor in (1, 2, 2, 4 / 3)])


def test_no_expectation_still_has_a_picture() -> None:
    """Poisson(0) has all its weight at 0."""
    assert [(row["k"], row["probability"]) for row in poisson(0.0, upto=5)] == [(0, 1.0)]


def test_what_is_rarer_than_drawn_has_no_stem() -> None:
    """No probability below 1e-16 is drawn as if it were 1e-16."""
    assert min(row["exponent"] for row in poisson(0.31, upto=18)) >= -16


def test_chance_shows_the_observed_number() -> None:
    """The dashed line stands at the case's k."""
    case = case_samples.dridex_case()
    assert case.chance is not None
    assert [row["k"] for row in _rows(chance_chart(case), "said")] == [case.chance.k]


def test_nothing_held_out_has_no_picture() -> None:
    """A case without confirmation refuses its picture in words."""
    with pytest.raises(ValueError, match="nothing was held out"):
        chance_chart(case_samples.small_case(), confirmation=True)


def test_hours_are_shares_of_their_own() -> None:
    """Bars of C2s add up to 1, and so do those of all others."""
    rows = _rows(hours_chart(case_samples.dridex_case()), "share")
    sums = {
        who: sum(row["share"] for row in rows if row["who"] == who) for who in {row["who"] for row in rows}
    }
    assert sums == pytest.approx({"listed C2s": 1.0, "all other clients": 1.0})


def test_waterfall_ends_where_the_evidence_ends() -> None:
    """The last bar reaches the last step; each bar begins where the one before it ends."""
    case = case_samples.dridex_case()
    rows = _rows(waterfall_chart(case, hypothesis="control"), "kind")
    bars = [row for row in rows if row["kind"] != "level"]
    last = [step for step in case.waterfall if step.hypothesis == "control"][-1]
    assert rows[-1]["name"] == "with all evidence"
    assert rows[-1]["after"] == pytest.approx(last.after)
    assert [row["after"] for row in bars[:-1]] == pytest.approx([row["before"] for row in bars[1:]])


def test_a_long_ledger_is_drawn_in_one_picture() -> None:
    """Of more items than fit, the smallest are put together, and the end stays the same."""
    case = case_samples.dridex_case()
    first = case.waterfall[0]
    steps = [first]
    for number in range(MOST + 10):
        level = steps[-1].after
        steps.append(replace(first, evidence=f"X{number}", before=level, after=level + 0.01 * number))
    chart = waterfall_chart(replace(case, waterfall=tuple(steps)), hypothesis="control")
    rows = _rows(chart, "kind")
    assert (len(rows), rows[-1]["after"]) == (MOST + 3, pytest.approx(steps[-1].after))


def test_moves_that_round_to_nothing_are_put_together() -> None:
    """No bar is labelled +0.0: items that move the odds by less than 0.05 are one bar."""
    case = case_samples.dridex_case()
    first = case.waterfall[0]
    steps = [first]
    for number, move in enumerate((0.01, 0.5, -0.02)):
        level = steps[-1].after
        steps.append(replace(first, evidence=f"X{number}", before=level, after=level + move))
    rows = _rows(waterfall_chart(replace(case, waterfall=tuple(steps)), hypothesis="control"), "kind")
    assert [row["name"] for row in rows] == ["before any evidence", "X1", "2 smaller", "with all evidence"]


def test_bars_are_named_after_what_they_look_at() -> None:
    """A bar has its item's id and what that kind of evidence looks at: whole sentences would be cut."""
    case = case_samples.dridex_case()
    purity = replace(case.evidence[0], id="X0", kind="purity")
    step = replace(case.waterfall[0], evidence="X0", before=0.0, after=-1.0)
    named = replace(case, evidence=(purity,), waterfall=(case.waterfall[0], step))
    rows = _rows(waterfall_chart(named, hypothesis=step.hypothesis), "kind")
    assert (rows[1]["name"], rows[1]["said"]) == ("X0: the share of C2s among the clients", "\u22121.0")


def test_names_of_bars_take_two_lines_on_a_telephone() -> None:
    """A narrow waterfall wraps its names to two lines of at most 20 characters, and marks a cut."""
    rows = _rows(waterfall_chart(case_samples.dridex_case(), hypothesis="control", narrow=True), "kind")
    lines = [row["name"].split("\n") for row in rows]
    assert (max(map(len, lines)), max(len(line) for name in lines for line in name) <= 21) == (2, True)


def test_few_hours_of_others_are_not_drawn() -> None:
    """Shares of 23 hours with contact would be noise: others get no line, and the picture says so."""
    case = case_samples.dridex_case()
    few = replace(case, counts=replace(case.counts, other_hours=(23, *[0] * 23)))
    chart = hours_chart(few)
    assert {row["who"] for row in _rows(chart, "share")} == {"listed C2s"}
    assert "too few to draw" in str(spec_of(chart)["title"])


def test_one_host_is_no_plural() -> None:
    """A neighbouring service that one host uses, without a listed C2."""
    case = case_samples.dridex_case()
    one = replace(case.neighbours[0], relation="port", hosts=1, c2s=0, known_as="")
    rows = _rows(clients_chart(replace(case, neighbours=(one,))), "told")
    assert rows[-1]["told"] == "another port of the host; 1 host, 0 listed C2s"


def test_unknown_hypothesis_is_refused() -> None:
    """A waterfall of a hypothesis that the case does not weigh is refused by name."""
    with pytest.raises(ValueError, match="no waterfall of hypothesis 'nobody'"):
        waterfall_chart(case_samples.dridex_case(), hypothesis="nobody")


def test_candidates_carry_their_bounds() -> None:
    """Each candidate is drawn with the share and the bounds that the hunt gives."""
    hunt = case_samples.sample_hunt()
    rows = _rows(candidates_chart(hunt), "estimate")
    assert [(row["estimate"], row["low"], row["high"]) for row in rows] == [
        (one.exclusivity.estimate, one.exclusivity.low, one.exclusivity.high) for one in hunt.candidates[:25]
    ]
