"""The table of plantings: shares and ranks by hand."""

from dataclasses import replace

from headwater.app.evaluate_planted import Trial
from headwater.app.planted_table import Row, planted_table
from headwater.simulate.evaluate.planting import Strength

STRENGTH = Strength(3, 1, 0, "server", "many", "new", "ephemeral")
FIRST = Trial(
    seed=1, sampling=1, strength=STRENGTH, planted=True, flows=100, peers=9, rank=1, verdict="upstream",
    posterior=0.9, right_key=True, c2s_met=3, false_alerts=(), false_discoveries=0,
)  # fmt: skip
SEVENTH = replace(FIRST, seed=2, rank=7, verdict="associated", false_alerts=("192.0.2.1", "192.0.2.2"))
UNSEEN = replace(
    FIRST,
    seed=3,
    strength=replace(STRENGTH, c2s=20),
    rank=None,
    verdict=None,
    posterior=None,
    right_key=False,
    c2s_met=0,
)
BARE = replace(UNSEEN, planted=False, false_alerts=("192.0.2.1",), false_discoveries=2)


def _row(by: str, level: str) -> Row:
    table = planted_table([FIRST, SEVENTH, UNSEEN, BARE])
    return next(row for row in table if (row["by"], row["level"]) == (by, level))


def test_upstreams_that_are_not_seen_count_as_missed() -> None:
    """Of three plantings two are candidates, by the planted key; one is first, within five and told."""
    row = _row("all", "all")
    assert (row["plantings"], row["found"], row["right_key"]) == (3, 2 / 3, 2 / 3)
    assert (row["first"], row["first_5"], row["upstream"]) == (1 / 3, 1 / 3, 1 / 3)


def test_ranks_are_means_of_those_seen() -> None:
    """Ranks 1 and 7: mean and median 4; with 20 C2s none is seen, and there is no mean."""
    assert (_row("all", "all")["mean_rank"], _row("all", "all")["median_rank"]) == (4.0, 4.0)
    assert _row("C2s", "20")["mean_rank"] is None


def test_false_alerts_are_told_apart_from_hunts_with_nothing_planted() -> None:
    """Two in the planted hunts; the one bare hunt had an alert, and a discovery."""
    row = _row("all", "all")
    assert (row["false_alerts"], row["bare"]) == (2, 1)
    assert (row["bare_with_alert"], row["bare_with_discovery"]) == (1, 1)


def test_levels_are_in_order_of_their_numbers() -> None:
    """3 before 20, which text would put the other way."""
    table = planted_table([UNSEEN, FIRST])
    assert [row["level"] for row in table if row["by"] == "C2s"] == ["3", "20"]
