"""The verb pivot: its forms, the contract of its JSON, and its refusals."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hand_made_flows import Flow, lake_of
from headwater.cli.main import app
from headwater.errors import BadSetting

SERVICE, UNLISTED = "9.9.9.9:8443/tcp", "5.9.0.1"
C2S = [f"5.{n}.0.1" for n in range(4)]
LABELS = "address,family,port,first_seen\n" + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in C2S)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four listed C2s and an unlisted one at a service, with the same eight bots, and a person."""
    flows = []
    for n, client in enumerate([*C2S, UNLISTED, "7.2.0.1"]):
        flows.append(Flow(client, 50_000, "9.9.9.9", 8443, at=3_600.0 * n))
    for n in range(1, 9):
        flows += [Flow(f"7.0.0.{n}", 41_000, c2, 447, at=60.0 * n) for c2 in [*C2S, UNLISTED]]
    return lake_of(tmp_path_factory.mktemp("pivot"), flows, labels=LABELS)


def _run(lake: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["--lake", str(lake), "pivot", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_keeps_the_contract(lake: Path) -> None:
    """The promised keys are there, the likeliest lead first."""
    told = json.loads(_run(lake, SERVICE, "--json"))
    assert told["service"] == SERVICE
    lead = told["leads"][0]
    assert set(lead) >= {"address", "port", "posterior", "words", "sessions", "reasons"}
    assert (lead["address"], lead["port"], lead["sessions"]) == (UNLISTED, 447, 1)
    assert len(told["leads"]) == 2


def test_top_cuts_and_says_so(lake: Path) -> None:
    """One lead is told, one is left out."""
    told = json.loads(_run(lake, SERVICE, "--json", "--top", "1"))
    assert (len(told["leads"]), told["left_out"]) == (1, 1)


def test_csv_has_a_row_a_lead(lake: Path) -> None:
    """The same numbers as in JSON."""
    rows = list(csv.DictReader(io.StringIO(_run(lake, SERVICE, "--csv"))))
    assert [row["address"] for row in rows] == [UNLISTED, "7.2.0.1"]


def test_table_names_lead_and_reasons(lake: Path) -> None:
    """People see the address, defanged on demand, why, and that nothing was stored."""
    told = _run(lake, "9[.]9.9.9:8443/tcp", "--defang")
    assert "5[.]9[.]0[.]1" in told or "5.9.0[.]1" in told
    assert UNLISTED not in told
    assert "8 hosts come to its port 447" in told
    assert "nothing was stored" in told


def test_a_warning_is_defanged_on_demand(lake: Path) -> None:
    """A service that nobody met is named in a warning, too."""
    for form in ([], ["--json"]):
        told = _run(lake, "9.1.1.1:443/tcp", "--defang", *form)
        assert "9.1.1[.]1:443/tcp was in contact with nobody" in told
        assert "9.1.1.1" not in told


def test_accept_answers_with_a_file_of_labels(lake: Path, tmp_path: Path) -> None:
    """Only the lead that was named; `labels add` takes the file."""
    file = tmp_path / "accepted.csv"
    _run(lake, SERVICE, "--accept", UNLISTED, "--output", str(file))
    rows = list(csv.DictReader(file.open()))
    assert [(row["address"], row["role"], row["source"]) for row in rows] == [
        (UNLISTED, "c2", "headwater pivot")
    ]
    done = CliRunner().invoke(app, ["--lake", str(tmp_path / "lake"), "labels", "add", str(file)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "SERVICE"),
        ([SERVICE, "--accept", UNLISTED, "--json"], "leave out --json"),
        ([SERVICE, "--accept", "1.2.3.4"], "no lead of"),
    ],
    ids=["no service", "two forms", "no lead"],
)
def test_wrong_use_is_refused(lake: Path, arguments: list[str], said: str) -> None:
    """With what to do instead."""
    with pytest.raises(BadSetting, match=said):
        _run(lake, *arguments)
