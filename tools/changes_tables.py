"""Which tables does docs/reference/evaluation-changes.md show? Prints them from saved runs.

headwater evaluate --changes --seeds 5000:5012 --save changes.json
python tools/changes_tables.py changes.json ...     of one world, different seeds or rates
"""

import json
import sys
from collections import defaultdict
from itertools import pairwise
from math import isnan
from pathlib import Path
from typing import Any

from headwater.simulate.evaluate.changes import ENDS, KINDS, UNDECIDED, Case, Told, change_figures

ENDINGS = ("moved", "new-port", "silent")


def saved(paths: list[str]) -> tuple[list[Case], list[Told]]:
    """Cases and findings of all files; a finding without a number has nan.

    Raises:
        ValueError: two files hold the same world at the same rate.
    """
    cases: list[Case] = []
    told: list[Told] = []
    seen: set[tuple[str, int, int]] = set()
    for path in paths:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        mine = {(row["world"], row["seed"], row["sampling"]) for row in document["cases"]}
        if mine & seen:
            raise ValueError(f"{path}: holds worlds that another file holds, too")
        seen |= mine
        cases += [Case(**row) for row in document["cases"]]
        told += [_told(row) for row in document["told"]]
    return cases, told


def _told(row: dict[str, Any]) -> Told:  # Any: JSON
    values: dict[str, Any] = {name: float("nan") if cell is None else cell for name, cell in row.items()}
    return Told(**values)


def last_day(told: list[Told]) -> float:
    """The end of the records."""
    return max(one.day for one in told)


def of_changes(cases: list[Case], told: list[Told]) -> str:
    """What was planted, and what of it was told."""
    lines = [
        (
            "| sampling | what happens | planted | visible | told as that, linked right | of all planted "
            "| told as an end of some kind | median days until told | within its bounds |"
        ),
        "|" + "---|" * 9,
    ]
    for one in change_figures(sorted(cases, key=lambda case: case.sampling), told, last_day=last_day(told)):
        days = "-" if one.delay_days is None else f"{one.delay_days:.1f}"
        lines.append(
            f"| 1:{one.sampling:,} | {one.fate} | {one.planted} | {one.visible} | {one.found} | "
            f"{one.found_all} | {one.ended} | {days} | {one.inside} |"
        )
    return "\n".join(lines)


def of_findings(cases: list[Case], told: list[Told]) -> str:
    """What was told at the end of the records, and what of it was wrong."""
    lines = [
        "| sampling | worlds | told | findings | right | it ended, but otherwise | nothing such happened |",
        "|" + "---|" * 7,
    ]
    worlds = {rate: len({one.seed for one in cases if one.sampling == rate}) for rate in _rates(cases)}
    ends = {fate.value for fate in ENDS}
    for rate, count in worlds.items():
        for kind in KINDS:
            mine = [one for one in told if (one.sampling, one.kind, one.day) == (rate, kind, last_day(told))]
            right = sum(one.right for one in mine)
            otherwise = sum(not one.right and kind in ENDINGS and one.fate in ends for one in mine)
            nothing = len(mine) - right - otherwise
            numbers = f"{len(mine)} | {right} | {otherwise} | {nothing}"
            lines.append(f"| 1:{rate:,} | {count} | {kind} | {numbers} |")
    return "\n".join(lines)


def of_probabilities(told: list[Told]) -> str:
    """Ends told, by their probability, at all rates and moments asked."""
    lines = ["| probability told | findings | it ended | as told |", "|" + "---|" * 4]
    ends = {fate.value for fate in ENDS}
    bins: dict[tuple[float, float], list[Told]] = defaultdict(list)
    edges = ((0.5, 0.55), (0.55, 0.8), (0.8, 0.95), (0.95, 1.01))
    for one in told:
        for low, high in edges:
            if one.kind in ENDINGS and low <= one.probability < high:
                bins[low, high].append(one)
    for low, high in edges:
        mine = bins[low, high]
        ended = sum(one.fate in ends and one.at < one.day for one in mine)
        as_told = sum(one.right for one in mine)
        lines.append(f"| {low:.2f} to {min(high, 1.0):.2f} | {len(mine)} | {ended} | {as_told} |")
    return "\n".join(lines)


def of_keys(told: list[Told]) -> str:
    """Every change of keys told, by what happened."""
    counted: dict[tuple[int, str, str], int] = defaultdict(int)
    for one in told:
        if one.kind in {"new-operator", "open-point"} and one.day == last_day(told):
            counted[one.sampling, one.fate or "nothing planted", one.kind] += 1
    lines = ["| sampling | what happened | told | findings |", "|" + "---|" * 4]
    for (rate, fate, kind), number in sorted(counted.items()):
        lines.append(f"| 1:{rate:,} | {fate} | {kind} | {number} |")
    return "\n".join(lines)


def of_numbers(told: list[Told]) -> str:
    """Moves and first contacts by their probability at the end of the records, all rates together."""
    lines = ["| told | probability told | findings | mean told | right |", "|" + "---|" * 5]
    edges = {"moved": (0.5, 0.6, 0.7, 0.8, 1.0), "first-contact": (0.92, 0.96, 0.969, 1.0)}
    for kind, bounds in edges.items():
        for low, high in pairwise(bounds):
            at_end = [one for one in told if (one.kind, one.day) == (kind, last_day(told))]
            mine = [one for one in at_end if low <= one.probability < high]
            mean = f"{sum(one.probability for one in mine) / len(mine):.2f}" if mine else "-"
            right = sum(one.right for one in mine)
            lines.append(f"| {kind} | {low:g} to {high:g} | {len(mine)} | {mean} | {right} |")
    return "\n".join(lines)


def of_weeks(told: list[Told]) -> str:
    """First contacts by how unusual they were said to be, at the end of the records."""
    lines = [
        "| chance within a week | first contacts | told as new | of these new | undecided | of these new |",
        "|" + "---|" * 6,
    ]
    bounds = (0.0, 0.05, 0.1, 0.2, 1.0)
    mine = [one for one in told if one.kind in {"first-contact", UNDECIDED} and one.day == last_day(told)]
    spans = [(f"{a:g} to {b:g}", [one for one in mine if a <= one.weekly < b]) for a, b in pairwise(bounds)]
    for name, ones in (*spans, ("not stated", [one for one in mine if isnan(one.weekly)])):
        new = [one for one in ones if one.kind != UNDECIDED]
        open_ = [one for one in ones if one.kind == UNDECIDED]
        counts = (len(ones), len(new), sum(x.right for x in new), len(open_), sum(x.right for x in open_))
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def _rates(cases: list[Case]) -> list[int]:
    return sorted({one.sampling for one in cases})


def main(paths: list[str]) -> None:
    """Prints all tables."""
    if not paths:
        raise SystemExit(__doc__)
    cases, told = saved(paths)
    tables = (
        of_changes(cases, told), of_findings(cases, told), of_probabilities(told), of_numbers(told),
        of_weeks(told), of_keys(told),
    )  # fmt: skip
    for table in tables:
        print(table, end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
