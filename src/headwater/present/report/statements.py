"""Which numbers of a report can be computed again? Each with an id, its value and its provenance.

They stand in the report as JSON, and `headwater verify` compares them with a new investigation of the same
version of the lake. Only what the report shows is among them.
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from importlib.metadata import version
from typing import Any

from headwater.model.case import Case, Contact
from headwater.model.hypothesis import Hypothesis
from headwater.model.source import ReadTable
from headwater.model.timeline import Interval, Timeline
from headwater.present.report.trail import COUNTS, Trail

FORMAT = 1  # of the block of JSON in a report
Value = int | float | str | bool | None
_OF_CONTACT = (
    "family", "group", "first", "last", "sessions", "flows", "bytes_out", "bytes_in", "hours", "opened_by",
)  # fmt: skip
_OF_INTERVAL = ("start", "start_low", "start_high", "end", "end_low", "end_high", "sessions")


def statements(case: Case) -> dict[str, Value]:
    """Every number and date of a case that a report states.

    Args:
        case: as the report may show it.

    Returns:
        Id of each statement ("counts.c2s", "contacts.198.18.0.1.sessions") to its value; times as ISO 8601.
    """
    return {name: _plain(value) for name, value in _all(case)}


def machine(case: Case, trail: Trail, *, marking: str, name_others: bool) -> dict[str, Any]:
    """What a report holds for machines: the settings, the provenance and the statements.

    Args:
        case: as the report may show it.
        trail: its provenance.
        marking: TLP of the report, such as "amber".
        name_others: whether it names hosts that nobody listed.
    """  # Any: what JSON can say
    return {
        "format": FORMAT,
        "program": version("headwater"),
        "service": str(case.service),
        "lake_version": case.lake_version,
        "window": {"since": _plain(case.since), "until": _plain(case.until)},
        "settings": dict(case.settings),
        "tlp": marking,
        "name_others": name_others,
        "synthetic": bool(case.synthetic),
        "provenance": [
            {"id": one.id, "query": one.query, "lake_version": one.lake_version, "rows": one.rows}
            for one in trail.entries
        ],
        "queries": [
            {"id": one.id, "entry": trail.anchors[one.id], "lake_version": one.lake_version, "rows": one.rows}
            for one in case.queries
        ],
        "tables": [_table(one, trail) for one in case.tables],
        "origins": {path: list(ids) for path, ids in case.origins.items()},
        "statements": [
            {"id": name, "value": value, "provenance": _whence(name, trail)}
            for name, value in statements(case).items()
        ],
    }


def _table(one: ReadTable, trail: Trail) -> dict[str, Any]:  # Any: as above
    files = [{"name": file.name, "digest": file.digest, "rows": file.rows} for file in one.files]
    return {
        "id": one.id, "entry": trail.anchors[one.id], "version": one.version, "rows": one.rows,
        "used": one.used, "digest": one.digest, "files": files,
    }  # fmt: skip


def _whence(name: str, trail: Trail) -> str:
    kind, _, rest = name.partition(".")
    return trail.of_evidence.get(rest.partition(".")[0], "") if kind == "evidence" else COUNTS


def _plain(value: Any) -> Value:  # Any: a field of a case
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value  # type: ignore[no-any-return]  # numbers and texts


def _all(case: Case) -> Iterator[tuple[str, Any]]:  # Any: as above
    counts = case.counts
    for name in ("c2s", "clients", "flows", "sessions", "other_flows", "other_sessions"):
        yield f"counts.{name}", getattr(counts, name)
    yield from ((f"counts.by_group.{group}", number) for group, number in counts.by_group.items())
    for one in case.contacts:
        if one.listed:
            yield from _contact(one)
    for line in case.timelines:
        yield from _timeline(line)
    yield from _tests(case)
    for item in case.evidence:
        yield from ((f"evidence.{item.id}.{key}", weight) for key, weight in item.weights.items())
    for told in case.hypotheses:
        yield from _hypothesis(told)
    yield from (("conclusion.verdict", case.conclusion.verdict), ("conclusion.since", case.conclusion.since))


def _tests(case: Case) -> Iterator[tuple[str, Any]]:  # Any: as above
    numbers = ("k", "expected", "p_value")
    if case.chance is not None:
        yield from ((f"chance.{name}", getattr(case.chance, name)) for name in numbers)
        share = case.chance.exclusivity
        yield from (
            (f"chance.exclusivity.{name}", getattr(share, name)) for name in ("estimate", "low", "high")
        )
    yield from ((f"confirmation.{name}", getattr(case.confirmation, name)) for name in numbers)


def _contact(one: Contact) -> Iterator[tuple[str, Any]]:  # Any: as above
    yield from ((f"contacts.{one.address}.{name}", getattr(one, name)) for name in _OF_CONTACT)


def _timeline(one: Timeline) -> Iterator[tuple[str, Any]]:  # Any: as above
    where = f"timelines.{one.address}"
    yield f"{where}.included", one.included
    for name in ("activity", "contact"):
        span: Interval | None = getattr(one, name)
        if span is not None:
            yield from ((f"{where}.{name}.{edge}", getattr(span, edge)) for edge in _OF_INTERVAL)
    for name, told in (("relation", one.relation), ("relation_with_others", one.relation_with_others)):
        if told is not None:
            yield from ((f"{where}.{name}.{field.name}", getattr(told, field.name)) for field in fields(told))


def _hypothesis(one: Hypothesis) -> Iterator[tuple[str, Any]]:  # Any: as above
    where = f"hypotheses.{one.question}.{one.scope}.{one.id}"
    yield from ((f"{where}.{name}", getattr(one, name)) for name in ("posterior", "low", "high", "words"))
