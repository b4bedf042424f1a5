"""The labels table: snapshots in, what counts out, nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headwater.errors import LakeError
from headwater.lake.label_rows import Snapshot
from headwater.lake.labels import (
    CURRENT_SCHEMA,
    current_labels,
    dated_labels,
    history,
    list_labels,
    store_labels,
)
from headwater.lake.tables import create_lake
from headwater.model.label import Label, Role, Tlp
from headwater.model.window import Window

START = datetime(2020, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def label(
    address: str = "185.1.2.3", *, first: int | None = 0, last: int | None = None, **more: object
) -> Label:
    """An Emotet C2 from `first` to `last`, in days from 2020-01-01."""
    window = Window(
        None if first is None else START + first * DAY, None if last is None else START + last * DAY
    )
    said = {"role": Role.C2, "family": "emotet", "source": "feed", "feed": window, **more}
    return Label(address, **said)  # type: ignore[arg-type]  # keyword arguments gathered in a dict of objects


def snapshot(number: int, *, file: str = "", options: str = "", made: int | None = None) -> Snapshot:
    """The number-th addition, a day after the one before; made by the feed on day `made`."""
    added = START + timedelta(days=1000 + number)
    made_at = added if made is None else START + made * DAY
    return Snapshot(file or f"file{number}", options, f"list{number}.csv", made_at, added)


def windows(lake: Path, **wanted: object) -> list[tuple[str, int | None, int | None]]:
    """Address, start and end of what counts, in days from 2020-01-01."""
    rows = current_labels(lake, **wanted).to_pylist()  # type: ignore[arg-type]  # as above
    days = [[None if at is None else (at - START).days for at in (row["start"], row["end"])] for row in rows]
    return [(row["address"], start, end) for row, (start, end) in zip(rows, days, strict=True)]


def store(lake: Path, labels: list[Label], at: Snapshot) -> bool:
    """Stores labels as the lines 2, 3, ... of a file."""
    return store_labels(lake, list(enumerate(labels, start=2)), snapshot=at)


def test_empty_lake_has_no_labels(tmp_path: Path) -> None:
    """A lake to which nothing was added gives an empty table of the right columns."""
    create_lake(tmp_path)
    assert current_labels(tmp_path) == CURRENT_SCHEMA.empty_table()


def test_no_lake_is_said(tmp_path: Path) -> None:
    """Asking where there is no lake is an error that names the folder."""
    with pytest.raises(LakeError, match="there is no lake"):
        current_labels(tmp_path / "nowhere")


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    """Every field of a label survives the disk."""
    full = label(
        "2a01:4f8::1", last=9, group="epoch2", port=8080, grade="B2", tlp=Tlp.RED, note="n",
        override=Window(None, START),
    )  # fmt: skip
    store(tmp_path, [full], snapshot(1))
    assert list_labels(tmp_path) == [full]


def test_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    """The second time says so, and the table is as it was."""
    assert store(tmp_path, [label()], snapshot(1, file="a"))
    assert not store(tmp_path, [label()], snapshot(2, file="a"))
    assert len(history(tmp_path, "185.1.2.3")) == 1


def test_newer_snapshot_moves_the_window(tmp_path: Path) -> None:
    """The feed's latest word counts, the earlier one stays in the history."""
    store(tmp_path, [label(last=10)], snapshot(1))
    store(tmp_path, [label(last=20)], snapshot(2))
    assert windows(tmp_path) == [("185.1.2.3", 0, 20)]
    assert [(one.path, one.current) for one in history(tmp_path, "185.1.2.3")] == [
        ("list1.csv", False), ("list2.csv", True),
    ]  # fmt: skip


def test_older_snapshot_added_later_changes_nothing(tmp_path: Path) -> None:
    """What the file says of its own making orders snapshots, not the order of adding."""
    store(tmp_path, [label(last=20)], snapshot(1, made=21))
    store(tmp_path, [label(last=10)], snapshot(2, made=11))
    assert windows(tmp_path) == [("185.1.2.3", 0, 20)]


def test_entry_that_vanished_stays(tmp_path: Path) -> None:
    """Absence from a newer snapshot is no evidence of an end."""
    store(tmp_path, [label(last=10), label("185.1.2.4")], snapshot(1))
    store(tmp_path, [label("185.1.2.4", last=30)], snapshot(2))
    assert windows(tmp_path) == [("185.1.2.3", 0, 10), ("185.1.2.4", 0, 30)]


def test_windows_apart_are_separate_labels(tmp_path: Path) -> None:
    """A C2 that came back after a pause has two windows."""
    store(tmp_path, [label(last=10)], snapshot(1))
    store(tmp_path, [label(first=50, last=60)], snapshot(2))
    assert windows(tmp_path) == [("185.1.2.3", 0, 10), ("185.1.2.3", 50, 60)]


def test_chain_of_overlaps_is_one_label(tmp_path: Path) -> None:
    """Windows that overlap one after the other belong together, also around a shorter one inside."""
    store(tmp_path, [label(last=30)], snapshot(1))
    store(tmp_path, [label(first=2, last=3)], snapshot(2))
    store(tmp_path, [label(first=20, last=40)], snapshot(3))
    assert windows(tmp_path) == [("185.1.2.3", 20, 40)]


@pytest.mark.parametrize(
    "other", [{"family": "dridex"}, {"group": "epoch2"}, {"port": 80}, {"source": "b"}, {"role": Role.LOADER}]
)
def test_what_makes_a_label_another_one(tmp_path: Path, other: dict[str, object]) -> None:
    """Source, role, family, group and port are part of the key."""
    store(tmp_path, [label()], snapshot(1))
    changed = label(**other)  # type: ignore[arg-type]  # as above
    store(tmp_path, [changed], snapshot(2))
    assert len(windows(tmp_path, roles=())) == 2


def test_same_file_with_other_options_replaces_itself(tmp_path: Path) -> None:
    """A mistake in --family is mended by adding the file again; going back works as well."""
    store(tmp_path, [label(family="emotte")], snapshot(1, file="a", options="x"))
    store(tmp_path, [label()], snapshot(2, file="a", options="y"))
    assert [one.family for one in list_labels(tmp_path)] == ["emotet"]
    store(tmp_path, [label(family="emotte")], snapshot(3, file="a", options="x"))
    assert [one.family for one in list_labels(tmp_path)] == ["emotte"]


def test_override_counts_in_the_window_only(tmp_path: Path) -> None:
    """The effective window is the analyst's, which may be open on both sides."""
    store(tmp_path, [label(last=5, override=Window())], snapshot(1))
    assert windows(tmp_path) == [("185.1.2.3", None, None)]


def test_roles_and_families(tmp_path: Path) -> None:
    """C2s alone by default; families in any case."""
    others = [label("185.1.2.4", role=Role.SINKHOLE), label("185.1.2.5", family="dridex")]
    store(tmp_path, [label(), *others], snapshot(1))
    assert [row[0] for row in windows(tmp_path)] == ["185.1.2.3", "185.1.2.5"]
    assert [row[0] for row in windows(tmp_path, families=["Dridex"])] == ["185.1.2.5"]
    assert [row[0] for row in windows(tmp_path, roles=[Role.SINKHOLE])] == ["185.1.2.4"]


def test_labels_at_a_moment(tmp_path: Path) -> None:
    """A window holds its start and not its end."""
    store(tmp_path, [label(last=5), label("185.1.2.4", first=5), label("185.1.2.5", first=None)], snapshot(1))
    at_start = [one.address for one in list_labels(tmp_path, at=START)]
    at_end = [one.address for one in list_labels(tmp_path, at=START + 5 * DAY)]
    assert (at_start, at_end) == (["185.1.2.3", "185.1.2.5"], ["185.1.2.4", "185.1.2.5"])


def test_times_reach_the_engine_in_utc_microseconds(tmp_path: Path) -> None:
    """The hunt reads hi, lo, port and times in these types."""
    store(tmp_path, [label()], snapshot(1))
    assert current_labels(tmp_path).schema == CURRENT_SCHEMA


def test_several_writers_at_once(tmp_path: Path) -> None:
    """Four writers of different files all succeed; of four with the same file one does."""
    with ThreadPoolExecutor(4) as pool:
        own = list(pool.map(lambda n: store(tmp_path, [label(port=n)], snapshot(n)), range(1, 5)))
        same = list(pool.map(lambda n: store(tmp_path, [label(port=99)], snapshot(n, file="a")), range(5, 9)))
    assert (own, sorted(same)) == ([True] * 4, [False, False, False, True])
    assert [row["port"] for row in current_labels(tmp_path).to_pylist()] == [1, 2, 3, 4, 99]


def test_damaged_table_is_named(tmp_path: Path) -> None:
    """A log cut to nothing is an error with the folder in it, no traceback."""
    store(tmp_path, [label()], snapshot(1))
    for log in (tmp_path / "labels" / "_delta_log").glob("*.json"):
        log.write_text("{")
    with pytest.raises(LakeError, match="labels"):
        current_labels(tmp_path)


def test_whose_dates_a_label_has(tmp_path: Path) -> None:
    """The window that counts, and whether it is an analyst's; else the same as `current_labels`."""
    override = Window(START, START + 9 * DAY)
    store(tmp_path, [label("185.1.2.3"), label("185.1.2.4", override=override)], snapshot(0))
    found = dated_labels(tmp_path)
    assert found["overridden"].to_pylist() == [False, True]
    assert found.drop_columns(["overridden"]) == current_labels(tmp_path)
