"""What is to be said of something that several nodes share? Why it is a node, or why it is none."""

from headwater.investigate.tiers_looked import Looked
from headwater.model.candidate import PeerRole
from headwater.model.tier_map import AsideKind, Manner


def node_reasons(one: Looked, tier: int, *, works: bool) -> tuple[str, ...]:
    """What speaks for a node.

    Args:
        one: what was found.
        tier: where it stands.
        works: it comes as one who runs the nodes below.
    """
    links, below = one.backing.links, f"tier {tier - 1}"
    way = "connect to it" if one.role is PeerRole.SERVER else "are what it connects to"
    by_chance = f"chance would give {_small(one.expected)} (p = {one.p_value:.0e})"
    said = [
        f"{links} independent nodes of {below} {way}, where {by_chance}",
        f"{len(one.backing.seeds)} of its {one.contacts} contacts are nodes of {below}",
        f"{len(one.backing.behind)} independent listed C2s stand behind those",
    ]
    if one.manner is not None:
        said.append(_manner(one.manner, works=works))
    return tuple(said)


def _manner(manner: Manner, *, works: bool) -> str:
    parts = ["on a management port" if manner.management else "on no usual management port"]
    if abs(manner.working_hours) >= 0.3:
        odds = f"{10 ** min(abs(manner.working_hours), 6):,.0f} to one"
        parts.append(
            f"{odds} {'for' if manner.working_hours > 0 else 'against'} hours of work in one time zone"
        )
    parts.append(f"{manner.connections_a_day:.1f} connections a node and day")
    if manner.long_share is not None:
        parts.append(f"{manner.long_share:.0%} of them a minute or longer")
    end = ": as one who runs them" if works else ""
    return f"it comes {', '.join(parts)}{end}"


def aside_words(one: Looked, kind: AsideKind) -> str:
    """Why something is no node, where no confounder has said it.

    Args:
        one: what was found.
        kind: why it is none.
    """
    links, others = len(one.backing.seeds), max(one.contacts - len(one.backing.seeds), 0)
    serves = one.role is PeerRole.SERVER
    meets = f"{one.contacts:,} hosts come to it" if serves else f"it goes to {one.contacts:,} hosts"
    words = {
        AsideKind.HUB: f"a hub: {meets}; the walk does not cross it",
        AsideKind.THIRD_PARTY: (
            f"{links} of its {one.contacts:,} contacts are nodes, {others:,} are others: it serves or runs "
            f"them as it does others (posterior {_small(one.posterior)})"
        ),
        AsideKind.FOLLOWER: (
            f"it calls at the own ports of {one.own_ports} nodes, and at {one.visited} listed C2s on theirs "
            "or on several others, as those do who follow lists or look at what was published"
        ),
        AsideKind.CHANCE: (
            f"chance explains {links} links: it would give {_small(one.expected)} (p = {one.p_value:.0e}, "
            f"posterior {_small(one.posterior)})"
        ),
        AsideKind.MACHINE: "it comes at any hour, for seconds or very often: monitoring, guesses or backup",
    }
    return words[kind]


def _small(number: float) -> str:
    """Two digits, never rounded to nothing."""
    return f"{number:.2g}" if number >= 0.005 else "less than 0.005"
