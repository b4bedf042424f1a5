"""How do people read leads? A table, the reasons below it, and what the answer does not say."""

from rich.console import Console
from rich.text import Text

from headwater.model.address import defang, defanged_text
from headwater.model.lead import Lead, Leads
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import printable

_SHOWN = 20  # leads where nobody says how many
_LEAST = 0.05  # posterior of those: below, ICD 203 says "almost no chance", and clients are people, too


def draw(found: Leads, console: Console, *, top: int | None = None, defanged: bool = False) -> None:
    """Draws leads.

    Args:
        found: the leads.
        console: where to.
        top: how many are shown; None: some, those with almost no chance left out.
        defanged: write addresses so that nothing links to them.
    """
    likely = sum(one.posterior >= _LEAST for one in found.leads)
    shown, service = found.leads[: min(_SHOWN, likely) if top is None else top], str(found.service)
    console.print(
        Text(
            f"{defang(service) if defanged else service} ({found.role.value} role): {found.clients:,} "
            f"clients, {found.listed:,} of them listed C2s"
        ),
        soft_wrap=True,
    )
    for warning in found.warnings:
        said = defanged_text(warning) if defanged else warning
        console.print(Text(f"! {printable(said)}", style="yellow"), soft_wrap=True)
    if not shown:
        console.print("there are no leads: no other client has more than almost no chance to be a C2")
    else:
        console.print(fitted_table(_columns(shown, defanged=defanged), width=console.width))
    for number, lead in enumerate(shown, start=1):
        for reason in lead.reasons:
            console.print(Text(f"{number:>3}  {printable(reason)}"), soft_wrap=True)
    _ends(found, console, shown=len(shown), defanged=defanged)


def _columns(leads: tuple[Lead, ...], *, defanged: bool) -> list[Column]:
    def texts(cells: list[str]) -> list[Text]:
        return [Text(printable(cell)) for cell in cells]

    return [
        Column("#", texts([str(number) for number in range(1, len(leads) + 1)]), "right"),
        Column("address", texts([defang(one.address) if defanged else one.address for one in leads])),
        Column("port", texts([str(one.port or "") for one in leads]), "right"),
        Column("posterior", texts([_share(one.posterior) for one in leads]), "right"),
        Column("a C2?", texts([one.words for one in leads])),
        Column("sessions", texts([f"{one.sessions:,}" for one in leads]), "right"),
        Column("come to it", texts([f"{one.fan_in:,}" for one in leads]), "right"),
        Column("bots", texts([f"{one.bots:.0f}" for one in leads]), "right"),
        Column("first seen (UTC)", texts([f"{one.first_seen:%Y-%m-%d %H:%M}" for one in leads])),
        Column("family", texts([one.family for one in leads]), free_text=True),
    ]


def _share(posterior: float) -> str:
    """Never rounded to certainty."""
    return "<0.01" if posterior < 0.01 else ">0.99" if posterior > 0.99 else f"{posterior:.2f}"


def _ends(found: Leads, console: Console, *, shown: int, defanged: bool) -> None:
    if len(found.leads) > shown:
        console.print(f"{len(found.leads) - shown:,} more clients, less likely; --top N shows more")
    for one in found.aside[:10]:
        address = defang(one.address) if defanged else one.address
        console.print(Text(f"set aside: {address}: {printable(one.reason)}"), soft_wrap=True)
    if len(found.aside) > 10:
        console.print(f"{len(found.aside) - 10:,} more set aside; --json names them")
    console.print(
        "Leads are for a closer look. Their posterior is calibrated on synthetic worlds; nothing was stored."
    )
