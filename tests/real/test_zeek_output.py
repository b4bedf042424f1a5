"""Connection logs that Zeek 4 wrote, as printed in the READMEs of two of its packages.

The records are those of the example logs in the READMEs of the packages zeek-spicy-wireguard and
zeek-spicy-ipsec; header and records stand here as Zeek writes them, tab-separated.
"""

from datetime import UTC, datetime
from pathlib import Path

from headwater.ingest.addresses import text_from_keys
from headwater.ingest.reader import ReadOptions, recognise
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

FIELDS = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes "
    "conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes "
    "tunnel_parents"
)
TYPES = (
    "time string addr port addr port enum string interval count count string "
    "bool bool count string count count count count set[string]"
)
RECORDS = (
    (
        "1611583877.627931 CHhAvVGS1DHFjwGM9 188.166.170.114 45965 188.166.170.115 51194 udp spicy_wireguard "
        "35.595192 13516 14924 SF - - 0 Dd 90 16036 82 17220 -"
    ),
    (
        "1421270042.835161 CHhAvVGS1DHFjwGM9 192.168.0.10 500 144.76.154.114 500 udp spicy_ipsec_ike_udp "
        "0.032969 880 308 SF - - 0 Dd 1 908 1 336 -"
    ),
    (
        "1421270042.910124 ClEkJM2Vm5giqnMf4h 192.168.0.10 4500 144.76.154.114 4500 udp spicy_ipsec_udp "
        "2.000258 10416 0 S0 - - 0 D 3 10500 0 0 -"
    ),
)


def _log() -> bytes:
    lines = [
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        "#path\tconn",
        "#open\t2021-11-24-18-10-11",
        "#fields\t" + FIELDS.replace(" ", "\t"),
        "#types\t" + TYPES.replace(" ", "\t"),
        *(record.replace(" ", "\t") for record in RECORDS),
        "#close\t2021-11-24-18-10-11",
    ]
    return "\n".join(lines).encode() + b"\n"


def test_each_direction_of_a_connection_is_a_flow(tmp_path: Path) -> None:
    """Two answered exchanges give two flows each with IP bytes; the unanswered one (S0) gives one."""
    path = tmp_path / "log"
    path.write_bytes(_log())
    source = SourceFile(path, "log")
    rows = [
        row
        for chunk in recognise(source).read(source, ReadOptions(), Rejects())
        for row in chunk.batch.append_column(
            "src", text_from_keys(chunk.batch["src_hi"].to_numpy(), chunk.batch["src_lo"].to_numpy())
        ).to_pylist()
    ]
    told = [(row["src"], row["packets"], row["bytes"], row["answered"]) for row in rows]
    assert sorted(told) == [
        ("144.76.154.114", 1, 336, True),
        ("188.166.170.114", 90, 16036, True),
        ("188.166.170.115", 82, 17220, True),
        ("192.168.0.10", 1, 908, True),
        ("192.168.0.10", 3, 10500, False),
    ]


def test_times_keep_their_microseconds(tmp_path: Path) -> None:
    """1611583877.627931 for 35.595192 s."""
    path = tmp_path / "log"
    path.write_bytes(_log())
    source = SourceFile(path, "log")
    row = next(iter(recognise(source).read(source, ReadOptions(), Rejects()))).batch.to_pylist()[0]
    assert (row["start"], row["end"]) == (
        datetime(2021, 1, 25, 14, 11, 17, 627931, tzinfo=UTC),
        datetime(2021, 1, 25, 14, 11, 53, 223123, tzinfo=UTC),
    )
