"""What does `headwater report` leave behind? One HTML file, the same as Markdown, the figures as files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.present.charts.drawing import png, spec_of, svg
from headwater.present.report.build import report_of
from headwater.present.report.frame import ReportSettings
from headwater.present.report.html import html
from headwater.present.report.markdown import markdown
from headwater.whole_files import write_whole

Say = Callable[[str], None]
HTML, MARKDOWN, FIGURES = "report.html", "report.md", "figures"


@dataclass(frozen=True, slots=True)
class Reported:
    """What was written.

    Attributes:
        html: the report in one file.
        markdown: the same as Markdown.
        figures: SVG and PNG of each figure.
        left_out: how much stays out because of its marking, in words.
    """

    html: Path
    markdown: Path
    figures: tuple[Path, ...]
    left_out: str


def write_report(case: Case, folder: Path, *, settings: ReportSettings, say: Say | None = None) -> Reported:
    """Writes the report of a case; a reader never sees half of a file.

    Args:
        case: what it is about.
        folder: made where it does not exist; files of an earlier report in it are replaced.
        settings: whom it is for, and whom it may name.
        say: told each step.

    Returns:
        The files.

    Raises:
        BadSetting: the folder cannot be written.
        UnreadableSource: a time in the case has no zone.
    """
    tell = say or (lambda _: None)
    tell("putting the report together")
    report = report_of(case, settings)
    try:
        (folder / FIGURES).mkdir(parents=True, exist_ok=True)
        figures = []
        for one in report.figures:
            tell(f"drawing {one.id}")
            spec = spec_of(one.chart)
            figures.append(_written(folder / FIGURES / f"{one.id}.svg", svg(spec).encode()))
            figures.append(_written(folder / FIGURES / f"{one.id}.png", png(spec)))
        tell("writing the pages")
        pages = (
            _written(folder / HTML, html(report).encode()),
            _written(folder / MARKDOWN, markdown(report).encode()),
        )
    except OSError as why:
        raise BadSetting(f"--out {folder}: {why.strerror}; choose a folder that can be written") from None
    left_out = dict(report.facts)["Left out by marking"]
    return Reported(*pages, tuple(figures), left_out)


def _written(path: Path, content: bytes) -> Path:
    write_whole(path, content)
    return path
