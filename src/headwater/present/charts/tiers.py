"""What does a map of tiers look like? Listed C2s below, what stands above them row by row, links between.

Shape and colour tell the kind of a node, its size its links where there is room, a dashed bow contact within
a tier. Coordinates are computed here (tier_places.py), so that the picture is the same wherever it is drawn.
"""

from collections import Counter
from collections.abc import Iterator

import altair as alt

from headwater.model.tier_map import NodeKind, TierMap, TierNode
from headwater.present.charts.labels import label
from headwater.present.charts.style import Chart, Data, drawn_from, titled
from headwater.present.charts.tier_places import places

_KINDS = {  # shape, in the order of the legend
    NodeKind.C2: "circle", NodeKind.UPSTREAM: "square", NodeKind.BACKEND: "diamond",
    NodeKind.ACCESS: "triangle-up",
}  # fmt: skip
_WORDS = {
    NodeKind.C2: "listed C2", NodeKind.UPSTREAM: "upstream", NodeKind.BACKEND: "backend",
    NodeKind.ACCESS: "access node (may be a person)",
}  # fmt: skip
_WIDTH, _ROW = 660, 150  # px; a row of the picture
_LEVEL = 5  # nodes in a row up to which their names lie level beside each other
_NAMED = 40  # nodes in a row up to which each has its name: 16 px each
_LINE = 104  # characters of a line of the subtitle
_LIFT = 26  # px that a bow between two nodes of a row stands above it


def tiers_chart(found: TierMap) -> Chart:
    """The picture of a map.

    Args:
        found: with the addresses that may be told; see headwater.present.tiers_sharing.

    Returns:
        A chart of Altair.
    """
    at, top = places(found), max((node.tier for node in found.nodes), default=0)
    sizes = Counter(node.tier for node in found.nodes)
    turned = {tier for tier, count in sizes.items() if count > _LEVEL}
    above = 110 if top in turned else 44
    below = 120 if 0 in turned and sizes[0] <= _NAMED else 44
    height = above + top * _ROW + below
    y_of = {tier: above + (top - tier) * _ROW for tier in range(top + 1)}
    nodes = [_row(node, at[node.address], y_of[node.tier], sizes[node.tier]) for node in found.nodes]
    spots = {node.address: (row["x"], row["y"]) for node, row in zip(found.nodes, nodes, strict=True)}
    layers = [*_bands(y_of, height), *_links(found, spots, height)]
    layers += [*_points(nodes, found, height), *_names(nodes, height)] if nodes else []
    chart = alt.layer(*layers).properties(width=_WIDTH, height=height)
    return titled(chart, "What stands above the C2s, tier by tier", *_told(found))


def _told(found: TierMap) -> tuple[str, ...]:
    kinds = Counter(one.kind.value for one in found.aside)
    aside = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())
    said = [label(found.synthetic, most=_LINE)] if found.synthetic else []
    said += [f"{found.c2s:,} listed C2s, {found.seeds:,} of them independent."]
    if aside:
        said.append(f"Shared and set aside, not crossed: {aside}.")
    said.append(label(f"Stopped at tier {found.stop.tier}: {found.stop.text}", most=_LINE))
    return tuple(said)


def _row(node: TierNode, x: float, y: float, size: int) -> dict[str, object]:
    room = (0.75 * _WIDTH / size) ** 2  # square px of a mark that leaves a gap to the next
    return {
        "address": _short(label(node.address)), "kind": _WORDS[node.kind], "x": x, "y": y,
        "links": node.links, "size": min(90.0 + 20 * node.links, 260.0, room), "tier": node.tier,
        "ports": ", ".join(map(str, node.ports)), "network": label(node.network),
        "named": size <= _NAMED, "level": size <= _LEVEL, "lowest": node.tier == 0,
    }  # fmt: skip


def _short(address: str) -> str:
    """The address; a long one of IPv6 without its middle."""
    return address if len(address) <= 20 else f"{address[:10]}\u2026{address[-8:]}"


def _bands(y_of: dict[int, int], height: float) -> Iterator[Chart]:
    """A faint line and a title for each row."""
    rows: Data = [{"x": 0.0, "far": 1.0, "y": y, "name": f"tier {tier}"} for tier, y in y_of.items()]
    base = drawn_from(rows)
    yield base.mark_rule(style="hair", strokeWidth=1).encode(_across(), _down(height), alt.X2("far:Q"))
    yield base.mark_text(style="small", align="right", baseline="middle", dx=-8).encode(
        _across(), _down(height), alt.Text("name:N")
    )


def _links(found: TierMap, spots: dict[str, tuple[object, object]], height: float) -> Iterator[Chart]:
    upward, bows = [], []
    for number, link in enumerate(found.links):
        if link.lower not in spots or link.upper not in spots:
            continue
        (x, y), (far, up) = spots[link.lower], spots[link.upper]
        if link.sideways:
            middle = (float(str(x)) + float(str(far))) / 2
            lifted = float(str(y)) - _LIFT
            ends = ((x, y), (middle, lifted), (far, up))
            bows += [{"bow": number, "step": step, "x": a, "y": b} for step, (a, b) in enumerate(ends)]
        else:
            upward.append({"x": x, "y": y, "far": far, "up": up})
    if upward:
        opacity = 0.8 if len(upward) < 40 else 0.35
        yield (
            drawn_from(upward)
            .mark_rule(style="link", strokeWidth=1, opacity=opacity)
            .encode(_across(), _down(height), alt.X2("far:Q"), alt.Y2("up:Q"))
        )
    if bows:
        yield (
            drawn_from(bows)
            .mark_line(style="link", strokeWidth=1, strokeDash=[4, 3], interpolate="basis", opacity=0.8)
            .encode(_across(), _down(height), alt.Detail("bow:N"), alt.Order("step:Q"))
        )


def _points(nodes: Data, found: TierMap, height: float) -> Iterator[Chart]:
    order = [_WORDS[kind] for kind in _KINDS if any(node.kind is kind for node in found.nodes)]
    shapes = [_KINDS[kind] for kind in _KINDS if _WORDS[kind] in order]
    legend = alt.Legend(title=None, columns=4)
    colour = alt.Color("kind:N", title=None, legend=legend).scale(domain=order, range="category")
    shape = alt.Shape("kind:N", title=None, legend=legend).scale(domain=order, range=shapes)
    size = alt.Size("size:Q", legend=None, scale=None)
    yield drawn_from(nodes).mark_point(filled=True, opacity=1, style="node").encode(
        _across(), _down(height), colour, shape, size,
        tooltip=["address:N", "kind:N", "tier:Q", "ports:N", "links:Q", "network:N"],
    )  # fmt: skip


def _names(nodes: Data, height: float) -> Iterator[Chart]:
    """Names above the nodes, below those of the lowest row; aslant where a row is crowded."""
    for lowest in (True, False):
        for level in (True, False):
            mine = [row for row in nodes if (row["lowest"], row["level"]) == (lowest, level) and row["named"]]
            if not mine:
                continue
            down = 20 if lowest else -20
            if level:
                place = {"align": "center", "baseline": "middle", "dy": down}
            else:
                place = {"align": "left", "baseline": "middle", "angle": 60 if lowest else 300, "dx": 10}
            for style in ("small-halo", "small"):
                yield (
                    drawn_from(mine)
                    .mark_text(style=style, **place)
                    .encode(_across(), _down(height), alt.Text("address:N"))
                )


def _across() -> alt.X:
    return alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False, zero=False))


def _down(height: float) -> alt.Y:
    return alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
