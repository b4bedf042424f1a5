"""What could not be taken from a feed or a list, and why? Counts by reason, with the first place."""

from dataclasses import dataclass, field

EXAMPLE_CHARACTERS = 60  # enough to find the line by; texts from outside can be megabytes long


@dataclass(frozen=True, slots=True)
class Refusal:
    """Entries left out for one reason.

    Attributes:
        count: how many.
        place: line of the first one in a text file, or its number in a JSON file; both count from 1.
        example: the text of the first one, cut to 60 characters; hostile until escaped.
    """

    count: int
    place: int
    example: str


@dataclass(slots=True)
class Refusals:
    """Collects refusals and remarks while one file is read.

    Attributes:
        by_reason: reason to refusal, in the order met.
        passed_over: what the file holds and nobody asked for (hashes, host names), by kind, with counts.
        notes: what is worth saying though nothing was lost, each once.
    """

    by_reason: dict[str, Refusal] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, reason: str, *, place: int, example: str = "", count: int = 1) -> None:
        """Counts `count` entries left out for `reason`, the first of them at `place`."""
        before = self.by_reason.get(reason)
        if before is None:
            self.by_reason[reason] = Refusal(count, place, example[:EXAMPLE_CHARACTERS])
        else:
            self.by_reason[reason] = Refusal(before.count + count, before.place, before.example)

    def pass_over(self, kind: str) -> None:
        """Counts something that is no fault of the file and no address either."""
        self.passed_over[kind] = self.passed_over.get(kind, 0) + 1

    def note(self, text: str) -> None:
        """Keeps a remark for the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def total(self) -> int:
        """How many entries were left out."""
        return sum(refusal.count for refusal in self.by_reason.values())
