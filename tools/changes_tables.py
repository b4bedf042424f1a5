"""Which tables does docs/reference/evaluation-changes.md show? Prints them from saved runs.

headwater evaluate --changes --seeds 5000:5012 --save changes.json
python tools/changes_tables.py changes.json ...     of different seeds or rates
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from headwater.simulate.evaluate.changes import ENDS, Case, Told, change_figures

KINDS = ("moved", "new-port", "silent")
LAST_DAY = 28.0


def saved(paths: list[str]) -> tuple[list[Case], list[Told]]:
    """Cases and findings of all files; a finding without a number has nan.

    Raises:
        ValueError: two files hold the same world at the same rate.
    """
    cases: list[Case] = []
    told: list[Told] = []
    seen: set[tuple[int, int]] = set()
    for path in paths:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        mine = {(row["seed"], row["sampling"]) for row in document["cases"]}
        if mine & seen:
            raise ValueError(f"{path}: holds worlds that another file holds, too")
        seen |= mine
        cases += [Case(**row) for row in document["cases"]]
        told += [_told(row) for row in document["told"]]
    return cases, told


def _told(row: dict[str, Any]) -> Told:  # Any: JSON
    values: dict[str, Any] = {name: float("nan") if cell is None else cell for name, cell in row.items()}
    return Told(**values)


def of_changes(cases: list[Case], told: list[Told]) -> str:
    """What was planted, and what of it was told."""
    lines = [
        (
            "| sampling | what happens | planted | visible | told as that, linked right | of all planted "
            "| told as an end of some kind | median days until told | within its bounds |"
        ),
        "|" + "---|" * 9,
    ]
    for one in change_figures(sorted(cases, key=lambda case: case.sampling), told, last_day=LAST_DAY):
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
        for kind in (*KINDS, "first-contact", "new-operator", "open-point"):
            mine = [one for one in told if (one.sampling, one.kind, one.day) == (rate, kind, LAST_DAY)]
            right = sum(one.right for one in mine)
            otherwise = sum(not one.right and kind in KINDS and one.fate in ends for one in mine)
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
            if one.kind in KINDS and low <= one.probability < high:
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
        if one.kind in {"new-operator", "open-point"} and one.day == LAST_DAY:
            counted[one.sampling, one.fate or "nothing planted", one.kind] += 1
    lines = ["| sampling | what happened | told | findings |", "|" + "---|" * 4]
    for (rate, fate, kind), number in sorted(counted.items()):
        lines.append(f"| 1:{rate:,} | {fate} | {kind} | {number} |")
    return "\n".join(lines)


def _rates(cases: list[Case]) -> list[int]:
    return sorted({one.sampling for one in cases})


def main(paths: list[str]) -> None:
    """Prints all tables."""
    if not paths:
        raise SystemExit(__doc__)
    cases, told = saved(paths)
    for table in (of_changes(cases, told), of_findings(cases, told), of_probabilities(told), of_keys(told)):
        print(table, end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
