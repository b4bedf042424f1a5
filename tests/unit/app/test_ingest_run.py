import gzip
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from headwater.app import ingest as use_case
from headwater.app.ingest import Progress, ingest
from headwater.errors import BadSetting, FormatUnknown, LakeError, ToolMissing, UnreadableSource
from headwater.ingest import reader as registry
from headwater.ingest.columns import flow_batch
from headwater.ingest.reader import Chunk, FileReport, PositionUnit, ReadOptions
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.lake.writer import FlowWriter

HEADER = "start,end,src,dst,src_port,dst_port,proto,packets,bytes"
LINE = "2020-09-14T12:00:00Z,2020-09-14T12:00:01Z,10.0.0.{0},192.0.2.1,40000,443,tcp,3,180"
MAGIC = b"scripted flows\n"


class Scripted:
    """A format of which each file says what its reader does."""

    name, title, rank = "scripted", "a format for tests", 0
    position_unit: PositionUnit = "record"

    def sniff(self, source: SourceFile) -> bool:
        """By the first line."""
        return source.head.startswith(MAGIC)

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """Does what each word of the file says."""
        del options
        script = source.head.decode().split()[2:]
        for number, word in enumerate(script):
            if word == "flows":
                yield Chunk(_flows(100, sensor="a" if "named" in script else None), np.arange(100))
            elif word == "bad":
                rejects.add("torn record", offset=number)
            elif word == "missing":
                raise ToolMissing(f"{source.name}: needs nfdump; install it with: apt-get install nfdump")
            elif word == "setting":
                raise BadSetting(f"{source.name}: has relative times; give --base-time")
            elif word == "defect":
                raise ZeroDivisionError("division by zero")
            elif word == "grows":
                with source.path.open("ab") as stream:
                    stream.write(b" more")
            elif word == "lost":
                raise OSError(5, "Input/output error")


def _flows(count: int, *, sensor: str | None) -> object:
    start = int(datetime(2020, 9, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000 + np.arange(count)
    zeros, hosts = np.zeros(count, np.int64), (0xFFFF << 32) | np.arange(count)
    return flow_batch({
        "start": start, "end": start + 1, "src_hi": zeros, "src_lo": hosts, "dst_hi": zeros,
        "dst_lo": hosts + 1, "src_port": zeros, "dst_port": zeros, "proto": zeros,
        "sensor": np.array([sensor] * count, object),
    })  # fmt: skip


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registers the format for tests beside the others."""
    monkeypatch.setattr(registry, "_READERS", [Scripted(), *registry._READERS])


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Where the lake will be."""
    return tmp_path / "lake"


def _csv(path: Path, *hosts: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADER, *(LINE.format(host) for host in hosts)]) + "\n")
    return path


def _script(path: Path, words: str) -> Path:
    path.write_bytes(MAGIC + words.encode())
    return path


def _one(path: Path, lake: Path, options: ReadOptions | None = None) -> FileReport:
    (report,) = ingest([str(path)], lake=lake, options=options).files
    return report


def _column(lake: Path, name: str) -> list[object]:
    files = list(snapshot(open_lake(lake)).files)
    query = f"SELECT DISTINCT {name} FROM read_parquet(?) ORDER BY ALL"  # noqa: S608  # the test's own text
    return [value for (value,) in duckdb.connect().execute(query, [files]).fetchall()]


def _rows(lake: Path) -> int:
    return snapshot(open_lake(lake)).rows


def test_report_of_a_good_file(tmp_path: Path, lake: Path) -> None:
    """A file's report says format, flows and the time they span; the lake has them."""
    report = _one(_csv(tmp_path / "a.csv", 1, 2, 3), lake)
    assert (report.format, report.flows, report.rejected, report.already) == ("csv", 3, {}, False)
    assert report.start == datetime(2020, 9, 14, 12, tzinfo=UTC)
    assert report.end == datetime(2020, 9, 14, 12, 0, 1, tzinfo=UTC)
    assert _rows(lake) == 3


def test_bad_records_are_counted(tmp_path: Path, lake: Path) -> None:
    """A record that cannot be true is left out and counted; what the reader told is in the same report."""
    path = _csv(tmp_path / "a.csv", 1, 2)
    path.write_text(path.read_text() + LINE.format(3).replace("12:00:01", "11:00:00") + "\n")
    report = _one(path, lake)
    assert (report.flows, report.rejected) == (2, {"end before start": 1})
    assert report.first_bad is not None
    assert (report.first_bad.offset, report.first_bad.why) == (4, "end before start")


def test_same_bytes_under_another_name(tmp_path: Path, lake: Path) -> None:
    """Twice within one run and again later, under any name: stored once, and said so."""
    first, second = _csv(tmp_path / "a.csv", 1), _csv(tmp_path / "b.txt", 1)
    report = ingest([str(first), str(second), str(first)], lake=lake)
    assert [(file.flows, file.already) for file in report.files] == [(1, False), (0, True), (0, True)]
    later = ingest([str(second)], lake=lake)
    assert (later.flows, later.files[0].already, later.lake_version) == (0, True, report.lake_version)


@pytest.mark.parametrize(
    ("format_name", "options", "notes"),
    [
        (None, ReadOptions(), ()),
        (None, ReadOptions(timezone="Asia/Tokyo"), ("stored before: options of this call change nothing",)),
        (None, ReadOptions(sampling=100), ("stored before: options of this call change nothing",)),
        ("csv", ReadOptions(), ("stored before: options of this call change nothing",)),
    ],
)
def test_options_come_too_late_for_a_stored_file(
    tmp_path: Path, lake: Path, format_name: str | None, options: ReadOptions, notes: tuple[str, ...]
) -> None:
    """Who names options for a file that is stored is told that they count for nothing."""
    path = str(_csv(tmp_path / "a.csv", 1))
    ingest([path], lake=lake)
    (report,) = ingest([path], lake=lake, format_name=format_name, options=options).files
    assert (report.format, report.notes) == ("" if format_name else "csv", notes)


def test_options_count_for_a_file_named_twice(tmp_path: Path, lake: Path) -> None:
    """The first of two equal files was stored with the options of this very call."""
    path = str(_csv(tmp_path / "a.csv", 1))
    report = ingest([path, path], lake=lake, format_name="csv", options=ReadOptions(sampling=100))
    assert [(file.format, file.notes) for file in report.files] == [("csv", ()), ("csv", ())]


def test_stored_by_another_run_meanwhile(tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another run commits while this one reads it is reported as `already`, without flows."""
    path = _csv(tmp_path / "a.csv", 1, 2)
    commit = FlowWriter.commit

    def overtaken(writer: FlowWriter) -> object:
        monkeypatch.setattr(FlowWriter, "commit", commit)
        ingest([str(path)], lake=lake)
        return commit(writer)

    monkeypatch.setattr(FlowWriter, "commit", overtaken)
    report = ingest([str(path)], lake=lake)
    assert (report.flows, report.files[0].already, report.files[0].start) == (0, True, None)
    assert _rows(lake) == 2


@pytest.mark.parametrize(
    ("content", "reason", "why"),
    [
        (b"", "cannot be read", "is empty"),
        (bytes(range(256)) * 40, "not recognised", "no reader recognises its content"),
        (MAGIC + b"flows missing", "program missing", "apt-get install nfdump"),
        (MAGIC + b"flows defect", "reader failed", "ZeroDivisionError: division by zero"),
        (MAGIC + b"flows lost", "cannot be read", "Input/output error"),
        (MAGIC + b"flows setting", "needs a setting", "give --base-time"),
        (MAGIC + b"flows grows", "cannot be read", "changed while it was read"),
    ],
)
def test_bad_file_does_not_stop_the_others(
    tmp_path: Path, lake: Path, content: bytes, reason: str, why: str
) -> None:
    """A file that cannot be read, even halfway, adds nothing and is named; those around it are stored."""
    before, after = _csv(tmp_path / "a.csv", 1), _csv(tmp_path / "c.csv", 2)
    bad = tmp_path / "b.bin"
    bad.write_bytes(content)
    report = ingest([str(before), str(bad), str(after)], lake=lake)
    assert [file.flows for file in report.files] == [1, 0, 1]
    assert report.files[1].rejected == {reason: 1}
    assert report.files[1].first_bad is not None
    assert why in report.files[1].first_bad.why
    assert _rows(lake) == 2


def test_file_that_failed_may_come_again(tmp_path: Path, lake: Path) -> None:
    """Nothing of a failed file is remembered: with the setting it needs it is read again."""
    path = _script(tmp_path / "a", "flows setting")
    _csv(tmp_path / "b.csv", 1)
    ingest([str(path), str(tmp_path / "b.csv")], lake=lake)
    with pytest.raises(BadSetting):
        ingest([str(path)], lake=lake)


def test_file_without_flows_is_not_remembered(tmp_path: Path, lake: Path) -> None:
    """A file of which every record was rejected, perhaps by a wrong option, is no `already` next time."""
    path = _script(tmp_path / "a", "bad bad")
    assert _one(path, lake).rejected == {"torn record": 2}
    assert not _one(path, lake).already


def test_every_file_needs_a_setting(tmp_path: Path, lake: Path) -> None:
    """Where all files need a setting that was not given, that is wrong use."""
    paths = [str(_script(tmp_path / name, f"setting {name}")) for name in "ab"]
    with pytest.raises(BadSetting, match="give --base-time"):
        ingest(paths, lake=lake)


def test_options_fill_what_records_do_not_say(tmp_path: Path, lake: Path) -> None:
    """Sensor and sampling from the options stand where the record has none, and only there."""
    named, unnamed = _script(tmp_path / "a", "flows named"), _script(tmp_path / "b", "flows")
    ingest([str(named), str(unnamed)], lake=lake, options=ReadOptions(sensor="edge", sampling=64))
    assert _column(lake, "sensor") == ["a", "edge"]
    assert _column(lake, "sampling") == [64]


def test_unknown_sampling_stays_unknown(tmp_path: Path, lake: Path) -> None:
    """Without an option, unknown is null and not 1."""
    _one(_csv(tmp_path / "a.csv", 1), lake)
    assert _column(lake, "sampling") == [None]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ReadOptions(sampling=0), "--sampling 0"),
        (ReadOptions(sampling=-4), "--sampling -4"),
        (ReadOptions(sampling=2**31), "--sampling 2147483648"),
        (ReadOptions(timezone="Mars/Olympus"), "--timezone 'Mars/Olympus': there is no such zone"),
        (ReadOptions(timezone="../../etc/passwd"), "there is no such zone"),
        (ReadOptions(timezone=""), "there is no such zone"),
        (ReadOptions(map_file=Path("no-such-map.toml")), "no-such-map.toml"),
    ],
)
def test_impossible_options(tmp_path: Path, lake: Path, options: ReadOptions, message: str) -> None:
    """An option that cannot be true is refused before anything is made."""
    with pytest.raises(BadSetting, match=re.escape(message)):
        _one(_csv(tmp_path / "a.csv", 1), lake, options)
    assert not lake.exists()


def test_unknown_format(tmp_path: Path, lake: Path) -> None:
    """A format that does not exist is refused, with those that do."""
    with pytest.raises(FormatUnknown, match=r"no format is called 'netflow'; there are: .*csv"):
        ingest([str(_csv(tmp_path / "a.csv", 1))], lake=lake, format_name="netflow")


def test_missing_path(lake: Path) -> None:
    """A path that stands for nothing is wrong use, found before anything is stored."""
    with pytest.raises(UnreadableSource, match="there is no such file or folder"):
        ingest(["nowhere.csv"], lake=lake)


def test_lake_that_cannot_be(tmp_path: Path) -> None:
    """A lake in a folder of other things is refused."""
    path = _csv(tmp_path / "a.csv", 1)
    with pytest.raises(LakeError, match="is no lake and holds other files"):
        ingest([str(path)], lake=tmp_path)


def test_small_files_share_a_commit(tmp_path: Path, lake: Path) -> None:
    """Forty small files make one version of the lake."""
    for number in range(40):
        _csv(tmp_path / "day" / f"{number}.csv", number)
    report = ingest([str(tmp_path / "day")], lake=lake)
    assert (report.flows, report.lake_version) == (40, 1)


@pytest.mark.parametrize(("name", "value"), [("COMMIT_ROWS", 2), ("COMMIT_SECONDS", 0.0)])
def test_waiting_flows_are_committed(
    tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    """Flows wait for each other only up to a number and for a time: a long run commits as it goes."""
    monkeypatch.setattr(use_case, name, value)
    paths = [str(_csv(tmp_path / f"{number}.csv", number, number + 1)) for number in range(3)]
    assert ingest(paths, lake=lake).lake_version == 3


def test_progress(tmp_path: Path, lake: Path) -> None:
    """Progress counts files and flows upwards and ends with all of them."""
    told: list[Progress] = []
    paths = [str(_csv(tmp_path / f"{number}.csv", number)) for number in range(3)]
    ingest(paths, lake=lake, on_progress=told.append)
    counts = [(now.files_done, now.flows) for now in told]
    assert counts == sorted(counts)
    assert told[-1] == Progress(paths[-1], 3, 3, 3, 0)


def test_compressed_file(tmp_path: Path, lake: Path) -> None:
    """A compressed file is read by content; its digest is that of the bytes on disk."""
    plain = _csv(tmp_path / "a.csv", 1, 2)
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert _one(packed, lake).flows == 2


def test_threads_end(tmp_path: Path, lake: Path) -> None:
    """No thread of a run outlives it, not even of a reader that failed."""
    before = threading.active_count()
    ingest([str(_script(tmp_path / "a", "flows flows defect")), str(_csv(tmp_path / "b.csv", 1))], lake=lake)
    assert threading.active_count() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path, lake: Path) -> None:
    """A file that may not be read is named; the others are stored."""
    secret = _csv(tmp_path / "a.csv", 1)
    secret.chmod(0)
    report = ingest([str(secret), str(_csv(tmp_path / "b.csv", 2))], lake=lake)
    assert [file.rejected for file in report.files] == [{"cannot be read": 1}, {}]
