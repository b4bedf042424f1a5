"""How is a kind of evidence weighed? Kind: what it needs from the template; Rule: what the template says.

A weight is the decimal logarithm of how probable a finding is under a hypothesis, less the same under a
hypothesis that the template does not name for it. What is not named therefore weighs 0.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from headwater.investigate.facts import ALL, Facts
from headwater.investigate.measurements import Bools
from headwater.model.hypothesis import Evidence, Provenance
from headwater.model.label import Tlp
from headwater.model.window import moment_of

TIE, TENANT = "tie", "tenant"
FLOWS = "flow records"  # source of what was measured
DEFAULT = "default"  # what a hypothesis takes that is not named


@dataclass(frozen=True, slots=True)
class Finding:
    """How probable one finding is, by hypothesis, each in (0, 1].

    Attributes:
        default: under hypotheses that are not named.
        under: hypothesis id to probability.
    """

    default: float
    under: Mapping[str, float]

    def weights(self) -> dict[str, float]:
        """log10 likelihoods against the default."""
        return {name: math.log10(p / self.default) for name, p in self.under.items()}


@dataclass(frozen=True, slots=True)
class Rule:
    """What the template says about one kind of evidence.

    Attributes:
        kind: name of the kind.
        basis: what it rests on; of items with one basis the strongest counts in full, the others in part.
        missing: what would have to be observed for this kind to speak, in words; "" for nothing.
        limit: how far one item moves two hypotheses apart at most (log10).
        numbers: bounds and thresholds by name.
        findings: by name.
        shapes: hypothesis id to (a, b) of the beta distribution of a share; "default" among them.
        shares: hypothesis id to a share in [0, 1]; "default" among them.
        splits: model to concentrations of its sessions before, during and after.
        likes: hypothesis id to the name of the model whose likelihood it takes; "default" among them.
        words: lists of words to look for in names, by name.
    """

    kind: str
    basis: str
    missing: str = ""
    limit: float = 3.0
    numbers: Mapping[str, float] = field(default_factory=dict)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    shapes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    splits: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    likes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self, finding: str, *, factor: float = 1.0) -> dict[str, float]:
        """Weights of a finding within the limit, times a factor in [0, 1] for how far it is trusted."""
        logs = {DEFAULT: 0.0, **self.findings[finding].weights()}
        return {name: factor * value for name, value in self.bounded(logs).items()}

    def bounded(self, logs: Mapping[str, float]) -> dict[str, float]:
        """log10 likelihoods less the default's; "default" has to be among them.

        None lies further below the largest than the limit: a kind of evidence may fit no hypothesis at all,
        and then says nothing.
        """
        floor = max(logs.values()) - self.limit
        base = max(logs[DEFAULT], floor)
        return {name: float(max(value, floor) - base) for name, value in logs.items() if name != DEFAULT}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an item speaks of.

    Attributes:
        name: "all" or a group.
        members: which rows of Listed belong to it, shape (m,).
    """

    name: str
    members: Bools

    @property
    def whom(self) -> str:
        """The C2s of the scope, in words."""
        return f"{self._one}s"

    def counted(self, count: int, *, of: str = "") -> str:
        """So many of them: "1 dridex C2", "21 independent listed C2s"."""
        return number(count, f"{of} {self._one}".lstrip())

    @property
    def _one(self) -> str:
        return "listed C2" if self.name == ALL else f"{self.name} C2"


Look = Callable[[Facts, Rule, Scope], tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of evidence.

    Attributes:
        name: as in the template.
        title: what it looks at, in a few words.
        question: the question it bears on.
        look: makes its items; none where the facts do not tell.
        by_group: each group has items of its own, and what all C2s together show does not enter there.
        numbers: names of the numbers it needs, with the smallest and largest value that makes sense.
        findings: names of the findings it may come to.
        shapes, shares: whether it needs them.
        splits: names of models whose sessions it divides.
        likes: names of models that a hypothesis may take.
        words: names of the lists of words it needs.
    """

    name: str
    title: str
    question: str
    look: Look
    by_group: bool = False
    numbers: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    shapes: bool = False
    shares: bool = False
    splits: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def measured(
    rule: Rule,
    facts: Facts,
    *,
    question: str,
    statement: str,
    reason: str,
    weights: Mapping[str, float],
    scope: str = ALL,
    rows: int | None = None,
    at_us: int | None = None,
    barred_by: str = "",
    source: str = FLOWS,
    grade: str = "",
    tlp: Tlp | None = None,
) -> Evidence:
    """An item as a kind of evidence makes it, on flow records where nothing else is said; ids come later."""
    return Evidence(
        id="",
        kind=rule.kind,
        question=question,
        scope=scope,
        statement=statement,
        reason=reason,
        weights=dict(weights),
        source=source,
        grade=grade,
        observed_at=None if at_us is None else moment_of(at_us),
        barred_by=barred_by,
        provenance=Provenance(facts.lake_version, f"headwater investigate {facts.service}", rows)
        if source == FLOWS
        else Provenance(query=source),
        tlp=tlp,
    )


def number(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 client", "12 clients"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
