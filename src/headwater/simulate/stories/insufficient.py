"""Not enough data: two or three C2s, seen once to three times each under coarse sampling."""

from dataclasses import dataclass

from headwater.simulate.knobs import knob
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented, whole
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (38_400, 443, 8_443, 9_001, 52_100)
_C2_PORTS = (443, 8_080, 447, 7_080, 995)


@dataclass(frozen=True, slots=True)
class Insufficient(CounterStory):
    """A service about which the records say too little."""

    name = "insufficient"
    note = "two or three C2s with one to three sessions each, under coarse sampling: no verdict"

    sampling_low: int = knob(2_000, "packets", "assumed", "Smallest N of 1:N packet sampling.")
    sampling_high: int = knob(5_000, "packets", "assumed", "Largest.")
    background_c2s: int = knob(40, "hosts", "assumed", "C2s that the story does not place itself.")
    c2s_low: int = knob(2, "hosts", "assumed", "Fewest C2s in contact.")
    c2s_high: int = knob(3, "hosts", "assumed", "Most.")
    seen_low: int = knob(1, "sessions", "assumed", "Fewest sessions seen of one C2.")
    seen_high: int = knob(3, "sessions", "assumed", "Most.")
    others_high: int = knob(3, "hosts", "assumed", "Most other clients.")

    def play(self, stage: Stage) -> None:
        """Plants a service with little contact."""
        rng = stage.rng
        stage.place_service(int(rng.choice(_PORTS)))
        sight = stage.networks_in_sight
        for number in range(whole(rng, self.c2s_low, self.c2s_high)):
            life = between(rng, 10, 25)
            begin = between(rng, 2, stage.days - life - 2)
            place = stage.compromise(
                networks=sight, family=number % 2, group=0, begin=begin, end=begin + life, ports=_C2_PORTS
            )
            seen = whole(rng, self.seen_low, self.seen_high)
            stage.meet(place, begin=begin + 1, end=begin + life - 1, seen=seen)
        for host in stage.bystanders(whole(rng, 0, self.others_high)):
            stage.stranger(host, begin=1.0, end=stage.days - 1, seen=whole(rng, 1, 3))
        add_context(stage)
        stage.expected = Expected("tie", "insufficient")
        all_invented(stage, "In truth one operator runs the service and the C2s; the records cannot show it.")
