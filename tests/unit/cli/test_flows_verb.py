"""The verb flows: its three forms, what can be ingested again, and its refusals."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from hand_made_flows import Flow, lake_of
from headwater.app.ingest import ingest
from headwater.cli.flows import _SHOWN
from headwater.cli.main import app
from headwater.errors import HeadwaterError
from headwater.ingest.columns import READ_SCHEMA
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

HOST, V6_HOST = "9.9.9.9", "2a02::1"
LABELS = "address,family\n5.0.0.1,emotet\n"
FLOWS = [
    Flow("5.0.0.1", 50_000, HOST, 8443, packets=3, octets=300, sensor="north", pair=7),
    Flow(HOST, 8443, "5.0.0.1", 50_000, at=0.25, lasts=3_600.5, packets=5, octets=5_000, pair=7),
    Flow("5.0.0.2", 50_000, HOST, 8443, at=60, flags=0x02, answered=False),
    Flow("5.0.0.3", 0, HOST, 0, at=90, proto=1, flags=None, packets=None, octets=None),
    Flow("5.0.0.3", 0, HOST, 0, at=95, proto=253, flags=None, answered=True),
    Flow("2a01::1", 50_000, V6_HOST, 8443, at=100, sensor='so,"uth'),
    Flow(V6_HOST, 8443, "2a01::2", 50_000, at=110),
    *(Flow("5.0.0.9", 50_000 + n, "9.9.9.8", 80, at=n) for n in range(_SHOWN + 3)),
]


@dataclass(frozen=True)
class Ran:
    """What a run of the verb gave; a refusal stands in `err`."""

    out: str
    err: str
    refused: bool = False


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake whose records are printed."""
    return lake_of(tmp_path_factory.mktemp("flows"), FLOWS, labels=LABELS)


def _run(lake: Path, *arguments: str) -> Ran:
    done = CliRunner().invoke(app, ["--lake", str(lake), "flows", *arguments])
    if isinstance(done.exception, HeadwaterError):
        return Ran(done.stdout, str(done.exception), refused=True)
    assert done.exit_code == 0, done.output
    return Ran(done.stdout, done.stderr)


def _stored(lake: Path) -> list[tuple[object, ...]]:
    """The records of a lake, in order; what ingest fills in itself, and `pair_id`, aside."""
    names = [name for name in READ_SCHEMA.names if name not in {"pair_id", "answered"}]
    files = list(snapshot(open_lake(lake)).files)
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {columns} FROM read_parquet(?) ORDER BY ALL"  # noqa: S608 - names are ours
    return duckdb.connect().execute(query, [files]).fetchall()


def test_csv_has_a_row_a_record(lake: Path) -> None:
    """Canonical names, addresses as text, times in UTC, nothing where the source said nothing."""
    rows = list(csv.DictReader(io.StringIO(_run(lake, HOST, "--csv").out)))
    first, icmp = rows[0], rows[3]
    assert [first[name] for name in ("start", "src", "dst", "src_port", "dst_port", "proto", "packets")] == [
        "2024-05-01T00:00:00.000000Z", "5.0.0.1", "9.9.9.9", "50000", "8443", "tcp", "3",
    ]  # fmt: skip
    assert [icmp[name] for name in ("proto", "packets", "tcp_flags", "sensor", "pair_id")] == [
        "icmp",
        "",
        "",
        "",
        "",
    ]
    assert [row["kind"] for row in rows] == [
        "contact", "contact", "connection attempts without an answer",
        "ICMP or IGMP, which have no service side", "contact",
    ]  # fmt: skip


def test_json_is_an_object_a_record(lake: Path) -> None:
    """Numbers are numbers, what is not known is null, and every line stands for itself."""
    told = [json.loads(line) for line in _run(lake, HOST, "--json").out.splitlines()]
    assert len(told) == 5
    assert (told[0]["bytes"], told[0]["answered"], told[0]["pair_id"], told[2]["answered"]) == (
        300,
        None,
        7,
        False,
    )
    assert (told[3]["packets"], told[4]["proto"], told[0]["end"]) == (
        None,
        "253",
        "2024-05-01T00:00:01.000000Z",
    )


@pytest.mark.parametrize(("form", "ending"), [("--csv", "csv"), ("--json", "jsonl")])
def test_what_is_written_can_be_ingested_again(lake: Path, tmp_path: Path, form: str, ending: str) -> None:
    """All records of two hosts, in another lake: the same as those of a lake with these records alone."""
    files = []
    for host in (HOST, V6_HOST):
        files.append(tmp_path / f"{host.replace(':', '_')}.{ending}")
        _run(lake, host, form, "--output", str(files[-1]))
    again, alone = tmp_path / "again", lake_of(tmp_path, FLOWS[:7], labels=LABELS)
    reports = ingest([str(file) for file in files], lake=again).files
    assert [report.rejected for report in reports] == [{}, {}]
    assert _stored(again) == _stored(alone)


def test_people_see_the_records_from_the_host(lake: Path) -> None:
    """Its port, the way, the peer; and how many records there are."""
    told = " ".join(_run(lake, HOST).out.split())
    assert "2024-05-01 00:00:00 8443 < 5.0.0.1 50000 tcp contact" in told
    assert "8443 > 5.0.0.1 50000 tcp contact" in told
    assert "5 records of 9.9.9.9, 3 of which count as contact" in told


def test_what_is_not_shown_is_counted(lake: Path) -> None:
    """The table shows fifty and says that there are three more; JSON and CSV hold all."""
    assert "... and 3 more; --limit N shows more" in _run(lake, "9.9.9.8").out
    assert len(_run(lake, "9.9.9.8", "--json").out.splitlines()) == _SHOWN + 3


def test_a_limit_cuts_every_form_and_says_so(lake: Path) -> None:
    """Two records in each; what was left out is told where the answer cannot say it."""
    assert "... and 51 more" in _run(lake, "9.9.9.8", "--limit", "2").out
    for form, lines in (("--csv", 3), ("--json", 2)):
        done = _run(lake, "9.9.9.8", "--limit", "2", form)
        assert (len(done.out.splitlines()), "51 more records are left out" in done.err) == (lines, True)


def test_port_role_and_peer_narrow(lake: Path) -> None:
    """8443/tcp is the host's own port: none with it at the other end; two records with one peer."""
    counts = [
        len(_run(lake, *arguments, "--json").out.splitlines())
        for arguments in (
            ("9.9.9.9:8443/tcp",), ("9.9.9.9:8443/tcp", "--role", "client"), (HOST, "--peer", "5.0.0.1"),
            ("5.0.0.1:8443/tcp", "--role", "client"), ("[2a02::1]:8443/tcp",),
            (HOST, "--since", "2024-05-01T00:01:30Z"), (HOST, "--until", "2024-05-01T00:01"),
        )
    ]  # fmt: skip
    assert counts == [3, 0, 2, 2, 2, 2, 2]


def test_addresses_can_be_defanged_and_given_so(lake: Path) -> None:
    """No form holds an address that a program would turn into a link."""
    for form in ((), ("--json",), ("--csv",)):
        told = _run(lake, "9.9.9[.]9", "--defang", *form).out
        assert ("5.0.0[.]1" in told, "5.0.0.1" in told) == (True, False)
    assert "2a01:[:]1" in _run(lake, V6_HOST, "--defang", "--csv").out


def test_no_record_is_an_answer(lake: Path) -> None:
    """People are told so; CSV is a header, JSON lines are none."""
    assert "No record of 1.2.3.4" in _run(lake, "1.2.3.4").out
    assert len(_run(lake, "1.2.3.4", "--csv").out.splitlines()) == 1
    assert _run(lake, "1.2.3.4", "--json").out == ""


def test_sql_goes_to_stderr(lake: Path) -> None:
    """The query of the records is among those that ran."""
    done = _run(lake, HOST, "--json", "--show-sql")
    assert "-- the records, in order of time (lake version 1; 5 rows" in done.err


def test_a_hostile_sensor_is_only_shown(tmp_path: Path) -> None:
    """Escapes are not obeyed, formulas not run, quotes do not break a line."""
    flows = [Flow("5.0.0.1", 1, HOST, 2, sensor=name) for name in ("\x1b[31mred", "=1+1", 'a"b\nc')]
    lake = lake_of(tmp_path, flows, labels=LABELS)
    for form in ((), ("--json",), ("--csv",)):
        assert "\x1b" not in _run(lake, HOST, *form).out
    rows = list(csv.DictReader(io.StringIO(_run(lake, HOST, "--csv").out)))
    assert sorted(row["sensor"] for row in rows) == ["'=1+1", "\\x1b[31mred", 'a"b\\nc']
    told = [json.loads(line) for line in _run(lake, HOST, "--json").out.splitlines()]
    assert sorted(row["sensor"] for row in told) == ["=1+1", "\\x1b[31mred", 'a"b\\nc']


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "is no service"),
        ((HOST, "--peer", "x"), "--peer: 'x' is no service"),
        ((HOST, "--since", "yesterday"), "is no time"),
        ((HOST, "--since", "2024-05-02", "--until", "2024-05-01"), "swap them"),
        ((HOST, "--limit", "0"), "a positive number is needed"),
        ((HOST, "--role", "client"), "name a service"),
        ((HOST, "--engine", "spark://x"), "no Spark master"),
        ((HOST, "--json", "--csv"), "exclude each other"),
        ((HOST, "--since", "2030-01-01"), "no flows in that time"),
        ((HOST, "--csv", "--output", "/nowhere/x.csv"), "choose a file that can be written"),
    ],
)
def test_wrong_use_is_refused(lake: Path, arguments: tuple[str, ...], said: str) -> None:
    """Each refusal says what is wrong, and nothing goes to stdout."""
    done = _run(lake, *arguments)
    assert (done.refused, done.out, said in done.err) == (True, "", True)
