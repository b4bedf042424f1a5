"""Azure flow logs: the tuples that Microsoft's documentation prints, and what is made of them."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import FirstBad, Rejects
from headwater.ingest.source import SourceFile

BEGIN = "1493763938,185.170.185.105,10.2.0.4,35370,23,T,I,A,B,,,,"
CONTINUING = "1493695838,185.170.185.105,10.2.0.4,35370,23,T,I,A,C,1021,588096,8005,4610880"
DENIED = "1542110437,125.5.61.17,10.5.16.4,59336,3389,T,I,D,B,,,,"
VERSION_1 = "1487282492,42.119.146.95,10.1.0.4,51529,5358,U,I,D"
VNET_END = "1663146003606,10.0.0.6,52.239.184.180,23956,443,6,O,E,NX,3,767,2,1580"
VNET_DENIED = "1663146003637,203.0.113.81,10.0.0.6,40000,6379,6,I,D,NX,0,0,0,0"
Row = dict[str, Any]  # Any: a row's values are of many types


def _nsg(*tuples: str) -> dict[str, object]:
    card = {"mac": "000D3AF87856", "flowTuples": list(tuples)}
    flows = [{"rule": "DefaultRule_DenyAllInBound", "flows": [card]}]
    return {"time": "2018-11-13T12:00:35.3899262Z", "category": "NetworkSecurityGroupFlowEvent",
            "properties": {"Version": 2, "flows": flows}}  # fmt: skip


def _vnet(*tuples: str) -> dict[str, object]:
    groups = [{"rule": "DefaultRule_AllowInternetOutBound", "flowTuples": list(tuples)}]
    return {"time": "2022-09-14T09:00:52.5625085Z", "flowLogVersion": 4, "macAddress": "112233445566",
            "flowRecords": {"flows": [{"aclID": "0", "flowGroups": groups}]}}  # fmt: skip


def _read(path: Path, content: str) -> tuple[list[Row], Rejects]:
    path.write_text(content, encoding="utf-8")
    source, rejects = SourceFile(path, "PT1H.json"), Rejects()
    reader = recognise(source)
    assert reader.name == "azure"
    rows: list[Row] = []
    for chunk in reader.read(source, ReadOptions(), rejects):
        table = chunk.batch
        for side in ("src", "dst"):
            keys = (table[f"{side}_{half}"].to_numpy() for half in ("hi", "lo"))
            table = table.append_column(side, text_from_keys(*keys))
        place = table.schema.get_field_index("start")
        rows += (
            table.set_column(place, "start", table["start"].cast(pa.int64()))
            .drop_columns(["end"])
            .to_pylist()
        )
    return rows, rejects


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test writes its log."""
    return tmp_path / "PT1H.json"


def _pick(rows: list[Row], *names: str) -> list[tuple[Any, ...]]:  # Any: as above
    return [tuple(row[name] for name in names) for row in rows]


def test_counts_both_ways_are_two_records(path: Path) -> None:
    """Packets and bytes each way with one pair_id; both sides sent, so it was answered."""
    rows, rejects = _read(path, json.dumps({"records": [_nsg(CONTINUING)]}))
    assert _pick(rows, "src", "src_port", "dst_port", "proto", "packets", "bytes", "pair_id", "answered") == [
        ("185.170.185.105", 35370, 23, 6, 1021, 588096, 0, True),
        ("10.2.0.4", 23, 35370, 6, 8005, 4610880, 0, True),
    ]
    assert (rows[0]["start"], rows[0]["sensor"], rejects.total) == (1_493_695_838_000_000, "000D3AF87856", 0)


def test_begin_denied_and_version_1_have_no_counts(path: Path) -> None:
    """A tuple without counts is one record; denied traffic had no answer, a begin says nothing of one."""
    rows, _ = _read(path, json.dumps({"records": [_nsg(BEGIN, DENIED, VERSION_1)]}))
    assert _pick(rows, "dst_port", "proto", "packets", "bytes", "answered", "pair_id") == [
        (23, 6, None, None, None, None),
        (3389, 6, None, None, False, None),
        (5358, 17, None, None, False, None),
    ]


def test_virtual_network_flow_logs(path: Path) -> None:
    """Milliseconds, protocol numbers, the state D for denied, the card in the record."""
    rows, _ = _read(path, json.dumps({"records": [_vnet(VNET_END, VNET_DENIED)]}))
    assert _pick(rows, "start", "src", "proto", "packets", "bytes", "answered", "sensor") == [
        (1663146003606000, "10.0.0.6", 6, 3, 767, True, "112233445566"),
        (1663146003637000, "203.0.113.81", 6, 0, 0, False, "112233445566"),
        (1663146003606000, "52.239.184.180", 6, 2, 1580, True, "112233445566"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"records": [_nsg(BEGIN), _nsg(DENIED)]}, indent=4),
        json.dumps(_nsg(BEGIN)) + "\n" + json.dumps(_nsg(DENIED)) + "\n",
        json.dumps([_nsg(BEGIN), _nsg(DENIED)]),
        "\ufeff" + json.dumps({"records": [_nsg(BEGIN)]}) + "\n" + json.dumps({"records": [_nsg(DENIED)]}),
    ],
    ids=["indented", "lines", "array", "blobs in a row"],
)
def test_the_shapes_that_logs_are_kept_in(path: Path, content: str) -> None:
    """As Azure writes the blob, as an event hub passes records on, and blobs set one behind the other."""
    rows, rejects = _read(path, content)
    assert ([row["dst_port"] for row in rows], rejects.total) == ([23, 3389], 0)


def test_records_come_one_by_one_over_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records cut by the ends of blocks are put together again."""
    monkeypatch.setattr("headwater.ingest.cloud_azure.BLOCK_BYTES", 300)
    rows, rejects = _read(path, json.dumps({"records": [_nsg(BEGIN)] * 50}))
    assert (len(rows), rejects.total) == (50, 0)


def test_a_damaged_record_costs_itself(path: Path) -> None:
    """What cannot be read is skipped up to the next record, and counted at its place among the tuples."""
    good, bad = json.dumps(_nsg(BEGIN)), json.dumps(_nsg(DENIED)).replace('"properties":', '"properties"')
    rows, rejects = _read(path, f'{{"records":[{good},{bad},{good}]}}')
    assert (len(rows), set(rejects.counts)) == (2, {"damaged JSON"})
    assert rejects.first_bad is not None
    assert rejects.first_bad.offset == 1


def test_a_file_that_is_still_written_ends_early(path: Path) -> None:
    """A blob without its end gives the records that are whole."""
    content = json.dumps({"records": [_nsg(BEGIN), _nsg(DENIED)]})
    rows, rejects = _read(path, content[:-30])
    assert ([row["dst_port"] for row in rows], rejects.counts) == ([23], {"damaged JSON": 1})


def test_short_tuples_are_counted(path: Path) -> None:
    """A tuple with too few fields is no flow."""
    rows, rejects = _read(path, json.dumps({"records": [_nsg("1,2,3", BEGIN)]}))
    assert (len(rows), rejects.counts) == (1, {"wrong number of fields": 1})
    assert rejects.first_bad == FirstBad(0, "wrong number of fields: 3 in a flow tuple")
