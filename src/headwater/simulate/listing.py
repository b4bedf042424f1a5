"""What do feeds say about the C2s? Two lists: late, incomplete, and wrong in places."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from headwater.simulate.botnet import C2, Botnet, family_name
from headwater.simulate.population import Population
from headwater.simulate.randomness import Floats, lognormal, stream

FEEDS = ("feed_a", "feed_b")


class Mistake(StrEnum):
    """Why an entry of a feed is no C2."""

    SERVER = "ordinary server"
    CONTENT = "content network"
    SCANNER = "scanner"
    SINKHOLE = "sinkhole"
    RESIDENTIAL = "residential host"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of one feed.

    Attributes:
        feed: one of FEEDS.
        host: the listed host.
        family: number of the family that the feed names.
        group: number of the group, or -1 where the feed names none.
        port: the C2's port, or 0 where the feed names none.
        first: first day by the feed.
        last: last day by the feed, or None where it is open.
        c2: place of the C2 in Botnet.c2s, or -1 where the entry is wrong.
        mistake: why it is wrong, or None.
    """

    feed: str
    host: int
    family: int
    group: int
    port: int
    first: float
    last: float | None
    c2: int
    mistake: Mistake | None = None


def make_listing(
    population: Population, botnet: Botnet, *, sinkholes: list[tuple[int, int, int]]
) -> list[Entry]:
    """The entries of both feeds.

    Args:
        population: the ordinary hosts.
        botnet: the C2s.
        sinkholes: host, family and port of the sinkholes that a feed takes for C2s.
    """
    settings, rng = population.settings.listing, stream(population.seed, "listing")
    entries: list[Entry] = []
    for place in _listed(population, botnet, rng):
        for feed in _feeds(settings.feed_a, settings.recall, rng):
            entry = _entry(feed, place, botnet.c2s[place], population, rng)
            if entry is not None:
                entries.append(entry)
    return entries + _mistakes(population, botnet, len(botnet.c2s), sinkholes, rng)


def _listed(population: Population, botnet: Botnet, rng: np.random.Generator) -> list[int]:
    """Which C2s any feed lists: those with more victims sooner, as they are met more often."""
    settings = population.settings.listing
    count = round(settings.recall * len(botnet.c2s))
    if count == 0:
        return []
    # longer-lived C2s are met by more people; the exponent says how much that counts
    weight: Floats = np.array([c2.end - c2.begin for c2 in botnet.c2s]) ** settings.popular_first
    chosen = rng.choice(len(botnet.c2s), size=count, replace=False, p=weight / weight.sum())
    return sorted(int(place) for place in chosen)


def _feeds(first: float, recall: float, rng: np.random.Generator) -> list[str]:
    """Which feeds hold a C2 that at least one holds: independent chances, given that one does."""
    first = min(first, recall)
    second = 1.0 - (1.0 - recall) / max(1.0 - first, 1e-9) if recall < 1 else 1.0
    # capture by two independent feeds: a only, b only, both
    chances = np.array([first * (1 - second), (1 - first) * second, first * second])
    if chances.sum() <= 0:
        chances = np.array([1.0, 0.0, 0.0])
    case = int(rng.choice(3, p=chances / chances.sum()))
    return [["feed_a"], ["feed_b"], ["feed_a", "feed_b"]][case]


def _entry(feed: str, place: int, c2: C2, population: Population, rng: np.random.Generator) -> Entry | None:
    settings = population.settings.listing
    lag = float(lognormal(rng, median=settings.lag_median_days, spread=settings.lag_spread, size=1)[0])
    first = c2.begin + min(lag, 0.8 * (c2.end - c2.begin))  # what is listed was met alive
    last: float | None = c2.end + rng.exponential(settings.stale_days) - 0.5
    if rng.random() < settings.open_ended:
        last = None
    elif last is not None and last <= first:
        last = first + 0.5
    return Entry(
        feed=feed,
        host=c2.host,
        family=c2.family,
        group=c2.group if rng.random() < 0.8 else -1,
        port=c2.port if rng.random() < settings.port_known else 0,
        first=first,
        last=last,
        c2=place,
    )


def _mistakes(
    population: Population,
    botnet: Botnet,
    listed: int,
    sinkholes: list[tuple[int, int, int]],
    rng: np.random.Generator,
) -> list[Entry]:
    settings, days = population.settings, population.settings.days
    taken = {c2.host for c2 in botnet.c2s}
    pools = {
        Mistake.SERVER: population.servers,
        Mistake.CONTENT: population.infrastructure["content"],
        Mistake.SCANNER: population.scanners,
        Mistake.RESIDENTIAL: population.residential,
    }
    usual = [mistake for mistake in (Mistake.SERVER, Mistake.SERVER, *pools) if len(pools[mistake])]
    found: list[Entry] = []
    for number in range(round(settings.listing.false_labels * settings.listing.recall * listed)):
        first = rng.uniform(-5, days - 1)
        feed, family = FEEDS[int(rng.integers(2))], int(rng.integers(settings.botnet.families))
        if number < len(sinkholes):
            host, family, port = sinkholes[number]
            mistake = Mistake.SINKHOLE
        else:
            mistake = usual[int(rng.integers(len(usual)))]
            host, port = int(rng.choice(pools[mistake])), int(rng.choice([443, 8080, 80]))
        if host not in taken:
            taken.add(host)
            found.append(Entry(feed, host, family, -1, port, first, first + rng.uniform(3, 20), -1, mistake))
    return found


def family_of(entry: Entry) -> str:
    """The family as the feed writes it."""
    return family_name(entry.family)
