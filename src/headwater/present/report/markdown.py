"""How does a report become Markdown? For wikis, tickets and review systems, figures as files beside it.

What comes from outside is text: every character that CommonMark or GitHub's flavour gives a meaning is
escaped, so nothing becomes a link, a heading, a mention, HTML or a new cell.
"""

import re
from collections.abc import Iterator

from headwater.present.printable import printable
from headwater.present.report.content import (
    Block,
    Cell,
    Figure,
    Points,
    Report,
    Row,
    Section,
    Statement,
    Table,
)

# What means something within a line (CommonMark 0.31, 2.4; GFM; templates and formulas of wikis).
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]#|~>$])")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+(?=[.)](?:\s|$)))")  # what means something at the start of a line
_ENTITIES = {"&": "&amp;", "<": "&lt;", "@": "&#64;"}  # what a backslash does not disarm everywhere
_LINKED = re.compile(r"(?i)(://|www(?=\.))")  # GFM 6.9 makes links of bare web addresses


def markdown(report: Report) -> str:
    """The report as Markdown.

    Args:
        report: its content.

    Returns:
        GitHub-flavoured Markdown; figures are `figures/NAME.svg`, each with a PNG of the same name.
    """
    return "\n".join(_lines(report)) + "\n"


def escaped(text: str) -> str:
    """Text from outside as Markdown that shows it and does nothing else."""
    shown = _PUNCTUATION.sub(r"\\\1", printable(text))
    shown = "".join(_ENTITIES.get(one, one) for one in shown)
    shown = _LINKED.sub(lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", shown)
    return _LEADING.sub(lambda found: f"{found[1]}&#{ord(found[2][0])};{found[2][1:]}", shown)


def _code(text: str) -> str:
    """A command or a query: a code span with a fence longer than any inside (CommonMark, 6.1)."""
    shown = printable(text).replace("|", "\\|")  # GFM splits cells even inside code
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}"


def _lines(report: Report) -> Iterator[str]:
    marking = f"**{report.marking}**"
    yield from (marking, "", f"# {escaped(report.title)}", "")
    yield from (f"- {escaped(name)}: {escaped(value)}" for name, value in report.facts)
    yield ""
    if report.warnings:
        yield from ("Against the whole answer:", "", *(f"- {escaped(text)}" for text in report.warnings), "")
    for section in report.sections:
        yield from _section(section)
    yield from ("---", "", marking)


def _section(section: Section) -> Iterator[str]:
    yield from (f'<a id="{section.id}"></a>', "", f"## {escaped(section.title)}", "")
    for block in section.blocks:
        yield from _block(block)
        yield ""


def _block(block: Block) -> Iterator[str]:
    match block:
        case Statement():
            yield f"**{_sentence(block)}**" if block.strong else _sentence(block)
        case Points():
            yield from (
                f"### {escaped(block.heading)}",
                "",
                *(f"- {_sentence(one)}" for one in block.statements),
            )
        case Figure():
            yield from _figure(block)
        case Table():
            yield from _table(block)


def _sentence(one: Statement) -> str:
    code = f" {_code(one.code)}" if one.code else ""
    return escaped(one.text) + code + _rests(one.links)


def _rests(links: tuple[tuple[str, str], ...]) -> str:
    return f" \\[{_links(links)}\\]" if links else ""


def _links(links: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"[{escaped(text)}](#{anchor})" for anchor, text in links)


def _figure(one: Figure) -> Iterator[str]:
    yield from (f"### {escaped(one.title)}", "")
    yield f"![{escaped(one.description)}](figures/{one.id}.svg)"
    yield from ("", f"{escaped(one.caption)} [The numbers behind it](#{one.behind})")


def _table(one: Table) -> Iterator[str]:
    yield f'<a id="{one.id}"></a>'
    yield from (
        "",
        escaped(one.caption) + _rests(one.provenance),
        "",
    )
    yield f"| {' | '.join(escaped(column.heading) for column in one.columns)} |"
    yield f"|{'|'.join('---:' if column.numbers else '---' for column in one.columns)}|"
    yield from map(_row, one.rows)
    if not one.rows:
        yield f"| none {'| ' * len(one.columns)}".rstrip()
    for row in one.rows:
        for cell in row.cells:
            if cell.folded:
                yield from _unfolded(row.id, cell)


def _unfolded(name: str, cell: Cell) -> Iterator[str]:
    """What is folded in a cell, behind its table; its fence is longer than any inside (CommonMark, 4.5)."""
    lines = [printable(line) for line in cell.text.split("\n")]
    fence = "`" * (max((len(run) for line in lines for run in re.findall("`+", line)), default=0) + 3)
    yield from ("", f'<a id="{name}-text"></a>', "", f"{escaped(name)}:", "", f"{fence}sql", *lines, fence)


def _row(row: Row) -> str:
    cells = [_cell(cell, row) for cell in row.cells]
    anchor = f'<a id="{row.id}"></a>' if row.id else ""
    return f"| {anchor}{' | '.join(cells)} |"


def _cell(cell: Cell, row: Row) -> str:
    if cell.folded:
        return f"[{escaped(cell.folded)}](#{row.id}-text)"
    if cell.code:
        return _code(cell.text)
    text = escaped(cell.text)
    return (f"~~{text}~~" if row.struck and text else text) + _links(cell.links)
