"""Did a story come out as itself? A case held against the story's truth, point by point.

Every story asks for its service, its question and its hypothesis. The published case asks for more: counts,
who is left out, since when, which group, where the claim lies, what is ruled out. Each point is told with
what was found and what was wanted. A point asks for what the story promises and for no number of the method
beyond it; the one threshold here is RULED_OUT.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from headwater.errors import BadSetting
from headwater.model.candidate import Candidate
from headwater.model.case import Case
from headwater.model.hunt import Hunt
from headwater.model.hypothesis import Hypothesis
from headwater.model.service import Service
from headwater.model.tenancy import Placing

INSUFFICIENT = "insufficient"
RULED_OUT = 0.05  # "almost no chance" of ICD 203 ends here: the largest posterior of what is ruled out
STRONG_WORDS = ("very likely", "almost certain")  # words that must not stand for a wrong hypothesis
_TIE, _TENANT, _ALL = "tie", "tenant", "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must come out, as truth.json says it.

    Attributes:
        story: name of the story.
        service: as `Service.parse` reads it.
        question: the question that the story is about.
        hypothesis: what must come out on top of it, or "insufficient".
        tenant: what must come out on top of the question "tenant"; "" where nothing must.
        barred_after: evidence from this moment on must not count; None where nothing is asked.
        since_from, since_until: between which moments the tie must begin; None where nothing is asked.
        closest_group: the group to which the operator is close; "" where nothing is asked.
        by_group: listed C2s in contact by group; empty where nothing is asked.
        excluded: C2s that the rule leaves out by group; empty where nothing is asked.
    """

    story: str
    service: str
    question: str
    hypothesis: str
    tenant: str
    barred_after: datetime | None
    since_from: datetime | None
    since_until: datetime | None
    closest_group: str
    by_group: Mapping[str, int]
    excluded: Mapping[str, int]

    @property
    def whole_case(self) -> bool:
        """Whether the story asks for everything that the published case does."""
        return bool(self.closest_group)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an outcome.

    Attributes:
        name: what is asked.
        right: whether it came out.
        found: what came out, in words.
        wanted: what had to, in words.
    """

    name: str
    right: bool
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a story.

    Attributes:
        story: its name.
        points: everything that was asked.
    """

    story: str
    points: tuple[Point, ...]

    @property
    def right(self) -> bool:
        """Whether every point came out."""
        return all(point.right for point in self.points)

    @property
    def text(self) -> str:
        """One line: right, or each point that did not come out."""
        if self.right:
            return f"right ({len(self.points)} points)"
        wrong = [
            f"{point.name}: {point.found}, wanted {point.wanted}" for point in self.points if not point.right
        ]
        return "; ".join(wrong)


def expected_of(truth: Path) -> Wanted:
    """What a story's truth.json asks for.

    Raises:
        BadSetting: the file is no story's truth.
    """
    try:
        return wanted_of(json.loads(truth.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as why:
        raise BadSetting(
            f"{truth}: no truth of a story ({why}); write one with `headwater simulate STORY`"
        ) from None


def wanted_of(document: Mapping[str, Any]) -> Wanted:  # Any: what json gives
    """What a story's truth asks for, as truth.json holds it; times as text or as moments."""
    said = document["expected"]
    return Wanted(
        story=document["story"],
        service=document["service"]["investigate"],
        question=said["question"],
        hypothesis=said["hypothesis"],
        tenant=said["tenant"],
        barred_after=_moment(said["barred_after"]),
        since_from=_moment(said["since_from"]),
        since_until=_moment(said["since_until"]),
        closest_group=said["closest_group"],
        by_group=said["by_group"],
        excluded=said["excluded"],
    )


def _moment(value: str | datetime | None) -> datetime | None:
    if not value:  # no moment is asked for
        return None
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def outcome_of(case: Case, wanted: Wanted, hunt: Hunt | None = None) -> Outcome:
    """Holds a case against what the story promises.

    Args:
        case: of the story's service.
        wanted: from the story's truth.
        hunt: a hunt in the same records, which must have found the service first; None where nobody hunted.
    """
    points = [
        _point("service", str(case.service), str(Service.parse(wanted.service))),
        _point("verdict", case.conclusion.verdict, wanted.hypothesis),
        _no_strong_word_for_another(case, wanted),
    ]
    if wanted.tenant:
        points.append(_point("tenant", _top(case, _TENANT, _ALL), wanted.tenant))
    if wanted.barred_after is not None:
        points += _barred(case, wanted.barred_after)
    if wanted.whole_case:
        points += _whole_case(case, wanted)
    if hunt is not None:
        points += _hunted(hunt, wanted)
    return Outcome(wanted.story, tuple(points))


def _point(name: str, found: object, wanted: object) -> Point:
    return Point(name, found == wanted, str(found), str(wanted))


def _of(case: Case, question: str, scope: str) -> dict[str, Hypothesis]:
    return {each.id: each for each in case.hypotheses if (each.question, each.scope) == (question, scope)}


def _top(case: Case, question: str, scope: str) -> str:
    found = _of(case, question, scope)
    return max(found.values(), key=lambda each: each.posterior).id if found else ""


def _no_strong_word_for_another(case: Case, wanted: Wanted) -> Point:
    """A wrong accusation is worse than a missed one."""
    strong = [
        f"{each.id} of {each.scope} {each.words}"
        for each in case.hypotheses
        if each.question == _TIE
        and each.id != wanted.hypothesis
        and any(word in each.words for word in STRONG_WORDS)
    ]
    return _point("strong words for another hypothesis", ", ".join(strong) or "none", "none")


def _barred(case: Case, moment: datetime) -> list[Point]:
    """Evidence on the tie from behind a boundary of tenancy is barred, visibly."""
    tie = [each for each in case.evidence if each.question == _TIE]
    late = [each.id for each in tie if each.counts and each.observed_at and each.observed_at >= moment]
    boundary = any(
        each.start_low is not None and each.start_low <= moment <= each.start_high for each in case.tenancy
    )
    return [
        _point("evidence from after the boundary that counts", ", ".join(late) or "none", "none"),
        _point("the boundary lies between two tenancies", boundary, True),
    ]


def _whole_case(case: Case, wanted: Wanted) -> list[Point]:
    excluded: dict[str, int] = {}
    for each in case.timelines:
        if not each.included:
            excluded[each.group_key] = excluded.get(each.group_key, 0) + 1
    return [
        _point("C2s by group", _counts(case.counts.by_group), _counts(wanted.by_group)),
        _point("left out by the rule", _counts(excluded), _counts(wanted.excluded)),
        _since(case, wanted),
        _point("closest group", case.conclusion.closest_group, wanted.closest_group),
        *_groups(case, wanted),
        _ruled_out(case, "chance"),
        *_tenants(case),
        _edge(case),
    ]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _since(case: Case, wanted: Wanted) -> Point:
    since = case.conclusion.since
    right = (
        since is not None
        and (wanted.since_from is None or since >= wanted.since_from)
        and (wanted.since_until is None or since < wanted.since_until)
    )
    return Point("since", right, str(since), f"{wanted.since_from} to {wanted.since_until}")


def _groups(case: Case, wanted: Wanted) -> list[Point]:
    """Control before handoff for the closest group; other groups undecided or weaker in their timing."""
    near = _of(case, _TIE, wanted.closest_group)
    control = near["control"].posterior if "control" in near else math.nan
    handoff = near["handoff"].posterior if "handoff" in near else math.nan
    points = [
        Point(
            f"{wanted.closest_group}: control above handoff", control > handoff,
            f"{control:.3f} and {handoff:.3f}", "control above handoff",
        )
    ]  # fmt: skip
    best = _control_ratio(case, wanted.closest_group)
    for group in sorted(wanted.excluded):
        ratio = _control_ratio(case, group)
        here = _of(case, _TIE, group)
        undecided = "control" not in here or here["control"].words == INSUFFICIENT
        points.append(
            Point(
                f"{group}: undecided or weaker than {wanted.closest_group}", undecided or ratio < best,
                f"timing for control {ratio:.2f} a C2, against {best:.2f}", "less",
            )
        )  # fmt: skip
    return points


def _control_ratio(case: Case, group: str) -> float:
    """Mean over a group's C2s that count of the log10 ratio of control to the next best model of timing."""
    ratios = []
    for each in case.timelines:
        logs = dict(each.log_bayes)
        if each.group_key == group and each.included and "control" in logs:
            others = [value for name, value in logs.items() if name != "control"]
            ratios.append((logs["control"] - max(others)) / math.log(10))
    return sum(ratios) / len(ratios) if ratios else math.nan


def _ruled_out(case: Case, hypothesis: str) -> Point:
    found = _of(case, _TIE, _ALL).get(hypothesis)
    high = math.nan if found is None else found.high
    return Point(f"{hypothesis} ruled out", high <= RULED_OUT, f"up to {high:.3f}", f"at most {RULED_OUT}")


def _tenants(case: Case) -> list[Point]:
    found = _of(case, _TENANT, _ALL)
    new, earlier = found.get("new-operator"), found.get("earlier-operator")
    right = new is not None and earlier is not None and new.posterior > earlier.posterior
    told = " and ".join("none" if each is None else f"{each.posterior:.3f}" for each in (new, earlier))
    return [Point("a new operator above the earlier one", right, told, "new above earlier")]


def _edge(case: Case) -> Point:
    """The latest claim that names an actor lies at the bracket's edge: undecidable, or with its chance."""
    named = [
        (case.claims[each.claim].date, each)
        for each in case.placed
        if case.claims[each.claim].actor and case.claims[each.claim].address
    ]
    name, wanted = "the claim at the edge of the tenancy", "undecidable or a probability"
    if not named:
        return Point(name, False, "not placed", wanted)
    latest = max(date for date, _ in named)
    placed = [each for date, each in named if date == latest]
    right = all(each.placing is Placing.UNDECIDABLE or 0.5 < each.probability <= 1.0 for each in placed)
    told = ", ".join(f"{each.placing.value} {each.tenancy} ({each.probability:.2f})" for each in placed)
    return Point(name, right, told, wanted)


def _hunted(hunt: Hunt, wanted: Wanted) -> list[Point]:
    """The hunt, told nothing, has the service first, with the same counts."""
    first: Candidate | None = hunt.candidates[0] if hunt.candidates else None
    name = "" if first is None else str(Service(first.address, first.port, first.proto))
    points = [_point("first of the hunt", name, str(Service.parse(wanted.service)))]
    if first is not None and wanted.by_group:
        points.append(_point("C2s of the hunt", _counts(first.by_group), _counts(wanted.by_group)))
    return points
