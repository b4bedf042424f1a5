"""Where does a walk end, and why? Too little to walk on from, nothing shared, drift, or deep enough.

Access nodes may be people's connections: what else such a line talks to is nobody's business, and a walk
through it would end anywhere. So no walk goes on through one.
"""

from collections.abc import Sequence

from headwater.investigate.tiers_settings import TierSettings
from headwater.investigate.tiers_tables import Seed
from headwater.model.tier_map import NodeKind, StopReason, TierNode, TierStop


def too_few_seeds(c2s: int, independent: int, *, settings: TierSettings) -> TierStop:
    """The end before the beginning.

    Args:
        c2s: listed C2s of the given services.
        independent: groups of them.
        settings: how many are needed.
    """
    return TierStop(
        0, StopReason.SEEDS,
        f"a walk needs {settings.needed_seeds} independent listed C2s (hosts of one /24, /64 or owner count "
        f"once); the given services have {c2s} listed C2s in contact, {independent} of them independent. "
        "Give further services, add lists of C2s, or widen --since and --until",
    )  # fmt: skip


def before_step(seeds: Sequence[Seed], tier: int, *, settings: TierSettings) -> TierStop | None:
    """Whether a walk ends before it looks for a tier; None: it goes on.

    Args:
        seeds: nodes of the tier below to walk on from.
        tier: that would be looked for.
        settings: what is assumed.
    """
    below, owners = tier - 1, len({seed.owner for seed in seeds})
    if tier > settings.most_tiers:
        return TierStop(below, StopReason.DEPTH, f"tier {below} is as far as was asked for")
    if owners >= settings.managed_links:
        return None
    told = f"tier {below} holds {len(seeds)} node{'s' * (len(seeds) != 1)} to walk on from"
    if len(seeds) > owners:
        told += f", {owners} of them independent"
    return TierStop(
        below, StopReason.ALONE,
        f"{told}; nodes of tier {tier} need {settings.needed_links} independent ones below them "
        f"({settings.managed_links} where somebody comes to work)"
        + (": give further services" if below == 1 else ", and none is walked through an access node"),
    )  # fmt: skip


def after_step(nodes: Sequence[TierNode], tier: int, *, settings: TierSettings) -> TierStop | None:
    """Whether a walk ends after a step; None: it goes on.

    Args:
        nodes: of the new tier.
        tier: its number.
        settings: what is assumed.
    """
    if not nodes:
        return TierStop(
            tier - 1, StopReason.NOTHING,
            f"the nodes of tier {tier - 1} share nothing that chance, hubs and third parties do not explain",
        )  # fmt: skip
    false = sum(1.0 - (node.posterior or 0.0) for node in nodes) / len(nodes)
    if false > settings.drift:
        return TierStop(
            tier, StopReason.DRIFT,
            f"drift: by their posteriors {false:.0%} of the nodes of tier {tier} would be false, more than "
            f"the {settings.drift:.0%} up to which a walk goes on",
        )  # fmt: skip
    return None


def may_carry(node: TierNode) -> bool:
    """Whether a walk may go on through a node."""
    return node.kind is not NodeKind.ACCESS
