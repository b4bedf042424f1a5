"""A research tracker: it visits what the feeds list, on the listed ports and on some others."""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.hosts import HostKind
from headwater.simulate.knobs import knob
from headwater.simulate.listing import Entry
from headwater.simulate.networks import NetworkKind
from headwater.simulate.profiles import Shape
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented, whole
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_LOOKED_AT = (22, 80)  # beside the listed port; the first is the one to investigate


@dataclass(frozen=True, slots=True)
class ResearchTracker(CounterStory):
    """A client of many listed C2s that comes after they were listed."""

    name = "research-tracker"
    note = "a host visits the listed C2s of all families, on their own ports and on 22 and 80, once listed"

    follows: float = knob(0.9, "", "assumed", "Share of the listed hosts within sight that it visits.")
    after_days: float = knob(0.5, "days", "assumed", "Mean time from a listing to the first visit.")
    visits_days_low: float = knob(6.0, "days", "assumed", "Shortest time over which it visits one host.")
    visits_days_high: float = knob(20.0, "days", "assumed", "Longest.")
    seen_low: int = knob(2, "sessions", "assumed", "Fewest exchanges seen on each of the other ports.")
    seen_high: int = knob(7, "sessions", "assumed", "Most.")
    touched: int = knob(2_500, "hosts", "assumed", "Other hosts that it touches now and then.")
    touched_rate: float = knob(0.2, "sessions/host/day", "assumed", "How often it touches one of them.")

    def play(self, stage: Stage) -> None:
        """Plants the tracker and its look at many other hosts."""
        rng = stage.rng
        networks = stage.population.networks.of_kind(NetworkKind.RESEARCH)
        stage.place_service(
            _LOOKED_AT[0], network=int(rng.choice(networks)), kind=HostKind.TRACKER, role="client"
        )
        everybody = np.concatenate([stage.population.servers, stage.population.residential])
        hosts = stage.some(everybody, self.touched)
        stage.others = len(hosts)
        stage.contacts("touches", steadiness=1.0).add(
            stage.service, hosts, port=rng.choice(np.array([443, 80, 22]), len(hosts)),
            shape=Shape.PROBE_OPEN, per_day=self.touched_rate, begin=0.0, end=stage.days,
        )  # fmt: skip
        add_context(stage)
        stage.expected = Expected("tie", "observer")
        all_invented(
            stage,
            "The host reads both feeds and visits what they list, soon after.",
            "It touches thousands of other hosts, each rarely.",
        )

    def follow(self, stage: Stage, entries: list[Entry]) -> None:
        """Visits to what the feeds list, wrong entries among it."""
        rng = stage.rng
        first: dict[int, Entry] = {}
        for entry in sorted(entries, key=lambda each: (each.first, each.host)):
            first.setdefault(entry.host, entry)
        sight = stage.seen_both_ways
        networks = stage.population.roll.network_of(np.array(list(first), np.int64))
        for (host, entry), network in zip(first.items(), networks, strict=True):
            if not sight[network] or rng.random() >= self.follows:
                continue
            begin = max(entry.first, 0.0) + float(rng.exponential(self.after_days))
            end = min(begin + between(rng, self.visits_days_low, self.visits_days_high), stage.days - 0.1)
            if begin >= end:
                continue
            own = entry.port or 443
            for port in dict.fromkeys((own, *_LOOKED_AT)):
                seen = whole(rng, self.seen_low, self.seen_high) * (2 if port == own else 1)
                stage.visit(host, entry.c2, port=port, begin=begin, end=end, seen=seen)
