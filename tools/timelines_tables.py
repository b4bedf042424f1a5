"""Which tables stand in docs/reference/evaluation-timelines.md? Prints them from a saved evaluation.

headwater evaluate --timelines --seeds 5000:5012 --save timelines.json
python tools/timelines_tables.py timelines.json
"""

import json
import sys
from pathlib import Path
from typing import Any

Figures = list[dict[str, Any]]  # Any: JSON


def tables(document: dict[str, Any]) -> str:
    """All tables as Markdown."""
    figures = document["figures"]
    worlds = list(document["worlds"])
    parts = [
        "### Relation of contact and life",
        _relation(figures, worlds),
        "### The same with the other C2s heard",
        _with_others(figures, worlds),
        "### Told and right",
        _calibration(figures, worlds),
        "### Control, handoff, coincidence",
        _stories(figures, worlds),
        "### Bounds of the contact",
        _bounds(figures),
        "### Bounds of the life",
        _lives(figures, worlds),
    ]
    return "\n\n".join(parts) + "\n"


def _find(figures: Figures, world: str, measure: str, level: str) -> dict[str, Any]:
    return next(
        each for each in figures if (each["world"], each["measure"], each["level"]) == (world, measure, level)
    )


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def _relation(figures: Figures, worlds: list[str]) -> str:
    rows = []
    for world in worlds:
        cells = []
        for level in LEVELS:
            three = _find(figures, world, "relation, 3 classes", level)
            five = _find(figures, world, "relation, 5 classes", level)
            told = _find(figures, world, "probability of the likeliest", level)
            numbers = [three["value"], three["plain"], three["at_best"], five["value"], told["value"]]
            cells.append(" / ".join(_number(value) for value in numbers) + f" ({three['cases']})")
        rows.append([world, *cells])
    return _table(["world", *[f"{level} sessions" for level in LEVELS]], rows)


LEVELS = ("2 to 3", "4", "5 to 7", "8 to 14", "15+")  # sessions
POOLED = ("month", "season", "year")
TOLD = (
    "told 0.00 to 0.60", "told 0.60 to 0.80", "told 0.80 to 0.90", "told 0.90 to 0.95", "told 0.95 to 0.99",
    "told 0.99 to 1.00",
)  # fmt: skip


def _pooled(figures: Figures, worlds: list[str], measure: str, level: str) -> tuple[float | None, int]:
    """Mean over the cases of some worlds, and how many they are."""
    found = [_find(figures, world, measure, level) for world in worlds]
    cases = sum(each["cases"] for each in found)
    total = sum(each["value"] * each["cases"] for each in found if each["cases"])
    return (total / cases if cases else None), cases


def _with_others(figures: Figures, worlds: list[str]) -> str:
    """Worlds, and those of one usual kind together."""
    pooled = [world for world in worlds if world in POOLED]
    rows = []
    for name, those in [*((world, [world]) for world in worlds), (", ".join(pooled), pooled)]:
        cells = []
        for level in LEVELS:
            told = [
                _pooled(figures, those, measure, level)
                for measure in (
                    "relation, 3 classes", "relation with others, 3 classes", "relation, 5 classes",
                    "relation with others, 5 classes", "probability with others",
                )
            ]  # fmt: skip
            cells.append(" / ".join(_number(value, 3) for value, _ in told) + f" ({told[0][1]})")
        rows.append([name, *cells])
    return _table(["world", *[f"{level} sessions" for level in LEVELS]], rows)


def _calibration(figures: Figures, worlds: list[str]) -> str:
    """All worlds together."""
    rows = []
    for name in ("alone", "with others"):
        cells = []
        for level in TOLD:
            told, right = (_pooled(figures, worlds, f"{what}, {name}", level) for what in ("told", "right"))
            cells.append(f"{_number(told[0], 3)} / {_number(right[0], 3)} ({right[1]})")
        rows.append([name, *cells])
    return _table(["relation", *[level.replace("told ", "") for level in TOLD]], rows)


def _stories(figures: Figures, worlds: list[str]) -> str:
    levels = ("1 C2", "3 C2s", "6 C2s", "12 C2s")
    rows = []
    told = {each["world"] for each in figures if each["measure"] == "story, 3 ways"}
    for world in (world for world in worlds if world in told):
        cells = []
        for level in levels:
            right, very, wrong = (
                _find(figures, world, measure, level)
                for measure in ("story, 3 ways", "very likely", "very likely and wrong")
            )
            numbers = [right["value"], right["plain"], very["value"], wrong["value"]]
            cells.append(" / ".join(_number(value) for value in numbers) + f" ({right['cases']})")
        rows.append([world, *cells])
    return _table(["world", *levels], rows)


def _bounds(figures: Figures) -> str:
    held = [each for each in figures if each["measure"] == "start held"]
    kinds = list(dict.fromkeys(each["level"].split(", ")[0] for each in held))
    rates = list(dict.fromkeys(each["level"].split(", ")[1] for each in held))
    rows = []
    for kind in kinds:
        cells = []
        for rate in rates:
            level = f"{kind}, {rate}"
            sides = [_find(figures, "season", f"{edge} held", level) for edge in ("start", "end")]
            width = _find(figures, "season", "start: median width in days", level)
            numbers = " / ".join(_number(side["value"]) for side in sides)
            cells.append(
                f"{numbers} ({sides[0]['cases']}, {sides[1]['cases']}; {_number(width['value'], 1)} d)"
            )
        rows.append([kind, *cells])
    return (
        _table(["contact", *rates], rows)
        + "\n\nAll C2s with two sessions or more:\n\n"
        + _table(["contact", *rates], _loose(figures, kinds, rates))
    )


def _loose(figures: Figures, kinds: list[str], rates: list[str]) -> list[list[str]]:
    def cell(kind: str, rate: str) -> str:
        both = [
            _find(figures, "season", f"{edge} held, 2+ sessions", f"{kind}, {rate}")
            for edge in ("start", "end")
        ]
        return (
            " / ".join(_number(side["value"]) for side in both) + f" ({both[0]['cases']}, {both[1]['cases']})"
        )

    return [[kind, *[cell(kind, rate) for rate in rates]] for kind in kinds]


def _lives(figures: Figures, worlds: list[str]) -> str:
    def edge(world: str, name: str) -> str:
        return _number(_find(figures, world, f"life: {name} held", "all")["value"])

    rows = [
        [
            world,
            edge(world, "start"),
            edge(world, "end"),
            str(_find(figures, world, "life: start held", "all")["cases"]),
        ]
        for world in worlds
    ]
    return _table(["world", "start held", "end held", "n"], rows)


if __name__ == "__main__":
    sys.stdout.write(tables(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
