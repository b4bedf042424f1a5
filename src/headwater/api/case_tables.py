"""What are the parts of a case as tables? Each with the picture that the report has of it."""

from dataclasses import dataclass
from datetime import datetime

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.errors import BadSetting
from headwater.model.case import Case, Chance, Confirmed, Contact, Neighbour, Sentence
from headwater.model.claim import Claim
from headwater.model.hypothesis import Evidence, Hypothesis, Step
from headwater.model.tenancy import KeyBracket, PlacedClaim, Tenancy
from headwater.model.timeline import Timeline
from headwater.present.charts.chance import chance_chart
from headwater.present.charts.clients import clients_chart
from headwater.present.charts.rhythm import WEEKDAYS, hours_chart, weekdays_chart
from headwater.present.charts.timeline import timeline_chart
from headwater.present.charts.waterfall import waterfall_chart


@dataclass(frozen=True, slots=True)
class _Group:
    group: str
    by_group: int
    seen_by_group: int


@dataclass(frozen=True, slots=True)
class _Hour:
    hour: int
    hours: int
    other_hours: int


@dataclass(frozen=True, slots=True)
class _Weekday:
    weekday: str
    weekdays: int
    other_weekdays: int


@dataclass(frozen=True, slots=True)
class _Gap:
    start: datetime
    end: datetime


def timeline(case: Case) -> Part:
    """Each listed C2: its life as one against its contact with the service."""
    left_out = sum(not one.included for one in case.timelines)
    drawn = case.timelines or case.tenancy or case.claims
    return Part(
        title=f"Active as C2 against in contact with {case.service}",
        table=arrow_of(case.timelines, Timeline),
        said=(
            f"{len(case.timelines) - left_out:,} C2s count; {left_out:,} do not, and say why.",
        ),
        shown=(
            "address", "family", "group", "activity_start", "activity_end", "contact_start", "contact_end",
            "relation_before", "relation_overlaps_start", "relation_during", "relation_overlaps_end",
            "relation_after", "included", "excluded_because",
        ),
        draw=(lambda: timeline_chart(case)) if drawn else None,
        description="Two bars for each C2: when it was active as one, and when in contact with the service.",
    )  # fmt: skip


def contacts(case: Case) -> Part:
    """Who talks to the service."""
    left = (f"{case.contacts_left_out:,} more clients are counted, not listed.",)
    return Part(
        title=f"Who talks to {case.service}",
        table=arrow_of(case.contacts, Contact),
        said=left if case.contacts_left_out else (),
        shown=(
            "address", "listed", "family", "group", "network", "first", "last", "sessions", "flows",
            "bytes_out", "bytes_in", "opened_by",
        ),
        draw=(lambda: clients_chart(case)) if case.contacts or case.neighbours else None,
        description=f"{case.counts.c2s:,} listed C2s in a ring around the service, all else below.",
    )  # fmt: skip


def neighbours(case: Case) -> Part:
    """What shares the service, its host or its C2s."""
    return Part(title=f"Beside {case.service}", table=arrow_of(case.neighbours, Neighbour))


def groups(case: Case) -> Part:
    """Listed C2s by group: in contact, and seen in the records at all."""
    seen = case.counts.seen_by_group
    return Part(
        title=f"Groups of C2s in contact with {case.service}",
        table=arrow_of(
            [_Group(name, case.counts.by_group.get(name, 0), seen.get(name, 0))
             for name in dict.fromkeys([*case.counts.by_group, *seen])], _Group,
        ),
    )  # fmt: skip


def evidence(case: Case) -> Part:
    """The ledger."""
    return Part(
        title="The ledger of evidence",
        table=arrow_of(case.evidence, Evidence),
        said=(
            "Weights are decimal logarithms of likelihoods: differences tell. What is barred does not count.",
        ),
        shown=("id", "kind", "question", "scope", "statement", "weights", "source", "grade", "barred_by"),
    )


def hypotheses(case: Case, *, with_excluded: bool = False) -> Part:
    """All answers to all questions."""
    return Part(
        title="Hypotheses, with what the rule leaves out" if with_excluded else "Hypotheses",
        table=arrow_of(case.with_excluded if with_excluded else case.hypotheses, Hypothesis),
        said=("posterior: in [0, 1], at the settings' own priors; low and high: over all priors tried.",),
        shown=(
            "question", "scope", "id", "statement", "prior", "posterior", "low", "high", "words", "for",
            "against",
        ),
    )  # fmt: skip


def waterfall(case: Case, hypothesis: str | None, *, question: str, scope: str) -> Part:
    """What each item of evidence does to one hypothesis.

    Raises:
        BadSetting: there is no such hypothesis.
    """
    asked = [one for one in case.hypotheses if (one.question, one.scope) == (question, scope)]
    ranked = [one.id for one in sorted(asked, key=lambda one: -one.posterior)]
    if not case.hypotheses and hypothesis is None:
        return Part(title="Waterfall: there is no hypothesis", table=arrow_of((), Step))
    if not ranked or (hypothesis is not None and hypothesis not in ranked):
        known = ", ".join(dict.fromkeys(f"{one.question}/{one.scope}/{one.id}" for one in case.hypotheses))
        raise BadSetting(
            f"no hypothesis {hypothesis or ''!r} of question {question!r} and scope {scope!r}; there are "
            f"(question/scope/id): {known}"
        )
    chosen = hypothesis or ranked[0]
    steps = [
        one for one in case.waterfall
        if (one.hypothesis, one.question, one.scope) == (chosen, question, scope)
    ]  # fmt: skip
    return Part(
        title=f"What makes \u201c{chosen}\u201d likely or not",
        table=arrow_of(steps, Step),
        said=("Log10 odds against all other answers to the question: 0 is as likely as not, 1 is 10 to 1.",),
        draw=(lambda: waterfall_chart(case, hypothesis=chosen, question=question, scope=scope))
        if steps
        else None,
        description="Bars from the prior to the posterior, one for each item of evidence.",
    )


def hours(case: Case) -> Part:
    """Contact by hour of the day, UTC."""
    counts = case.counts
    rows = [
        _Hour(hour, *pair) for hour, pair in enumerate(zip(counts.hours, counts.other_hours, strict=True))
    ]
    return Part(
        title="Contact by hour of the day, UTC",
        table=arrow_of(rows, _Hour),
        said=("Hours with contact of listed C2s, and of all other clients; the picture shows shares.",),
        draw=(lambda: hours_chart(case)) if sum(counts.hours) else None,
    )


def weekdays(case: Case) -> Part:
    """Contact by weekday, UTC."""
    counts = case.counts
    rows = [
        _Weekday(*row)
        for row in zip(WEEKDAYS, counts.weekdays, counts.other_weekdays, strict=True)
    ]  # fmt: skip
    return Part(
        title="Contact by weekday, UTC",
        table=arrow_of(rows, _Weekday),
        said=("Hours with contact of listed C2s, and of all other clients; the picture shows shares.",),
        draw=(lambda: weekdays_chart(case)) if sum(counts.weekdays) else None,
    )


def chance(case: Case) -> Part:
    """What chance would bring, and what was seen."""
    return Part(
        title="What chance would bring, and what was seen",
        table=arrow_of([case.chance] if case.chance else [], Chance),
        said=() if case.chance else ("Chance could not be reckoned in this case.",),
        draw=(lambda: chance_chart(case)) if case.chance else None,
        description="The distribution under chance, with what was seen.",
    )


def confirmation(case: Case) -> Part:
    """The same, on C2s that were held out."""
    made = case.confirmation.p_value is not None
    return Part(
        title="What chance would bring, on what was held out",
        table=arrow_of([case.confirmation] if made else [], Confirmed),
        said=() if made else ("Nothing could be held out in this case.",),
        draw=(lambda: chance_chart(case, confirmation=True)) if made else None,
        description="The distribution under chance, with what was seen among C2s that were held out.",
    )


def tenancy(case: Case) -> Part:
    """Spans in which one tenant held the address."""
    return Part(title="Who held the address", table=arrow_of(case.tenancy, Tenancy))


def claims(case: Case) -> Part:
    """What open sources say."""
    said = ("None of it was checked by this program.",) if case.claims else ()
    return Part(title="What open sources say", table=arrow_of(case.claims, Claim), said=said)


def placed(case: Case) -> Part:
    """Where claims lie against tenancies; `claim` is the number of a row of `claims()`, from 0."""
    return Part(title="Claims against tenancies", table=arrow_of(case.placed, PlacedClaim))


def keys(case: Case) -> Part:
    """By what the host was recognised."""
    return Part(title="What the host was recognised by", table=arrow_of(case.keys, KeyBracket))


def sentences(case: Case) -> Part:
    """The conclusion, sentence by sentence."""
    return Part(title="The conclusion", table=arrow_of(case.conclusion.sentences, Sentence))


def gaps(case: Case) -> Part:
    """Spans without a record of any sensor."""
    rows = [_Gap(start, end) for start, end in case.coverage.gaps]
    return Part(title="Gaps in the records", table=arrow_of(rows, _Gap))
