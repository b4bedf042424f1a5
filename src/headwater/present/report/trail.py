"""Where does each number of a report come from? Numbered entries, each with a query, its version and rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from headwater.model.case import Case
from headwater.model.hypothesis import Evidence

COUNTS = "P1"  # the entry of everything that an investigation counts and reckons


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the provenance.

    Attributes:
        id: "P1", "P2", ...
        query: the command, the query, or the file and place.
        lake_version: of the flow table; None for what comes from no lake.
        rows: records behind it; None where nobody counted.
    """

    id: str
    query: str
    lake_version: int | None
    rows: int | None


@dataclass(frozen=True, slots=True)
class Trail:
    """All entries of one report.

    Attributes:
        entries: in order; the first is the investigation itself.
        of_evidence: id of each item of evidence to the id of its entry; "" where a person said so.
    """

    entries: tuple[Entry, ...]
    of_evidence: Mapping[str, str]


def trail(case: Case) -> Trail:
    """The provenance of a case: the investigation, then each query of the ledger once."""
    flows = case.counts.flows + case.counts.other_flows
    entries = [Entry(COUNTS, investigation(case), case.lake_version, flows)]
    number: dict[tuple[str, int | None, int | None], str] = {}
    of_evidence = {}
    for one in case.evidence:
        of_evidence[one.id] = _entry(one, entries, number)
    return Trail(tuple(entries), of_evidence)


def _entry(one: Evidence, entries: list[Entry], number: dict[tuple[str, int | None, int | None], str]) -> str:
    source = one.provenance
    if not source.query:
        return COUNTS if source.lake_version is not None else ""
    key = (source.query, source.lake_version, source.rows)
    if key not in number:
        number[key] = f"P{len(entries) + 1}"
        entries.append(Entry(number[key], source.query, source.lake_version, source.rows))
    return number[key]


def investigation(case: Case) -> str:
    """The command that computes the case again."""
    words = ["headwater investigate", _quoted(str(case.service))]
    words += [f"--since {_iso(case.since)}"] if case.since else []
    words += [f"--until {_iso(case.until)}"] if case.until else []
    return " ".join(words)


def records(case: Case, peer: str) -> str:
    """The command that prints the records behind the contact with one client."""
    return f"headwater flows {_quoted(str(case.service))} --peer {peer}"


def _quoted(service: str) -> str:
    return f"'{service}'" if "[" in service else service  # a shell would read the brackets as a pattern


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
