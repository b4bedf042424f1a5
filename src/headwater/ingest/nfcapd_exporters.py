"""Who sent the records of an nfcapd file, and how were they sampled? As `nfdump -E` lists it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.ingest.outside_program import patience_for, run_program

_EXPORTER = re.compile(
    r"SysID: (?P<id>\d+), IP: +(?P<address>[0-9a-fA-F.:]+), version: \d+, ID: +(?P<domain>\d+)"
)
_SAMPLER_1_7 = re.compile(r"packet interval: (?P<taken>\d+), packet space: (?P<left>\d+)")
_SAMPLER_1_6 = re.compile(r"(?<!packet )interval: (?P<every>\d+)")


UNHEARD = 0


@dataclass(frozen=True, slots=True)
class Exporter:
    """Who sent the records, and how they were sampled.

    Attributes:
        sensor: its address and, where not 0, its observation domain.
        multiplied: by which intervals nfcapd multiplied its counts, the largest first: those N of 1:N that it
            understood. Several are samplers side by side, or one that changed while the file was written.
        changes: where there are several and that is known: from which record on it multiplied by which.
        heard: N for all its flows as somebody else heard it announced; None: several were, so that nobody
            knows which holds; UNHEARD: nobody listened, or nothing was announced before the first flows.
    """

    sensor: str
    multiplied: tuple[int, ...] = ()
    changes: tuple[tuple[int, int], ...] = ()
    heard: int | None = UNHEARD

    @property
    def interval(self) -> int | None:
        """N of its sampling as nfcapd understood it; None where it knows none or several."""
        return self.multiplied[0] if len(self.multiplied) == 1 else None


def exporters_of(nfdump: str, path: Path) -> dict[int, Exporter]:
    """The exporters that an nfcapd file names, by nfdump's number for them."""
    return exporters_in(run_program([nfdump, "-E", str(path)], patience_s=patience_for(path)).output)


def exporters_in(listing: str) -> dict[int, Exporter]:
    """The exporters that `nfdump -E` lists, by nfdump's number for them."""
    found: dict[int, Exporter] = {}
    current = 0
    for line in listing.splitlines():
        if match := _EXPORTER.search(line):
            current = int(match["id"])
            domain = f"/{match['domain']}" if int(match["domain"]) else ""
            found[current] = Exporter(match["address"] + domain)
        elif current in found and (interval := _interval(line)):
            known = {*found[current].multiplied, interval}
            found[current] = replace(found[current], multiplied=tuple(sorted(known, reverse=True)))
    return found


def _interval(line: str) -> int | None:
    if match := _SAMPLER_1_7.search(line):
        taken, left = int(match["taken"]), int(match["left"])
        return (taken + left) // taken if taken else None
    match = _SAMPLER_1_6.search(line)
    return int(match["every"]) or None if match else None


def as_announced(
    exporters: Mapping[int, Exporter], announced: Mapping[str, int | None]
) -> dict[int, Exporter]:
    """The exporters with what somebody else heard of their sampling, by sensor."""
    return {
        number: replace(each, heard=announced.get(each.sensor, UNHEARD)) for number, each in exporters.items()
    }
