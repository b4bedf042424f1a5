"""The verb changes: its forms, the contract of its JSON, and its refusals."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from change_records import LABELS, NEW, OLD, moves, records
from hand_made_flows import lake_of
from headwater.cli.main import app
from headwater.errors import BadSetting

UPSTREAM = f"{OLD}:8443/tcp"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight C2s that go from one service to another on day 14."""
    return lake_of(tmp_path_factory.mktemp("changes"), records(moves(14.0, to=(NEW, 8443))), labels=LABELS)


def _run(lake: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["--lake", str(lake), "changes", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_keeps_the_contract(lake: Path) -> None:
    """The promised keys are there, and services are texts that other verbs take."""
    told = json.loads(_run(lake, "--upstream", UPSTREAM, "--json"))
    assert set(told) == {
        "format", "lake_version", "window", "upstreams", "changes", "outages", "warnings", "queries",
    }  # fmt: skip
    assert all(set(one) == {"purpose", "sql", "rows"} for one in told["queries"])
    assert "records of each sensor on each day" in {one["purpose"] for one in told["queries"]}
    assert told["upstreams"] == [UPSTREAM]
    one = next(each for each in told["changes"] if each["kind"] == "moved")
    assert set(one) == {
        "kind", "service", "role", "other", "family", "since", "until", "probability", "words", "reasons",
        "alternatives", "numbers",
    }  # fmt: skip
    assert (one["service"], one["other"], one["family"]) == (UPSTREAM, f"{NEW}:8443/tcp", ["emotet"])
    assert one["since"].startswith("2024-05-1")
    assert 0.5 <= one["probability"] <= 0.96


def test_csv_has_a_row_a_finding(lake: Path) -> None:
    """In order of time."""
    rows = list(csv.DictReader(io.StringIO(_run(lake, "--upstream", UPSTREAM, "--csv"))))
    assert "moved" in [row["kind"] for row in rows]
    assert [row["since"] for row in rows] == sorted(row["since"] for row in rows)


def test_table_names_both_services_defanged_on_demand(lake: Path) -> None:
    """In the columns and in the reasons."""
    table = _run(lake, "--upstream", UPSTREAM, "--defang")
    assert "9.9.9[.]9:8443/tcp" in table
    assert "9.9.8[.]8:8443/tcp" in table
    assert OLD not in table
    assert NEW not in table


def test_an_upstream_that_nobody_met_is_named(lake: Path) -> None:
    """Nothing is said of it, and that is said."""
    told = json.loads(_run(lake, "--upstream", "9.9.7.7:443/tcp", "--json"))
    assert told["upstreams"] == []
    assert any("9.9.7.7:443/tcp" in text for text in told["warnings"])


def test_a_warning_is_defanged_on_demand(lake: Path) -> None:
    """The service that nobody met stands in a warning alone."""
    for form in ([], ["--json"]):
        told = _run(lake, "--upstream", "9.9.7.7:443/tcp", "--defang", *form)
        assert "9.9.7[.]7:443/tcp" in told
        assert "9.9.7.7" not in told


def test_no_service_is_refused(lake: Path) -> None:
    """With the forms that are understood."""
    with pytest.raises(BadSetting, match="--upstream"):
        CliRunner().invoke(
            app, ["--lake", str(lake), "changes", "--upstream", "nobody"], catch_exceptions=False
        )
