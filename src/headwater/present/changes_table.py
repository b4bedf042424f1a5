"""How do people read changes? A table, the reasons below it, what sensors lost, and what is not said."""

from rich.console import Console
from rich.text import Text

from headwater.model.address import defang, defanged_text
from headwater.model.change import Change, ChangeKind, Changes
from headwater.model.service import Service
from headwater.present.changes_document import document
from headwater.present.fitted_table import Column, fitted_table
from headwater.present.printable import printable

_HEADINGS = {
    ChangeKind.MOVED: "moved",
    ChangeKind.NEW_PORT: "new port",
    ChangeKind.SILENT: "silent",
    ChangeKind.FIRST_CONTACT: "first contact",
    ChangeKind.NEW_OPERATOR: "new operator",
    ChangeKind.OPEN_POINT: "open point",
}
_ENDS = (
    "Probabilities are calibrated on synthetic worlds. A move has no word: which address took over rests on "
    "how simulated upstreams move. For a first contact the number says that the service was new to the "
    "family; undecided: contact began, and too few C2s were at work before to say whether it was new."
)


def draw(found: Changes, console: Console, *, defanged: bool = False) -> None:
    """Draws changes.

    Args:
        found: the changes.
        console: where to.
        defanged: write addresses so that nothing links to them.
    """
    known = f"{len(found.upstreams):,} known upstream{'s' * (len(found.upstreams) != 1)}"
    console.print(f"{known}, {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d} (UTC)")
    for warning in found.warnings:
        said = defanged_text(warning) if defanged else warning
        console.print(Text(f"! {printable(said)}", style="yellow"), soft_wrap=True)
    for outage in found.outages:
        name = printable(outage.sensor) or "records without a sensor's name"
        span = f"{outage.since:%Y-%m-%d} to {outage.until:%Y-%m-%d}"
        console.print(Text(f"{name}: {outage.share:.0%} of its usual records, {span}"), soft_wrap=True)
    if not found.upstreams:
        console.print("the hunt takes no service for an upstream; name those that you know with --upstream")
    if not found.changes:
        console.print("no change of a known upstream, and no first contact, is likelier than none")
        return
    console.print(fitted_table(_columns(found.changes, defanged=defanged), width=console.width))
    for number, row in enumerate(document(found, defanged=defanged)["changes"], start=1):
        for reason in row["reasons"]:
            console.print(Text(f"{number:>3}  {printable(reason)}"), soft_wrap=True)
        for other in row["alternatives"]:
            chance = f"probability {other['probability']:.2f}"
            console.print(Text(f"{number:>3}  or it went on at {other['service']}: {chance}"), soft_wrap=True)
    console.print(_ENDS, soft_wrap=True)


def _columns(found: tuple[Change, ...], *, defanged: bool) -> list[Column]:
    def texts(cells: list[str]) -> list[Text]:
        return [Text(printable(cell)) for cell in cells]

    def shown(service: Service | None) -> str:
        return "" if service is None else defang(str(service)) if defanged else str(service)

    return [
        Column("#", texts([str(number) for number in range(1, len(found) + 1)]), "right"),
        Column("what", texts([_HEADINGS[one.kind] for one in found])),
        Column("service", texts([shown(one.service) for one in found])),
        Column("now at", texts([shown(one.other) for one in found])),
        Column("probability", texts([_share(one.probability) for one in found]), "right"),
        Column("after (UTC)", texts([f"{one.since:%Y-%m-%d %H:%M}" for one in found])),
        Column("before (UTC)", texts([f"{one.until:%Y-%m-%d %H:%M}" for one in found])),
        Column("in words", texts([one.words for one in found])),
        Column("families", texts([", ".join(one.family) for one in found]), free_text=True),
    ]


def _share(probability: float | None) -> str:
    """Never rounded to certainty."""
    if probability is None:
        return ""
    return "<0.01" if probability < 0.01 else ">0.99" if probability > 0.99 else f"{probability:.2f}"
