"""A sinkhole: infected hosts of everywhere call in, and some of them are C2s of something else."""

from dataclasses import dataclass

from headwater.simulate.botnet import FAMILY_NAMES
from headwater.simulate.hosts import HostKind
from headwater.simulate.knobs import knob
from headwater.simulate.networks import NetworkKind
from headwater.simulate.profiles import Shape
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented, whole
from headwater.simulate.stories.crowds import infected_crowd
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.planted import RoleLabel
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (80, 443, 8_080, 8_443)
_C2_PORTS = (443, 8_080, 447, 7_080, 995)


@dataclass(frozen=True, slots=True)
class Sinkhole(CounterStory):
    """Regular small exchanges of many infected hosts with one server."""

    name = "sinkhole"
    note = "infected hosts of many networks call in at a sinkhole, compromised C2s among them"

    c2s_low: int = knob(5, "hosts", "assumed", "Fewest C2s that call in.")
    c2s_high: int = knob(10, "hosts", "assumed", "Most.")
    people_low: int = knob(300, "hosts", "assumed", "Fewest other infected hosts of people.")
    people_high: int = knob(700, "hosts", "assumed", "Most.")
    servers_low: int = knob(40, "hosts", "assumed", "Fewest other infected servers.")
    servers_high: int = knob(100, "hosts", "assumed", "Most.")
    rate: float = knob(12.0, "sessions/host/day", "assumed", "Calls of one infected host.")
    infected_days: float = knob(18.0, "days", "assumed", "Median time that a host calls in.")

    def play(self, stage: Stage) -> None:
        """Plants the sinkhole and those who call in."""
        rng = stage.rng
        network = int(rng.choice(stage.population.networks.of_kind(NetworkKind.RESEARCH)))
        stage.place_service(int(rng.choice(_PORTS)), network=network, kind=HostKind.SINKHOLE)
        infected_crowd(
            stage, people=whole(rng, self.people_low, self.people_high),
            servers=whole(rng, self.servers_low, self.servers_high), rate=self.rate,
            median_days=self.infected_days,
        )  # fmt: skip
        sight = stage.networks_in_sight
        for number in range(whole(rng, self.c2s_low, self.c2s_high)):
            life = between(rng, 8, 25)
            begin = between(rng, 2, stage.days - life - 2)
            place = stage.compromise(
                networks=sight, family=number % self.families_count, group=whole(rng, 0, 1), begin=begin,
                end=begin + life, ports=_C2_PORTS,
            )  # fmt: skip
            # an old infection: it was there before the host became a C2, and often outlasts that
            first, last = between(rng, 0, begin), between(rng, begin + life / 2, stage.days)
            stage.meet_freely(
                place, begin=first, end=last, per_day=self.rate, shape=Shape.CHECK_IN, steadiness=20.0
            )
        labelled = stage.population.seed % 2 == 0
        names = {family.name for family in stage.families}
        old = next(name for name in FAMILY_NAMES if name not in names)  # no C2s of it are left
        if labelled:
            first_day = -between(rng, 10, 200)
            stage.roles.append(
                RoleLabel(stage.service, "sinkhole", old, 0, first_day, None, "synthetic: sinkhole")
            )
        else:
            stage.population.roll.name_network(network, "Synthetic sinkhole operator")
        add_context(stage)
        stage.expected = Expected("tie", "sinkhole")
        where = "a feed" if labelled else "only the name of its network"
        all_invented(stage, f"The service is a sinkhole of {old}, an old botnet; {where} says so.")
