"""What does docs/reference/evaluation.md say? Tables of what `headwater evaluate` found, figures to reach.

    python tools/evaluation_page.py            print the page
    python tools/evaluation_page.py --write    write it to docs/reference/evaluation.md

Made from docs/reference/evaluation/summary.json (tools/evaluation_summary.py) and, for what no table says,
from docs/reference/evaluation/notes.md, which people write.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import evaluation_words as words
from evaluation_summary import SUMMARY, WHOLE, calibration_error, pooled, read
from evaluation_targets import Target, targets

from headwater.app.evaluate import ABLATIONS, SCORE
from headwater.model.candidate import Verdict
from headwater.simulate.evaluate.baselines import BASELINES

Row = dict[str, Any]  # Any: what JSON holds

PAGE = SUMMARY.parent.parent / "evaluation.md"
NOTES = SUMMARY.parent / "notes.md"
_MEASURES = (
    ("average precision", "average_precision"),
    ("mean reciprocal rank", "reciprocal_rank"),
    ("precision at 5", "precision_at_5"),
)


def page(told: Row, notes: str) -> str:
    """The page in Markdown.

    Args:
        told: as from `evaluation_summary.summary`.
        notes: what people wrote, in Markdown, from its first heading on.
    """
    parts = [
        words.HEAD, _targets(targets(told)), words.RUNS.format(commands=_commands(told), seeds=_seeds(told)),
        words.SCORE, _score(told), words.BASELINES, *_baselines(told),
    ]  # fmt: skip
    if _scores(told, ABLATIONS):
        parts += [words.ABLATIONS, _ablations(told)]
    if any(row["fake_sets"]["sets"] for row in told["score"]):
        parts += [words.CHANCE, _chance(told)]
    parts += [words.VERDICTS, *_verdicts(told), words.RELIABILITY, _reliability(told)]
    parts.append(notes)
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], *, texts: int = 2) -> str:
    """A Markdown table, its first columns text, the others numbers."""
    columns = list(head)
    rule = ["---" if at < texts else "--:" for at in range(len(columns))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, rule, *map(list, rows)))


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _share(part: int, whole: int, digits: int = 1) -> str:
    return f"{100 * part / whole:.{digits}f}%" if whole else "-"


def _rate(row: Row) -> str:
    return f"1:{row['sampling']:,}"


def _targets(found: list[Target]) -> str:
    rows = [
        (
            each.what,
            each.where,
            each.wanted,
            each.got,
            {True: "yes", False: "**no**", None: "not run"}[each.reached],
        )
        for each in found
    ]
    head = ("figure", "where", "to reach", "measured", "reached")
    return "## Figures to reach\n\n" + _table(head, rows, texts=5)


def _commands(told: Row) -> str:
    return "\n".join(f"    {run['command']} --save RUN.json" for run in told["runs"])


def _seeds(told: Row) -> str:
    return ", ".join(dict.fromkeys("{} to {}".format(*run["seeds"]) for run in told["runs"]))


def _scores(told: Row, names: Iterable[str]) -> list[str]:
    """Those of the names that were run, in that order."""
    there = {row["score"] for row in told["table"]}
    return [name for name in names if name in there]


def _found(told: Row) -> list[tuple[Row, dict[str, Row]]]:
    """Each world and rate: the row of headwater's own score, and all rows by score."""
    groups: dict[tuple[str, int], dict[str, Row]] = {}
    for row in told["table"]:
        groups.setdefault((row["world"], row["sampling"]), {})[row["score"]] = row
    worlds = list(dict.fromkeys(world for world, _ in groups))
    ordered = sorted(groups.items(), key=lambda item: (worlds.index(item[0][0]), item[0][1]))
    return [(rows[SCORE], rows) for _, rows in ordered]


def _score(told: Row) -> str:
    beside = {(row["world"], row["sampling"]): row for row in told["score"]}
    rows = []
    for row, _ in _found(told):
        own, some = beside[row["world"], row["sampling"]], row["upstreams"] > 0
        false = row["false_by_chance"] + row["false_real"]
        spread = "" if row["standard_error"] is None else f" ± {row['standard_error']:.2f}"
        rows.append((
            row["world"], _rate(row), str(row["seeds"]), f"{row['flows'] / 1e6:.1f} M",
            _number(row["average_precision"]) + spread if some else "-",
            _number(row["reciprocal_rank"] if some else None),
            _number(row["precision_at_5"] if some else None),
            str(row["alerts"]), str(row["false_by_chance"]), str(row["false_real"]),
            _share(false, row["alerts"]), _share(row["alerts"] - false, row["upstreams"], 0),
            _share(row["found"], row["upstreams"], 0),
            _number(calibration_error(own["bins"]), 3),
            _number(calibration_error(own["bins"], lowest=False), 2),
            _share(own["right"], own["contacts"]),
        ))  # fmt: skip
    head = (
        "world", "1:N", "seeds", "flows", "AP", "MRR", "P@5", "alerts", "by chance", "real", "false share",
        "of upstreams", "seen", "ECE", "ECE from 0.1", "side",
    )  # fmt: skip
    return _table(head, rows)


def _baselines(told: Row) -> list[str]:
    names = _scores(told, (SCORE, *BASELINES))
    return [
        f"### {title}\n\n" + _beside(told, names, lambda row, at=key: row[at]) for title, key in _MEASURES
    ]


def _beside(told: Row, names: list[str], value: Callable[[Row], float]) -> str:
    rows = []
    for own, by_score in _found(told):
        if own["upstreams"]:
            values = [value(by_score[name]) if name in by_score else None for name in names]
            best = max(each for each in values if each is not None)
            cells = [f"**{_number(each)}**" if each == best else _number(each) for each in values]
            rows.append((own["world"], _rate(own), *cells))
    return _table(("world", "1:N", *names), rows)


def _ablations(told: Row) -> str:
    names = _scores(told, (WHOLE, *ABLATIONS))
    rows = []
    for own, by_score in _found(told):
        if own["upstreams"] and WHOLE in by_score:
            rows.append((own["world"], _rate(own), *(_ablated(by_score[name]) for name in names)))
    return _table(("world", "1:N", *names), rows)


def _ablated(row: Row) -> str:
    return f"{row['average_precision']:.2f} ({row['false_by_chance'] + row['false_real']}/{row['alerts']})"


def _chance(told: Row) -> str:
    rows, levels = [], next(row["fake_sets"]["p_levels"] for row in told["score"] if row["fake_sets"]["sets"])
    for row in told["score"]:
        fake = row["fake_sets"]
        if fake["sets"]:
            small = (_share(count, fake["tests"], 4) for count in fake["small"])
            rows.append((
                row["world"], _rate(row), str(fake["sets"]), str(fake["with_discovery"]),
                _share(fake["with_discovery"], fake["sets"]), str(fake["discoveries"]),
                str(fake["with_alert"]),
                f"{fake['tests'] / fake['sets']:,.0f}", *small,
            ))  # fmt: skip
    head = (
        "world",
        "1:N",
        "sets",
        "with a discovery",
        "share",
        "discoveries",
        "with an alert",
        "keys tested a set",
    )
    return _table((*head, *(f"p ≤ {level:g}" for level in levels)), rows)


def _verdicts(told: Row) -> list[str]:
    parts = []
    for rate in sorted({row["sampling"] for row in told["confusion"]}):
        counts: dict[str, dict[str, int]] = {}
        for row in told["confusion"]:
            if row["sampling"] == rate:
                kind = counts.setdefault(row["kind"], {})
                kind[row["verdict"]] = kind.get(row["verdict"], 0) + row["peers"]
        kinds = sorted(counts, key=lambda kind: (kind != "upstream", kind))
        rows = [(kind, *(str(counts[kind].get(verdict, 0)) for verdict in Verdict)) for kind in kinds]
        parts.append(f"### All worlds at 1:{rate:,}\n\n" + _table(("truth", *Verdict), rows, texts=1))
    return parts


def _reliability(told: Row) -> str:
    rows = []
    for rate in sorted({row["sampling"] for row in told["score"]}):
        bins = pooled(row["bins"] for row in told["score"] if row["sampling"] == rate)
        rows += [
            (
                f"1:{rate:,}", f"{each['from']:.1f} to {each['from'] + 0.1:.1f}", f"{each['candidates']:,}",
                _number(each["forecast"], 3), _number(each["upstreams"] / each["candidates"], 3),
            )
            for each in bins
        ]  # fmt: skip
    return _table(("1:N", "probability", "candidates", "mean", "were upstreams"), rows)


def main() -> None:
    """Prints or writes the page."""
    if not SUMMARY.exists():
        raise SystemExit(f"{SUMMARY} is missing; run tools/evaluation_summary.py first")
    text = page(read(SUMMARY), Path(NOTES).read_text("utf-8"))
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
