"""How is what could not be taken from a list told? In JSON, and as remarks for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from headwater.cli.printable import shown
from headwater.intel.refusals import Refusal


def as_document(refused: Mapping[str, Refusal]) -> dict[str, dict[str, Any]]:  # Any: what JSON can say
    """Reason to count, first place and example, for --json."""
    return {
        reason: {"count": one.count, "first_place": one.place, "example": one.example}
        for reason, one in refused.items()
    }


def remarks(
    refused: Mapping[str, Refusal], passed_over: Mapping[str, int], notes: Sequence[str]
) -> Iterator[str]:
    """One line for each reason, for all that was passed over, and for each note; hostile until printable."""
    for reason, one in refused.items():
        example = f": {one.example}" if one.example else ""
        yield f"{one.count:,} refused, {reason}, first at {one.place:,}{example}"
    if passed_over:
        yield "passed over: " + ", ".join(f"{count:,} {kind}" for kind, count in passed_over.items())
    yield from notes


def draw_remarks(path: str, lines: Sequence[str], console: Console) -> None:
    """A file's remarks under its name, for people; nothing where there are none."""
    if lines:
        console.print(Text("\n  ").join([shown(path, style="bold"), *map(shown, lines)]))
