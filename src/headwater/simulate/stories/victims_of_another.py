"""C2s as victims: compromised servers that another family has infected as well call in at its server."""

from dataclasses import dataclass

from headwater.simulate.hosts import HostKind
from headwater.simulate.knobs import knob
from headwater.simulate.profiles import Shape
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented, whole
from headwater.simulate.stories.crowds import infected_crowd
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.planted import RoleLabel
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (443, 8_080, 6_667, 447, 4_443)
_C2_PORTS = (443, 8_080, 447, 7_080, 995)


@dataclass(frozen=True, slots=True)
class VictimsOfAnother(CounterStory):
    """The service is another family's C2, and the C2s are some of its many victims."""

    name = "victims-of-another"
    note = "the service is another family's C2, and the C2s are among its hundreds of victims"

    families_count: int = knob(4, "families", "assumed", "Families of C2s; the last one infects servers.")
    c2s_low: int = knob(5, "hosts", "assumed", "Fewest C2s that are infected as well.")
    c2s_high: int = knob(10, "hosts", "assumed", "Most.")
    people_low: int = knob(200, "hosts", "assumed", "Fewest other victims among people.")
    people_high: int = knob(500, "hosts", "assumed", "Most.")
    servers_low: int = knob(60, "hosts", "assumed", "Fewest other victims among servers.")
    servers_high: int = knob(150, "hosts", "assumed", "Most.")
    rate: float = knob(12.0, "sessions/host/day", "assumed", "Check-ins of one victim.")
    infected_days: float = knob(18.0, "days", "assumed", "Median length of an infection.")
    listed: float = knob(0.8, "", "assumed", "Share of seeds in which a feed lists the service as a C2.")

    def play(self, stage: Stage) -> None:
        """Plants the other family's server and its victims."""
        rng = stage.rng
        other = self.families_count - 1
        stage.place_service(int(rng.choice(_PORTS)), kind=HostKind.C2)
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
                networks=sight, family=number % other, group=whole(rng, 0, 1), begin=begin,
                end=begin + life, ports=_C2_PORTS,
            )  # fmt: skip
            # the same hole lets both in: the infection lies somewhere about the C2's life, not in it
            first = max(begin - between(rng, -5, 20), 0.1)
            last = min(first + between(rng, 12, 40), stage.days - 0.1)
            stage.meet_freely(
                place, begin=first, end=last, per_day=self.rate, shape=Shape.CHECK_IN, steadiness=20.0
            )
        if rng.random() < self.listed:
            name = stage.families[other].name
            stage.roles.append(
                RoleLabel(stage.service, "c2", name, stage.port, between(rng, -10, 10), None, "synthetic: C2")
            )
        add_context(stage)
        stage.expected = Expected("tie", "victims")
        all_invented(
            stage, f"The service is a C2 of {stage.families[other].name}, which infects servers too."
        )
