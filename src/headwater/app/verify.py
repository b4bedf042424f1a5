"""Do the numbers of a report still hold? Investigates the same versions of the lake again, and compares.

Compared, value by value, are the statements that the report holds for machines, and what it shows to people:
every cell of its tables and every sentence of its sections. A report in which any of it was changed by hand
does not hold.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from headwater.app.hypothesis_template import edits_from, template_from
from headwater.app.investigate import Choices, investigate
from headwater.app.recorded_settings import recorded_settings, unlike
from headwater.app.report_lists import ReportLists, report_lists
from headwater.errors import BadSetting, UnreadableSource
from headwater.model.case import Case
from headwater.model.label import Tlp
from headwater.model.service import Service
from headwater.present.printable import printable
from headwater.present.report.build import report_of
from headwater.present.report.content import Block, Points, Row, Statement, Table
from headwater.present.report.frame import ReportSettings
from headwater.present.report.reading import Shown, Stated, read_stated
from headwater.present.report.statements import Value

Say = Callable[[str], None]
_TOLERANCE = 1e-9  # relative: sums of floats depend on the order in which threads add them up


@dataclass(frozen=True, slots=True)
class Difference:
    """One number, or one cell, that does not hold.

    Attributes:
        where: id of the statement, or table, row and column of the cell.
        stated: what the report says; None where it says nothing.
        found: what was computed now; None where there is nothing.
    """

    where: str
    stated: Value
    found: Value


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer.

    Attributes:
        service: what the report is about.
        lake_version: the version that it was computed on, and now again.
        statements: numbers compared.
        cells: cells of tables compared.
        sentences: sentences compared.
        differences: what does not hold.
        settings: names of settings that could not be made the same.
        program: version of the headwater that wrote the report; another one may reckon otherwise.
        lists: labels and context, then and now.
    """

    service: str
    lake_version: int | None
    statements: int
    cells: int
    sentences: int
    differences: tuple[Difference, ...]
    settings: tuple[str, ...]
    program: str
    lists: ReportLists = field(default_factory=ReportLists)

    @property
    def holds(self) -> bool:
        """Whether everything holds."""
        return not self.differences and not self.settings


def verify(
    report: Path,
    lake_root: Path,
    *,
    template: Path | None = None,
    evidence: Path | None = None,
    newest_lists: bool = False,
    say: Say | None = None,
) -> Verified:
    """Computes the numbers of a report again, on the versions of flows, labels and context that it read.

    Args:
        report: a report.html, or a folder that holds one.
        lake_root: the lake that it was computed on.
        template: the template that was used, where it was not the shipped one.
        evidence: the analyst's edits that were used, where there were any.
        newest_lists: take labels and context as they are now: what do they make of it?
        say: told each step as it begins.

    Returns:
        What holds and what does not, and how labels and context have changed since.

    Raises:
        UnreadableSource: the file is no report, or damaged.
        LakeError: the lake does not have that version of its flows.
        BadSetting: the report is of no lake, or a file given cannot be used.
    """
    stated = read_stated(report)
    if stated.lake_version is None:
        raise BadSetting(f"{report}: computed on flows from outside a lake, which cannot be read again")
    chosen = template_from(template)
    settings, choices = recorded_settings(
        stated.settings,
        choices=Choices(template=chosen, edits=edits_from(evidence, template=chosen)),
        since=stated.since,
        until=stated.until,
        lake_version=stated.lake_version,
    )
    lists = report_lists(lake_root, stated.lists)
    found = investigate(
        lake_root,
        _service(stated, report),
        settings=settings,
        choices=choices,
        versions=None if newest_lists else lists.versions,
        say=say,
    )
    verified = compared(stated, found.case, settings=unlike(stated.settings, settings, choices))
    return replace(verified, lists=lists)


def compared(stated: Stated, case: Case, *, settings: tuple[str, ...] = ()) -> Verified:
    """What a report states against a case.

    Args:
        stated: what the report states.
        case: what was computed now.
        settings: names of settings that could not be made the same.
    """
    now = report_of(case, ReportSettings(tlp=Tlp(stated.tlp), name_others=stated.name_others))
    numbers = {str(one["id"]): one["value"] for one in now.machine["statements"]}
    blocks = [block for section in now.sections for block in section.blocks]
    cells = list(_cells(stated.tables, {block.id: block for block in blocks if isinstance(block, Table)}))
    said = [text for block in blocks for text in _sentences(block)]
    differences = [
        *_numbers(stated.statements, numbers),
        *(Difference(where, mine, theirs) for where, mine, theirs in cells if _plain(mine) != _plain(theirs)),
        *_texts_apart(stated.sentences, said),
    ]
    return Verified(
        stated.service,
        stated.lake_version,
        len(stated.statements),
        len(cells),
        len(stated.sentences),
        tuple(differences),
        settings,
        stated.program,
    )


def _service(stated: Stated, report: Path) -> Service:
    try:
        return Service.parse(stated.service)
    except ValueError as why:
        raise UnreadableSource(f"{report}: a damaged report ({why}); write it again") from None


def _numbers(stated: Mapping[str, Value], found: Mapping[str, Value]) -> Iterator[Difference]:
    for name in [*stated, *(name for name in found if name not in stated)]:
        if not (name in stated and name in found and _same(stated[name], found[name])):
            yield Difference(name, stated.get(name), found.get(name))


def _same(stated: Value, found: Value) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (stated, found))
    if numbers and isinstance(stated, int | float) and isinstance(found, int | float):
        return math.isclose(stated, found, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    return type(stated) is type(found) and stated == found


def _cells(
    stated: Mapping[str, Shown], found: Mapping[str, Table]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Every cell that either has, with what each says."""
    for name in [*stated, *(name for name in found if name not in stated)]:
        rows = stated.get(name, ())
        now = _shown(found[name]) if name in found else ()
        for number in range(max(len(rows), len(now))):
            mine = rows[number] if number < len(rows) else ()
            theirs = now[number] if number < len(now) else ()
            for column in range(max(len(mine), len(theirs))):
                yield (
                    f"table {name}, row {number + 1}, column {column + 1}",
                    mine[column] if column < len(mine) else None,
                    theirs[column] if column < len(theirs) else None,
                )


def _sentences(block: Block) -> Iterator[str]:
    """The sentences of a block as a page shows them."""
    for one in (
        (block,) if isinstance(block, Statement) else block.statements if isinstance(block, Points) else ()
    ):
        code = f" {printable(one.code)}" if one.code else ""
        rests = f" [rests on {', '.join(printable(text) for _, text in one.links)}]" if one.links else ""
        yield printable(one.text) + code + rests


def _texts_apart(stated: Sequence[str], found: Sequence[str]) -> Iterator[Difference]:
    """Sentences that only one side has, in the order of the page."""
    for number, (mine, theirs) in enumerate(zip_longest(stated, found), 1):
        if _plain(mine) != _plain(theirs):
            yield Difference(f"sentence {number}", mine, theirs)


def _shown(table: Table) -> Shown:
    """A table's cells as a page shows them."""
    return tuple(map(_texts, table.rows)) or (("none",),)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(
        printable(cell.folded)
        + "\n".join(printable(line) for line in (cell.text.split("\n") if cell.folded else [cell.text]))
        + ", ".join(text for _, text in cell.links)
        for cell in row.cells
    )


def _plain(text: str | None) -> str | None:
    """A cell's text as far as it can be seen."""
    return None if text is None else " ".join(text.split())
