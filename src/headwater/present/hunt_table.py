"""How does the answer of a hunt look? As a table for people, as JSON, as rows for CSV.

Nothing is decided here. Text from labels and lists is made printable in all three forms: names of families
come from feeds, and a feed may be hostile.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from headwater.model.address import defang
from headwater.model.candidate import Candidate, Verdict
from headwater.model.hunt import Hunt
from headwater.model.service import Service, protocol_name
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import printable, shown

FORMAT = 1  # of the JSON; a change adds a page on how to read the older one
Row = dict[str, Any]  # Any: cells are numbers, texts, times, lists or None
_STYLES = {Verdict.UPSTREAM: "bold green", Verdict.ASSOCIATED: "yellow", Verdict.UNDECIDED: ""}


def document(hunt: Hunt, *, top: int | None = None, defanged: bool = False) -> Row:
    """The answer as JSON says it.

    Args:
        hunt: the answer.
        top: only so many candidates; None: all.
        defanged: addresses in a form that no program turns into a link.
    """
    return {
        "format": FORMAT,
        "lake_version": hunt.lake_version,
        "engine": hunt.engine,
        "window": {"since": hunt.since, "until": hunt.until},
        "examined": {
            "flows": hunt.examined.flows,
            "contacts": hunt.examined.contacts,
            "services_tested": hunt.examined.services_tested,
            "c2s": hunt.examined.c2s,
            "c2s_seen": hunt.examined.c2s_seen,
            "left_out": hunt.examined.left_out,
            "flows_by_host": hunt.examined.flows_by_host,
        },
        "recall": {
            "estimate": hunt.recall.estimate,
            "low": hunt.recall.low,
            "high": hunt.recall.high,
            "how": hunt.recall.how or None,
        },
        "candidates": [_as_json(one, _namer(defanged)) for one in hunt.candidates[:top]],
        "c2_to_c2": [
            {
                "client": _namer(defanged)(one.client),
                "server": _namer(defanged)(one.server),
                "port": one.port,
                "proto": protocol_name(one.proto),
                "flows": one.flows,
            }
            for one in hunt.c2_to_c2
        ],
        "warnings": [printable(text) for text in hunt.warnings],
    }


def _namer(defanged: bool) -> Callable[[str], str]:
    return defang if defanged else str


def _as_json(one: Candidate, name: Callable[[str], str]) -> Row:
    return {
        "rank": one.rank,
        "address": name(one.address),
        "port": one.port,
        "proto": protocol_name(one.proto),
        "role": one.role.value,
        "verdict": one.verdict.value,
        "score": one.score,
        "posterior": one.posterior,
        "c2s": one.c2s,
        "clients": one.clients,
        "by_group": {printable(group): count for group, count in one.by_group.items()},
        "expected": one.expected,
        "p_value": one.p_value,
        "q_value": one.q_value,
        "exclusivity": {
            "estimate": one.exclusivity.estimate,
            "low": one.exclusivity.low,
            "high": one.exclusivity.high,
        },
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "flows": one.flows,
        "sessions": one.sessions,
        "reasons": [printable(reason) for reason in one.reasons],
    }


def rows(hunt: Hunt, *, top: int | None = None, defanged: bool = False) -> Sequence[Mapping[str, Any]]:
    """The candidates as rows for CSV; arguments as for `document`."""  # Any: as for Row
    found = []
    for one in hunt.candidates[:top]:
        row = _as_json(one, _namer(defanged))
        share = row["exclusivity"]
        row["exclusivity"] = share["estimate"]
        flat: Row = {}
        for key, value in row.items():
            flat[key] = value
            if key == "exclusivity":
                flat["exclusivity_low"], flat["exclusivity_high"] = share["low"], share["high"]
        found.append(flat)
    return found


def draw(hunt: Hunt, console: Console, *, top: int | None = None, defanged: bool = False) -> None:
    """The answer for people: what was examined, the table, and each candidate's reasons.

    Args:
        hunt: the answer.
        console: where to.
        top: only so many candidates; None: all.
        defanged: as for `document`.
    """
    for text in hunt.warnings:
        console.print(shown(f"Note: {text}.", style="yellow"))
    chosen = hunt.candidates[:top]
    if chosen:
        console.print(_table(chosen, width=console.width, defanged=defanged))
        console.print()
        for one in chosen:
            for line in _why(one, defanged=defanged):
                console.print(line)
        console.print()
        console.print("--explain RANK prints the whole reckoning of one candidate.")
        if len(chosen) < len(hunt.candidates):
            console.print(f"... and {len(hunt.candidates) - len(chosen):,} more; --top N shows more of them")
    else:
        console.print("No service or client was met by several listed C2s inside their labels' windows.")
    console.print(_examined(hunt))


def _service(one: Candidate, *, defanged: bool) -> str:
    address = _namer(defanged)(one.address)
    text = str(Service(one.address, one.port, one.proto))
    return text.replace(one.address, address)


def _table(chosen: Sequence[Candidate], *, width: int, defanged: bool) -> Table:
    columns = [
        column
        for column in _columns(chosen, defanged=defanged)
        if column.heading != "posterior" or any(one.posterior is not None for one in chosen)
    ]
    return fitted_table(columns, width=width)


def _columns(chosen: Sequence[Candidate], *, defanged: bool) -> list[Column]:
    """All columns, those that people need most first."""

    def column(heading: str, cell: Callable[[Candidate], Text], *, right: bool = False) -> Column:
        return Column(heading, [cell(one) for one in chosen], "right" if right else "left")

    return [
        column("#", lambda one: Text(str(one.rank)), right=True),
        column("service", lambda one: shown(_service(one, defanged=defanged))),
        column("role", lambda one: Text(one.role.value)),
        column("verdict", lambda one: Text(one.verdict.value, style=_STYLES.get(one.verdict, "dim"))),
        column(
            "posterior",
            lambda one: Text("" if one.posterior is None else f"{one.posterior:.2f}"),
            right=True,
        ),
        column("C2s", lambda one: Text(f"{one.c2s:,}"), right=True),
        column("of", lambda one: Text(f"{one.clients:,}"), right=True),
        column(
            "exclusive", lambda one: Text(f"{one.exclusivity.low:.2f}-{one.exclusivity.high:.2f}"), right=True
        ),
        column("first .. last (UTC)", lambda one: Text(f"{_day(one.first_seen)} .. {_day(one.last_seen)}")),
        column("sessions", lambda one: Text(f"{one.sessions:,}"), right=True),
    ]


def _day(moment: datetime | None) -> str:
    return "?" if moment is None else f"{moment:%Y-%m-%d}"


def _why(one: Candidate, *, defanged: bool) -> list[Padding]:
    """Who meets it, and its reasons; wrapped lines keep their indent."""
    groups = ", ".join(f"{group} {count}" for group, count in one.by_group.items())
    head = shown(f"{one.rank}. {_service(one, defanged=defanged)}: {groups}", style="bold")
    return [
        Padding(head, expand=False),
        *(Padding(shown(reason), (0, 0, 0, 3), expand=False) for reason in one.reasons),
    ]


def _examined(hunt: Hunt) -> Text:
    seen = hunt.examined
    looked_at = (
        f"{seen.flows:,} flows, {seen.c2s_seen:,} of {seen.c2s:,} listed C2s seen inside their windows, "
        f"{seen.contacts:,} contacts, {seen.services_tested:,} services and clients to choose from"
    )
    parts = [looked_at]
    if seen.left_out:
        told = "; ".join(f"{count:,} {reason}" for reason, count in seen.left_out.items())
        parts.append(f"Flows of C2s that are no contact: {told}")
    if hunt.c2_to_c2:
        parts.append(f"{len(hunt.c2_to_c2):,} contacts among listed C2s themselves (--json lists them)")
    version = "flows outside any lake" if hunt.lake_version is None else f"lake version {hunt.lake_version}"
    parts.append(f"{version}, {hunt.engine}")
    return Text("\n").join(map(shown, parts))
