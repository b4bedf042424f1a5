"""How is text from outside written in a picture? Printable, short, and with addresses that nobody can click.

Text enters a specification as data and as nothing else: never as the name of a field, an expression or a
link. What Vega draws is text; it runs none of it.
"""

from datetime import datetime

from headwater.model.address import defanged_text
from headwater.model.service import Service
from headwater.present.printable import printable

_LONGEST = 44  # characters: about 260 px at 11 px


def label(text: str, *, most: int = _LONGEST) -> str:
    """Text from outside, cut to `most` characters."""
    shown = printable(defanged_text(text))
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "\u2026"


def group_label(family: str, group: str) -> str:
    """Family and group of a C2 as they are written everywhere: "dridex", "emotet/epoch2"."""
    return label(full_group(family, group)) or "no family named"


def full_group(family: str, group: str) -> str:
    """The group with its family before it, whether it has that already or not."""
    if not group or group == family or group.startswith(f"{family}/"):
        return group or family
    return f"{family}/{group}"


def service_label(service: Service) -> str:
    """A service as text, defanged."""
    return label(str(service), most=64)


def iso(moment: datetime) -> str:
    """A moment as Vega reads it: ISO 8601, UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def day(moment: datetime | None) -> str:
    """The day of a moment; "?" where there is none."""
    return "?" if moment is None else f"{moment:%Y-%m-%d}"
