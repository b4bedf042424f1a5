"""What does an event say to people? One sentence of what may be shared, and nothing that is obeyed."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from headwater.model.event import Event, EventKind
from headwater.present.events.sharing import Shared
from headwater.present.printable import printable

TITLES = {
    EventKind.NEW_UPSTREAM: "new upstream",
    EventKind.UPSTREAM_MOVED: "upstream moved",
    EventKind.LEAD_CONFIRMED: "lead confirmed by a list",
    EventKind.NEW_C2: "new C2 on a known upstream",
    EventKind.UPSTREAM_CHANGED: "upstream changed",
    EventKind.LABELS_WITHDRAWN: "labels withdrawn",
    EventKind.UPSTREAM_SILENT: "upstream silent",
    EventKind.COVERAGE_LOST: "coverage lost",
    EventKind.NEW_CANDIDATE: "new candidate",
    EventKind.CANDIDATE_DROPPED: "candidate dropped",
    EventKind.DIGEST: "digest",
}
_SHOWN_HOSTS = 8


def said(found: Shared) -> str:
    """The event in one sentence without full stop."""
    event = found.event
    parts = [f"{f'{event.mark}: ' if event.mark else ''}{TITLES[event.kind]}: {event.subject}"]
    if not found.whole:
        parts.append(_TELLERS.get(event.kind, _upstream)(event))
    if found.remark:
        parts.append(found.remark)
    return printable("; ".join(part for part in parts if part))


def _upstream(event: Event) -> str:
    """A service with its numbers."""
    facts, numbers = event.facts, event.measured
    parts = [f"{event.role} role"] if event.role else []
    if isinstance(facts.get("why"), str):
        parts.append(str(facts["why"]))
    if numbers is not None and numbers.c2s:
        families = Counter(host.family for host in event.hosts if host.family)
        named = ", ".join(f"{family} {count}" for family, count in families.most_common())
        parts.append(
            f"{numbers.c2s} listed C2s{f' ({named})' if named else ''} of {numbers.clients:,} clients met it"
        )
    if numbers is not None and numbers.posterior is not None:
        chance = "" if numbers.p_value is None else f", by chance {numbers.p_value:.1g}"
        parts.append(f"posterior {share(numbers.posterior)}{chance}")
    if numbers is not None and numbers.first_seen is not None:
        parts.append(f"first contact {moment(numbers.first_seen)}")
    return "; ".join(parts)


def _candidate(event: Event) -> str:
    """What a hunt says of it is no alert yet, and the sentence says so first."""
    waits = event.facts.get("waits_for")
    needs = f"; an alert needs {waits}" if isinstance(waits, str) else ""
    return f"tentative, no alert; {_upstream(event)}{needs}"


def _dropped(event: Event) -> str:
    now, before, since = (
        event.measured,
        event.facts.get("posterior_before"),
        event.facts.get("candidate_since"),
    )
    is_now = "" if now is None else f"the hunt's verdict is now {now.verdict}"
    if now is not None and now.posterior is not None:
        is_now += f", posterior {share(now.posterior)}"
    was = f"it was {share(before)}" if isinstance(before, float) else "it was a candidate"
    when = f" when told as a candidate on {since[:10]}" if isinstance(since, str) else ""
    return "; ".join(part for part in (is_now, f"{was}{when}") if part)


def _hosts(event: Event) -> str:
    named = [
        f"{host.address}{f' ({_family(host.family, host.group)})' if host.family else ''}"
        f"{f' {host.why}' if host.why else ''}"
        for host in event.hosts[:_SHOWN_HOSTS]
    ]
    more = len(event.hosts) - len(named)
    return ", ".join([*named, f"and {more} more"] if more > 0 else named)


def _new_c2(event: Event) -> str:
    numbers = event.measured
    total = f"; {numbers.c2s} listed C2s in all" if numbers is not None and numbers.c2s else ""
    return f"{_hosts(event)} met it{total}"


def _lead(event: Event) -> str:
    days, posterior = event.facts.get("head_start_days"), event.facts.get("lead_posterior")
    before = f", {days:.1f} days after a pivot found it" if isinstance(days, float) else ""
    sure = f" (posterior then {share(posterior)})" if isinstance(posterior, float) else ""
    return f"{_hosts(event)} is listed now{before}{sure}"


def _withdrawn(event: Event) -> str:
    before, after = event.facts.get("posterior_before"), event.measured
    now = "it is no candidate any more"
    if after is not None and after.posterior is not None:
        now = f"the hunt's verdict is now {after.verdict}, posterior {share(after.posterior)}"
    was = f" (it was {share(before)} when last told)" if isinstance(before, float) else ""
    left = event.facts.get("c2s_left")
    return f"rested on {_hosts(event)}; {left} listed C2s are left; {now}{was}"


def _coverage(event: Event) -> str:
    facts = event.facts
    return (
        f"nothing since {facts.get('last_flow')}, {facts.get('silent_h')} h; its longest pause before was "
        f"{facts.get('longest_pause_h')} h in {facts.get('hours_seen')} hours with flows"
    )


def _digest(event: Event) -> str:
    counts = Counter(each.kind for each in event.events)
    named = ", ".join(f"{count} {kind.value}" for kind, count in counts.most_common())
    what = "notices" if event.is_notice else "events"
    return f"{len(event.events)} {what} exceeded the budget ({named}); the most urgent first"


_TELLERS: dict[EventKind, Callable[[Event], str]] = {
    EventKind.NEW_C2: _new_c2,
    EventKind.LEAD_CONFIRMED: _lead,
    EventKind.LABELS_WITHDRAWN: _withdrawn,
    EventKind.COVERAGE_LOST: _coverage,
    EventKind.NEW_CANDIDATE: _candidate,
    EventKind.CANDIDATE_DROPPED: _dropped,
    EventKind.DIGEST: _digest,
}


def share(value: float) -> str:
    """A probability, never rounded to certainty."""
    return "<0.01" if value < 0.01 else ">0.99" if value > 0.99 else f"{value:.2f}"


def moment(at: datetime) -> str:
    """To the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _family(family: str, group: str) -> str:
    return f"{family}/{group}" if group else family
