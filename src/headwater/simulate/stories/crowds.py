"""Who else is there? Crowds of ordinary hosts in contact with a story's service."""

import numpy as np

from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import lognormal
from headwater.simulate.stories.stage import Stage

_REGULAR = 20.0  # steadiness of what software does by itself


def infected_crowd(stage: Stage, *, people: int, servers: int, rate: float, median_days: float) -> None:
    """Infected hosts that call in at the service, each for some time.

    Args:
        stage: where.
        people: hosts of people, of any network.
        servers: servers, of any network.
        rate: median calls of one host a day.
        median_days: median time that one calls in.
    """
    rng, population = stage.rng, stage.population
    listed = [c2.host for c2 in stage.base.c2s]
    hosts = np.concatenate(
        [
            stage.some(population.residential, people),
            stage.some(np.setdiff1d(population.servers, listed), servers),
        ]
    )
    begin = rng.uniform(-median_days, stage.days, len(hosts))
    end = begin + lognormal(rng, median=median_days, spread=0.7, size=len(hosts))
    live = (end > 0) & (begin < stage.days)
    hosts, begin, end = hosts[live], begin[live], end[live]
    stage.others += len(hosts)
    stage.contacts("infected", steadiness=_REGULAR).add(
        hosts, stage.service, port=stage.port, shape=Shape.CHECK_IN,
        per_day=lognormal(rng, median=rate, spread=0.3, size=len(hosts)), begin=begin, end=end,
    )  # fmt: skip


def ordinary_crowd(stage: Stage, *, people: int, servers: int, rate: float, begin: float) -> None:
    """Ordinary clients of an ordinary service from one day on; any server may be one, C2s like others.

    Args:
        stage: where.
        people: hosts of people.
        servers: servers.
        rate: median sessions of one host a day.
        begin: first day.
    """
    rng, population = stage.rng, stage.population
    hosts = np.concatenate(
        [stage.some(population.residential, people), stage.some(population.servers, servers)]
    )
    stage.others += len(hosts)
    stage.contacts("ordinary clients", steadiness=1.0).add(
        hosts, stage.service, port=stage.port, shape=Shape.WEB,
        per_day=lognormal(rng, median=rate, spread=0.9, size=len(hosts)), begin=begin, end=stage.days,
    )  # fmt: skip
