"""Feeds that take back what they said: revoked STIX objects, deleted parts of MISP events."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from headwater.app.labels import add_labels, address_history, listed_labels
from headwater.intel.labels.feed import FeedReport
from withdrawing import REVOKED, address_object, attribute, bundle, event, indicates, indicator, listing

C2, OTHER = "185.1.2.3", "185.1.2.4"
LATER = 1583400600  # 2020-03-05 09:30 UTC
CASES = {
    "a revoked indicator": (
        listing(C2, OTHER), bundle(indicator(0, C2, modified=REVOKED, revoked=True)),
    ),
    "a revoked relationship": (
        listing(C2, OTHER), bundle(indicates(0, modified=REVOKED, revoked=True)),
    ),
    "a deleted attribute": (
        event(attribute(0, C2), attribute(1, OTHER)),
        event(attribute(0, C2, timestamp=LATER, deleted=True), attribute(1, OTHER), timestamp=LATER),
    ),
    "a deleted object": (
        event(attribute(1, OTHER), Object=[address_object(attribute(0, C2))]),
        event(
            attribute(1, OTHER), timestamp=LATER,
            Object=[address_object(attribute(0, C2), timestamp=LATER, deleted=True)],
        ),
    ),
}  # fmt: skip
PAIRS = pytest.mark.parametrize(("said", "taken_back"), CASES.values(), ids=CASES)


class Lake:
    """A lake to which texts are added, each as a file of its own, a day apart."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, 0

    def add(self, text: str) -> FeedReport:
        """Adds a text; what became of it."""
        self.files += 1
        path = self.folder / f"file{self.files}.json"
        path.write_text(text)
        now = datetime(2020, 6, self.files, tzinfo=UTC)
        (report,) = add_labels([str(path)], lake=self.folder / "lake", now=now).files
        assert report.error == ""
        return report

    @property
    def counting(self) -> list[str]:
        """The addresses whose labels count."""
        return [label.address for label in listed_labels(self.folder / "lake")]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path)


@PAIRS
def test_what_the_feed_takes_back_counts_no_more(lake: Lake, said: str, taken_back: str) -> None:
    """The other label of the same feed stays; the report counts the one that went."""
    lake.add(said)
    assert lake.counting == [C2, OTHER]
    report = lake.add(taken_back)
    assert (report.withdrawn, lake.counting) == (1, [OTHER])
    assert "1 labels of earlier files are withdrawn: this file takes their entries back" in report.notes


@PAIRS
def test_the_order_of_adding_does_not_matter(lake: Lake, said: str, taken_back: str) -> None:
    """An older file that comes after the newer one: the versions of the entries decide."""
    first = lake.add(taken_back)
    report = lake.add(said)
    assert (first.withdrawn, report.withdrawn, lake.counting) == (0, 0, [OTHER])
    assert "1 labels of this file do not count: their feed has taken the entries back" in report.notes


@PAIRS
def test_what_was_said_stays_readable(lake: Lake, said: str, taken_back: str) -> None:
    """The history has the label, that it does not count, and the file that took it back."""
    lake.add(said)
    lake.add(taken_back)
    (one,) = address_history(lake.folder / "lake", C2)
    assert (one.current, one.withdrawn_by) == (False, str(lake.folder / "file2.json"))


@PAIRS
def test_the_same_file_again_takes_nothing_more_back(lake: Lake, said: str, taken_back: str) -> None:
    """A withdrawal is stored once, also where it is all that a file holds."""
    lake.add(said)
    lake.add(taken_back)
    report = lake.add(taken_back)
    assert (report.already, report.withdrawn) == (True, 0)


def test_a_deleted_event_takes_all_of_it_back(lake: Lake) -> None:
    """Its attributes are not marked one by one."""
    lake.add(event(attribute(0, C2), attribute(1, OTHER)))
    report = lake.add(event(attribute(0, C2), attribute(1, OTHER), timestamp=LATER, deleted=True))
    assert (report.withdrawn, report.passed_over, lake.counting) == (2, {"deleted event": 1}, [])


@pytest.mark.parametrize("taken_back", [pair[1] for pair in CASES.values()], ids=CASES)
def test_what_was_never_said_is_counted_only(lake: Lake, taken_back: str) -> None:
    """Nothing is withdrawn where no earlier file said it."""
    report = lake.add(taken_back)
    assert (report.withdrawn, report.refused, C2 in lake.counting) == (0, {}, False)
    assert sum(count for kind, count in report.passed_over.items() if kind[:3] in ("rev", "del")) == 1


def test_another_makers_word_takes_nothing_back(lake: Lake) -> None:
    """Only the creator of an object revokes it (STIX 2.1, "Versioning"): nobody else is believed."""
    lake.add(listing(C2))
    stranger = "identity--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061"
    report = lake.add(bundle(indicator(0, C2, modified=REVOKED, revoked=True, created_by_ref=stranger)))
    assert (report.withdrawn, lake.counting) == (0, [C2])


def test_a_relationship_that_was_replaced(lake: Lake) -> None:
    """The indicator is told by another relationship now: one label went, the same one came."""
    lake.add(listing(C2))
    other = indicates(7, source_ref=indicator(0, C2)["id"], created=REVOKED, modified=REVOKED)
    report = lake.add(listing(C2, also=[indicates(0, modified=REVOKED, revoked=True), other]))
    assert (report.withdrawn, report.added, lake.counting) == (1, 1, [C2])


def test_said_again_after_it_was_taken_back(lake: Lake) -> None:
    """MISP lets a deleted attribute be restored: its later version counts."""
    lake.add(event(attribute(0, C2)))
    lake.add(event(attribute(0, C2, timestamp=LATER, deleted=True), timestamp=LATER))
    lake.add(event(attribute(0, C2, timestamp=LATER + 60), timestamp=LATER + 60))
    assert lake.counting == [C2]


def test_two_entries_that_say_the_same(lake: Lake) -> None:
    """One of two indicators on an address is revoked: the other still says it."""
    lake.add(listing(C2, C2))
    report = lake.add(bundle(indicator(0, C2, modified=REVOKED, revoked=True)))
    assert (report.withdrawn, lake.counting) == (0, [C2])
    report = lake.add(bundle(indicator(1, C2, modified=REVOKED, revoked=True)))
    assert (report.withdrawn, lake.counting) == (1, [])


def test_an_older_version_in_the_same_bundle(lake: Lake) -> None:
    """A bundle may hold several versions of an object: the revoked one is the last."""
    report = lake.add(listing(C2, also=[indicator(0, C2, modified=REVOKED, revoked=True)]))
    assert (report.withdrawn, lake.counting) == (0, [])
