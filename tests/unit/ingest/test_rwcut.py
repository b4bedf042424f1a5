"""Text printed by SiLK's rwcut becomes flows."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.errors import UnreadableSource
from headwater.ingest.reader import ReadOptions, reader_named, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.model.address import text_of

# Titles and widths as rwcut 3 prints its default fields; the records are those of SiLK's test file
# FT_RWGENERIC-v5, whose first two the Go package chrispassas/silk writes out in its file_test.go.
DEFAULT = (
    "            sIP|            dIP|sPort|dPort|pro|   packets|     bytes|   flags|"
    "                  sTime| duration|                  eTime|sen|\n"
    "  192.168.40.20|     10.0.40.54|   88|60339|  6|         4|       373| SRPA   |"
    "2015/06/17T15:00:00.013|    0.006|2015/06/17T15:00:00.019| S3|\n"
    "  192.168.20.58|    128.63.2.53|29070|   53| 17|         1|        74|        |"
    "2015/06/17T15:00:00.025|    0.000|2015/06/17T15:00:00.025| S3|\n"
)
START_US = 1_434_553_200_013_000  # date -u -d '2015-06-17 15:00:00.013' +%s%6N


def flows_of(
    folder: Path, content: str, options: ReadOptions | None = None
) -> tuple[list[dict[str, Any]], Rejects]:  # Any: a row's values are of many types
    """The flows and rejects of a file with this content; times as microseconds."""
    path = folder / "flows.txt"
    path.write_text(content)
    rejects = Rejects()
    source = SourceFile(path, path.name)
    reader = recognise(source)
    assert reader.name == "rwcut"
    table = pa.Table.from_batches([c.batch for c in reader.read(source, options or ReadOptions(), rejects)])
    for name in ("start", "end"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.int64()))
    return table.to_pylist(), rejects


def test_the_default_output_is_read_whole(tmp_path: Path) -> None:
    """Padding, cut titles and the delimiter at the end of the line cost nothing."""
    rows, rejects = flows_of(tmp_path, DEFAULT)
    first = rows[0]
    assert rejects.total == 0
    assert (first["start"], first["end"] - first["start"]) == (START_US, 6000)
    assert text_of(first["src_hi"], first["src_lo"]) == "192.168.40.20"
    assert [first[name] for name in ("src_port", "dst_port", "proto", "packets", "bytes")] == [
        88, 60339, 6, 4, 373,
    ]  # fmt: skip
    assert (first["tcp_flags"], first["sensor"], rows[1]["tcp_flags"]) == (30, "S3", None)


def test_the_zone_that_was_assumed_is_noted(tmp_path: Path) -> None:
    """Dates printed by rwcut --timestamp-format=local look like those in UTC."""
    assert flows_of(tmp_path, DEFAULT)[1].notes == ["times name no zone; taken as UTC"]


def test_other_columns_in_another_order_with_unix_times(tmp_path: Path) -> None:
    """--fields, --delimited=, --timestamp-format=epoch, --integer-tcp-flags and full titles."""
    rows, _ = flows_of(
        tmp_path,
        "sTime,flags,protocol,dPort,sPort,dIP,sIP,duration,nhIP\n"
        "1434553200.013,30,6,60339,88,2001:db8::2,2001:db8::1,0.006,::\n",
        ReadOptions(sensor="edge"),
    )
    row = rows[0]
    assert (row["start"], row["end"] - row["start"], row["tcp_flags"]) == (START_US, 6000, 30)
    assert (text_of(row["src_hi"], row["src_lo"]), row["packets"], row["sensor"]) == (
        "2001:db8::1",
        None,
        "edge",
    )


def test_icmp_has_no_ports(tmp_path: Path) -> None:
    """SiLK prints type 3 and code 3 as dPort 771."""
    rows, _ = flows_of(
        tmp_path,
        "sIP|dIP|sPort|dPort|pro|sTime|duration|\n192.0.2.1|192.0.2.2|0|771|1|2015/06/17T15:00:00|0|\n",
    )
    assert (rows[0]["src_port"], rows[0]["dst_port"]) == (0, 0)


def test_what_is_no_number_or_address_is_null(tmp_path: Path) -> None:
    """Junk in a value leaves the others as they are; screening then rejects the record by its null."""
    rows, _ = flows_of(
        tmp_path, "sIP|dIP|sPort|dPort|pro|sTime|duration|\nhost|192.0.2.2|x|53|17|yesterday|0|\n"
    )
    assert [rows[0][name] for name in ("src_lo", "src_port", "start", "dst_port")] == [None, None, None, 53]


def test_text_without_titles_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    """`--no-titles` cannot be read: the message names the titles and the rwcut command."""
    path = tmp_path / "flows.txt"
    path.write_text(DEFAULT.partition("\n")[2])
    source = SourceFile(path, "flows.txt")
    assert not reader_named("rwcut").sniff(source)
    with pytest.raises(
        UnreadableSource, match=r"no title sIP, dIP, .*duration or eTime; .*without --no-titles"
    ):
        next(reader_named("rwcut").read(source, ReadOptions(), Rejects()))
