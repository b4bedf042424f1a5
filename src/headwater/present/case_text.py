"""How does a case look on a terminal? The conclusion first, then what it stands on, most important first.

Nothing is decided here. Every text from outside (families, networks, claims, banners) is made printable.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from headwater.model.address import defanged_text
from headwater.model.case import Case, Contact
from headwater.model.hypothesis import Evidence, Hypothesis
from headwater.model.service import Service
from headwater.model.timeline import Timeline
from headwater.present.case_bars import KEY, Axis, axis_of, bar
from headwater.present.case_basis import beside_lines, coverage_lines, shared_keys_lines, steps_lines
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import shown

_CONTACTS, _ITEMS, _NEIGHBOURS = 12, 12, 8  # lines of each table where nobody asks for more
_BESIDE_BAR = 53  # characters that a timeline's line needs beside its bar


def draw_case(case: Case, console: Console, *, everything: bool = False, defanged: bool = False) -> None:
    """Prints a case.

    Args:
        case: what to print.
        console: where to.
        everything: all lines of all tables.
        defanged: addresses in a form that no program turns into a link.
    """
    name: Callable[[str], str] = defanged_text if defanged else str
    most = None if everything else 1
    said = {sentence.text.casefold() for sentence in case.conclusion.sentences}
    for text in case.warnings:
        if f"{text}.".casefold() not in said:  # the conclusion tells it
            console.print(shown(f"Note: {name(text)}.", style="yellow"), soft_wrap=True)
    draw_conclusion(case, console, defanged=defanged)
    _part(console, "Clients", _contacts(case.contacts, name, console.width, most and _CONTACTS))
    draw_timelines(case, console, defanged=defanged)
    _part(console, "What the records cover", _told(coverage_lines(case), name))
    _part(console, "Who held the address", _tenancy(case, name))
    _part(console, "Hypotheses", [_hypotheses(case.hypotheses, console.width)])
    _part(console, "What each item does, in the ledger's order", _told(steps_lines(case), name))
    _part(console, "Evidence, strongest first", _evidence(case.evidence, name, most and _ITEMS))
    _part(console, "Beside it", _neighbours(case, name, most and _NEIGHBOURS))


def draw_conclusion(case: Case, console: Console, *, defanged: bool = False) -> None:
    """Prints what the case is about, and the conclusion in words; arguments as for `draw_case`."""
    name: Callable[[str], str] = defanged_text if defanged else str
    console.print(_head(case, name))
    console.print()
    for sentence in case.conclusion.sentences:
        console.print(Padding(shown(name(sentence.text)), (0, 0, 0, 2)))
    told = {sentence.text for sentence in case.conclusion.sentences}
    for text in case.conclusion.would_change_if:
        if text in told:
            continue
        console.print(Padding(shown(f"Would change if: {name(text)}", style="dim"), (0, 0, 0, 2)))


def draw_timelines(case: Case, console: Console, *, defanged: bool = False) -> None:
    """Prints each C2's life against its contact; arguments as for `draw_case`."""
    name: Callable[[str], str] = defanged_text if defanged else str
    lines = _timelines(case.timelines, name, console.width)
    _part(console, f"Timelines ({KEY})", [*lines, *_told(beside_lines(case), name)])


def _part(console: Console, title: str, lines: Iterable[object]) -> None:
    drawn = list(lines)
    if not drawn:
        return
    console.print()
    console.print(Text(title, style="bold"))
    for line in drawn:
        console.print(line)


def _told(lines: Sequence[str], name: Callable[[str], str]) -> list[object]:
    return [Padding(shown(name(line)), (0, 0, 0, 2)) for line in lines]


def _service(service: Service, name: Callable[[str], str]) -> str:
    return name(str(service))


def _head(case: Case, name: Callable[[str], str]) -> Text:
    groups = ", ".join(f"{group} {count}" for group, count in case.counts.by_group.items())
    version = "" if case.lake_version is None else f"; lake version {case.lake_version}"
    told = (
        f"{_service(case.service, name)} in {case.role.value} role: {case.counts.c2s:,} listed C2s among "
        f"{case.counts.clients:,} clients{f' ({groups})' if groups else ''}{version}"
    )
    return shown(told, style="bold")


def _cut(rows: Sequence[object], most: int | None, what: str) -> list[object]:
    """The note on what is not shown."""
    left = len(rows) - (len(rows) if most is None else min(most, len(rows)))
    return [Text(f"... and {left:,} more {what}; --all shows them", style="dim")] if left else []


def _contacts(
    contacts: Sequence[Contact], name: Callable[[str], str], width: int, most: int | None
) -> list[object]:
    chosen = contacts[:most]
    if not chosen:
        return []

    def column(heading: str, cell: Callable[[Contact], str], *, right: bool = False) -> Column:
        return Column(heading, [shown(cell(one)) for one in chosen], "right" if right else "left")

    networks = [shown(one.network) for one in chosen]
    table = fitted_table(
        [
            column("client", lambda one: name(one.address)),
            column("listed as", lambda one: _group(one.family, one.group) or "-"),
            column("sessions", lambda one: f"{one.sessions:,}", right=True),
            column("flows", lambda one: f"{one.flows:,}", right=True),
            column("first .. last (UTC)", lambda one: f"{_day(one.first)} .. {_day(one.last)}"),
            column("opened by", lambda one: one.opened_by),
            column("bytes out", lambda one: f"{one.bytes_out:,}", right=True),
            column("bytes in", lambda one: f"{one.bytes_in:,}", right=True),
            Column("network", networks, free_text=True),
        ],
        width=width,
    )
    return [table, *_cut(contacts, most, "clients")]


def _group(family: str, group: str) -> str:
    return f"{family}/{group}" if group else family


def _day(moment: datetime | None) -> str:
    return "?" if moment is None else f"{moment:%Y-%m-%d}"


def _timelines(timelines: Sequence[Timeline], name: Callable[[str], str], width: int) -> list[object]:
    axis = axis_of(timelines, cells=max(width - _BESIDE_BAR, 10))
    lines: list[object] = []
    if axis is not None:
        left = f"{_day(axis.first)}"
        lines.append(Text(" " * _BESIDE_BAR + left + f"{_day(axis.last):>{max(axis.cells - len(left), 0)}}"))
    ordered = sorted(timelines, key=lambda one: (not one.included, one.family, one.group))
    for one in ordered:
        lines.append(_timeline(one, axis, name))
        if (others := _with_others(one)) is not None:
            lines.append(others)
        if not one.included:
            lines.append(Padding(shown(f"left out: {one.excluded_because}", style="dim"), (0, 0, 0, 2)))
    return lines


def _timeline(one: Timeline, axis: Axis | None, name: Callable[[str], str]) -> Text:
    relation = ""
    if one.relation is not None:
        likeliest = one.relation.likeliest
        relation = f"{likeliest.replace('_', ' ')} {getattr(one.relation, likeliest):.2f}"
    told = f"{name(one.address):<17.17} {_group(one.family, one.group):<14.14} {relation:<{_BESIDE_BAR - 33}}"
    text = shown(f"{told:<{_BESIDE_BAR}}", style="" if one.included else "dim")
    return text if axis is None else text + Text(bar(one, axis))


def _with_others(one: Timeline) -> object | None:
    """Where the other C2s of the service suggest another relation than its own records do."""
    own, heard = one.relation, one.relation_with_others
    if own is None or heard is None or own.likeliest == heard.likeliest:
        return None
    told = f"{heard.likeliest.replace('_', ' ')} {getattr(heard, heard.likeliest):.2f}"
    return Padding(shown(f"with the other C2s heard: {told}", style="dim"), (0, 0, 0, 2))


def _tenancy(case: Case, name: Callable[[str], str]) -> list[object]:
    lines: list[object] = []
    for one in case.tenancy:
        begin = _bracket(one.start_low, one.start_high)
        end = "goes on" if one.end_high is None else f"ended {_bracket(one.end_low, one.end_high)}"
        lines.append(Padding(shown(f"{one.id}: began {begin}, {end}. {one.note}"), (0, 0, 0, 2)))
    lines += _told(shared_keys_lines(case), name)
    for placed in case.placed:
        claim = case.claims[placed.claim]
        told = (
            f"{_day(claim.date)} {claim.source or 'a source'} {f'({claim.grade}) ' if claim.grade else ''}"
            f"says: {name(claim.claim)}: {placed.placing.value} against {placed.tenancy} "
            f"({placed.probability:.2f} that it is from before; {placed.assumption})"
        )
        lines.append(Padding(shown(told), (0, 0, 0, 2)))
    return lines


def _bracket(low: datetime | None, high: datetime) -> str:
    return f"by {_day(high)}" if low is None else f"between {_day(low)} and {_day(high)}"


def _hypotheses(hypotheses: Sequence[Hypothesis], width: int) -> object:
    ordered = sorted(
        hypotheses, key=lambda one: (one.question, one.scope != "all", one.scope, -one.posterior)
    )

    def column(heading: str, cell: Callable[[Hypothesis], str], *, right: bool = False) -> Column:
        return Column(heading, [shown(cell(one)) for one in ordered], "right" if right else "left")

    return fitted_table(
        [
            column("question", lambda one: one.question),
            column("of", lambda one: one.scope),
            column("hypothesis", lambda one: one.id),
            column("posterior", lambda one: f"{one.posterior:.2f}", right=True),
            column("range", lambda one: f"{one.low:.2f}-{one.high:.2f}"),
            column("in words", lambda one: one.words),
            column("for", lambda one: " ".join(one.for_ids[:4])),
            column("against", lambda one: " ".join(one.against_ids[:4])),
        ],
        width=width,
    )


def _evidence(evidence: Sequence[Evidence], name: Callable[[str], str], most: int | None) -> list[object]:
    ordered = sorted(evidence, key=lambda one: (not one.counts, -_strength(one), one.id))
    lines: list[object] = []
    chosen = [one for place, one in enumerate(ordered) if most is None or place < most or one.barred_by]
    for one in chosen:
        weights = ", ".join(f"{key} {value:+.1f}" for key, value in one.weights.items() if abs(value) >= 0.05)
        barred = f" BARRED by {one.barred_by}:" if one.barred_by else ""
        told = (
            f"{one.id} ({one.question}, {one.scope}){barred} {name(one.statement)} [{weights or 'no weight'}]"
        )
        lines.append(Padding(shown(told, style="" if one.counts else "dim"), (0, 0, 0, 2)))
        if most is None or one.barred_by:
            lines.append(Padding(shown(_why(one, name), style="dim"), (0, 0, 0, 6)))
    return [*lines, *_cut(ordered, most and len(chosen), "items")]


def _why(one: Evidence, name: Callable[[str], str]) -> str:
    """Why an item weighs so, and whose observation it is."""
    graded = f", graded {one.grade}" if one.grade else ""
    counted = one.provenance
    rows = "" if counted.rows is None else f", {counted.rows:,} {counted.rows_are or 'records'}"
    return f"{name(one.reason)} Source: {name(one.source) or 'not named'}{graded}{rows}."


def _strength(one: Evidence) -> float:
    """Largest difference that the item makes between two hypotheses, decimal logarithm."""
    values = [*one.weights.values(), 0.0]
    return max(values) - min(values)


def _neighbours(case: Case, name: Callable[[str], str], most: int | None) -> list[object]:
    told = {
        "port": "another port of the host",
        "peer": "the host itself connects to it",
        "shared": "the same C2s talk to it",
        "on-c2": "the host comes to C2s there",
    }
    lines: list[object] = []
    for one in case.neighbours[:most]:
        known = f", known as {one.known_as}" if one.known_as else ""
        lines.append(
            Padding(
                shown(
                    f"{_service(one.service, name)}: {told.get(one.relation, one.relation)}; {one.hosts:,} "
                    f"hosts, {one.c2s:,} listed C2s{known}"
                ),
                (0, 0, 0, 2),
            )
        )
    return [*lines, *_cut(case.neighbours, most, "services")]
