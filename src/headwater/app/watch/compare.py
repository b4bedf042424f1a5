"""What is new since the last cycle? From what was known and what a hunt shows to events, without any file.

An upstream is known by its address: another port of a known one is no second upstream. What was told once is
not told again, even where the sliding window has lost sight of it meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from headwater.app.watch.gate import passes
from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Seen, Sight
from headwater.app.watch.telling import labels_withdrawn, lead_confirmed, new_c2, new_upstream
from headwater.model.event import Event
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.remembered import KnownC2, KnownUpstream, Memory


@dataclass(frozen=True, slots=True)
class Compared:
    """What a cycle found.

    Attributes:
        memory: what is known now.
        events: what is new.
    """

    memory: Memory
    events: tuple[Event, ...]


def compared(memory: Memory, shown: Sight, *, alerts: Alerts, lake: Path, silently: bool = False) -> Compared:
    """Compares what is known with what a hunt shows.

    Args:
        memory: what was known.
        shown: what the hunt shows.
        alerts: what is worth telling.
        lake: the lake's folder, for the commands that events name.
        silently: remember new upstreams without telling them.
    """
    events: list[Event] = []
    upstreams = dict(memory.upstreams)
    for address, known in memory.upstreams.items():
        upstreams[address], found = _known(known, shown, alerts=alerts, lake=lake)
        events += found
    new = _new(memory, shown, alerts)
    for seen in new:
        upstreams[seen.address] = _remembered(seen, shown)
        if not silently:
            events.append(new_upstream(seen, shown, lake, memory.candidates.get(seen.address)))
    return Compared(replace(memory, upstreams=upstreams), tuple(events))


def _new(memory: Memory, shown: Sight, alerts: Alerts) -> tuple[Seen, ...]:
    """Services that are to be told now, one for each address: the one that the hunt ranks first."""
    new: dict[str, Seen] = {}
    for seen in shown.services.values():
        if seen.address not in memory.upstreams and passes(seen, alerts):
            new.setdefault(seen.address, seen)
    return tuple(new.values())


def _known(
    known: KnownUpstream, shown: Sight, *, alerts: Alerts, lake: Path
) -> tuple[KnownUpstream, list[Event]]:
    """One known upstream: lost labels first, because a C2 that lost them is not counted any more."""
    seen = shown.services.get(known.key)
    met = {} if seen is None else seen.c2s
    events = []
    lost = _lost(known, shown, met, families=alerts.families)
    c2s = {address: one for address, one in known.c2s.items() if address not in lost}
    withdrawn = dict(known.withdrawn)
    if lost:
        for address in lost:
            withdrawn[address] = withdrawn.get(address, 0) + 1
        events.append(labels_withdrawn(known, seen, shown, lost, left=len(c2s), lake=lake))
    fresh = [address for address in met if address not in c2s]
    confirmed = [address for address in known.leads if _is_listed(address, shown)]
    events += [lead_confirmed(known, seen, shown, address, lake) for address in confirmed]
    told = [address for address in fresh if address not in confirmed]
    if told:
        events.append(new_c2(known, seen, shown, told, lake))
    for address in met:
        c2s[address] = _c2(shown, address, met)
    verdict = known.verdict if seen is None else seen.measured.verdict
    posterior = known.posterior if seen is None else seen.measured.posterior
    leads = {address: lead for address, lead in known.leads.items() if address not in confirmed}
    now = replace(known, c2s=c2s, withdrawn=withdrawn, leads=leads, verdict=verdict, posterior=posterior)
    return now, events


def _lost(
    known: KnownUpstream, shown: Sight, met: Iterable[str], *, families: tuple[str, ...]
) -> dict[str, str]:
    """C2s whose labels do not carry the contact any more, and why.

    Labels of other families than those asked for are not looked at, so nothing is said of their C2s.
    """
    lost, still, asked = {}, set(met), {family.casefold() for family in families}
    for address, c2 in known.c2s.items():
        labels = shown.labels.get(address)
        if labels is None and asked and c2.family.casefold() not in asked:
            continue
        if labels is None:
            doubt = shown.doubts.get(address)
            lost[address] = f"(now labelled {doubt})" if doubt else "(no label calls it a C2 any more)"
        elif labels.digest != c2.labels and address not in still and _inside(c2, shown):
            lost[address] = "(its label's dates do not hold the contact any more)"
    return lost


def _inside(c2: KnownC2, shown: Sight) -> bool:
    """Whether its contact still lies in the window, so that only labels can have taken it away."""
    return shown.since is None or c2.last_seen >= shown.since


def _is_listed(address: str, shown: Sight) -> bool:
    labels = shown.labels.get(address)
    return labels is not None and any(source != PIVOT_SOURCE for source in labels.host.sources)


def _remembered(seen: Seen, shown: Sight) -> KnownUpstream:
    return KnownUpstream(
        seen.address, seen.port, seen.proto, seen.role, told_at=shown.now, lake_version=shown.lake_version,
        verdict=seen.measured.verdict, posterior=seen.measured.posterior,
        c2s={address: _c2(shown, address, seen.c2s) for address in seen.c2s},
    )  # fmt: skip


def _c2(shown: Sight, address: str, met: dict[str, datetime]) -> KnownC2:
    labels = shown.labels[address]
    host = labels.host
    return KnownC2(host.family, host.group, host.tlp, host.sources, labels.digest, met[address])
