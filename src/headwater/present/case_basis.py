"""What does a case on a terminal rest on? Coverage, shared keys, what the rule leaves out, each item's part.

Nothing is decided here. Lines are plain text; whoever prints them makes them printable.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from headwater.model.case import Case, Coverage
from headwater.model.hypothesis import Hypothesis, Step

_TRIES = (5, 20)  # sessions of which the chance of being seen is told
_MOST_GAPS = 6
_LEAST_MOVE = 0.05  # log10 odds; what moves less is put together


def coverage_lines(case: Case) -> list[str]:
    """What the records cover, and the chance of having seen what was not seen."""
    covered = case.coverage
    if covered.first is None or covered.last is None:
        return []
    sampling = f"sampled at 1:{covered.sampling:,}" if covered.sampling else "sampling not stated"
    lines = [f"Records from {_day(covered.first)} to {_day(covered.last)}, {sampling}."]
    if covered.gaps:
        lines.append(f"No sensor recorded anything on {_gaps(covered)}; these are no silent days.")
    lines += _chance_of_seeing(case)
    away = _not_in_contact(case)
    if away:
        lines.append(f"In the records and not seen in contact: {away}.")
    return lines


def _gaps(covered: Coverage) -> str:
    spans = [
        _day(start)
        if end - start <= timedelta(days=1)
        else f"{_day(start)} to {_day(end - timedelta(seconds=1))}"
        for start, end in covered.gaps
    ]
    left = len(spans) - _MOST_GAPS
    return ", ".join(spans[:_MOST_GAPS]) + (f" and {left} more" if left > 0 else "")


def _chance_of_seeing(case: Case) -> list[str]:
    if not case.contacts:
        return []
    one = case.coverage.chance_of_session
    if one is None:
        return ["Sampling or packets are unknown, so nothing can be said of the chance of having seen more."]
    if one >= 1.0:
        return ["Nothing is sampled away: what these sensors look at, they saw."]
    told = [f"{count} with {_share(1.0 - (1.0 - one) ** count)}" for count in _TRIES]
    text = (
        "Not seen is not the same as not there: a session like those seen leaves a record with a chance of "
        f"{_share(one)}, at least one of {', of '.join(told)}."
    )
    return [text]


def _not_in_contact(case: Case) -> str:
    """Groups whose listed C2s the flows show, and of which none is in contact."""
    met = case.counts.by_group
    if not met:
        return ""
    return ", ".join(
        f"{group} ({count:,} C2s)" for group, count in case.counts.seen_by_group.items() if group not in met
    )


def shared_keys_lines(case: Case) -> list[str]:
    """Keys of the host that other hosts show as well."""
    return [
        f"{one.id} ({one.kind}, seen by {_day(one.set_high)}) also sits on {', '.join(one.elsewhere[:3])}"
        f"{' and others' if len(one.elsewhere) > 3 else ''}; images share keys."
        for one in case.keys
        if one.elsewhere
    ]


def beside_lines(case: Case) -> list[str]:
    """The likeliest answers as they come out where the rule leaves out nothing; none where it does not."""
    left_out = sum(not one.included for one in case.timelines)
    beside = {(one.question, one.scope, one.id): one.posterior for one in case.with_excluded}
    told = [
        f"{one.id} of {one.scope} {_share(beside[one.question, one.scope, one.id])} "
        f"(by the rule {_share(one.posterior)})"
        for one in tops(case.hypotheses)
        if one.question == "tie" and (one.question, one.scope, one.id) in beside
    ]
    if not left_out or not told:
        return []
    return [f"With the {left_out} left out counted as well: {', '.join(told)}."]


def steps_lines(case: Case) -> list[str]:
    """What each item does to the likeliest answer of each question: its probability, item by item."""
    return [
        f"{top.id} ({top.question}): {_steps(steps)}"
        for top in tops(case.hypotheses)
        if top.scope == "all"
        and (
            steps := [
                one
                for one in case.waterfall
                if (one.question, one.scope, one.hypothesis) == (top.question, top.scope, top.id)
            ]
        )
    ]


def _steps(steps: Sequence[Step]) -> str:
    """Prior, then each item that moves, and what stands at the end."""
    told = [
        f"{'prior' if one.evidence == 'prior' else one.evidence} {_probability(one.after)}"
        for one in steps
        if one.evidence == "prior" or abs(one.after - one.before) >= _LEAST_MOVE
    ]
    return f"{', '.join(told)}; with all others {_probability(steps[-1].after)}"


def tops(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The likeliest hypothesis of each question and scope, the whole before its groups."""
    best: dict[tuple[str, str], Hypothesis] = {}
    for one in hypotheses:
        held = best.get((one.question, one.scope))
        if held is None or one.posterior > held.posterior:
            best[one.question, one.scope] = one
    return sorted(best.values(), key=lambda one: (one.scope != "all", one.question != "tie"))


def _probability(log_odds: float) -> str:
    return _share(1.0 / (1.0 + 10.0**-log_odds))


def _share(value: float) -> str:
    """Two digits; what rounds to certainty is told as short of it."""
    if 0.995 <= value < 1.0:
        return "above 0.99"
    return "below 0.01" if 0.0 < value < 0.005 else f"{value:.2f}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
