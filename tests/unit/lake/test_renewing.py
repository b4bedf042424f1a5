"""A day in an earlier form comes into the present one, and nothing of the flows changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from earlier_form import store_in_earlier_form
from headwater.errors import LakeError
from headwater.lake import renewing
from headwater.lake.by_host import BY_HOST
from headwater.lake.parquet_files import SUFFIX
from headwater.lake.renewing import days_of_earlier_form, store_anew
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import FLOWS, Lake, flow_table
from headwater.lake.writer import FlowWriter

FlowMaker = Callable[..., pa.RecordBatch]
DAY, NEXT = date(2020, 9, 14), date(2020, 9, 15)
HOUR_US = 3_600_000_000
FIRST = int(datetime(2020, 9, 14, 6, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.fixture
def earlier(lake: Lake, flows: FlowMaker) -> Lake:
    """Three files of one day, an hour after another, and one of the next, as they were stored before."""
    with pytest.MonkeyPatch.context() as patch, FlowWriter(lake) as writer:
        store_in_earlier_form(patch)
        for number, hour in enumerate((2, 0, 1, 24)):
            writer.add(flows(1_000, start=FIRST + hour * HOUR_US, seed=number), digest=f"d{number}")
            writer.commit()
    lake.path(BY_HOST).mkdir()
    return lake


def _files(lake: Lake, day: date, *, version: int | None = None) -> list[str]:
    return [name for name in snapshot(lake, version=version).files if f"day={day}" in name]


def _rows(names: list[str]) -> pa.Table:
    """The records of files, one file after another by their first flow."""
    tables = [pq.read_table(name, partitioning=None) for name in names]
    return pa.concat_tables(sorted(tables, key=lambda table: table["start"][0].as_py())).combine_chunks()


def _on_disk(lake: Lake) -> set[str]:
    return {path.name for path in lake.folder.rglob("*.parquet")}


def test_every_record_stays_in_its_order(earlier: Lake) -> None:
    """All columns of all records; the files one after another in the order of their times."""
    before = _rows(_files(earlier, DAY))
    done = store_anew(earlier, DAY)
    (name,) = _files(earlier, DAY)
    after = pq.read_table(name, partitioning=None)
    assert after.equals(before)
    assert (done.days, done.before, done.after, done.version) == ((DAY,), 3, 1, snapshot(earlier).version)


def test_it_is_smaller_and_says_so_by_its_name(earlier: Lake) -> None:
    """So that nobody stores it anew again."""
    assert days_of_earlier_form(_files_in_log(earlier)) == {DAY, NEXT}
    before = sum(Path(name).stat().st_size for name in _files(earlier, DAY))
    store_anew(earlier, DAY)
    (name,) = _files(earlier, DAY)
    assert name.endswith(SUFFIX)
    assert Path(name).stat().st_size < before
    assert days_of_earlier_form(_files_in_log(earlier)) == {NEXT}


def _files_in_log(lake: Lake) -> list[str]:
    named: list[str] = pa.table(flow_table(lake).get_add_actions(flatten=True))["path"].to_pylist()
    return named


def test_what_the_log_says_of_a_file_is_true(earlier: Lake) -> None:
    """Its flows and first start, by which windows leave files out; and that nothing new came."""
    store_anew(earlier, DAY)
    actions = pa.table(flow_table(earlier).get_add_actions(flatten=True)).to_pylist()
    (of_day,) = (row for row in actions if row["partition.day"] == DAY)
    starts = _rows(_files(earlier, DAY))["start"].to_pylist()
    assert (of_day["num_records"], of_day["min.start"]) == (3_000, min(starts))
    log = max((earlier.path(FLOWS) / "_delta_log").glob("*.json")).read_text()
    assert '"dataChange":false' in log.partition('"add"')[2].partition("\n")[0]


def test_other_days_and_older_versions_stay(earlier: Lake) -> None:
    """The next day has its file, and the version before still reads what it held."""
    version, before, other = snapshot(earlier).version, _rows(_files(earlier, DAY)), _files(earlier, NEXT)
    store_anew(earlier, DAY)
    assert _files(earlier, NEXT) == other
    assert _rows(_files(earlier, DAY, version=version)).equals(before)


def test_a_source_stored_before_is_still_known(earlier: Lake) -> None:
    """It cannot be stored twice."""
    store_anew(earlier, DAY)
    with FlowWriter(earlier) as writer:
        assert writer.holds("d0")


def test_flows_added_meanwhile_stay(earlier: Lake, flows: FlowMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run commits to the same day between the reading and the commit."""
    place = renewing._placed

    def late(*arguments: Any) -> Any:
        with FlowWriter(earlier) as writer:
            writer.add(flows(500, start=FIRST, seed=9), digest="late")
            writer.commit()
        return place(*arguments)

    monkeypatch.setattr(renewing, "_placed", late)
    store_anew(earlier, DAY)
    assert len(_files(earlier, DAY)) == 2
    assert snapshot(earlier).rows == 4_500


@pytest.mark.parametrize("what", ["gone", "garbled"])
def test_a_damaged_file_is_named_and_nothing_changes(earlier: Lake, what: str) -> None:
    """With the remedy; nothing of what was begun is left."""
    name = Path(_files(earlier, DAY)[1])
    version = snapshot(earlier).version
    if what == "gone":
        name.unlink()
    else:
        held = bytearray(name.read_bytes())
        held[2_000:12_000] = b"Z" * 10_000
        name.write_bytes(held)
    before = _on_disk(earlier)
    with pytest.raises(LakeError, match=f"{name.name}.*(it is gone|cannot be read).*restore the file"):
        store_anew(earlier, DAY)
    assert (flow_table(earlier).version(), _on_disk(earlier)) == (version, before)


def test_a_file_that_holds_less_than_the_log_says_stops_it(
    earlier: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No record is lost without a word."""
    before = _on_disk(earlier)
    write = renewing._written
    monkeypatch.setattr(renewing, "_written", lambda names, folder: write(list(names)[:2], folder))
    with pytest.raises(LakeError, match="do not hold what the log says"):
        store_anew(earlier, DAY)
    assert _on_disk(earlier) == before


@pytest.mark.parametrize("why", [DeltaError("refused"), KeyboardInterrupt()])
def test_a_commit_that_fails_leaves_nothing(
    earlier: Lake, monkeypatch: pytest.MonkeyPatch, why: BaseException
) -> None:
    """Refused, or ended by Ctrl-C before it."""

    def fail(*_: Any, **__: Any) -> None:
        raise why

    before = snapshot(earlier), _on_disk(earlier)
    monkeypatch.setattr(DeltaTable, "create_write_transaction", fail)
    with pytest.raises((LakeError, KeyboardInterrupt)):
        store_anew(earlier, DAY)
    assert (snapshot(earlier), _on_disk(earlier)) == before


def test_stopped_just_after_the_commit_nothing_is_lost(
    earlier: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the log names stays on the disk."""
    commit = DeltaTable.create_write_transaction

    def stop(*arguments: Any, **keywords: Any) -> None:
        commit(*arguments, **keywords)
        raise KeyboardInterrupt

    monkeypatch.setattr(DeltaTable, "create_write_transaction", stop)
    with pytest.raises(KeyboardInterrupt):
        store_anew(earlier, DAY)
    assert (len(_files(earlier, DAY)), snapshot(earlier).rows) == (1, 4_000)
