"""The example reader of docs/how-to works as it stands."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.errors import UnreadableSource
from headwater.ingest import reader as registry
from headwater.ingest.reader import Reader, ReadOptions, reader_named, recognise
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "example_reader.py"
LOG = """#hopper 1
1591367999.250 0.5 192.0.2.1:40000 > 198.51.100.7:443 tcp 9/1200
# a remark
1591368003.000 0.1 [2001:db8::1]:53021 > [2001:db8::53]:53 udp 1/74
this is no record
1591368004.000 0.1 192.0.2.300:1 > 192.0.2.1:2 udp 1/74
"""


@pytest.fixture
def hopper(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """The example, registered for one test only."""
    monkeypatch.setattr(registry, "_READERS", list(registry.readers()))
    spec = importlib.util.spec_from_file_location("example_reader", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return reader_named("hopper")


def log_file(folder: Path, content: str) -> SourceFile:
    """A file with this content under a name that says nothing."""
    path = folder / "file"
    path.write_text(content)
    return SourceFile(path, "file")


def test_the_example_is_recognised_by_content(hopper: Reader, tmp_path: Path) -> None:
    """Importing the module is enough to register it, and its first line to be recognised."""
    assert recognise(log_file(tmp_path, LOG)) is hopper


def test_the_example_reads_the_log_in_its_docstring(hopper: Reader, tmp_path: Path) -> None:
    """Two flows; the line that is no record and the address that is none are counted with their lines."""
    rejects = Rejects()
    chunks = list(hopper.read(log_file(tmp_path, LOG), ReadOptions(), rejects))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rows = pa.Table.from_batches([screen(chunk, rejects, now=now) for chunk in chunks]).to_pylist()
    seen = [
        (text_of(row["src_hi"], row["src_lo"]), row["dst_port"], row["proto"], row["packets"], row["bytes"])
        for row in rows
    ]
    assert seen == [("192.0.2.1", 443, 6, 9, 1200), ("2001:db8::1", 53, 17, 1, 74)]
    assert rows[0]["start"] == datetime(2020, 6, 5, 14, 39, 59, 250000, tzinfo=UTC)
    assert rejects.counts == {"no Hopper record": 1, "no readable src_hi": 1}
    assert rejects.first_bad == FirstBad(5, "no Hopper record")


def test_the_example_refuses_another_file(hopper: Reader, tmp_path: Path) -> None:
    """`--format hopper` on something else is an error that says what is missing."""
    with pytest.raises(UnreadableSource, match="no Hopper log"):
        list(hopper.read(log_file(tmp_path, "start,end\n"), ReadOptions(), Rejects()))


@pytest.mark.usefixtures("hopper")
def test_the_example_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example never reaches the readers that the program offers."""
    monkeypatch.undo()
    assert "hopper" not in [reader.name for reader in registry.readers()]
