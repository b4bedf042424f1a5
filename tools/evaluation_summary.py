"""What do several runs of `headwater evaluate --save` say together? Figures by world, rate and score.

    python tools/evaluation_summary.py RUN.json [RUN.json ...]

writes docs/reference/evaluation/summary.json. Runs may differ in worlds, seeds and sampling rates; means are
taken over all seeds, counts are added. No two may hold the same world, seed and rate, but for a run of which
the files before it hold everything: it adds what they lack, ablations and fake sets.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from headwater.app.evaluate import ABLATIONS, SCORE

Row = dict[str, Any]  # Any: what JSON holds
Key = tuple[str, int]  # world, sampling

SUMMARY = Path(__file__).resolve().parent.parent / "docs" / "reference" / "evaluation" / "summary.json"
SPECIMEN = ("reference", 1000)  # the candidate that stands for all is taken from here, where there is one
WHOLE = "all parts"  # the score itself, on the seeds on which its parts were left out
_MEANS = ("average_precision", "reciprocal_rank", "precision_at_5")
_SUMS = ("upstreams", "found", "alerts", "false_by_chance", "false_real")
_BINS = 10  # of the reliability curve, as headwater.score.calibration.reliability has them
_DIGITS = 6  # significant ones; more would only make the file larger


def summary(runs: Iterable[Row]) -> Row:
    """Puts runs together.

    Args:
        runs: documents that `headwater evaluate --save` wrote.

    Returns:
        format, runs (command and seeds of each), table (a row a world, rate and score), score (a row a world
        and rate), confusion, specimen (or None).

    Raises:
        SystemExit: a run lacks what is needed, or two hold the same world, seed and rate.
    """
    documents: list[Row] = []
    for document in runs:
        if document.get("plan") is None:
            raise SystemExit("a file holds no worlds; give files that `headwater evaluate --save` wrote")
        documents.append(_only_new(document, documents))
    return {
        "format": 1,
        "runs": [_run(document["plan"]) for document in documents],
        "table": _table([row for document in documents for row in document["outcomes"]]),
        "score": _of_score(documents),
        "confusion": _confusion(documents),
        "specimen": _specimen(documents),
    }


def _only_new(document: Row, earlier: list[Row]) -> Row:
    """A run without what earlier ones hold already."""
    held = {_hunted(row) for each in earlier for row in each["outcomes"]}
    again = {_hunted(row) for row in document["outcomes"]} & held
    if not again:
        return document
    if any(_hunted(row) not in held for row in document["outcomes"]):
        world, sampling, seed = min(again)
        raise SystemExit(f"{world}, seed {seed}, 1:{sampling} is in two of the files; leave one out")
    known = {(*_hunted(row), row["score"]) for each in earlier for row in each["outcomes"]}
    with_sets = {(row["world"], row["sampling"]) for each in earlier for row in each["fake_sets"]}
    return document | {
        "outcomes": [row for row in document["outcomes"] if (*_hunted(row), row["score"]) not in known],
        "fake_sets": [
            row for row in document["fake_sets"] if (row["world"], row["sampling"]) not in with_sets
        ],
        **{name: [] for name in ("reliability", "orientation", "confusion", "specimens")},
    }


def _hunted(outcome: Row) -> tuple[str, int, int]:
    return outcome["world"], outcome["sampling"], outcome["seed"]


def _run(plan: Row) -> Row:
    first, last = min(plan["seeds"]), max(plan["seeds"])
    parts = [f"--worlds {world}" for world in plan["worlds"]]
    parts += [f"--seeds {first}:{last + 1}", *(f"--sampling {rate}" for rate in plan["samplings"])]
    parts += ["--ablations"] * plan["ablations"]
    parts += [f"--fake-sets {plan['fake_sets']}"] * bool(plan["fake_sets"])
    return {"command": " ".join(["headwater evaluate", *parts]), "seeds": [first, last]}


def _table(outcomes: list[Row]) -> list[Row]:
    groups: dict[tuple[str, int, str], dict[int, Row]] = {}
    for outcome in outcomes:
        key = outcome["world"], outcome["sampling"], outcome["score"]
        groups.setdefault(key, {})[outcome["seed"]] = outcome
    for world, sampling, score in list(groups):
        if score in ABLATIONS:  # they may have been run on fewer seeds
            full = groups[world, sampling, SCORE]
            groups[world, sampling, WHOLE] = {seed: full[seed] for seed in groups[world, sampling, score]}
    return [_figures(*key, found=list(group.values())) for key, group in groups.items()]


def _figures(world: str, sampling: int, score: str, *, found: list[Row]) -> Row:
    """One row: means over seeds, and sums."""
    precision = [each["average_precision"] for each in found]
    row: Row = {"world": world, "sampling": sampling, "score": score, "seeds": len(found)}
    row |= {name: fmean(each[name] for each in found) for name in _MEANS}
    row["standard_error"] = stdev(precision) / len(precision) ** 0.5 if len(precision) > 1 else None
    row |= {name: None if found[0][name] is None else sum(each[name] for each in found) for name in _SUMS}
    row["flows"] = round(fmean(each["flows"] for each in found))
    return row


def _of_score(documents: list[Row]) -> list[Row]:
    """What belongs to headwater's own score alone: calibration, orientation, fake sets."""
    rows: dict[Key, Row] = {}
    for document in documents:
        for curve in document["reliability"]:
            _add_bins(_row_of(rows, curve)["bins"], curve["bins"])
        for told in document["orientation"]:
            row = _row_of(rows, told)
            row["right"] += told["right"]
            row["contacts"] += told["contacts"]
        for told in document["fake_sets"]:
            row = _row_of(rows, told)
            row["p_levels"] = told["p_levels"]
            row["sets"] += told["sets"]
    return [_finished(row) for row in rows.values()]


def _row_of(rows: dict[Key, Row], part: Row) -> Row:
    key = part["world"], part["sampling"]
    empty = {"world": key[0], "sampling": key[1], "bins": {}, "right": 0, "contacts": 0, "sets": []}
    return rows.setdefault(key, empty)


def _add_bins(into: dict[int, list[float]], bins: list[Row]) -> None:
    """Adds count, sum of forecasts and number that came true of each bin."""
    for each in bins:
        place = round(each["from"] * _BINS) if "from" in each else int(each["forecast"] * _BINS)
        place = min(place, _BINS - 1)
        sums = into.setdefault(place, [0, 0.0, 0.0])
        count = each["candidates"]
        for at, value in enumerate((count, count * each["forecast"], count * each["outcome"])):
            sums[at] += value


def _finished(row: Row) -> Row:
    sets = row.pop("sets")
    bins = [
        {"from": place / _BINS, "candidates": count, "forecast": forecast / count, "upstreams": round(true)}
        for place, (count, forecast, true) in sorted(row["bins"].items())
    ]
    fake = {
        "sets": len(sets),
        "with_discovery": sum(each["discoveries"] > 0 for each in sets),
        "discoveries": sum(each["discoveries"] for each in sets),
        "with_alert": sum(each["alerts"] > 0 for each in sets),
        "tests": sum(each["tests"] for each in sets),
        "p_levels": row.pop("p_levels", []),
        "small": [sum(counts) for counts in zip(*(each["small"] for each in sets), strict=True)],
    }
    return row | {"bins": bins, "fake_sets": fake}


def calibration_error(bins: list[Row], *, lowest: bool = True) -> float | None:
    """Mean distance of forecast and outcome, weighted by candidates.

    Args:
        bins: of a reliability curve.
        lowest: whether the bin of the smallest forecasts counts; it holds most candidates and hardly errs.

    Returns:
        The error; None where the bins hold nothing.
    """
    used = [each for each in bins if lowest or each["from"] > 0]
    count = sum(each["candidates"] for each in used)
    apart = sum(abs(each["forecast"] * each["candidates"] - each["upstreams"]) for each in used)
    return apart / count if count else None


def pooled(bins: Iterable[list[Row]]) -> list[Row]:
    """Several reliability curves as one."""
    together: dict[int, list[float]] = {}
    for curve in bins:
        _add_bins(together, [each | {"outcome": each["upstreams"] / each["candidates"]} for each in curve])
    row: Row = {"bins": together, "sets": []}
    return list(_finished(row)["bins"])


def _confusion(documents: list[Row]) -> list[Row]:
    counts: Counter[tuple[str, int, str, str]] = Counter()
    for document in documents:
        for row in document["confusion"]:
            counts[row["world"], row["sampling"], row["kind"], row["verdict"]] += row["peers"]
    names = ("world", "sampling", "kind", "verdict", "peers")
    return [dict(zip(names, (*key, count), strict=True)) for key, count in sorted(counts.items())]


def _specimen(documents: list[Row]) -> Row | None:
    found = [each for document in documents for each in document["specimens"]]
    told = [each for each in found if (each["world"], each["sampling"]) == SPECIMEN]
    return (told or found or [None])[0]


def text_of(told: Row) -> str:
    """A summary as JSON, a row a line, so that a change of one figure is a change of one line."""
    parts = []
    for name, value in told.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(_rounded(row)) for row in value)
            parts.append(f'"{name}": [\n{rows}\n]')
        else:
            parts.append(f'"{name}": {json.dumps(_rounded(value))}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _rounded(value: Any) -> Any:  # Any: what JSON holds
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return value


def read(file: Path) -> Row:
    """A JSON file.

    Raises:
        SystemExit: it cannot be read, or is no JSON.
    """
    try:
        found: Row = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as why:
        raise SystemExit(f"{file}: {why}; give a file that `headwater evaluate --save` wrote") from None
    return found


def main() -> None:
    """Reads the runs named and writes the summary."""
    if not sys.argv[1:]:
        raise SystemExit(__doc__)
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text(text_of(summary(read(Path(name)) for name in sys.argv[1:])), encoding="utf-8")


if __name__ == "__main__":
    main()
