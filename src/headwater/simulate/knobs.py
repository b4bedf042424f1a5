"""What is a setting of a world? A number with its unit, its meaning and where it comes from."""

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

# Where numbers come from, by the short name that a knob carries
ORIGINS: dict[str, str] = {
    "reference": "population sizes of the reference world, on which the method was first measured",
    "assumed": "an assumption: no published figure was used; vary it to see what depends on it",
    "matched": "chosen so that simple baselines (count, hypergeometric test, PageRank) are about as good at "
    "1:10,000 as they were when the method was first measured",
    "published": "stated by the published case that the story replays",
    "rfc7011": "RFC 7011 and RFC 5470: exporters end flows after active and inactive time-outs",
    "durumeric": "Durumeric, Bailey, Halderman 2014, An Internet-Wide View of Internet-Wide Scanning: few "
    "scanners cover the whole space, most a small part",
    "kuehrer": "Kührer, Rossow, Holz 2014, Paint It Black: blacklists miss most of what they are about and "
    "hold sinkholes and parked addresses",
    "breslau": "Breslau and others 1999, Web Caching and Zipf-like Distributions: popularity falls as a "
    "power of the rank between 0.64 and 0.83",
}


def knob(default: Any, unit: str, origin: str, meaning: str) -> Any:  # Any: dataclasses.field's own type
    """A dataclass field with its documentation.

    Args:
        default: the value in the reference world.
        unit: unit of the value, or "" for none.
        origin: a key of ORIGINS.
        meaning: one sentence.
    """
    if origin not in ORIGINS:
        raise ValueError(f"no origin is called {origin!r}")
    return field(default=default, metadata={"unit": unit, "origin": origin, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting as the reference page shows it.

    Attributes:
        name: path of the setting, e.g. "botnet.c2s".
        default: its value in the reference world.
        unit: unit of the value, or "".
        origin: a key of ORIGINS.
        meaning: one sentence.
    """

    name: str
    default: object
    unit: str
    origin: str
    meaning: str


def knobs(settings: Any, prefix: str = "") -> list[Knob]:  # Any: any dataclass made of knobs
    """Every setting below a settings object, in the order of their declaration."""
    found: list[Knob] = []
    for each in fields(settings):
        value = getattr(settings, each.name)
        if is_dataclass(value):
            found += knobs(value, f"{prefix}{each.name}.")
        else:
            about = each.metadata
            found.append(Knob(prefix + each.name, value, about["unit"], about["origin"], about["meaning"]))
    return found
