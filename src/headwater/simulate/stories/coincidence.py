"""Coincidence: C2s use a popular ordinary service as other servers of their networks do."""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.botnet import C2Kind
from headwater.simulate.hosts import HostKind
from headwater.simulate.knobs import knob
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import lognormal
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (443, 80, 8_080, 8_443)


@dataclass(frozen=True, slots=True)
class Coincidence(CounterStory):
    """A service that a share of all servers uses, C2s or not."""

    name = "coincidence"
    note = "a popular ordinary service, which C2s use as often as other servers of their networks do"

    background_c2s: int = knob(50, "hosts", "assumed", "C2s; the story places none of its own.")
    share_low: float = knob(0.25, "", "assumed", "Smallest share of all servers that use the service.")
    share_high: float = knob(0.45, "", "assumed", "Largest.")
    people: int = knob(300, "hosts", "assumed", "Hosts of people that use it as well.")
    rate: float = knob(1.5, "sessions/host/day", "assumed", "Median sessions of one host with it.")
    rate_spread: float = knob(0.6, "", "assumed", "Standard deviation of the logarithm of that rate.")

    def play(self, stage: Stage) -> None:
        """Plants the service and everybody's contact with it."""
        rng, population = stage.rng, stage.population
        stage.place_service(int(rng.choice(_PORTS)), kind=HostKind.DECOY)
        share = between(rng, self.share_low, self.share_high)
        place_of = {c2.host: place for place, c2 in enumerate(stage.base.c2s)}
        servers = np.setdiff1d(population.servers, np.array(sorted(place_of), np.int64))
        users = servers[rng.random(len(servers)) < share]
        crowd = np.concatenate([users, stage.some(population.residential, self.people)])
        stage.others = len(crowd)
        stage.contacts("popular", steadiness=0.6).add(
            crowd, stage.service, port=stage.port, shape=Shape.SIDE,
            per_day=lognormal(rng, median=self.rate, spread=self.rate_spread, size=len(crowd)),
            begin=0.0, end=stage.days,
        )  # fmt: skip
        for host, place in place_of.items():
            c2 = stage.base.c2s[place]
            if c2.kind is C2Kind.RESIDENTIAL or rng.random() >= share:
                continue
            rented = c2.kind is C2Kind.RENTED  # a rented server is there about as long as it is a C2
            first, last = (c2.begin - 5, c2.end + 5) if rented else (0.0, stage.days)
            per_day = float(lognormal(rng, median=self.rate, spread=self.rate_spread, size=1)[0])
            population.roll.without_v6(host)
            stage.meet_freely(place, begin=first, end=last, per_day=per_day, shape=Shape.SIDE, steadiness=0.6)
        add_context(stage)
        stage.expected = Expected("tie", "chance")
        all_invented(stage, f"{share:.0%} of all servers use the service, whether they are C2s or not.")
