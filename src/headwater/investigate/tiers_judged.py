"""What do several nodes of a tier share, and does anything stand against its being a node above them?"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from headwater.investigate.tiers_links import backing, of_several, own_ports_hit, seeds_met
from headwater.investigate.tiers_looked import Looked
from headwater.investigate.tiers_manner import like_a_machine, manner_of, serves, works
from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import TierTables
from headwater.investigate.tiers_words import aside_words
from headwater.model.candidate import PeerRole
from headwater.model.tier_map import AsideKind
from headwater.score.reckoning import Reckoning

Rows = npt.NDArray[np.intp]


def judged(
    tables: TierTables, reckoning: Reckoning, settings: TierSettings
) -> Iterator[tuple[Looked, AsideKind | None, str]]:
    """Everything shared, with why it is no node: None and "" for a node.

    Args:
        tables: measured.
        reckoning: of these tables.
        settings: what is assumed.
    """
    for one in _looked(tables, reckoning, settings):
        kind, words = _explained(one, reckoning, settings)
        if tables.reserved[one.rows[0]]:
            kind = AsideKind.THIRD_PARTY
            words = f"in a range that is no part of the Internet ({tables.reserved[one.rows[0]]})"
        yield one, kind, words


def _looked(tables: TierTables, reckoning: Reckoning, settings: TierSettings) -> Iterator[Looked]:
    """Addresses with a candidate of at least two seeds, but for those that are in the map or on a list."""
    keys, met = tables.statistics.candidates, seeds_met(tables)
    serving = serves(tables)
    place = {int(row): number for number, row in enumerate(reckoning.rows)}
    groups: dict[tuple[int, int, int], list[int]] = {}
    for row in place:
        if not tables.listed[row] and (int(keys.hi[row]), int(keys.lo[row])) not in tables.known:
            groups.setdefault((int(keys.hi[row]), int(keys.lo[row]), bool(serving[row])), []).append(row)
    for (_, _, server), rows in groups.items():
        best = max(rows, key=lambda row: (reckoning.posterior.upstream[place[row]], -row))
        every = np.array([best, *(row for row in rows if row != best)], np.intp)
        ports = tuple(sorted({int(port) for port in keys.port[every]}))
        contacts = int(reckoning.tallies.hosts[every].max())
        yield Looked(
            rows=every, role=PeerRole.SERVER if server else PeerRole.CLIENT, ports=ports, contacts=contacts,
            posterior=float(reckoning.posterior.upstream[place[best]]),
            shared=float(reckoning.posterior.shared[place[best]]),
            expected=float(reckoning.chance.expected[best]), p_value=float(reckoning.chance.p_value[best]),
            backing=backing(tables, every, of=met, contacts=contacts, settings=settings.score),
            manner=None if server
            else manner_of(tables.comings, every, ports=frozenset(ports), told=settings.told),
            own_ports=len(own_ports_hit(tables, _same_address(tables, best))),
            visited=int(tables.visited[best]),
        )  # fmt: skip


def _same_address(tables: TierTables, row: int) -> Rows:
    keys = tables.statistics.candidates
    return np.flatnonzero((keys.hi == keys.hi[row]) & (keys.lo == keys.lo[row]))


def _explained(one: Looked, reckoning: Reckoning, settings: TierSettings) -> tuple[AsideKind | None, str]:
    """Why it is no node, None where nothing stands against it."""
    kind, told = None, ""
    weighed = reckoning.weighed
    worst = int(max(one.rows.tolist(), key=lambda row: weighed.largest[row]))
    few = _too_few(one, settings)
    if one.contacts > settings.hub_hosts:
        kind = AsideKind.HUB
    elif weighed.largest[worst] >= settings.score.explained:
        kind = AsideKind.THIRD_PARTY
        told = weighed.looks[int(weighed.which[worst])].reason(worst)
    elif _follows(one, settings):
        kind = AsideKind.FOLLOWER
    elif one.p_value > settings.gate:
        kind = AsideKind.CHANCE
    elif one.posterior < settings.belief:
        kind = AsideKind.THIRD_PARTY if one.shared >= 0.5 * (1.0 - one.posterior) else AsideKind.CHANCE
    elif few:
        kind, told = AsideKind.TOO_FEW, few
    elif one.manner is not None and like_a_machine(one.manner, settings):
        kind = AsideKind.MACHINE
    return kind, told or ("" if kind is None else aside_words(one, kind))


def _follows(one: Looked, settings: TierSettings) -> bool:
    """Whether it goes where those below go: to the own ports of upstreams, or of many listed C2s."""
    calls = one.own_ports >= max(1.0, settings.own_ports * len(one.backing.seeds))
    return one.role is PeerRole.CLIENT and (calls or one.visited >= settings.follows)


def _too_few(one: Looked, settings: TierSettings) -> str:
    """What is missing for a node, "" where nothing is."""
    behind, links, weight = len(one.backing.behind), one.backing.links, one.backing.weight
    several = of_several(one.backing, settings)
    if behind < settings.needed_seeds:
        needed = f"{settings.needed_seeds} are needed"
        return f"{behind} independent C2s stand behind the nodes that it meets; {needed}"

    def enough(needed: int) -> bool:
        return links >= needed and weight >= needed * settings.link_weight and several

    if enough(settings.needed_links):
        return ""
    if comes_to_work(one, settings) and enough(settings.managed_links):
        return ""
    if not several and len(one.backing.seeds) > 1:
        return (
            f"all {len(one.backing.seeds)} nodes that it meets are of one owner, who may be why they share it"
        )
    if links >= settings.needed_links:
        return f"its {links} independent links weigh {weight:.1f}, less than a node needs so far up"
    needed = f"{settings.needed_links} are needed"
    if one.manner is not None:
        needed += (
            f", or {settings.managed_links} with a management port, hours of work and few long connections"
        )
    return f"{links} independent link{'s' * (links != 1)} to the tier below; {needed}"


def comes_to_work(one: Looked, settings: TierSettings) -> bool:
    """Whether something comes as one who runs the nodes."""
    return one.manner is not None and works(one.manner, posterior=one.posterior, settings=settings)
