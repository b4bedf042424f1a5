"""Who is attacked? Denial of service in which some C2s take part, and the replies to forged senders."""

import numpy as np

from headwater.simulate.botnet import Botnet, C2Kind
from headwater.simulate.contacts import ContactList
from headwater.simulate.decoys import Decoy, DecoyKind, Trickster
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import stream
from headwater.simulate.scanning import Backscatter


def make_attacks(
    population: Population, botnet: Botnet
) -> tuple[list[Decoy], ContactList, list[tuple[int, float, float]]]:
    """Attacks with their contacts.

    Returns:
        The targets as decoys, the contact list "attacks", and host, first and last day of each attack.
    """
    hostile, days = population.settings.hostile, float(population.settings.days)
    work = Trickster(population, botnet, stream(population.seed, "attacks"), ContactList("attacks"), [])
    hacked = [p for p, c2 in enumerate(botnet.c2s) if c2.kind is not C2Kind.RENTED]
    attacked = work.some(population.servers, hostile.attacks)
    times: list[tuple[int, float, float]] = []
    for host in attacked:
        begin = work.rng.uniform(0, days - 0.5)
        end = begin + work.rng.uniform(0.05, 0.4)
        places = work.pick([p for p in hacked if botnet.c2s[p].begin < end and botnet.c2s[p].end > begin], 12)
        c2_hosts, _, _ = work.windows(places)
        others = np.setdiff1d(work.some(botnet.victims, hostile.attackers), c2_hosts)
        proto = int(work.rng.choice([6, 17]))
        attackers = np.concatenate([c2_hosts, others])
        if len(attackers):
            work.contacts.add(
                attackers, int(host), port=80, proto=proto, shape=Shape.FLOOD, per_day=3.0 / (end - begin),
                begin=begin, end=end,
            )  # fmt: skip
        work.found.append(
            Decoy(DecoyKind.DOS_TARGET, int(host), 80, proto, "server", tuple(places), len(others))
        )
        times.append((int(host), begin, end))
    return work.found, work.contacts, times


def backscatter(times: list[tuple[int, float, float]], *, packets: float, targets: int) -> Backscatter:
    """The attacked services' replies, once all hosts are known."""
    hosts, begin, end = (np.array(column) for column in zip(*times, strict=True))
    return Backscatter(
        name="backscatter",
        victims=hosts,
        port=np.full(len(hosts), 80),
        begin=begin,
        end=end,
        packets=packets,
        targets=targets,
    )
