"""A hosting network's own panel: ordinary servers of the network use it, and C2s that are rented there."""

from dataclasses import dataclass

import numpy as np

from headwater.simulate.hosts import HostKind
from headwater.simulate.knobs import knob
from headwater.simulate.networks import NetworkKind
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import lognormal
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented, whole
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (2_087, 8_006, 5_666, 10_050, 9_102, 443)
_C2_PORTS = (443, 8_080, 447, 7_080, 995)
_STEADINESS = 4.0  # backups and checks run by the clock


@dataclass(frozen=True, slots=True)
class HostingPanel(CounterStory):
    """One service of a hosting network that its customers' servers use."""

    name = "hosting-panel"
    note = "a hosting network's own panel: over a hundred of its servers use it, rented C2s among them"

    c2s_low: int = knob(5, "hosts", "assumed", "Fewest C2s rented in the network.")
    c2s_high: int = knob(9, "hosts", "assumed", "Most.")
    customers_low: int = knob(105, "hosts", "assumed", "Fewest ordinary servers that use the service.")
    customers_high: int = knob(170, "hosts", "assumed", "Most.")
    rate: float = knob(9.0, "sessions/host/day", "assumed", "Median sessions of one server with it.")
    rate_spread: float = knob(0.4, "", "assumed", "Standard deviation of the logarithm of that rate.")
    rented_before_high: float = knob(15.0, "days", "assumed", "Longest rental before the C2's life.")
    rented_after_high: float = knob(10.0, "days", "assumed", "Longest rental behind it.")

    def play(self, stage: Stage) -> None:
        """Plants the service, its customers and the C2s among them."""
        rng = stage.rng
        network = self._network(stage)
        stage.place_service(int(rng.choice(_PORTS)), network=network, kind=HostKind.DECOY)
        servers = stage.population.servers
        near = servers[stage.population.roll.network_of(servers) == network]
        near = np.setdiff1d(near, [c2.host for c2 in stage.base.c2s])
        customers = stage.some(near, whole(rng, self.customers_low, self.customers_high))
        stage.others = len(customers)
        stage.contacts("panel", steadiness=_STEADINESS).add(
            customers, stage.service, port=stage.port, shape=Shape.SIDE,
            per_day=lognormal(rng, median=self.rate, spread=self.rate_spread, size=len(customers)),
            begin=0.0, end=stage.days,
        )  # fmt: skip
        for number in range(whole(rng, self.c2s_low, self.c2s_high)):
            life = between(rng, 10, 25)
            begin = between(rng, 3, stage.days - life - 2)
            place = stage.rent(
                networks=np.array([network]), family=number % self.families_count,
                group=whole(rng, 0, 1), begin=begin, end=begin + life, ports=_C2_PORTS,
            )  # fmt: skip
            stage.meet_freely(
                place, begin=begin - between(rng, 1, self.rented_before_high),
                end=begin + life + between(rng, 0, self.rented_after_high),
                per_day=float(lognormal(rng, median=self.rate, spread=self.rate_spread, size=1)[0]),
                shape=Shape.SIDE, steadiness=_STEADINESS,
            )  # fmt: skip
        add_context(stage)
        stage.expected = Expected("tie", "third-party")
        all_invented(stage, "The service belongs to the hoster; every rented server there reports to it.")

    def _network(self, stage: Stage) -> int:
        """A network with enough servers whose own traffic the exporters see."""
        racks = stage.population.networks.of_kind(NetworkKind.HOSTING)
        size = np.bincount(
            stage.population.roll.network_of(stage.population.servers), minlength=racks.max() + 1
        )
        fit = [
            int(each) for each in racks if size[each] >= self.customers_high and stage.sees_itself(int(each))
        ]
        if fit:
            return int(stage.rng.choice(fit))
        # rare: none of the large ones is seen inside; then the largest that is
        return max(
            (int(each) for each in racks if stage.sees_itself(int(each))), key=lambda each: int(size[each])
        )
