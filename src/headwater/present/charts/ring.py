"""Where does each C2 stand in the ring around a service? By group, with gaps between and at the bottom.

Places are in units of the ring's radius, so that a page may draw it as large as it is wide.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from headwater.model.case import Contact
from headwater.present.charts.labels import group_label, label
from headwater.present.charts.style import SHAPES, Data

OPENED = {"client": "the C2 opens", "service": "the service opens", "unknown": "not known who opens"}
_GROUPS = len(SHAPES) - 1  # groups with a shape of their own; the others share the last
_A_RING = 84  # nodes a ring: about 13 px each
_GAP = 0.16  # of a full turn: free at the bottom, where the trunk leaves
_OTHERS = "other groups"


def ring_nodes(c2s: Sequence[Contact]) -> Data:
    """Every C2 with its place on the ring: `ux`, `uy` in units of the radius, y upwards."""
    names = _grouped(c2s)
    order = sorted(
        c2s, key=lambda one: (list(names).index(_legend_name(one, names)), -one.sessions, one.address)
    )
    rings = max(math.ceil(len(order) / _A_RING), 1)
    sizes = Counter(_legend_name(one, names) for one in order)
    columns = sum(math.ceil(size / rings) for size in sizes.values())
    slots = columns + len(sizes) - 1  # one free between groups
    found: Data = []
    slot, ring, before = 0.5, 0, ""
    for one in order:
        name = _legend_name(one, names)
        if before and name != before:
            slot, ring = slot + (2 if ring else 1), 0
        before = name
        turn = _GAP / 2 + (1 - _GAP) * slot / max(slots, 1)  # from the bottom, clockwise
        away = 1 - 0.085 * ring
        angle = 2 * math.pi * turn
        ux, uy = -math.sin(angle) * away, -math.cos(angle) * away
        found.append(_node(one, names[name], ux, uy))
        ring = (ring + 1) % rings
        slot += 0 if ring else 1
    return found


def _node(one: Contact, group: str, ux: float, uy: float) -> dict[str, Any]:  # Any: as in Data
    left = ux < 0
    degrees = math.degrees(math.atan2(-uy, ux))  # Vega turns clockwise, y downwards
    return {
        "address": _short(label(one.address)), "group": group, "sessions": one.sessions,
        "network": label(one.network), "opened": OPENED.get(one.opened_by, OPENED["unknown"]),
        "ux": round(ux, 4), "uy": round(uy, 4), "left": left,
        "turn": round(degrees + 180 if left else degrees, 2),
    }  # fmt: skip


def _short(address: str) -> str:
    """The address; a long one of IPv6 without its middle."""
    return address if len(address) <= 20 else f"{address[:10]}\u2026{address[-8:]}"


def _grouped(c2s: Sequence[Contact]) -> dict[str, str]:
    """Name of each group to what the legend says, largest first; small ones share one entry."""
    sizes = Counter(group_label(one.family, one.group) for one in c2s)
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    if len(ranked) <= _GROUPS + 1:
        return {name: f"{name}: {sizes[name]:,}" for name in ranked}
    rest = sum(sizes[name] for name in ranked[_GROUPS:])
    told = {name: f"{name}: {sizes[name]:,}" for name in ranked[:_GROUPS]}
    return told | {_OTHERS: f"{len(ranked) - _GROUPS:,} {_OTHERS}: {rest:,}"}


def _legend_name(one: Contact, names: dict[str, str]) -> str:
    """The group of a C2 as the legend has it."""
    name = group_label(one.family, one.group)
    return name if name in names else _OTHERS
