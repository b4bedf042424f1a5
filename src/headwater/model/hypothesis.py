"""What could explain the contact, and what bears on it? Hypotheses, and the evidence that weighs them.

Hypotheses belong to a question; those of one question exclude each other. Evidence carries one weight for
each hypothesis that it bears on: the decimal logarithm of a likelihood, up to a constant common to the
hypotheses of its question. A hypothesis on which it does not bear has no weight there, which is 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from headwater.model.label import Tlp


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number comes from.

    Attributes:
        lake_version: version of the flow table; None for what comes from no lake.
        query: the query, or the file and place, that gives it; "" where a person said so.
        rows: what stands behind it, counted; None where nobody counted.
        rows_are: what was counted: "flow records", "claims", "observations of the host", or "rows of its
            queries and lists" where it looks beyond the contact itself.
        sources: ids of the queries and tables of the case that gave it.
    """

    lake_version: int | None = None
    query: str = ""
    rows: int | None = None
    rows_are: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item of the ledger.

    Attributes:
        id: "E1", "E2", ... for what the program found, as the analyst named it for the rest.
        kind: name of the rule that made it ("timing", "purity", ...), or "analyst".
        question: the question it bears on.
        scope: "all", or the group that it speaks of.
        statement: what was observed, one sentence.
        reason: why it weighs so, one sentence.
        weights: hypothesis id to log10 likelihood.
        source: whose observation it is.
        grade: Admiralty code; "" where none applies.
        observed_at: when; None where it is no moment.
        barred_by: id of what bars it (a tenancy boundary, the analyst); "" where it counts.
        provenance: where the numbers come from.
        tlp: how far it may be shared, where it rests on a claim or a label that is marked; None where it
            rests on the case's own records.
    """

    id: str
    kind: str
    question: str
    scope: str
    statement: str
    reason: str
    weights: Mapping[str, float]
    source: str = ""
    grade: str = ""
    observed_at: datetime | None = None
    barred_by: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    tlp: Tlp | None = None

    @property
    def counts(self) -> bool:
        """Whether it enters the reckoning."""
        return not self.barred_by


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One answer to a question, with what the evidence makes of it.

    Attributes:
        id: as in the template ("control", "handoff", ...).
        question: the question it answers.
        scope: "all", or the group that it is asked for.
        statement: what it says, one sentence.
        prior: before any evidence, in [0, 1].
        posterior: at the settings' own priors and weights, in [0, 1].
        low, high: smallest and largest posterior over the grid of priors and settings.
        words: the word of ICD 203, a range of two, or "insufficient".
        for_ids, against_ids: evidence that raises and lowers it, strongest first.
    """

    id: str
    question: str
    scope: str
    statement: str
    prior: float
    posterior: float
    low: float
    high: float
    words: str
    for_ids: tuple[str, ...] = ()
    against_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: what an item does to the log10 odds of a hypothesis against all others.

    Attributes:
        evidence: id of the item; "prior" for where it begins.
        hypothesis, question, scope: whose odds.
        before, after: log10 odds before and after the item, items taken in the ledger's order.
    """

    evidence: str
    hypothesis: str
    question: str
    scope: str
    before: float
    after: float
