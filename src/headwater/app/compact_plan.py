"""What is there to compact? The days with flows that the copy by host does not hold, and in which parts.

A part holds so many flows that each of its files is sorted in memory, whatever a day amounts to. Flows that
come later to a day get a part of their own; where small parts add up, they are made into one, so that every
flow is written a few times at most, and a day never has many parts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from headwater.app.compact_settings import CompactSettings
from headwater.lake.by_host import Part, chosen, parts_of_day
from headwater.lake.covered import day_of
from headwater.lake.tables import Lake

PART_FLOWS = 48_000_000  # of one part, about; a run that is stopped loses at most the work on one
_FEW = 4  # small parts of a day that are left as they are


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part to make.

    Attributes:
        day: of its flows.
        files: the flow table's files that it will stand for.
        flows: how many.
        day_flows: how many the whole day has.
    """

    day: date
    files: tuple[str, ...]
    flows: int
    day_flows: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do.

    Attributes:
        parts: to make, oldest day first.
        kept: parts that stay.
    """

    parts: tuple[PlannedPart, ...]
    kept: tuple[Part, ...]

    @property
    def flows(self) -> int:
        """How many flows are to be written."""
        return sum(part.flows for part in self.parts)


def planned(lake: Lake, files: dict[str, int], settings: CompactSettings) -> Plan:
    """What is missing of the copy.

    Args:
        lake: the lake.
        files: the flow table's files with their flows.
        settings: which days, and whether to make them anew.

    Raises:
        LakeError: a part is damaged, unless everything is made anew.
    """
    by_day: dict[date, dict[str, int]] = {}
    for name, flows in files.items():
        day = day_of(name)
        if day is not None and flows and settings.wants(day):
            by_day.setdefault(day, {})[name] = flows
    parts: list[PlannedPart] = []
    kept: list[Part] = []
    for day, of_day in sorted(by_day.items()):
        found = [] if settings.rebuild else chosen(parts_of_day(lake, day), frozenset(of_day))
        missing, stay = _missing(of_day, [part.checked() for part in found])
        kept.extend(stay)
        parts.extend(
            PlannedPart(day, group, sum(of_day[name] for name in group), sum(of_day.values()))
            for group in _groups(missing, of_day)
        )
    return Plan(tuple(parts), tuple(kept))


def _missing(files: dict[str, int], parts: list[Part]) -> tuple[list[str], list[Part]]:
    """The files to write, and the parts that stay: small ones are written again once that is worth it."""
    held = {name for part in parts for name in part.covers}
    missing = [name for name in files if name not in held]
    small = [part for part in parts if part.flows < PART_FLOWS // 2]
    new = sum(files[name] for name in missing)
    if not missing or (len(small) < _FEW and new < sum(part.flows for part in small) // 2):
        return missing, parts
    again = {name for part in small for name in part.covers}
    return sorted({*missing, *again}), [part for part in parts if part not in small]


def _groups(names: Collection[str], flows: dict[str, int]) -> list[tuple[str, ...]]:
    """The files in groups of about equal numbers of flows, none of more than PART_FLOWS but single files."""
    if not names:
        return []
    total = sum(flows[name] for name in names)
    most = total / max(1, -(-total // PART_FLOWS))
    groups: list[list[str]] = [[]]
    so_far = 0
    for name in names:
        if groups[-1] and so_far + flows[name] / 2 > most:
            groups.append([])
            so_far = 0
        groups[-1].append(name)
        so_far += flows[name]
    return [tuple(group) for group in groups]
