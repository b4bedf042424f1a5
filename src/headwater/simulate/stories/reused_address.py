"""A reused address: C2s were controlled from it until its tenant left; the next one serves the public."""

from dataclasses import dataclass

from headwater.simulate.knobs import knob
from headwater.simulate.stories.counter import CounterStory, add_report, all_invented, weekly_scans, whole
from headwater.simulate.stories.crowds import ordinary_crowd
from headwater.simulate.stories.facts import Expected
from headwater.simulate.stories.keys import fingerprint, of_bystanders
from headwater.simulate.stories.planted import KeySeen
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import between

_PORTS = (443, 8_443, 8_080, 80)
_C2_PORTS = (443, 8_080, 447, 7_080, 995)


@dataclass(frozen=True, slots=True)
class ReusedAddress(CounterStory):
    """Control, then an empty address, then somebody else."""

    name = "reused-address"
    note = "C2s are controlled from an address until its keys change; the next tenant serves the public"

    c2s_low: int = knob(6, "hosts", "assumed", "Fewest C2s in contact.")
    c2s_high: int = knob(11, "hosts", "assumed", "Most.")
    boundary_low: float = knob(0.55, "", "assumed", "Earliest end of the tenancy, as a share of the records.")
    boundary_high: float = knob(0.68, "", "assumed", "Latest.")
    empty_low_days: float = knob(0.5, "days", "assumed", "Shortest time without a tenant.")
    empty_high_days: float = knob(4.0, "days", "assumed", "Longest.")
    seen_low: int = knob(8, "sessions", "assumed", "Fewest sessions seen of one C2.")
    seen_high: int = knob(24, "sessions", "assumed", "Most.")
    people_low: int = knob(200, "hosts", "assumed", "Fewest people among the next tenant's clients.")
    people_high: int = knob(450, "hosts", "assumed", "Most.")
    servers_low: int = knob(20, "hosts", "assumed", "Fewest servers among them.")
    servers_high: int = knob(50, "hosts", "assumed", "Most.")
    rate: float = knob(2.5, "sessions/host/day", "assumed", "Median sessions of one of them.")

    def play(self, stage: Stage) -> None:
        """Plants both tenants, the C2s of the first and the crowd of the second."""
        rng = stage.rng
        stage.place_service(int(rng.choice(_PORTS)))
        leaves = stage.days * between(rng, self.boundary_low, self.boundary_high)
        arrives = leaves + between(rng, self.empty_low_days, self.empty_high_days)
        sight = stage.networks_in_sight
        for number in range(whole(rng, self.c2s_low, self.c2s_high)):
            life = between(rng, 14, 28)
            begin = between(rng, 1, leaves - 10)
            place = stage.compromise(
                networks=sight, family=int(number % 3 == 2), group=0, begin=begin, end=begin + life,
                ports=_C2_PORTS,
            )  # fmt: skip
            end = min(begin + life - between(rng, 0.2, 2), leaves - between(rng, 0.1, 1))
            seen = whole(rng, self.seen_low, self.seen_high)
            stage.meet(place, begin=begin + between(rng, 0.2, 1.5), end=end, seen=seen, least=6)
        ordinary_crowd(
            stage, people=whole(rng, self.people_low, self.people_high),
            servers=whole(rng, self.servers_low, self.servers_high), rate=self.rate, begin=arrives,
        )  # fmt: skip
        scans = weekly_scans(stage)
        for day in scans:
            if leaves <= day < arrives:
                continue  # nobody answers
            tenant = "next" if day >= arrives else "first"
            for kind, port in (("ssh", 22), ("tls", stage.port)):
                name = fingerprint(stage.population.seed, "service", kind, tenant)
                stage.keys.append(KeySeen(stage.service, port, kind, name, day))
        of_bystanders(stage, scans, hosts=12)
        add_report(stage)
        stage.expected = Expected("tie", "control", tenant="passed-on", barred_after_day=arrives)
        all_invented(
            stage,
            f"The first tenant leaves on day {leaves:.1f} of the records, the next arrives on {arrives:.1f}.",
            "The next tenant serves ordinary people on the same port.",
        )
