"""Which upstreams that a hunt left open does the tier above confirm?

A hunt judges each service by listed C2s alone, and leaves some upstreams open where few were seen. What is
about to become a node of the next tier says something of them, too: who is in contact with several known
upstreams and hardly anybody else is seldom in contact with a service that the same C2s happen to use. With
the hunt's probability h of such a service, and q of each candidate m in contact with it,

    odds = h / (1 - h) * product over m of (1 + q_m (T - 1))

T: how much likelier one who stands behind upstreams meets a further upstream than another candidate of the
hunt. q_m is reckoned without the service: from the given nodes, those found sideways, and in a second round
those that the first confirmed. A service is confirmed from the probability on at which the hunt's own
upstreams come in sideways, and its links count by that probability.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_among import among
from headwater.investigate.tiers_nodes import likely
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import TierTables
from headwater.model.tier_map import TierNode

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was confirmed.

    Attributes:
        tables: of the step, with the confirmed services among the seeds and without the others.
        probability: address of each confirmed service to its probability.
        by: address of each to the number of candidates that speak for it.
    """

    tables: TierTables
    probability: Mapping[str, float]
    by: Mapping[str, int]


def confirm(tables: TierTables, possible: Mapping[str, float], *, settings: TierSettings) -> Confirmed:
    """Confirms what the next tier is in contact with.

    Args:
        tables: measured with the nodes of a tier and the services left open as seeds.
        possible: address of each service left open to the hunt's probability.
        settings: what is assumed.
    """
    found: dict[str, float] = {}
    by: dict[str, int] = {}
    cut = _with(tables, possible, found)
    for _ in range(settings.rounds):
        rows = likely(cut, settings=settings)
        new = {}
        for place, seed in enumerate(tables.seeds):
            if seed.address in possible and seed.address not in found:
                speak = _in_contact(tables, place, rows)
                chance = _probability(possible[seed.address], speak, settings.telling)
                if speak and chance >= settings.sideways:
                    new[seed.address], by[seed.address] = chance, len(speak)
        if not new:
            break
        found |= new
        cut = _with(tables, possible, found)
    return Confirmed(cut, found, by)


def confirmed_node(node: TierNode, probability: float, by: int) -> TierNode:
    """A service that was confirmed, as a node.

    Args:
        node: as the hunt left it.
        probability: after confirmation.
        by: how many of the next tier speak for it.
    """
    hunt = node.posterior or 0.0
    how = (
        f"the hunt leaves it open ({hunt:.2f}); {by} likely node{'s' * (by != 1)} of the next tier "
        f"{'are' if by != 1 else 'is'} in contact with it as with those named"
    )
    return replace(node, posterior=probability, weight=probability, reasons=(how, *node.reasons[1:]))


def _with(tables: TierTables, possible: Mapping[str, float], found: Mapping[str, float]) -> TierTables:
    """The tables with the sure seeds and those that were found."""
    kept = np.array([one.address not in possible or one.address in found for one in tables.seeds], np.bool_)
    seeds = tuple(replace(one, weight=found.get(one.address, one.weight)) for one in tables.seeds)
    return among(replace(tables, seeds=seeds), kept)


def _in_contact(tables: TierTables, place: int, rows: Mapping[tuple[int, ...], float]) -> tuple[float, ...]:
    """Posteriors of the candidates in contact with a seed, off its own port."""
    contacts = tables.statistics.contacts
    met = set(contacts.candidate[(contacts.c2 == place) & ~contacts.on_c2_port].tolist())
    return tuple(posterior for mine, posterior in rows.items() if met.intersection(mine))


def _probability(hunt: float, speak: tuple[float, ...], telling: float) -> float:
    odds = hunt / (1.0 - hunt) * float(np.prod([1.0 + q * (telling - 1.0) for q in speak]))
    return odds / (1.0 + odds)
