"""Withdrawals in the labels table: what they take back, versions, and tables of an earlier form."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headwater.lake.label_rows import LABEL_SCHEMA, Snapshot, rows_of
from headwater.lake.labels import LABELS, current_labels, history, list_labels, store_labels
from headwater.lake.list_contents import list_change
from headwater.lake.small_tables import append_once, newest_version
from headwater.model.label import FeedEntry, Label, Role

C2 = "185.1.2.3"
START = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENTRY = FeedEntry("indicator--1", "maker", START)


def label(*entries: FeedEntry) -> Label:
    """A label that rests on entries, each of which has to stand."""
    return Label(C2, Role.C2, "emotet", source="feed", rests_on=(entries,) if entries else ())


def snapshot(number: int, *, made: datetime = START) -> Snapshot:
    """The number-th addition, a day after the one before."""
    return Snapshot(f"file{number}", "", f"list{number}.json", made, START + timedelta(days=100 + number))


def store(lake: Path, number: int, *labels: Label, withdrawn: tuple[FeedEntry, ...] = ()) -> bool:
    """Stores labels and withdrawals as one file."""
    return store_labels(lake, list(enumerate(labels)), snapshot=snapshot(number), withdrawn=withdrawn)


def entry(after: timedelta | None, *, id_: str = ENTRY.id, maker: str = ENTRY.maker) -> FeedEntry:
    """A version of the entry, made so long after the one that the label rests on; None: no time is known."""
    return FeedEntry(id_, maker, None if after is None else START + after)


@pytest.mark.parametrize(
    ("withdrawn", "stands"),
    [
        (entry(HOUR), False),
        (entry(timedelta(0)), False),
        (entry(-HOUR), True),
        (entry(None), False),  # the time of its file counts, which is the label's
        (entry(HOUR, id_="indicator--2"), True),
        (entry(HOUR, maker="other"), True),
    ],
)
def test_what_a_withdrawal_takes_back(tmp_path: Path, withdrawn: FeedEntry, stands: bool) -> None:
    """The same identifier by the same maker, in this version or an earlier one."""
    store(tmp_path, 1, label(ENTRY))
    store(tmp_path, 2, withdrawn=(withdrawn,))
    assert bool(list_labels(tmp_path)) is stands


def test_all_of_a_group_has_to_stand(tmp_path: Path) -> None:
    """An indicator and its relationship: without the one the other tells nothing."""
    link = FeedEntry("relationship--1", "maker", START)
    store(tmp_path, 1, label(ENTRY, link))
    store(tmp_path, 2, withdrawn=(FeedEntry(link.id, link.maker, START + HOUR),))
    assert list_labels(tmp_path) == []


def test_a_label_without_entries_stands(tmp_path: Path) -> None:
    """Lists whose lines have no identifiers cannot take one back."""
    store(tmp_path, 1, label())
    store(tmp_path, 2, withdrawn=(entry(HOUR),))
    assert len(list_labels(tmp_path)) == 1


def test_an_older_version_reads_what_it_read(tmp_path: Path) -> None:
    """What a case read stays; the newest version tells what went."""
    store(tmp_path, 1, label(ENTRY))
    before = newest_version(tmp_path, LABELS)
    store(tmp_path, 2, withdrawn=(entry(HOUR),))
    after = newest_version(tmp_path, LABELS)
    counts = [current_labels(tmp_path, version=version).num_rows for version in (before, after)]
    change = list_change(tmp_path, "labels", before=before, after=after)
    assert (counts, len(change.removed), change.added) == ([1, 0], 1, ())


def test_a_date_in_the_future_withdraws_nothing_of_later(tmp_path: Path) -> None:
    """No version is later than the file in which it came."""
    store(tmp_path, 1, withdrawn=(entry(timedelta(days=36_500)),))
    store(tmp_path, 2, label(entry(timedelta(days=101, hours=1))))
    assert len(list_labels(tmp_path)) == 1


def test_a_table_of_an_earlier_form(tmp_path: Path) -> None:
    """One without the columns of withdrawals is read, and added to; its version reads as before."""
    earlier = rows_of([(1, label())], snapshot(1)).select(LABEL_SCHEMA.names)
    append_once(tmp_path, LABELS, earlier, key="earlier")
    version = newest_version(tmp_path, LABELS)
    assert len(list_labels(tmp_path)) == 1
    store(tmp_path, 2, Label("185.1.2.4", Role.C2, "emotet", source="feed", rests_on=((ENTRY,),)))
    assert [one.address for one in list_labels(tmp_path)] == [C2, "185.1.2.4"]
    store(tmp_path, 3, withdrawn=(entry(HOUR),))
    assert [one.address for one in list_labels(tmp_path)] == [C2]
    assert [one.address for one in list_labels(tmp_path, version=version)] == [C2]


def test_no_address_has_a_withdrawal_in_its_history(tmp_path: Path) -> None:
    """A withdrawal is no label of the address ::, which its row would stand for."""
    store(tmp_path, 1, withdrawn=(entry(HOUR),))
    assert history(tmp_path, "::") == []
