"""Which picture opens the README? The timeline of the demo's case, drawn as SVG.

    python tools/timeline_figure.py CASE             draws docs/explanation/figures/timeline.svg
    python tools/timeline_figure.py CASE --png FILE  draws it as PNG, to look at

CASE is what `make demo` leaves: demo/case/case.json. The picture says that it is synthetic.
"""

import sys
from pathlib import Path

from headwater.app.case_files import read_case
from headwater.present.charts.drawing import png, spec_of, svg
from headwater.present.charts.timeline import timeline_chart

FIGURE = Path(__file__).parent.parent / "docs" / "explanation" / "figures" / "timeline.svg"


def main(arguments: list[str]) -> None:
    """Draws the picture; see the module's docstring."""
    if not arguments:
        raise SystemExit(__doc__)
    chart = timeline_chart(read_case(Path(arguments[0])))
    spec = spec_of(chart)
    spec["background"] = "#ffffff"  # reads on dark pages, too
    if isinstance(spec.get("title"), dict):
        spec["title"]["text"] = f"SYNTHETIC. {spec['title']['text']}"
    if arguments[1:2] == ["--png"]:
        Path(arguments[2]).write_bytes(png(spec))
        return
    FIGURE.write_text(svg(spec), encoding="utf-8")
    print(f"drawn: {FIGURE.relative_to(FIGURE.parent.parent.parent.parent)}")


if __name__ == "__main__":
    main(sys.argv[1:])
