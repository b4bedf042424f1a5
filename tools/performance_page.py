"""Which page comes out of runs of `python bench/run.py compare`?

    python tools/performance_page.py bench/out/compare-*.json

writes the tables between the marks of docs/reference/performance.md.
"""

import json
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
STEPS = {
    "floor": "DuckDB reads eight columns (floor)",
    "ingest": "ingest",
    "compact": "compact",
    "hunt raw": "hunt, raw",
    "hunt compacted": "hunt, compacted",
    "investigate": "investigate, compacted",
    "nfdump -A": "nfdump: filter and aggregate (-A)",
    "nfdump -s": "nfdump: filter and rank (-s)",
    "chdb": "ClickHouse's engine: k and share in SQL",
    "spark 1": "hunt on Spark, 1 worker",
    "spark 2": "hunt on Spark, 2 workers",
}
Run = dict[str, Any]  # Any: what JSON can say


def main(paths: list[str]) -> None:
    """Writes the page's tables; see the module's docstring."""
    if not paths:
        raise SystemExit(__doc__)
    runs = sorted((json.loads(Path(path).read_text()) for path in paths), key=lambda run: int(run["flows"]))
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    tables = "\n".join(_section(run) for run in runs)
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(f"written: {PAGE.name}")


def _section(run: Run) -> str:
    flows, costs = int(run["flows"]), run["costs"]
    floor = costs["floor"]["seconds"]
    lines = [
        f"### {flows / 1e6:,.0f} million flows",
        "",
        "| | seconds | M flows/s | of the floor's rate | core seconds | most memory, MB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for step, called in STEPS.items():
        if (cost := costs.get(step)) is not None:
            seconds = cost["seconds"]
            lines.append(
                f"| {called} | {seconds:.1f} | {flows / seconds / 1e6:.2f} | {floor / seconds:.2f} | "
                f"{cost['core_s']:.1f} | {cost['peak_mb']:,.0f} |"
            )
    same = "the same candidates" if run["same"] else "OTHER candidates"
    ranks = ", ".join(str(rank) for rank in run["ranks"]) or "none"
    raw, copy = run["bytes_raw"] / flows, run["bytes_copy"] / flows
    lines += [
        "",
        f"Bytes a flow: {raw:.1f} raw, {copy:.1f} the copy by host.",
        f"The compacted hunt gave {same} as the raw one.",
        f"Ranks of the upstreams that were made up: {ranks}.",
        f"Machine: {', '.join(f'{name} {value}' for name, value in run['machine'].items())}.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
