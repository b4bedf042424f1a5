"""A folder that something else fills: each file once, once it is whole, whatever happens meanwhile."""

import gzip
import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from headwater.app.follow import FollowSummary, follow
from headwater.app.follow_files import Remark
from headwater.app.follow_settings import FollowSettings
from headwater.app.ingest import ingest
from headwater.errors import BadSetting, FormatUnknown, LakeError
from headwater.ingest.reader import IngestReport
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

HEADER = "start,end,src,dst,src_port,dst_port,proto,packets,bytes\n"
ZEEK = "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\n"
FAST = FollowSettings(settle_s=0.05, patience_s=0.15, commit_s=0.0, poll_s=0.02, until_idle_s=0.25)


def _lines(*numbers: int) -> str:
    """Flows that differ in their source port."""
    return "".join(f"1600000000,1600000001,192.0.2.1,192.0.2.2,{n},443,6,3,120\n" for n in numbers)


def _parquet(*numbers: int) -> bytes:
    count = len(numbers)
    out = io.BytesIO()
    pq.write_table(pa.table({
        "start": [1_600_000_000] * count, "end": [1_600_000_001] * count, "src": ["192.0.2.1"] * count,
        "dst": ["192.0.2.2"] * count, "src_port": list(numbers), "dst_port": [443] * count,
        "proto": [6] * count, "packets": [3] * count, "bytes": [120] * count,
    }), out)  # fmt: skip
    return out.getvalue()


@dataclass
class Told:
    """What a run said."""

    summary: FollowSummary
    batches: list[IngestReport] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass
class Place:
    """A folder and a lake."""

    folder: Path
    lake: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """Puts a file there, all at once."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def follow(
        self, settings: FollowSettings = FAST, *, meanwhile: Callable[[], None] = lambda: None, **options: Any
    ) -> Told:
        """Follows until nothing changes any more; `meanwhile` runs beside it."""
        told = Told(FollowSummary())

        def tell(what: IngestReport | Remark) -> None:
            (told.batches if isinstance(what, IngestReport) else told.remarks).append(what)  # type: ignore[arg-type]  # told apart above

        beside = threading.Thread(target=meanwhile)
        beside.start()
        told.summary = follow(
            [self.folder], lake=self.lake, stop=threading.Event(), tell=tell, settings=settings, **options
        )
        beside.join()
        return told

    def stored(self) -> list[int]:
        """The source ports in the lake."""
        if not (self.lake / "flows").exists():
            return []
        files = list(snapshot(open_lake(self.lake)).files)
        return sorted(ds.dataset(files).to_table(["src_port"])["src_port"].to_pylist()) if files else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder and no lake yet."""
    (tmp_path / "spool").mkdir()
    return Place(tmp_path / "spool", tmp_path / "lake")


def test_files_of_all_kinds_are_stored(place: Place) -> None:
    """Text, archive and Parquet, also below the folder; the summary counts them."""
    place.write("a.csv", HEADER + _lines(1, 2))
    place.write("b.csv.gz", gzip.compress((HEADER + _lines(3)).encode()))
    place.write("day/c.parquet", _parquet(4, 5))
    told = place.follow()
    assert place.stored() == [1, 2, 3, 4, 5]
    assert (told.summary.files, told.summary.flows, told.remarks) == (3, 5, [])


@pytest.mark.parametrize(
    "name",
    [
        "nfcapd.current.123",
        "x.csv.part",
        "x.parquet.tmp",
        ".x.csv.Fg3",
        ".hidden/x.csv",
        "x.csv~",
        "x.inprogress",
    ],
)
def test_names_of_files_being_written_do_not_count(place: Place, name: str) -> None:
    """However long they stand still."""
    place.write(name, HEADER + _lines(1))
    assert (place.follow().summary.files, place.stored()) == (0, [])


def test_only_and_skip_choose_by_name(place: Place) -> None:
    """Patterns as a shell has them."""
    for name in ("conn.1.log", "conn.log", "dns.1.log"):
        place.write(name, HEADER + _lines(len(name)))
    place.follow(FollowSettings(("conn*",), ("conn.log",), 0.05, 0.4, 0.0, poll_s=0.02, until_idle_s=0.3))
    assert place.stored() == [10]


def test_half_a_parquet_file_is_stored_once_it_is_whole(place: Place) -> None:
    """Its writer pauses for longer than a file needs to settle; nothing is told, because nothing is wrong."""
    whole = _parquet(*range(500))
    path = place.write("x.parquet", whole[: len(whole) // 2])

    def finish() -> None:
        time.sleep(0.25)
        with path.open("ab") as out:
            out.write(whole[len(whole) // 2 :])

    settings = FollowSettings(settle_s=0.05, patience_s=9.0, commit_s=0.0, poll_s=0.02, until_idle_s=0.6)
    told = place.follow(settings, meanwhile=finish)
    assert (place.stored(), told.remarks) == (list(range(500)), [])


def test_a_growing_file_is_stored_when_it_stands_still(place: Place) -> None:
    """Ten lines, each sooner than the file could settle: one batch with all of them."""
    path = place.write("x.csv", HEADER)

    def grow() -> None:
        for n in range(10):
            with path.open("a") as out:
                out.write(_lines(n))
            time.sleep(0.02)

    settings = FollowSettings(settle_s=0.3, commit_s=0.0, poll_s=0.02, until_idle_s=0.8)
    told = place.follow(settings, meanwhile=grow)
    assert (place.stored(), len(told.batches)) == (list(range(10)), 1)


def test_what_stays_half_is_told_once_and_not_stored(place: Place) -> None:
    """Also across restarts; when the rest comes after all, the file is stored."""
    whole = gzip.compress((HEADER + _lines(*range(100))).encode())
    place.write("x.csv.gz", whole[:-20])
    told = [place.follow().remarks for _ in range(2)]
    assert [len(remarks) for remarks in told] == [1, 0]
    assert "archive ends before its end mark; if nobody writes it any more" in told[0][0].why
    assert place.stored() == []
    place.write("x.csv.gz", whole)
    place.follow()
    assert place.stored() == list(range(100))


def test_a_zeek_log_without_its_end_is_not_stored(place: Place) -> None:
    """Zeek may still write to it tomorrow."""
    place.write("conn.log", ZEEK)
    (remark,) = place.follow().remarks
    assert "its #close line is missing" in remark.why


def test_text_without_a_last_newline_is_taken_after_a_while(place: Place) -> None:
    """Some writers leave it out: patience_s without a change is enough."""
    place.write("x.csv", (HEADER + _lines(1, 2)).rstrip("\n"))
    told = place.follow()
    assert (place.stored(), told.remarks) == ([1, 2], [])


def test_a_file_that_grows_after_it_was_stored_is_told_and_not_doubled(place: Place) -> None:
    """Its first lines are in the lake, so the whole may not be stored again; the user hears what to do."""
    path = place.write("x.csv", HEADER + _lines(1, 2))
    place.follow()
    with path.open("a") as out:
        out.write(_lines(3))
    told = [place.follow().remarks for _ in range(2)]
    assert (place.stored(), [len(remarks) for remarks in told]) == ([1, 2], [1, 0])
    assert "changed after its flows were stored" in told[0][0].why


def test_a_new_file_of_an_old_name_is_a_new_file(place: Place) -> None:
    """Rotation renames the old one and begins another: both are stored, the old one once."""
    path = place.write("conn.csv", HEADER + _lines(1))
    place.follow()
    path.rename(place.folder / "conn.1.csv")
    place.write("conn.csv", HEADER + _lines(2))
    told = place.follow()
    assert (place.stored(), told.remarks) == ([1, 2], [])


def test_a_file_that_is_written_over_in_place_is_a_new_file(place: Place) -> None:
    """It has the old one's number in the file system, as one that is made after another was deleted may."""
    path = place.write("conn.csv", HEADER + _lines(1))
    place.follow()
    before = path.stat().st_ino
    path.write_text(HEADER + _lines(2, 3))
    assert path.stat().st_ino == before
    told = place.follow()
    assert (place.stored(), told.remarks) == ([1, 2, 3], [])


def test_a_journal_without_beginnings_goes_by_numbers(place: Place) -> None:
    """An earlier headwater did not note how files begin: what changes under one number has grown."""
    path = place.write("x.csv", HEADER + _lines(1))
    place.follow()
    (journal,) = (place.lake / "followed").glob("*.jsonl")
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    journal.write_text(
        "".join(json.dumps({k: v for k, v in one.items() if k != "head"}) + "\n" for one in entries)
    )
    path.write_text(HEADER + _lines(2))
    told = place.follow()
    assert (place.stored(), len(told.remarks)) == ([1], 1)


def test_a_restart_reads_nothing_again(place: Place) -> None:
    """What is settled is not even opened: no batch, no remark."""
    place.write("x.csv", HEADER + _lines(1))
    place.write("README", "no flows here\n")
    assert len(place.follow().batches) == 1
    told = place.follow()
    assert (told.batches, told.remarks, place.stored()) == ([], [], [1])


def test_without_the_journal_nothing_is_doubled(place: Place) -> None:
    """Killed between commit and journal: the lake knows the file's digest."""
    place.write("x.csv", HEADER + _lines(1))
    ingest([str(place.folder / "x.csv")], lake=place.lake)
    (batch,) = place.follow().batches
    assert (place.stored(), [file.already for file in batch.files]) == ([1], [True])


def test_a_journal_cut_by_a_kill_is_no_obstacle(place: Place) -> None:
    """The line that is cut is of a file that is looked at again."""
    place.write("x.csv", HEADER + _lines(1))
    place.follow()
    (journal,) = (place.lake / "followed").iterdir()
    journal.write_text(journal.read_text()[:-30])
    place.write("y.csv", HEADER + _lines(2))
    place.follow()
    assert place.stored() == [1, 2]


def test_a_newer_journal_is_refused(place: Place) -> None:
    """What it says nobody here can know."""
    place.follow()
    (journal,) = (place.lake / "followed").iterdir()
    journal.write_text('{"format": 2}\n')
    with pytest.raises(LakeError, match="has format 2, newer than this headwater"):
        place.follow()


def test_many_small_files_share_a_commit(place: Place) -> None:
    """A hundred files that came together are one version of the lake, not a hundred."""
    for n in range(100):
        place.write(f"{n:03}.csv", HEADER + _lines(n))
    told = place.follow(FollowSettings(settle_s=0.05, commit_s=0.3, poll_s=0.02, until_idle_s=0.6))
    assert place.stored() == list(range(100))
    assert (len(told.batches), snapshot(open_lake(place.lake)).version) == (1, 1)


def test_a_file_no_reader_knows_is_told_once(place: Place) -> None:
    """In the report of its batch; with other options it is tried again, because then it may be read."""
    place.write("x", HEADER.upper().replace("SRC", "SOURCE") + _lines(1))
    (batch,) = place.follow().batches
    assert batch.files[0].rejected == {"not recognised": 1}
    assert place.follow().batches == []
    (remark,) = place.follow(format_name="csv").remarks
    assert "--map" in remark.why


def test_damaged_records_cost_themselves_alone(place: Place) -> None:
    """As with `ingest`."""
    place.write("x.csv", HEADER + _lines(1) + "no,flow\n" + _lines(2))
    told = place.follow()
    assert (place.stored(), told.summary.rejected) == ([1, 2], 1)


def test_a_lake_that_fails_for_a_while_costs_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, and tried again."""
    place.write("x.csv", HEADER + _lines(1))
    failures = [LakeError("no space left"), LakeError("no space left")]

    def failing(*args: Any, **named: Any) -> IngestReport:  # Any: handed through
        if failures:
            raise failures.pop()
        return ingest(*args, **named)

    monkeypatch.setattr("headwater.app.follow.ingest", failing)
    monkeypatch.setattr("headwater.app.follow.AGAIN_S", 0.01)
    told = place.follow()
    assert (place.stored(), len(told.remarks)) == ([1], 2)


def test_stopped_it_stores_what_is_finished(place: Place) -> None:
    """A batch that waits for its commit is not left behind."""
    place.write("x.csv", HEADER + _lines(1))
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    follow(
        [place.folder], lake=place.lake, stop=stop, tell=lambda _: None,
        settings=FollowSettings(settle_s=0.05, commit_s=3600.0, poll_s=0.02),
    )  # fmt: skip
    assert place.stored() == [1]


def test_what_cannot_be_followed_is_refused(place: Place) -> None:
    """Before a lake is made."""
    with pytest.raises(BadSetting, match="is no folder"):
        follow([place.folder / "x"], lake=place.lake, stop=threading.Event(), tell=lambda _: None)
    with pytest.raises(FormatUnknown):
        place.follow(format_name="nothing")
    with pytest.raises(BadSetting, match="--settle -1"):
        FollowSettings(settle_s=-1)
    assert not place.lake.exists()
