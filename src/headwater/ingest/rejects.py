"""What could not be read, and why? Counts by reason, the first bad place, and notes for the report."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FirstBad:
    """The first place in a file that could not be read.

    Attributes:
        offset: byte, line or record number from the start (the reader's `position_unit` says which).
        why: reason and, where there is one, detail.
    """

    offset: int
    why: str


@dataclass(slots=True)
class Rejects:
    """Counts what was left out of one file.

    Attributes:
        counts: reason to number of records (or 1 for damage whose extent is unknown).
        first_bad: the smallest offset told.
        notes: what is worth saying though nothing was lost, each once.
    """

    counts: dict[str, int] = field(default_factory=dict)
    first_bad: FirstBad | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, reason: str, *, offset: int, count: int = 1, detail: str = "") -> None:
        """Counts `count` records left out for `reason`, the first of them at `offset`."""
        if count <= 0:
            return
        self.counts[reason] = self.counts.get(reason, 0) + count
        if self.first_bad is None or offset < self.first_bad.offset:
            self.first_bad = FirstBad(offset, f"{reason}: {detail}" if detail else reason)

    def absorb(self, part: "Rejects") -> None:
        """Takes over what another part of the same file told, as read by another thread."""
        for reason, count in part.counts.items():
            self.counts[reason] = self.counts.get(reason, 0) + count
        first = part.first_bad
        if first is not None and (self.first_bad is None or first.offset < self.first_bad.offset):
            self.first_bad = first
        for text in part.notes:
            self.note(text)

    def note(self, text: str) -> None:
        """Keeps a remark for the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def total(self) -> int:
        """How many records were left out."""
        return sum(self.counts.values())
