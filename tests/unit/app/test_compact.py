"""What `compact` promises about what it makes, and about what it meets."""

import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hand_made_flows import BEGIN, Flow, add_flows, lake_of
from headwater.app import compact as making
from headwater.app import compact_plan, flow_source
from headwater.app.case_measuring import measured
from headwater.app.case_settings import CaseSettings
from headwater.app.compact import compact
from headwater.app.compact_check import check
from headwater.app.compact_settings import CompactSettings
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.engine.connect import connect
from headwater.engine.sorted_files import fingerprint
from headwater.errors import BadSetting, LakeError
from headwater.lake import by_host_store
from headwater.lake.by_host import MARKER, chosen, parts_of_day
from headwater.lake.covered import covered
from headwater.lake.merging import merge_small_files
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.measure import by_host, scan
from headwater.measure.scan import Span
from headwater.model.service import Service

LABELS = "address,family\n5.0.0.1,emotet\n5.0.1.1,emotet\n2001:db8::5,dridex\n"
UPSTREAM = "9.9.9.9"
# so small a sample that even these few flows are more than it, which is when the copy is used
SMALL = MeasureSettings(sample_flows=20)
HUNT = HuntSettings(allow_reserved=True, measure=SMALL)


def _flows(*, days: int = 2, first_port: int = 40_000) -> list[Flow]:
    """A few hosts of both kinds of addresses on each day, with everything that a record may lack."""
    found = []
    for day in range(days):
        at = 86_400.0 * day
        for number, c2 in enumerate(("5.0.0.1", "5.0.1.1", "2001:db8::5")):
            upstream = "2001:db8::9" if ":" in c2 else UPSTREAM
            found.append(Flow(c2, first_port + number, upstream, 8443, at + 60 * number, lasts=0.123456))
            found.append(Flow(upstream, 8443, c2, first_port + number, at + 60 * number + 0.000001))
        found.append(Flow("7.0.0.1", 0, "7.0.0.1", 0, at, proto=1, flags=None, packets=None, octets=None))
        found.append(
            Flow("7.0.0.2", 53, "5.0.0.1", first_port, at, proto=17, flags=None, sensor="a", answered=True)
        )
        found.extend(
            Flow(
                f"7.0.{number % 5}.{number}",
                first_port + number,
                "8.8.8.8",
                53,
                at + number,
                proto=17,
                flags=None,
            )
            for number in range(80)
        )
    return found


@pytest.fixture(autouse=True)
def _always_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is read however small, in row groups and files that hold a few hosts."""
    monkeypatch.setattr(flow_source, "ROW_COST", 0.0)
    monkeypatch.setattr(making, "FILE_ROWS", 60)
    monkeypatch.setattr(making, "SAMPLE_SHARE", 2)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Two days of hand-made flows."""
    return lake_of(tmp_path, _flows(), labels=LABELS)


def _parts(lake: Path) -> list[Path]:
    return sorted((lake / "by_host").glob("day=*/part-*"))


def _tables(lake: Path) -> tuple[int, frozenset[str]]:
    found = snapshot(open_lake(lake))
    return found.version, frozenset(found.files)


def test_each_flow_comes_back_as_it_was(lake: Path) -> None:
    """All columns that a hunt reads, of IPv4 and IPv6, to the microsecond, nulls too; a flow of a host with
    itself stands once under it as sender and once as receiver.
    """
    compact(lake)
    found = snapshot(open_lake(lake))
    with connect() as engine:
        rows = engine.flows(
            [path for one in covered(open_lake(lake), found).parts for path in one.part.hosts]
        )
        raw = scan.narrow(engine.flows(found.files), Span()).drop("edge_hash")
        wanted = fingerprint(engine, raw, purpose="raw")
        told = [
            fingerprint(engine, by_host.flows_of(rows.filter(side)).drop("edge_hash"), purpose="copy")
            for side in (rows.outward, ~rows.outward)
        ]
    assert told == [wanted, wanted]


def test_flows_before_1970_come_back(tmp_path: Path) -> None:
    """Clocks that were never set count from 1970 and may be behind it: whole milliseconds round to zero."""
    early = (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - BEGIN).total_seconds()
    lake = lake_of(tmp_path, [Flow("5.0.0.1", 1, "7.0.0.1", 2, early)], labels=LABELS)
    compact(lake)
    assert [one.wrong for one in check(lake).parts] == [""]


def test_both_hosts_asked_for_give_a_flow_once(lake: Path) -> None:
    """As a raw scan does: nine flows of the first C2 and of its upstream on two days, none twice."""
    compact(lake)
    found = snapshot(open_lake(lake))
    division = covered(open_lake(lake), found)
    with connect() as engine:
        lows = [flow.row()["src_lo"] for flow in _flows(days=1)[:2]]
        rows = engine.flows([path for one in division.parts for path in one.part.hosts])
        flows = engine.flows(found.files)
        wanted = engine.bring("wanted", pa.table({"lo": pa.array(lows, pa.int64())}))
        from_copy = by_host.touching(rows, addresses=wanted, lows=lows, span=Span())
        raw = scan.touching(flows, addresses=wanted, span=Span())
        told = [
            fingerprint(engine, table.drop("edge_hash"), purpose="touching") for table in (from_copy, raw)
        ]
    assert told[0] == told[1]
    assert told[0].rows == 10


def test_compacting_twice_does_nothing(lake: Path) -> None:
    """The second run finds nothing to do and leaves what there is."""
    compact(lake)
    before = _parts(lake)
    again = compact(lake)
    assert (again.made, again.compacted, _parts(lake)) == ((), again.flows, before)


def test_only_the_days_asked_for_are_compacted(lake: Path) -> None:
    """--since and --until choose days that they touch."""
    report = compact(lake, settings=CompactSettings(since=BEGIN + timedelta(days=1)))
    assert [one.part.day for one in report.made] == [(BEGIN + timedelta(days=1)).date()]


def test_later_flows_are_found(lake: Path) -> None:
    """Flows that come to a compacted day are read raw until the next run, which adds a part for them."""
    compact(lake)
    add_flows(lake, _flows(days=1, first_port=50_000)[:8], digest="1")
    seen = hunt(lake, settings=HUNT).hunt.examined
    assert (seen.flows, seen.flows_by_host) == (88 * 2 + 8, 88 * 2)
    again = compact(lake)
    seen = hunt(lake, settings=HUNT).hunt.examined
    assert ([one.part.flows for one in again.made], seen.flows_by_host) == ([8], 88 * 2 + 8)


def test_small_parts_become_one(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day to which flows come again and again never has many parts; none of them is counted twice."""
    monkeypatch.setattr("headwater.lake.by_host_store.GRACE_S", 0.0)
    for number in range(8):
        add_flows(lake, _flows(days=1, first_port=50_000 + 200 * number)[:8], digest=f"{number + 1}")
        compact(lake)
    compact(lake)
    of_day = parts_of_day(open_lake(lake), BEGIN.date())
    assert sum(part.flows for part in of_day) == 88 + 8 * 8
    assert len(of_day) <= 5
    assert not any(one.wrong for one in check(lake).parts)


def test_a_large_day_is_made_in_several_parts(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of bounded size, from files of the flow table as a whole."""
    for number in range(4):
        add_flows(lake, _flows(days=1, first_port=50_000 + 200 * number), digest=f"{number + 1}")
    monkeypatch.setattr(compact_plan, "PART_FLOWS", 200)
    report = compact(lake)
    assert [one.part.flows for one in report.made] == [176, 176, 88, 88]


def test_an_older_version_is_answered_as_before(lake: Path) -> None:
    """A case of version 1 says the same after flows came and everything was compacted together."""
    settings = CaseSettings(allow_reserved=True, measure=SMALL, lake_version=1)
    before = measured(lake, Service(UPSTREAM), settings=settings)
    add_flows(lake, _flows(first_port=50_000), digest="1")
    compact(lake)
    after = measured(lake, Service(UPSTREAM), settings=settings)
    assert after.trace.notes == []  # parts that hold later flows stand for nothing in that version
    assert after.measurements.clients.flows.tolist() == before.measurements.clients.flows.tolist()


def test_it_is_told_what_was_read(lake: Path) -> None:
    """--show-sql says for each pass how much came from the copy."""
    compact(lake)
    said = hunt(lake, settings=HUNT).trace.text().splitlines()[0]
    assert said == (
        "-- pass 1: 2 of 2 compacted parts were read from the copy by host, all else raw; "
        "0 files have no copy"
    )


def test_the_raw_files_are_read_where_that_is_less(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rows of the copy cost too much, it is left alone."""
    compact(lake)
    monkeypatch.setattr(flow_source, "ROW_COST", 1_000.0)
    assert hunt(lake, settings=HUNT).hunt.examined.flows_by_host == 0


def test_flows_that_come_meanwhile_are_not_missed(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored between the plan and the part: they have no copy yet, and are counted."""
    publish = by_host_store.publish

    def publish_late(*args: object, **kwargs: object) -> object:
        if not _parts(lake):
            add_flows(lake, _flows(days=1, first_port=50_000), digest="1")
        return publish(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(making, "publish", publish_late)
    report = compact(lake)
    seen = hunt(lake, settings=HUNT).hunt.examined
    assert (report.compacted, seen.flows, seen.flows_by_host) == (88 * 2, 88 * 3, 88 * 2)


def test_stopped_in_the_middle_it_goes_on(lake: Path) -> None:
    """What was made stays, nothing half-made is there, and the next run makes the rest."""

    def stop(now: making.Progress) -> None:
        if now.parts_done == 1 and now.flows_done > 100:
            raise KeyboardInterrupt

    report = compact(lake, on_progress=stop)
    left = [path.name for path in (lake / "by_host").glob("day=*/*") if path.name.startswith(".")]
    assert (report.stopped, len(_parts(lake)), left) == (True, 1, [])
    assert [one.part.flows for one in compact(lake).made] == [88]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_a_whole_lake(lake: Path, number: signal.Signals) -> None:
    """Also kill -9, while a file is being written: hunts answer, and the next run removes what was left."""
    program = (
        "import os, signal, sys; from pathlib import Path; from headwater.app import compact as making\n"
        "write = making.write_sorted\n"
        "def writing(*args, **kwargs):\n"
        "    rows = write(*args, **kwargs); os.kill(os.getpid(), int(sys.argv[2])); return rows\n"
        "making.write_sorted = writing\n"
        "making.compact(Path(sys.argv[1]))\n"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(lake), str(int(number))], check=False, capture_output=True
    )
    assert hunt(lake, settings=HUNT).hunt.examined.flows_by_host == 0
    assert compact(lake).compacted == 88 * 2
    assert not list((lake / "by_host").glob("day=*/.*"))


def test_two_runs_do_not_meet(lake: Path) -> None:
    """The second is refused while the first is at work."""
    said: list[str] = []

    def again(_: making.Progress) -> None:
        if not said:
            with pytest.raises(LakeError) as refused:
                compact(lake)
            said.append(str(refused.value))

    compact(lake, on_progress=again)
    assert "another `headwater compact` is at work" in said[0]


def test_garbage_of_the_right_size_is_found_by_the_check(lake: Path) -> None:
    """A file with other rows, but as long as before and in order, is told by what is in it."""
    compact(lake)
    part = parts_of_day(open_lake(lake), BEGIN.date())[0]
    other = parts_of_day(open_lake(lake), (BEGIN + timedelta(days=1)).date())[0]
    marker = part.folder / MARKER
    shutil.copy(other.sample, part.sample)
    told = json.loads(marker.read_text())
    told["files"]["sample.parquet"] = Path(part.sample).stat().st_size
    marker.write_text(json.dumps(told))
    wrong = check(lake).wrong
    assert [one.part.folder for one in wrong] == [part.folder]
    assert "of the sample" in wrong[0].wrong


def test_a_lost_row_is_found_by_the_check(lake: Path) -> None:
    """One row less under its host, everything else as it was."""
    compact(lake)
    part = parts_of_day(open_lake(lake), BEGIN.date())[0]
    path = Path(part.hosts[0])
    rows = pq.read_table(path)
    pq.write_table(rows.slice(1), path, compression="zstd", store_schema=False)
    marker = part.folder / MARKER
    told = json.loads(marker.read_text())
    told["files"][path.name] = path.stat().st_size
    marker.write_text(json.dumps(told))
    assert [one.part.folder for one in check(lake).wrong] == [part.folder]


def test_the_copy_may_be_deleted(lake: Path) -> None:
    """It holds nothing that the flows do not hold."""
    whole = hunt(lake, settings=HUNT).hunt.candidates
    compact(lake)
    shutil.rmtree(lake / "by_host")
    assert hunt(lake, settings=HUNT).hunt.candidates == whole


def test_replaced_parts_stay_for_hunts_that_read_them(lake: Path) -> None:
    """And are removed by a later run."""
    compact(lake)
    old = parts_of_day(open_lake(lake), BEGIN.date())
    add_flows(lake, _flows(days=1, first_port=50_000), digest="1")
    compact(lake)  # as many new flows as there were: both are written as one part
    both = parts_of_day(open_lake(lake), BEGIN.date())
    assert (len(both), both[1].folder) == (2, old[0].folder)
    files = frozenset(name for part in both for name in part.covers)
    assert [part.flows for part in chosen(both, files)] == [176]


def test_a_copy_of_merged_files_is_made_anew(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Merging gives the table other files: the old part stands for none of them, and goes once replaced."""
    add_flows(lake, _flows(days=1, first_port=50_000), digest="1")
    compact(lake)
    before = hunt(lake, settings=HUNT).hunt
    merge_small_files(open_lake(lake))
    assert hunt(lake, settings=HUNT).hunt.examined.flows_by_host == 88
    assert [one.part.flows for one in compact(lake).made] == [176]
    monkeypatch.setattr("headwater.lake.by_host_store.GRACE_S", 0.0)
    compact(lake)
    after = hunt(lake, settings=HUNT).hunt
    assert [part.flows for part in parts_of_day(open_lake(lake), BEGIN.date())] == [176]
    assert (after.candidates, after.examined.flows_by_host) == (before.candidates, 88 * 3)


def test_another_engine_is_refused() -> None:
    """The copy is made by DuckDB."""
    with pytest.raises(BadSetting, match="duckdb://"):
        CompactSettings(engine="spark://host:7077")


def test_no_lake_is_said(tmp_path: Path) -> None:
    """As by every verb."""
    with pytest.raises(LakeError, match="there is no lake"):
        compact(tmp_path / "nothing")
