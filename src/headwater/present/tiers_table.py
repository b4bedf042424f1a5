"""How do people read a map of tiers? A table from the top down, the reasons below it, and why it ended."""

from collections import Counter
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from headwater.model.address import defanged_text
from headwater.model.tier_map import AsideKind, TierMap, TierNode
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import printable

_HUBS, _ASIDE = 6, 12  # set aside and named; --json has all


def draw(found: TierMap, console: Console, *, defanged: bool = False) -> None:
    """Draws a map.

    Args:
        found: the map, with the addresses that are to be told.
        console: where to.
        defanged: write addresses so that nothing links to them.
    """

    def say(text: str, style: str = "") -> None:
        shown = defanged_text(text) if defanged else text
        console.print(Text(printable(shown), style=style), soft_wrap=True)

    for warning in found.warnings:
        say(f"! {warning}", "yellow")
    for unused in found.unused:
        say(f"! {unused.service} is not used: {unused.reason}", "yellow")
    say(f"tier 0: {found.c2s} listed C2s in contact with the given services, {found.seeds} independent ones")
    shown = sorted((one for one in found.nodes if one.tier), key=lambda one: -one.tier)
    if shown:
        console.print(fitted_table(_columns(shown, defanged=defanged), width=console.width))
    for number, node in enumerate(shown, start=1):
        say(f"{number:>3}  {' > '.join(node.path)}")
        for reason in node.reasons:
            say(f"{number:>3}  {reason}")
    _aside(found, say)
    say(f"stopped at tier {found.stop.tier}: {found.stop.text}")


def _columns(nodes: list[TierNode], *, defanged: bool) -> list[Column]:
    def texts(cells: list[str]) -> list[Text]:
        return [Text(printable(cell)) for cell in cells]

    def address(node: TierNode) -> str:
        return defanged_text(node.address) if defanged else node.address

    return [
        Column("#", texts([str(number) for number in range(1, len(nodes) + 1)]), "right"),
        Column("tier", texts([str(one.tier) for one in nodes]), "right"),
        Column("kind", texts([f"{one.kind.value}{', given' if one.given else ''}" for one in nodes])),
        Column("address", texts([address(one) for one in nodes])),
        Column("port", texts([", ".join(map(str, one.ports)) for one in nodes]), "right"),
        Column("links", texts([f"{one.links}" for one in nodes]), "right"),
        Column("C2s", texts([f"{one.seeds}" for one in nodes]), "right"),
        Column("contacts", texts([f"{one.contacts:,}" for one in nodes]), "right"),
        Column("posterior", texts([_share(one.posterior) for one in nodes]), "right"),
        Column("weight", texts([f"{one.weight:.2f}" for one in nodes]), "right"),
        Column("network", texts([one.network for one in nodes]), free_text=True),
    ]


def _share(posterior: float | None) -> str:
    """Never rounded to certainty; "" for what was given."""
    if posterior is None:
        return ""
    return "<0.01" if posterior < 0.01 else ">0.99" if posterior > 0.99 else f"{posterior:.2f}"


def _aside(found: TierMap, say: Callable[[str], None]) -> None:
    hubs = [one for one in found.aside if one.kind is AsideKind.HUB]
    if hubs:
        named = ", ".join(f"{one.address} port {one.port} ({one.contacts:,} hosts)" for one in hubs[:_HUBS])
        more = f", and {len(hubs) - _HUBS:,} more" if len(hubs) > _HUBS else ""
        say(f"hubs, not crossed: {named}{more}")
    order = list(AsideKind)
    others = [one for one in found.aside if one.kind is not AsideKind.HUB]
    others.sort(key=lambda one: (one.tier, order.index(one.kind), -one.links))
    for one in others[:_ASIDE]:
        say(f"set aside: {one.address} ({one.role.value}, port {one.port}): {one.reason}")
    rest = Counter(one.kind.value for one in others[_ASIDE:])
    if rest:
        told = ", ".join(f"{kind} {count:,}" for kind, count in rest.items())
        say(f"{sum(rest.values()):,} more set aside ({told}); --json names them")
