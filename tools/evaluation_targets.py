"""Which figures did the hunt have to reach, and did it? Judged from a summary of evaluation runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evaluation_summary import calibration_error, pooled
from scipy.special import betaincinv

from headwater.app.evaluate import SCORE
from headwater.simulate.evaluate.baselines import BASELINES

Row = dict[str, Any]  # Any: what JSON holds

PRECISION = (  # world, what it is, rate, least average precision
    ("reference", 100, 0.95),
    ("reference", 1000, 0.92),
    ("reference", 10_000, 0.70),
    ("few-listed", 1000, 0.70),
    ("one-network", 1000, 0.85),
)
FALSE_SHARE = 0.05  # of alerts, at most, at every rate
FAKE_SETS = 0.05  # of matched fake C2 sets with a false discovery, at most
CALIBRATION = 0.05  # error of the posterior, at most


@dataclass(frozen=True, slots=True)
class Target:
    """One figure to reach.

    Attributes:
        what, where: in words.
        wanted, got: with their signs and units.
        reached: None where it was not run.
    """

    what: str
    where: str
    wanted: str
    got: str
    reached: bool | None


def targets(told: Row) -> list[Target]:
    """Every figure with what was measured.

    Args:
        told: as from `evaluation_summary.summary`.
    """
    return [*_precision(told), *_baselines(told), *_alerts(told), *_fake_sets(told), *_calibration(told)]


def _precision(told: Row) -> Iterator[Target]:
    own = {(row["world"], row["sampling"]): row for row in told["table"] if row["score"] == SCORE}
    for world, rate, least in PRECISION:
        row, where = own.get((world, rate)), f"{world}, 1:{rate:,}"
        if row is None:
            yield Target("average precision", where, f"at least {least:.2f}", "-", None)
            continue
        spread = "" if row["standard_error"] is None else f" ± {row['standard_error']:.3f}"
        got, mean = f"{row['average_precision']:.3f}{spread}", row["average_precision"]
        yield Target("average precision", where, f"at least {least:.2f}", got, mean >= least)


def _baselines(told: Row) -> Iterator[Target]:
    """The score's mean against the best baseline's, everywhere."""
    means = {(row["world"], row["sampling"], row["score"]): row["average_precision"] for row in told["table"]}
    lead = {
        (world, rate): (mean - other, name)
        for (world, rate, score), mean in means.items()
        if score == SCORE
        for other, name in [max((means.get((world, rate, name), -1.0), name) for name in BASELINES)]
    }
    with_upstreams = {(row["world"], row["sampling"]) for row in told["table"] if row["upstreams"]}
    least, where = min((lead[key][0], key) for key in with_upstreams)
    got = f"smallest lead {least:+.3f}, over {lead[where][1]} in {where[0]} at 1:{where[1]:,}"
    wanted = "no baseline's mean above"
    yield Target("average precision beside baselines", "every world and rate", wanted, got, least >= 0)


def _alerts(told: Row) -> Iterator[Target]:
    rows = [row for row in told["table"] if row["score"] == SCORE]
    for rate in sorted({row["sampling"] for row in rows}):
        for where, chosen in (
            (f"reference, 1:{rate:,}", [row for row in rows if row["world"] == "reference"]),
            (f"all worlds, 1:{rate:,}", rows),
        ):
            mine = [row for row in chosen if row["sampling"] == rate]
            every = sum(row["alerts"] for row in mine)
            false = sum(row["false_by_chance"] + row["false_real"] for row in mine)
            got = f"{100 * false / every:.1f}% ({false} of {every})" if every else "no alert"
            wanted = f"at most {FALSE_SHARE:.0%}"
            reached = false <= FALSE_SHARE * every if mine else None
            yield Target("false share of alerts", where, wanted, got if mine else "-", reached)


def _fake_sets(told: Row) -> Iterator[Target]:
    rows = [row for row in told["score"] if row["fake_sets"]["sets"]]
    wanted = f"at most {FAKE_SETS:.0%}"
    if not rows:
        yield Target("fake C2 sets with a false discovery", "every rate", wanted, "-", None)
    for rate in sorted({row["sampling"] for row in rows}):
        mine = [row["fake_sets"] for row in rows if row["sampling"] == rate]
        sets, found = sum(each["sets"] for each in mine), sum(each["with_discovery"] for each in mine)
        low, high = (100 * betaincinv(found + 0.5, sets - found + 0.5, tail) for tail in (0.05, 0.95))
        got = f"{100 * found / sets:.1f}% ({found} of {sets}; 90% interval {low:.1f} to {high:.1f}%)"
        where = f"all worlds with such sets, 1:{rate:,}"
        yield Target("fake C2 sets with a false discovery", where, wanted, got, found <= FAKE_SETS * sets)


def _calibration(told: Row) -> Iterator[Target]:
    for rate in sorted({row["sampling"] for row in told["score"]}):
        bins = pooled(row["bins"] for row in told["score"] if row["sampling"] == rate)
        error, above = calibration_error(bins), calibration_error(bins, lowest=False)
        if error is not None:
            got = f"{error:.3f}" + ("" if above is None else f" ({above:.3f} among those from 0.1 on)")
            wanted = f"at most {CALIBRATION:.2f}"
            where = f"all worlds, 1:{rate:,}"
            yield Target("calibration error of the probability", where, wanted, got, error <= CALIBRATION)
