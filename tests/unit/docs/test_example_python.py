"""The example script of docs/how-to runs as it stands; a type checker reads it with the rest."""

import runpy
from pathlib import Path

import pytest

import headwater as hw
from hand_made_flows import hunting_lake

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "example_python.py"


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From files to a conclusion, a case, a report and a STIX bundle; three C2s are no sure upstream."""
    pytest.importorskip("polars")
    hunting_lake(tmp_path)  # leaves the files that it is made of
    out = tmp_path / "out"
    main = runpy.run_path(str(EXAMPLE))["main"]
    code = main(hw.Lake(tmp_path / "new"), tmp_path / "flows.csv", tmp_path / "labels.csv", out, least=0.01)
    assert (code, "9.9.9.9:8443/tcp" in capsys.readouterr().out) == (0, True)
    assert {path.name for path in out.iterdir()} == {
        "case.json", "case.stix.json", "figures", "report.html", "report.md",
    }  # fmt: skip


def test_the_example_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Records from before the time that it hunts in: the lake's refusal, and exit code 2."""
    pytest.importorskip("polars")
    flows, labels = tmp_path / "flows.csv", tmp_path / "labels.csv"
    flows.write_text(
        "start,end,src,dst,src_port,dst_port,proto,packets,bytes\n"
        "2020-05-01T00:00:00Z,2020-05-01T00:00:01Z,5.0.0.1,9.9.9.9,40000,443,6,1,60\n"
    )
    labels.write_text("address,family\n5.0.0.1,emotet\n")
    main = runpy.run_path(str(EXAMPLE))["main"]
    assert main(hw.Lake(tmp_path / "new"), flows, labels, tmp_path / "out") == 2
    assert "no flows" in capsys.readouterr().err
