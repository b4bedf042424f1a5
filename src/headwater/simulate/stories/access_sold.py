"""Access is sold: hosts talk to the service until somebody else makes C2s of them."""

from dataclasses import dataclass

from headwater.simulate.knobs import knob
from headwater.simulate.stories.counter import CounterStory, add_context, all_invented, whole
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (38_400, 443, 8_443, 9_001, 52_100, 4_444)
_C2_PORTS = (443, 8_080, 447, 7_080, 995)


@dataclass(frozen=True, slots=True)
class AccessSold(CounterStory):
    """Contact that ends about as the C2's life begins."""

    name = "access-sold"
    note = "hosts talk to the service in the days before they become C2s, and stop: a hand-over"

    c2s_low: int = knob(6, "hosts", "assumed", "Fewest C2s in contact.")
    c2s_high: int = knob(12, "hosts", "assumed", "Most.")
    second_share: float = knob(0.3, "", "assumed", "Share of them that belong to a second family.")
    lead_low_days: float = knob(5.0, "days", "assumed", "Shortest time from first contact to C2 life.")
    lead_high_days: float = knob(21.0, "days", "assumed", "Longest.")
    early_days: float = knob(1.0, "days", "assumed", "Contact ends up to so long before the life begins.")
    late_days: float = knob(0.3, "days", "assumed", "Or up to so long after.")
    life_low_days: float = knob(10.0, "days", "assumed", "Shortest life of such a C2.")
    life_high_days: float = knob(25.0, "days", "assumed", "Longest.")
    seen_low: int = knob(8, "sessions", "assumed", "Fewest sessions seen of one C2.")
    seen_high: int = knob(24, "sessions", "assumed", "Most.")
    others_high: int = knob(5, "hosts", "assumed", "Most hosts in contact that never become C2s.")

    def play(self, stage: Stage) -> None:
        """Plants the seller's service and the hosts that it sells."""
        rng = stage.rng
        stage.place_service(int(rng.choice(_PORTS)))
        sight = stage.networks_in_sight
        for number in range(whole(rng, self.c2s_low, self.c2s_high)):
            second = number >= 2 and rng.random() < self.second_share
            lead = between(rng, self.lead_low_days, self.lead_high_days)
            life = between(rng, self.life_low_days, self.life_high_days)
            begin = between(rng, lead + 1, max(stage.days - life - 2, lead + 2))
            place = stage.compromise(
                networks=sight, family=int(second), group=0, begin=begin, end=begin + life, ports=_C2_PORTS
            )
            end = begin + between(rng, -self.early_days, self.late_days)
            seen = whole(rng, self.seen_low, self.seen_high)
            stage.meet(place, begin=begin - lead, end=end, seen=seen, least=6)
        for host in stage.bystanders(whole(rng, 0, self.others_high)):
            begin = between(rng, 1, stage.days - 25)
            stage.stranger(host, begin=begin, end=begin + between(rng, 5, 20), seen=whole(rng, 3, 12))
        add_context(stage)
        stage.expected = Expected("tie", "handoff")
        all_invented(
            stage, "Compromised hosts are prepared through the service and sold to the C2s' operators."
        )
