"""The verb tiers: its forms, what is told of people, and its refusals."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import headwater as hw
from hand_made_flows import Flow, lake_of
from headwater.api.tiers_result import tiers_result
from headwater.cli.main import app
from headwater.errors import BadSetting

HOUR = 3_600.0
UPSTREAMS = [f"9.{n}.0.1" for n in range(1, 5)]
GIVEN = [f"{one}:8443/tcp" for one in UPSTREAMS]
C2S = [f"5.{n}.0.1" for n in range(8)]
MANAGER, BACKEND = "7.7.7.7", "8.8.1.1"
LABELS = "address,family,port,first_seen\n" + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in C2S)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four upstreams of four C2s each, a backend and a manager above them, and ordinary servers."""
    flows = []
    for n, upstream in enumerate(UPSTREAMS):
        for step in range(4):
            c2 = C2S[(2 * n + step) % 8]
            flows += [Flow(c2, 50_000, upstream, 8443, at=(step + 8 * k) * HOUR) for k in range(6)]
        flows += [Flow(upstream, 51_000, BACKEND, 5432, at=(n + 7 * k) * HOUR) for k in range(9)]
        for day in range(3):
            at = (24 * day + 9 + n) * HOUR
            flows.append(Flow(MANAGER, 40_000 + day, upstream, 22, at=at, lasts=600.0))
    for n in range(3_000):
        for k in range(8):
            service = f"8.9.{(n * 7 + k * 13) % 100}.1"
            flows.append(Flow(f"9.{60 + n // 200}.{n % 200}.1", 46_000 + k, service, 443, at=150.0 * n + k))
    return lake_of(tmp_path_factory.mktemp("tiers"), flows, labels=LABELS)


def _run(lake: Path, *arguments: str) -> tuple[str, str]:
    done = CliRunner().invoke(app, ["--lake", str(lake), "tiers", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_json_leaves_people_out_and_says_so(lake: Path) -> None:
    """The backend is named, a number stands for the manager, and the remark says how to have it."""
    text, talk = _run(lake, *GIVEN, "--json")
    told = json.loads(text)
    tops = [(node["kind"], node["address"]) for node in told["nodes"] if node["tier"] == 2]
    assert sorted(tops) == [("access node", "access node 1"), ("backend", BACKEND)]
    assert MANAGER not in text
    assert "--access-nodes tells them" in talk


def test_csv_tells_people_where_asked_for(lake: Path) -> None:
    """One row a node, the manager's address among them."""
    text, talk = _run(lake, *GIVEN, "--csv", "--access-nodes")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["address"] for row in rows if row["tier"] == "2"} == {MANAGER, BACKEND}
    assert "stayed out" not in talk


def test_what_goes_into_a_pipe_leaves_people_out(lake: Path) -> None:
    """Standard output that is no terminal ends in a file or another program; the remark says so."""
    told, talk = _run(lake, *GIVEN)
    assert (MANAGER in told, "access node 1" in told) == (False, True)
    assert "1 address that may be people's stayed out" in talk


def test_the_screen_names_everybody_and_a_file_does_not(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The analyst sees the manager; the same table in a file and the picture do not tell it."""
    file, chart = tmp_path / "map.txt", tmp_path / "map.svg"
    monkeypatch.setattr("headwater.cli.tiers.on_screen", lambda: True)
    screen, _ = _run(lake, *GIVEN)
    _run(lake, *GIVEN, "--output", str(file), "--chart", str(chart))
    written = file.read_text(encoding="utf-8") + chart.read_text(encoding="utf-8")
    assert (MANAGER in screen, MANAGER in written, "access node 1" in written) == (True, False, True)
    assert re.search(r"^stopped at tier 2: ", screen, re.MULTILINE)


def test_a_picture_must_be_one(lake: Path, tmp_path: Path) -> None:
    """The name is refused before the walk begins."""
    with pytest.raises(BadSetting, match=r"map\.gif"):
        _run(lake, *GIVEN, "--chart", str(tmp_path / "map.gif"))


def test_what_is_no_service_is_refused(lake: Path) -> None:
    """The message shows the forms."""
    with pytest.raises(BadSetting, match="SERVICE"):
        _run(lake, "upstream.example")


def test_python_gives_the_same(lake: Path) -> None:
    """Lake.tiers leaves people out of tables unless asked for, and keeps them in its records."""
    found = hw.Lake(lake).tiers(GIVEN)
    told = [row["address"] for row in found.to_dicts() if row["tier"] == 2]
    assert sorted(told) == [BACKEND, "access node 1"]
    assert MANAGER in {node.address for node in found.map.nodes}
    assert found.stopped.startswith("tier 2 holds 1 node")
    assert {row["upper"] for row in found.links().to_dicts()} >= {BACKEND}
    every = tiers_result(found.walked, access_nodes=True)
    assert MANAGER in {row["address"] for row in every.to_dicts()}
