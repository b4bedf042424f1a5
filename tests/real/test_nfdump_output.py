"""Text that the installed nfdump prints of a real file: every form gives the flows of the file itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

pytestmark = pytest.mark.skipif(
    shutil.which("nfdump") is None, reason="nfdump is not installed: apt-get install nfdump"
)

ENDPOINTS = ["src_hi", "src_lo", "dst_hi", "dst_lo", "src_port", "dst_port", "proto"]


def _read(path: Path, name: str) -> tuple[pa.Table, Rejects]:
    source, rejects = SourceFile(path, path.name), Rejects()
    reader = recognise(source)
    assert reader.name == name
    return pa.Table.from_batches(
        [chunk.batch for chunk in reader.read(source, ReadOptions(), rejects)]
    ), rejects


@pytest.fixture(scope="session")
def generated(real_data: Path) -> Path:
    """6,000 generated flows, 900 of them IPv6."""
    return real_data / "nfcapd" / "nemea_nfcap_6000_gener_flows.dat"


def _printed(generated: Path, path: Path, *options: str, first_line: str = "") -> Path:
    command = ["nfdump", "-r", str(generated), *options]
    environment = {**os.environ, "TZ": "UTC"}
    text = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout
    path.write_text(first_line + text)
    return path


@pytest.mark.parametrize("form", ["line6", "long6", "extended6", "fmt"])
def test_each_form_gives_the_same_flows(generated: Path, tmp_path: Path, form: str) -> None:
    """Endpoints, times to the millisecond and plain counts are those of the nfcapd file."""
    wanted, _ = _read(generated, "nfcapd")
    if form == "fmt":
        text = "fmt:%ts,%te,%sa,%da,%sp,%dp,%pr,%flg,%pkt,%byt"
        path = _printed(generated, tmp_path / "text", "-6", "-N", "-q", "-o", text, first_line=f"# {text}\n")
    else:
        path = _printed(generated, tmp_path / "text", "-N", "-o", form)
    table, rejects = _read(path, "nfdump")
    columns = [*ENDPOINTS, "start", "end", "packets", "bytes"]
    assert table.select(columns).equals(wanted.select(columns))
    assert rejects.counts == {}


def test_csv_gives_the_same_flows_to_the_second(generated: Path, tmp_path: Path) -> None:
    """1.7.1 prints whole seconds and exact durations; the summary behind the records is passed over."""
    wanted, _ = _read(generated, "nfcapd")
    table, rejects = _read(_printed(generated, tmp_path / "text", "-o", "csv"), "nfdump")
    lasted = [pa.compute.subtract(each["end"], each["start"]) for each in (table, wanted)]
    assert table.select([*ENDPOINTS, "packets", "bytes"]).equals(
        wanted.select([*ENDPOINTS, "packets", "bytes"])
    )
    assert lasted[0].equals(lasted[1])
    assert (rejects.counts, rejects.notes) == (
        {},
        ["times are whole seconds, as nfdump printed them", "times name no zone; taken as UTC"],
    )


def test_shortened_addresses_are_rejected_with_the_remedy(generated: Path, tmp_path: Path) -> None:
    """Without -6, `-o line` prints fd69:ab..d96c::1: the 900 IPv6 flows cannot be read, the others can."""
    table, rejects = _read(_printed(generated, tmp_path / "text", "-o", "line"), "nfdump")
    assert (table.num_rows, rejects.counts) == (5100, {"IPv6 address shortened by nfdump": 900})
    assert rejects.first_bad is not None
    assert "-6" in rejects.first_bad.why


def test_scaled_counts_are_read_and_noted(generated: Path, tmp_path: Path) -> None:
    """Without -N counts above 999,999 are printed like 1.2 M: right to a tenth of their unit."""
    wanted, _ = _read(generated, "nfcapd")
    table, rejects = _read(_printed(generated, tmp_path / "text", "-o", "line6"), "nfdump")
    pairs = zip(table["bytes"].to_pylist(), wanted["bytes"].to_pylist(), strict=True)
    off = [(read, exact) for read, exact in pairs if exact < 2**53 and abs(read - exact) > 0.05 * exact]
    assert off == []
    assert "nfdump -N" in rejects.notes[1]


@pytest.mark.parametrize("wanted", ["any", "host 203.0.113.99"])
def test_lines_around_the_records_are_no_damage(generated: Path, tmp_path: Path, wanted: str) -> None:
    """Titles, "No matching flows" and the summary are nfdump's own words."""
    path = _printed(generated, tmp_path / "text", "-o", "long6", wanted)
    source, rejects = SourceFile(path, path.name), Rejects()
    list(recognise(source).read(source, ReadOptions(), rejects))
    assert rejects.counts == {}
