"""Where does each number of a report come from? Numbered entries, each with a query, its version and rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from headwater.model.case import Case
from headwater.model.hypothesis import Evidence, Provenance
from headwater.present.report.rows import Links

_INVESTIGATION = "headwater investigate"
COUNTS = "P1"  # the entry of everything that an investigation counts and reckons


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the provenance.

    Attributes:
        id: "P1", "P2", ...
        query: the command, the query, or the file and place.
        lake_version: of the flow table; None for what comes from no lake.
        rows: what stands behind it, counted; None where nobody counted.
        rows_are: what was counted.
    """

    id: str
    query: str
    lake_version: int | None
    rows: int | None
    rows_are: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """All entries of one report.

    Attributes:
        entries: in order; the first is the investigation itself.
        of_evidence: id of each item of evidence to the id of its entry; "" where a person said so.
        anchors: id of each query ("Q1", "Q2", ...) and table ("L1", ...) of the case to its anchor here.
    """

    entries: tuple[Entry, ...]
    of_evidence: Mapping[str, str]
    anchors: Mapping[str, str] = field(default_factory=dict)

    def links(self, ids: Iterable[str]) -> Links:
        """Links to queries and tables, in the order of the case; what is none of them is left out."""
        wanted = set(ids)
        return tuple((anchor, anchor) for id_, anchor in self.anchors.items() if id_ in wanted)


def trail(case: Case) -> Trail:
    """The provenance of a case: the investigation, then each query of the ledger once."""
    flows = case.counts.flows + case.counts.other_flows
    entries = [Entry(COUNTS, investigation(case), case.lake_version, flows, "flow records")]
    number: dict[Provenance, str] = {}
    of_evidence = {}
    for one in case.evidence:
        of_evidence[one.id] = _entry(one, entries, number)
    anchors = {one.id: f"Q{number}" for number, one in enumerate(case.queries, 1)}
    anchors |= {one.id: f"L{number}" for number, one in enumerate(case.tables, 1)}
    return Trail(tuple(entries), of_evidence, anchors)


def _entry(one: Evidence, entries: list[Entry], number: dict[Provenance, str]) -> str:
    source = replace(one.provenance, sources=())  # these it links to itself
    if source.lake_version is not None and (not source.query or source.query.startswith(_INVESTIGATION)):
        return COUNTS
    if not source.query:
        return ""
    if source not in number:
        number[source] = f"P{len(entries) + 1}"
        entries.append(Entry(number[source], source.query, source.lake_version, source.rows, source.rows_are))
    return number[source]


def investigation(case: Case) -> str:
    """The command that computes the case again."""
    words = [_INVESTIGATION, _quoted(str(case.service))]
    words += [f"--since {_iso(case.since)}"] if case.since else []
    words += [f"--until {_iso(case.until)}"] if case.until else []
    return " ".join(words)


def records(case: Case, peer: str = "") -> str:
    """The command that prints the very records behind the contact, with one client or with all."""
    words = ["headwater flows", _quoted(str(case.service))]
    words += [f"--peer {peer}"] if peer else []
    words += [f"--role {case.role.value}"] if case.service.port else []
    words += [f"--since {_iso(case.since)}"] if case.since else []
    words += [f"--until {_iso(case.until)}"] if case.until else []
    words += [] if case.lake_version is None else [f"--lake-version {case.lake_version}"]
    return " ".join(words)


def _quoted(service: str) -> str:
    return f"'{service}'" if "[" in service else service  # a shell would read the brackets as a pattern


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
