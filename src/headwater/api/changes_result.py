"""What changed about the servers behind the C2s, in Python? Findings as rows, and what sensors lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.api.queries import queries_of
from headwater.app.changes import Changed
from headwater.model.change import Change, Changes, Outage
from headwater.model.service import Service

_SHOWN = ("kind", "service", "other", "family", "since", "until", "probability", "words", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class ChangesResult(Part):
    """Changes of known upstreams and first contacts of families, in order of time.

    `probability` is calibrated where `words` stands beside it. For a first contact it says that the service
    was new to the family; null where that is undecided. `numbers` has the chance of one within a week.

    Attributes:
        changed: the answer as records, what it was reckoned from, and the queries behind it.
    """

    changed: Changed

    @property
    def changes(self) -> Changes:
        """The answer as records."""
        return self.changed.changes

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands against the whole answer."""
        return self.changes.warnings

    def outages(self) -> Part:
        """Days on which a sensor recorded far less than it usually does."""
        return Part(title="Lost coverage", table=arrow_of(self.changes.outages, Outage))

    def queries(self) -> Part:
        """Every query that ran, with the version of the lake that it read."""
        return queries_of(self.changed.trace, title=self.title)


@dataclass(frozen=True, slots=True)
class _Row:
    """A finding with its alternatives as texts."""

    kind: str
    service: Service
    other: Service | None
    role: str
    family: tuple[str, ...]
    since: datetime
    until: datetime
    probability: float | None
    words: str
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]
    numbers: Mapping[str, float]


def changes_result(found: Changed) -> ChangesResult:
    """Changes as users of Python get them."""
    answer = found.changes
    outages = f"; {len(answer.outages)} outages of sensors" if answer.outages else ""
    said = f"{len(answer.upstreams):,} known upstreams{outages}; lake version {answer.lake_version}."
    return ChangesResult(
        title="Changes of upstreams and first contacts",
        table=arrow_of([_row(one) for one in answer.changes], _Row),
        said=(*(f"Note: {text}." for text in answer.warnings), said), shown=_SHOWN, changed=found,
    )  # fmt: skip


def _row(one: Change) -> _Row:
    others = tuple(f"{each.service} {each.probability:.2f}" for each in one.alternatives)
    return _Row(
        one.kind.value, one.service, one.other, one.role.value, one.family, one.since, one.until,
        one.probability, one.words, one.reasons, others, one.numbers,
    )  # fmt: skip
