"""What do the counter-stories share? A small, short world, whose names, dates and sampling vary by seed.

A counter-story is a case that looks like an upstream and has another explanation, which must come out. Ranges
are given as two settings, low and high; the seed decides where in them a story lies.
"""

from abc import ABC
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from headwater.simulate.knobs import knob
from headwater.simulate.presets import PRESETS
from headwater.simulate.randomness import stream
from headwater.simulate.settings import Botnet, Decoys, Hostile, Places, Upstreams, WorldSettings
from headwater.simulate.stories.facts import Fact, Family
from headwater.simulate.stories.keys import fingerprint, of_bystanders
from headwater.simulate.stories.planted import KeySeen, Report
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import Story, invented_families

_FIRST, _DATES = datetime(2024, 1, 1, tzinfo=UTC), 600  # stories begin within so many days from here
_SCANS_BEFORE_DAYS, _SCAN_EVERY_DAYS = 42.0, 7.0


@dataclass(frozen=True, slots=True)
class CounterStory(Story, ABC):
    """A counter-story; subclasses say what is planted."""

    days: int = knob(70, "days", "assumed", "Length of the records.")
    residential: int = knob(3_200, "hosts", "assumed", "Hosts of people.")
    servers: int = knob(2_400, "hosts", "assumed", "Ordinary servers.")
    hosting_networks: int = knob(14, "networks", "assumed", "Hosting networks.")
    background_c2s: int = knob(30, "hosts", "assumed", "C2s that the story does not place itself.")
    families_count: int = knob(3, "families", "assumed", "Families of C2s; their names are invented.")
    sampling_low: int = knob(400, "packets", "assumed", "Smallest N of 1:N packet sampling.")
    sampling_high: int = knob(
        1_000, "packets", "assumed", "Largest; N is 1, 2, 4, 5 or 8 times a power of ten."
    )

    def sampling_of(self, seed: int) -> int:
        """One of the usual rates within the range."""
        usual = [step * 10**power for power in range(6) for step in (1, 2, 4, 5, 8)]
        fit = [each for each in usual if self.sampling_low <= each <= self.sampling_high]
        return int(stream(seed, "story", "sampling").choice(fit))

    def families(self, seed: int) -> tuple[Family, ...]:
        """Invented names."""
        return invented_families(seed, self.families_count)

    def world(self, seed: int) -> WorldSettings:
        """Ten weeks of a few thousand hosts."""
        small = PRESETS["small"]
        start = _FIRST + timedelta(days=int(stream(seed, "story", "start").integers(_DATES)))
        return WorldSettings(
            name=self.name,
            days=self.days,
            start=start,
            places=Places(
                residential=self.residential, residential_networks=10, servers=self.servers,
                hosting_networks=self.hosting_networks, dark=1_000, nat_egress=4,
            ),
            hostile=Hostile(
                scanners=40, brute_forcers=1_000, attacks=2, attackers=60, backscatter=4e3, open_proxies=100,
                proxy_checkers=2, vpn_exits=2,
            ),
            background=replace(small.background, web=1.5, bulk=0.2, peers=200),
            botnet=Botnet(
                families=self.families_count, c2s=self.background_c2s, victims=800, life_median_days=14.0
            ),
            upstreams=Upstreams(server_role=0, client_role=0),
            decoys=Decoys(
                trackers=2, sinkholes=2, shared_images=2, image_hosts=50, panels=3, popular_others=250,
                family_side_others=30,
            ),
        )  # fmt: skip


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return int(rng.integers(low, high + 1))


def weekly_scans(stage: Stage) -> list[float]:
    """Days of weekly scans, from some weeks before the records to their end."""
    first = -_SCANS_BEFORE_DAYS + float(stage.rng.uniform(0, _SCAN_EVERY_DAYS))
    return [float(day) for day in np.arange(first, stage.days, _SCAN_EVERY_DAYS)]


def add_context(stage: Stage, *, bystanders: int = 12) -> None:
    """Keys of the service, which never change, and of others; one report about somebody else."""
    scans = weekly_scans(stage)
    name = fingerprint(stage.population.seed, "service")
    stage.keys += [KeySeen(stage.service, 22, "ssh", name, day) for day in scans]
    of_bystanders(stage, scans, hosts=bystanders)
    add_report(stage)


def add_report(stage: Stage) -> None:
    """One report about a host that has nothing to do with the story."""
    start = stage.population.settings.start
    stage.reports.append(
        Report(
            host=int(stage.rng.choice(stage.population.servers)),
            date=f"{start + timedelta(days=whole(stage.rng, -60, 20)):%Y-%m-%d}",
            claim="Unsolicited mail was sent from this address.",
            actor="",
            malware="",
            source="made up for this data set",
            grade="D4",
        )
    )


def all_invented(stage: Stage, *texts: str) -> None:
    """Facts of a story of which nothing comes from a source."""
    stage.facts += [Fact(text) for text in texts]
