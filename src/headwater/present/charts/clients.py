"""Who talks to the service? Listed C2s by family and group around it, all else that it shares below.

A node is a listed C2, its size tells its sessions, its shape and colour its group, its line who opens the
contact. Below, one line each: the other clients together, other ports of the host, and what else the C2s and
the host talk to. Coordinates are computed here, so that the picture is the same wherever it is drawn.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

import altair as alt

from headwater.model.case import Case, Neighbour
from headwater.present.charts.labels import label, service_label
from headwater.present.charts.ring import OPENED, ring_nodes
from headwater.present.charts.style import SHAPES, Chart, Data, drawn_from, titled

Name = Callable[[Neighbour], str]

MOST_NEIGHBOURS = 8  # lines below the ring; tables hold the rest
_LABELLED = 26  # C2s up to which each has its address beside it
_RADIUS = 190  # px, of the outermost ring on a wide page
_LINE = 40  # px a line below the ring
_LONG_LINE, _NARROW_LINE = 90, 50  # characters of the text of a line, about 6.5 px each
_RELATIONS = {
    "port": "another port of the host",
    "peer": "the host itself connects to it",
    "shared": "C2s of the case talk to it, too",
    "on-c2": "the host comes to it on its own C2 port",
}
_GLYPHS = {
    "clients": "circle", "port": "square", "peer": "triangle-right", "shared": "diamond", "on-c2": "cross",
    "more": "stroke",
}  # fmt: skip


def clients_chart(case: Case, *, name: Name | None = None, narrow: bool = False) -> Chart:
    """The picture of who talks to the service.

    Args:
        case: what to draw; its contacts and neighbours are drawn as they are named there.
        name: how a neighbour is named; its service unless given.
        narrow: for a telephone: a smaller ring, and no addresses beside it.

    Returns:
        A chart of Altair.
    """
    c2s = [one for one in case.contacts if one.listed]
    named = 0 < len(c2s) <= _LABELLED and not narrow
    radius = min(_RADIUS * (1.0 if len(c2s) > 8 else 0.62), 140 if narrow else _RADIUS) if c2s else 0.0
    top = radius + (124 if named else 24)  # where the service stands, px from the top
    lines, nodes = _lines(case, name, most=_NARROW_LINE if narrow else _LONG_LINE), ring_nodes(c2s)
    deepest = max((-row["uy"] for row in nodes), default=0.0)  # in units of the radius, below the service
    bottom = top + radius * max(deepest, 0.0) + (100 if named else 50)
    height = bottom + len(lines) * _LINE
    for row in (*nodes, *lines):
        row["radius"] = radius
    layers = [
        *_trunk(lines, top=top, bottom=bottom, height=height),
        *_ring(nodes, case, top=top, height=height, named=named),
    ]
    chart = alt.layer(*layers).properties(width=340 if narrow else 620, height=height)
    title = f"Who talks to {service_label(case.service)}"
    return titled(chart, title, *_told(case, len(c2s)))


def _told(case: Case, drawn: int) -> tuple[str, ...]:
    groups = len(case.counts.by_group)
    clients = case.counts.clients
    told = (
        f"{drawn:,} listed {_many(drawn, 'C2')} of {groups:,} {_many(groups, 'group')} "
        f"among {clients:,} {_many(clients, 'client')}; the larger, the more sessions."
    )
    return (told,)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {_many(count, noun)}"


def _many(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def _ring(nodes: Data, case: Case, *, top: float, height: float, named: bool) -> Iterator[Chart]:
    """The service, the C2s around it, and a line from each."""
    # As wide as the page lets it be: what stands beside the ring gets its room first.
    fit = f"min(datum.radius, max(width, 80) / 2 - (width > 520 ? {118 if named else 20} : 20))"
    places = {
        "x": f"datum.ux * {fit} / (max(width, 80) / 2)",
        "y": f"{top} - datum.uy * {fit}",
        "x0": "0",
        "y0": f"{top}",
        "tx": f"datum.ux * ({fit} + 13) / (max(width, 80) / 2)",
        "ty": f"{top} - datum.uy * ({fit} + 13)",
    }
    base = drawn_from(nodes)
    for name, formula in places.items():
        base = base.transform_calculate(**{name: formula})
    x, y = _across("x"), _down("y", height)
    if nodes:
        dashes = alt.StrokeDash("opened:N", title=None)
        order = [said for said in OPENED.values() if any(row["opened"] == said for row in nodes)]
        dashes = dashes.scale(domain=list(OPENED.values()), range=[[1, 0], [6, 3], [1, 3]])
        dashes = dashes.legend(alt.Legend(values=order, symbolType="stroke", columns=1))
        opacity = 0.75 if len(nodes) < 60 else 0.3
        links = base.mark_rule(style="link", opacity=opacity, strokeWidth=1)
        yield links.encode(
            _across("x0"), _down("y0", height), alt.X2("x:Q"), alt.Y2("y:Q"), strokeDash=dashes
        )
        yield _points(base, nodes, x, y)
    if named and nodes:
        yield from _addresses(base, height)
    yield from _service(case, top=top, height=height)


def _points(base: Chart, nodes: Data, x: alt.X, y: alt.Y) -> Chart:
    order = list(dict.fromkeys(row["group"] for row in nodes))
    legend = alt.Legend(title=None, columns=1 if len(order) < 4 else 2)
    colour = alt.Color("group:N", title=None, legend=legend)
    colour = colour.scale(domain=order, range="category")
    shape = alt.Shape("group:N", title=None, legend=legend).scale(
        domain=order, range=list(SHAPES[: len(order)])
    )
    largest = 320 if len(nodes) < 40 else 130 if len(nodes) < 200 else 70
    size = alt.Size("sessions:Q", legend=None).scale(range=[30, largest], type="sqrt")
    points = base.mark_point(filled=True, opacity=1, style="node")
    return points.encode(
        x, y, colour, shape, size, tooltip=["address:N", "group:N", "sessions:Q", "opened:N", "network:N"]
    )


def _addresses(base: Chart, height: float) -> Iterator[Chart]:
    """Each address along its own spoke; on a narrow page there is no room, and the table has them."""
    for left, align in ((True, "right"), (False, "left")):
        half = base.transform_filter(f"datum.left === {str(left).lower()}")
        text = half.mark_text(
            style="small", align=align, baseline="middle", opacity=alt.ExprRef("width > 520 ? 1 : 0")
        )
        yield text.encode(
            _across("tx"), _down("ty", height), alt.Text("address:N"), angle=alt.Angle("turn:Q", scale=None)
        )


def _service(case: Case, *, top: float, height: float) -> Iterator[Chart]:
    values = [{"x": 0, "y": top, "name": service_label(case.service)}]
    base = drawn_from(values)
    x, y = _across("x"), _down("y", height)
    yield base.mark_point(style="solid", shape="square", size=380, filled=True, opacity=1).encode(x, y)
    for style in ("halo", "ink"):
        yield base.mark_text(style=style, dy=24, fontWeight="bold").encode(x, y, alt.Text("name:N"))


def _lines(case: Case, name: Name | None, *, most: int) -> Data:
    """One line for each neighbour, the other clients first, of at most so many characters."""
    found: Data = []
    others = case.counts.clients - case.counts.c2s
    if others:
        told = f"{_counted(case.counts.other_sessions, 'session')}; not listed as C2s"
        found.append({"kind": "clients", "name": f"{others:,} other {_many(others, 'client')}", "told": told})
    for one in _chosen(case.neighbours):
        found.append({"kind": one.relation, "name": _called(one, name), "told": _neighbour(one)})
    left = len(case.neighbours) - MOST_NEIGHBOURS
    if left > 0:
        found.append({"kind": "more", "name": f"{left:,} more", "told": "in the table"})
    for number, row in enumerate(found):
        row |= {"place": number, "told": label(row["told"], most=most)}
    return found


def _chosen(neighbours: Sequence[Neighbour]) -> list[Neighbour]:
    """The neighbours that are drawn: of each relation in turn, as they are ordered in the case."""
    queues = [[one for one in neighbours if one.relation == relation] for relation in _RELATIONS]
    turns = [one for turn in zip_longest(*queues) for one in turn if one is not None][:MOST_NEIGHBOURS]
    return sorted(turns, key=lambda one: list(_RELATIONS).index(one.relation))


def _called(one: Neighbour, name: Name | None) -> str:
    return service_label(one.service) if name is None else label(name(one))


def _neighbour(one: Neighbour) -> str:
    told = [_RELATIONS.get(one.relation, label(one.relation))]
    if one.relation == "shared":
        talk = f"{_counted(one.c2s, 'listed C2')} {'talks' if one.c2s == 1 else 'talk'} to it"
        told = [f"{talk}, among {_counted(one.hosts, 'host')}"]
    elif one.relation == "port":
        told.append(f"{_counted(one.hosts, 'host')}, {_counted(one.c2s, 'listed C2')}")
    if one.known_as:
        told.append(f"known as {label(one.known_as, most=24)}")
    return "; ".join(told)


def _trunk(lines: Data, *, top: float, bottom: float, height: float) -> Iterator[Chart]:
    """A line from the service down, and one to each of what stands below."""
    if not lines:
        return
    half = "(max(width, 80) / 2)"
    left = f"(-1 + 10 / {half})"
    last = bottom + (len(lines) - 0.5) * _LINE
    turn = bottom - 6
    # x is 0 in the middle of the picture and -1 at its left edge.
    path = [
        {"step": 0, "at": 0, "y": top + 34}, {"step": 1, "at": 0, "y": turn},
        {"step": 2, "at": 1, "y": turn}, {"step": 3, "at": 1, "y": last},
    ]  # fmt: skip
    trunk = drawn_from(path).transform_calculate(x=f"datum.at * {left}")
    yield trunk.mark_line(style="edge", strokeWidth=1.2).encode(
        _across("x"), _down("y", height), order="step:Q"
    )
    base = drawn_from(lines).transform_calculate(
        x=left, rim=f"(-1 + 22 / {half})", glyph=f"(-1 + 27 / {half})", text=f"(-1 + 40 / {half})",
        y=f"{bottom} + (datum.place + 0.5) * {_LINE}",
    )  # fmt: skip
    y = _down("y", height)
    yield base.mark_rule(style="edge", strokeWidth=1.2).encode(_across("x"), y, alt.X2("rim:Q"))
    for kind, shape in _GLYPHS.items():
        if any(row["kind"] == kind for row in lines):
            one = base.transform_filter(f"datum.kind === '{kind}'")
            yield one.mark_point(style="hollow", size=90, opacity=1, shape=shape).encode(_across("glyph"), y)
    text = {"align": "left", "baseline": "middle"}
    yield base.mark_text(style="ink", fontWeight="bold", dy=-8, **text).encode(
        _across("text"), y, alt.Text("name:N")
    )
    yield base.mark_text(style="small", dy=8, **text).encode(_across("text"), y, alt.Text("told:N"))


def _across(name: str) -> alt.X:
    return alt.X(f"{name}:Q", axis=None, scale=alt.Scale(domain=[-1, 1], nice=False, zero=False))


def _down(name: str, height: float) -> alt.Y:
    return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
