"""Microsoft's own export of Traffic Analytics rows (msticpy, az_net_flows): which rows are flows.

Expected numbers were counted in the file with csv.DictReader: 460 rows; 8 with SrcIP and DestIP; 452 with
VMIPAddress and AllExtIPs instead, 4 of them inward; 7 inward in all; none denied.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

HEADER = ("FlowStartTime,FlowEndTime,VMIPAddress,SrcIP,DestIP,L4Protocol,DestPort,FlowDirection,AllExtIPs,"
          "AllowedInFlows,DeniedInFlows\n")  # fmt: skip
TIMES = "2019-02-12 13:00:07.000,2019-02-12 13:45:08.000"


def _read(path: Path) -> tuple[pa.Table, Rejects]:
    source, rejects = SourceFile(path, path.name), Rejects()
    reader = recognise(source)
    assert reader.name == "azure-csv"
    table = pa.Table.from_batches([chunk.batch for chunk in reader.read(source, ReadOptions(), rejects)])
    for side in ("src", "dst"):
        keys = (table[f"{side}_{half}"].to_numpy() for half in ("hi", "lo"))
        table = table.append_column(side, text_from_keys(*keys))
    return table, rejects


@pytest.fixture(scope="module")
def rows(real_data: Path) -> pa.Table:
    """All rows of the export."""
    table, rejects = _read(real_data / "azure" / "msticpy_az_net_flows.csv")
    assert rejects.total == 0
    return table


def test_every_row_names_two_parties(rows: pa.Table) -> None:
    """Rows without SrcIP name the machine and the public address, so all 460 are flows."""
    assert rows.num_rows == 460
    machine = pc.or_(pc.equal(rows["src"], "10.0.3.5"), pc.equal(rows["dst"], "10.0.3.5"))
    assert pc.sum(machine).as_py() == 460


def test_direction_says_who_opened(rows: pa.Table) -> None:
    """The seven inward rows go to the machine's remote desktop, ssh and file service; the others leave it."""
    inward = rows.filter(pc.equal(rows["dst"], "10.0.3.5"))
    outside = inward.filter(pc.not_equal(inward["src"], "10.0.3.4"))
    assert outside.num_rows == 4
    assert set(rows["dst_port"].to_pylist()) >= {443, 80, 123, 3389, 445, 22}


def test_rows_carry_no_counts(rows: pa.Table) -> None:
    """Rows sum up flows: packets, bytes and client ports are unknown, and nothing was denied."""
    nulls = [rows[name].null_count for name in ("packets", "bytes", "answered")]
    assert (nulls, set(rows["src_port"].to_pylist())) == ([460] * 3, {0})


def test_rows_that_name_no_parties_are_counted(tmp_path: Path) -> None:
    """A row without any pair of addresses is counted with its line; a denied one had no answer."""
    path = tmp_path / "rows.csv"
    path.write_text(
        f"{HEADER}{TIMES},10.0.3.5,,,T,443.0,O,,1,0\n{TIMES},,192.0.2.1,192.0.2.2,U,53.0,I,192.0.2.1,0,4\n"
    )
    table, rejects = _read(path)
    assert (table.num_rows, rejects.counts) == (1, {"row names no two addresses": 1})
    assert [table[name][0].as_py() for name in ("src", "dst_port", "proto", "answered")] == [
        "192.0.2.1",
        53,
        17,
        False,
    ]
