"""Which picture shows what hunts cost? Seconds against flows, of runs of `python bench/run.py compare`.

python tools/performance_figure.py bench/out/compare-*.json             draws the SVG that the README shows
python tools/performance_figure.py bench/out/compare-*.json --png FILE  draws it as PNG, to look at
"""

import json
import sys
from pathlib import Path

import altair as alt
from performance_page import STEPS, Run

from headwater.present.charts.drawing import png, spec_of, svg
from headwater.present.charts.style import Chart, Data, drawn_from, titled

FIGURE = Path(__file__).parent.parent / "docs" / "reference" / "figures" / "performance.svg"
FLOOR = "floor"
OWN = ("ingest", "compact", "hunt raw", "hunt compacted", "investigate")
OTHERS = ("hunt raw", "hunt compacted", "nfdump -A", "nfdump -s", "chdb", "spark 1", "spark 2")
_SIZE = {"width": 330, "height": 330}


def main(arguments: list[str]) -> None:
    """Draws the picture; see the module's docstring."""
    paths, target = _parted(arguments, "--png")
    if not paths:
        raise SystemExit(__doc__)
    runs = sorted((json.loads(Path(path).read_text()) for path in paths), key=lambda run: int(run["flows"]))
    spec = spec_of(_picture(runs))
    if target:
        Path(target[0]).write_bytes(png(spec))
        return
    FIGURE.parent.mkdir(exist_ok=True)
    FIGURE.write_text(svg(spec), encoding="utf-8")
    print(f"drawn: {FIGURE.relative_to(FIGURE.parent.parent.parent.parent)}")


def _parted(arguments: list[str], mark: str) -> tuple[list[str], list[str]]:
    place = arguments.index(mark) if mark in arguments else len(arguments)
    return arguments[:place], arguments[place + 1 :]


def _picture(runs: list[Run]) -> Chart:
    panels = (_panel(runs, OWN, "headwater"), _panel(runs, OTHERS, "one hunt, and what others answer"))
    beside = alt.hconcat(*panels, spacing=30).resolve_scale(color="independent", shape="independent")
    return titled(
        beside,
        "SYNTHETIC. Seconds against flows",
        "Both axes logarithmic. 500 C2s with a million flows of theirs in every run; what grows is the rest.",
        "Grey: DuckDB reads eight columns of all flows, nothing else. Start-up included.",
    )


def _panel(runs: list[Run], steps: tuple[str, ...], title: str) -> Chart:
    measured = [step for step in steps if any(step in run["costs"] for run in runs)]
    shown = alt.Scale(domain=[STEPS[step] for step in measured])  # the same for both: one legend
    legend = alt.Legend(columns=1, orient="bottom", labelLimit=320)
    lines = drawn_from(_rows(runs, measured)).encode(
        x=_axis("flows", "flows"), y=_axis("seconds", "seconds"),
        color=alt.Color("step:N", title=None, scale=shown, legend=legend),
        shape=alt.Shape("step:N", title=None, scale=shown, legend=legend),
    )  # fmt: skip
    floor = drawn_from(_rows(runs, [FLOOR])).encode(x=_axis("flows", "flows"), y=_axis("seconds", "seconds"))
    drawn = floor.mark_line(style="edge", strokeDash=[4, 3]) + floor.mark_point(style="edge", size=20)
    drawn += lines.mark_line(strokeWidth=1.6) + lines.mark_point(size=60, filled=True, opacity=1)
    heading = alt.TitleParams(text=title, fontSize=13, offset=6)
    return drawn.properties(title=heading, **_SIZE)


def _axis(name: str, title: str) -> Chart:
    axis = alt.Axis(title=title, format="~s", tickCount=5)
    scale = alt.Scale(type="log", nice=False, padding=12)
    return (alt.X if name == "flows" else alt.Y)(f"{name}:Q", scale=scale, axis=axis)


def _rows(runs: list[Run], steps: list[str]) -> Data:
    return [
        {"flows": int(run["flows"]), "seconds": run["costs"][step]["seconds"], "step": STEPS[step]}
        for step in steps for run in runs if step in run["costs"]
    ]  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
