"""Which pictures does a report show, and what is to be seen in each?"""

from collections.abc import Iterator

from headwater.model.case import Case, Neighbour
from headwater.model.hypothesis import Hypothesis
from headwater.present.charts.chance import chance_chart
from headwater.present.charts.clients import MOST_NEIGHBOURS, clients_chart
from headwater.present.charts.drawing import unchecked
from headwater.present.charts.rhythm import LEAST_OTHERS, WEEKDAYS, hours_chart, weekdays_chart
from headwater.present.charts.timeline import timeline_chart
from headwater.present.charts.timeline_rows import drawn_timelines
from headwater.present.charts.waterfall import waterfall_chart
from headwater.present.report.content import Figure, Section, Statement
from headwater.present.report.frame import Frame
from headwater.present.report.others import neighbour_name
from headwater.present.report.wording import count, said, share, small

_WATERFALLS = 2  # a question: its likeliest answer and the next


def pictures(frame: Frame) -> Section:
    """The section of figures."""
    with unchecked():
        found = tuple(_all(frame))
    empty = (Statement("There is nothing to draw: no client of the service is in the records."),)
    return Section("figures", "What the records show", found or empty)


def _all(frame: Frame) -> Iterator[Figure]:
    case = frame.case
    if case.contacts or case.neighbours:
        yield _clients(frame)
    if case.timelines or case.tenancy or case.claims:
        yield _timeline(case)
    if sum(case.counts.hours):
        yield from _rhythm(case)
    yield from _chance(case)
    yield from _waterfalls(case)


def _clients(frame: Frame) -> Figure:
    case = frame.case

    def name(one: Neighbour) -> str:
        return neighbour_name(one, case, name_others=frame.settings.name_others)

    groups = ", ".join(f"{said(name)} {number:,}" for name, number in case.counts.by_group.items())
    others = case.counts.clients - case.counts.c2s
    more = max(len(case.neighbours) - MOST_NEIGHBOURS, 0)
    return Figure(
        id="clients",
        title="Who talks to the service",
        caption=(
            "Each mark of the ring is a listed C2, its shape and colour its group, its size its sessions; "
            "the line says who opens the contact. Below: everything else that shares the service, its host "
            "or its C2s." + (f" {count(more, 'more neighbour')} in the table." if more else "")
        ),
        description=(
            f"{count(case.counts.c2s, 'listed C2')} in a ring around the service"
            f"{f', by group: {groups}' if groups else ''}. Below it {count(others, 'other client')} and "
            f"{count(len(case.neighbours), 'neighbouring service')}."
        ),
        chart=clients_chart(case, name=name),
        narrow=clients_chart(case, name=name, narrow=True),
        behind="c2s",
    )


def _timeline(case: Case) -> Figure:
    counted = sum(one.included for one in case.timelines)
    left_out = len(case.timelines) - counted
    drawn = len(drawn_timelines(case))
    cut = f" {drawn:,} of {len(case.timelines):,} C2s are drawn." if drawn < len(case.timelines) else ""
    within = sum(
        one.relation is not None and one.relation.likeliest == "during"
        for one in case.timelines
        if one.included
    )
    return Figure(
        id="timeline",
        title="Active as a C2 against in contact with the service",
        caption=(
            "Thin upper bar: when the host was active as a C2. Thick lower bar: when it was in contact with "
            "the service. Solid: certain; fading: the edge lies somewhere there; upright strokes: first and "
            "last record; ring: a single session. Grey columns: days without records of any sensor; dashed "
            "lines: where the records begin and end. Arrows: it goes on beyond what is known or shown." + cut
        ),
        description=(
            f"{count(counted, 'C2')} with two bars each; in {within:,} of them contact most likely lies "
            f"within the life as a C2. {count(left_out, 'C2')} left out by the rule stand apart below. "
            f"Above: {len(case.tenancy)} tenancies of the address and {count(len(case.claims), 'claim')} of "
            "open sources."
        ),
        chart=timeline_chart(case),
        narrow=timeline_chart(case, narrow=True),
        behind="intervals",
    )


def _rhythm(case: Case) -> Iterator[Figure]:
    busiest = max(range(24), key=lambda hour: case.counts.hours[hour])
    weekday = max(range(7), key=lambda number: case.counts.weekdays[number])
    mine, others = sum(case.counts.hours), sum(case.counts.other_hours)
    own = f"{count(mine, 'hour')} with contact (UTC)"
    if others >= LEAST_OTHERS:
        caption = (
            "Bars: listed C2s. Line: all other clients. Each in percent of its own hours with contact (UTC): "
            f"{mine:,} of C2s, {others:,} of all others."
        )
    elif others:
        caption = (
            f"Listed C2s, in percent of their {own}. All other clients have only {count(others, 'hour')}, "
            "too few to draw; the table has them."
        )
    else:
        caption = f"Listed C2s, in percent of their {own}. No other client is in contact."
    yield Figure(
        "hours", "Contact by hour of the day", caption,
        f"The busiest hour of the listed C2s is {busiest:02d}:00 UTC.", hours_chart(case), "rhythm",
        half=True,
    )  # fmt: skip
    yield Figure(
        "weekdays", "Contact by weekday", caption,
        f"The busiest weekday of the listed C2s is {WEEKDAYS[weekday]}.", weekdays_chart(case), "rhythm",
        half=True,
    )  # fmt: skip


def _chance(case: Case) -> Iterator[Figure]:
    caption = (
        "Stems: how likely so many groups are by chance (Poisson, logarithmic; below 1e-16 none is drawn). "
        "Dashed: what was seen. C2s of one network block or owner count as one."
    )
    if case.chance is not None:
        yield Figure(
            "chance", "What chance would bring, and what was seen", caption,
            f"Chance would bring {case.chance.expected:.2g}, {case.chance.k:,} were seen, p = "
            f"{small(case.chance.p_value)}.",
            chance_chart(case), "chance-numbers", half=True,
        )  # fmt: skip
    held = case.confirmation
    if held.p_value is not None:
        yield Figure(
            "confirmation", "The same, on what was held out", caption,
            f"Of what was held out chance would bring {held.expected:.2g}, {held.k:,} were seen, p = "
            f"{small(held.p_value)}.",
            chance_chart(case, confirmation=True), "chance-numbers", half=True,
        )  # fmt: skip


def _waterfalls(case: Case) -> Iterator[Figure]:
    drawn = {(step.question, step.hypothesis) for step in case.waterfall if step.scope == "all"}
    for number, question in enumerate(dict.fromkeys(one.question for one in case.hypotheses), 1):
        asked = [
            one
            for one in case.hypotheses
            if one.question == question and one.scope == "all" and (question, one.id) in drawn
        ]
        best = sorted(asked, key=lambda one: -one.posterior)[:_WATERFALLS]
        yield from (_waterfall(case, one, f"waterfall-{number}-{place}") for place, one in enumerate(best, 1))


def _waterfall(case: Case, one: Hypothesis, name: str) -> Figure:
    return Figure(
        id=name,
        title=f"Evidence on \u201c{said(one.id)}\u201d: {said(one.statement)}",
        caption=(
            "Log10 odds against all other answers to the question, item by item from the top: 0 is as likely "
            "as not, 1 is ten to one. The ledger holds every item in full."
        ),
        description=(
            f"From a prior of {share(one.prior)} to a posterior of {share(one.posterior)} (range "
            f"{share(one.low)} to {share(one.high)})."
        ),
        chart=waterfall_chart(case, hypothesis=one.id, question=one.question),
        narrow=waterfall_chart(case, hypothesis=one.id, question=one.question, narrow=True),
        behind="ledger",
        half=True,
    )
