"""What the tests of feeds share: a feed's text read and screened as `labels add` does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from headwater.intel.labels.feed import Analyst, Document
from headwater.intel.labels.registry import recognise
from headwater.intel.labels.screen import checked, screen
from headwater.intel.refusals import Refusals
from headwater.model.label import FeedEntry, Label

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Taken:
    """What came of a text."""

    feed: str
    source: str
    made_at: str
    labels: list[Label]
    merged: int
    refused: dict[str, tuple[int, int]]  # reason: count, first place
    passed_over: dict[str, int]
    notes: list[str]
    withdrawn: tuple[FeedEntry, ...]


Take = Callable[..., Taken]


@pytest.fixture
def take() -> Take:
    """A feed's text as labels, read as of 2026-11-01."""

    def taken(text: str, *, name: str = "list.csv", analyst: Analyst | None = None) -> Taken:
        document, refusals = Document(name, text), Refusals()
        feed = recognise(document)
        said = feed.read(document, refusals)
        screened = screen(said, analyst=checked(analyst or Analyst()), now=NOW, refusals=refusals)
        return Taken(
            feed=feed.name,
            source=said.source,
            made_at=said.made_at,
            labels=[label for _, label in screened.labels],
            merged=screened.merged,
            refused={reason: (one.count, one.place) for reason, one in refusals.by_reason.items()},
            passed_over=refusals.passed_over,
            notes=refusals.notes,
            withdrawn=screened.withdrawn,
        )

    return taken
