"""What says that it is simulated goes on saying so: in the lake, in a case, on the terminal, in exports."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from rich.console import Console

import case_samples
from headwater.app.case_settings import CaseSettings
from headwater.app.changes import changes
from headwater.app.context import add_context
from headwater.app.export import Wanted, exported
from headwater.app.hunt import hunt
from headwater.app.ingest import ingest
from headwater.app.investigate import investigate
from headwater.app.labels import add_labels
from headwater.app.pivot import pivot_service
from headwater.app.synthetic import synthetic_said
from headwater.errors import LakeError
from headwater.ingest.columns import PARQUET_MARK
from headwater.intel.labels.feed import Analyst
from headwater.lake.list_contents import list_versions, read_table
from headwater.lake.synthetic import Mark, synthetic_marks
from headwater.lake.tables import create_lake
from headwater.model.case import Case
from headwater.model.service import Service
from headwater.present.case_text import draw_case
from headwater.present.export.settings import ExportSettings, ListSettings
from headwater.present.report.build import report_of
from headwater.present.report.html import html
from headwater.present.report.markdown import markdown

HEAD = "start,end,src,dst,src_port,dst_port,proto,packets,bytes,tcp_flags,sampling\n"
KEYS = (
    "address,port,kind,fingerprint,seen_at,source\n9.9.9.9,22,ssh,aa:bb,2024-01-01T00:00:00Z,synthetic scan\n"
)
SAID = "SYNTHETIC: made from simulated material that was observed nowhere (flows of 1 file)"


def _file(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def _flows(path: Path, *, start: str = "2024-05-03T00:00:00Z") -> str:
    return _file(path, HEAD + f"{start},{start},5.0.0.1,9.9.9.9,50000,8443,6,10,1000,27,1\n")


def _said(lake: Path, *, version: int | None = None) -> str:
    tables = [read_table(lake, id_) for id_ in list_versions(lake)]
    return synthetic_said(lake, lake_version=version, tables=tables)


def test_what_lies_beside_its_readme_is_marked(tmp_path: Path) -> None:
    """README.txt of the folder, or of the one above, begins with SYNTHETIC, as simulate writes it."""
    lake = tmp_path / "lake"
    _file(tmp_path / "made" / "README.txt", "SYNTHETIC DATA. Nothing in this folder was observed anywhere.\n")
    ingest([_flows(tmp_path / "made" / "flows" / "a.csv")], lake=lake)
    labels = "address,family\n5.0.0.1,emotet\n"
    add_labels([_file(tmp_path / "made" / "feeds" / "f.csv", labels)], lake=lake)
    claims = "address,date,claim\n9.9.9.9,2024-01-01,seen\n"
    add_context([_file(tmp_path / "made" / "reports.csv", claims)], lake=lake)
    assert _said(lake) == (
        "SYNTHETIC: made from simulated material that was observed nowhere "
        "(flows of 1 file, labels of 1 file, claims of 1 file)"
    )
    assert {mark.why for mark in synthetic_marks(lake)} == {"README.txt of its folder"}


def test_real_material_is_not_marked(tmp_path: Path) -> None:
    """Nor is what lies beside any other README, or has some notes that say so."""
    lake = tmp_path / "lake"
    _file(tmp_path / "README.txt", "Flows of our border. Compare with SYNTHETIC ones.\n")
    ingest([_flows(tmp_path / "a.csv")], lake=lake)
    labels = "address,family,note\n5.0.0.1,emotet,synthetic opioids shop\n5.0.0.2,emotet,seen by us\n"
    add_labels([_file(tmp_path / "f.csv", labels)], lake=lake)
    assert (synthetic_marks(lake), _said(lake)) == (frozenset(), "")


@pytest.mark.parametrize(
    ("name", "text", "context"),
    [
        ("f.csv", "address,family,note\n5.0.0.1,emotet,synthetic\n5.0.0.2,emotet,synthetic: C2\n", False),
        ("n.csv", "prefix,asn,name\n5.0.0.0/16,64500,Synthetic hosting 01\n", True),
        ("k.csv", KEYS, True),
    ],
)  # fmt: skip
def test_entries_that_all_say_so_mark_their_file(
    tmp_path: Path, name: str, text: str, *, context: bool
) -> None:
    """Notes of labels, names of networks, sources of observations: also where the file was moved."""
    lake = create_lake(tmp_path / "lake").folder
    file = _file(tmp_path / name, text)
    if context:
        add_context([file], lake=lake)
    else:
        add_labels([file], lake=lake, analyst=Analyst(source="mine"))
    assert {mark.why for mark in synthetic_marks(lake)} == {"each of its entries"}
    assert _said(lake).startswith("SYNTHETIC")


def test_a_simulated_parquet_file_says_so_wherever_it_lies(tmp_path: Path) -> None:
    """By a key of its metadata."""
    at = pa.array([datetime(2024, 5, 3, tzinfo=UTC)])
    rows = {
        "start": at, "end": at,
        "src": ["5.0.0.1"], "dst": ["9.9.9.9"], "src_port": [50000], "dst_port": [8443], "proto": [6],
        "packets": [10], "bytes": [1000],
    }  # fmt: skip
    table = pa.table(rows)
    lake, other = tmp_path / "lake", tmp_path / "other"
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({PARQUET_MARK: b"simulated"}), tmp_path / "a.parquet"
    )
    pyarrow.parquet.write_table(table, tmp_path / "b.parquet")
    ingest([str(tmp_path / "a.parquet")], lake=lake)
    ingest([str(tmp_path / "b.parquet")], lake=other)
    assert ([mark.why for mark in synthetic_marks(lake)], _said(other)) == (["metadata of the file"], "")


def test_a_case_says_which_of_its_material_is(tmp_path: Path) -> None:
    """As first of its warnings; on a version of the flows before the simulated ones came it does not."""
    lake = tmp_path / "lake"
    real = ingest([_flows(tmp_path / "real.csv")], lake=lake)
    _file(tmp_path / "made" / "README.txt", "SYNTHETIC DATA.\n")
    ingest([_flows(tmp_path / "made" / "a.csv", start="2024-05-04T00:00:00Z")], lake=lake)
    add_labels([_file(tmp_path / "f.csv", "address,family\n5.0.0.1,emotet\n")], lake=lake)
    service = Service("9.9.9.9", 8443, 6)
    case = investigate(lake, service).case
    before = investigate(lake, service, settings=CaseSettings(lake_version=real.lake_version)).case
    assert (case.synthetic, case.warnings[0], before.synthetic) == (SAID, SAID, "")


def test_hunts_leads_and_changes_say_so_first(tmp_path: Path) -> None:
    """Whoever reads a ranked list sees that it is an exercise, on the screen and in JSON."""
    lake = tmp_path / "lake"
    _file(tmp_path / "made" / "README.txt", "SYNTHETIC DATA.\n")
    ingest([_flows(tmp_path / "made" / "a.csv")], lake=lake)
    add_labels([_file(tmp_path / "f.csv", "address,family\n5.0.0.1,emotet\n")], lake=lake)
    assert hunt(lake).hunt.warnings[0] == SAID
    assert pivot_service(lake, Service("9.9.9.9", 8443, 6)).leads.warnings[0] == SAID
    assert changes(lake).warnings[0] == SAID


def _synthetic() -> Case:
    return replace(case_samples.dridex_case(), synthetic=SAID, warnings=(SAID,))


def _exported(to: str, case: Case, form: str = "plain") -> tuple[str, tuple[str, ...]]:
    wanted = Wanted(to, ExportSettings(with_c2s=True), ListSettings(datetime(2020, 3, 1, tzinfo=UTC)), form)
    found = exported(case, wanted)
    return found.text, found.remarks


@pytest.mark.parametrize("to", ["stix", "stix-opencti", "misp", "csv", "suricata", "blocklist"])
def test_every_export_of_a_synthetic_case_says_so_and_no_other(to: str) -> None:
    """In the document and beside it."""
    text, remarks = _exported(to, _synthetic())
    plain, nothing = _exported(to, replace(case_samples.dridex_case(), warnings=()))
    assert ("synthetic" in text.lower(), SAID in remarks) == (True, True)
    told = plain.lower().replace("address,port,proto", "").replace("tlp,synthetic", "")
    assert ("synthetic" in told, any("SYNTHETIC" in one for one in nothing)) == (False, False)


def test_stix_objects_of_a_synthetic_case_have_the_label_and_their_names_say_so() -> None:
    """But for observables, and for what is the same in every case: a family is no exercise."""
    objects = json.loads(_exported("stix", _synthetic())[0])["objects"]
    of_any = {"malware", "attack-pattern", "identity", "marking-definition"}
    own = [one for one in objects if "created" in one and one["type"] not in of_any]
    assert all("synthetic" in one["labels"] for one in own)
    assert not any("synthetic" in one.get("labels", ()) for one in objects if one["type"] in of_any)
    names = {one["name"] for one in own if one["type"] in ("infrastructure", "indicator", "report")}
    assert all(name.startswith("SYNTHETIC ") for name in names)


def test_no_sensor_takes_an_address_from_a_synthetic_misp_event() -> None:
    """MISP hands attributes marked to_ids to sensors, which read no tags."""
    event = json.loads(_exported("misp", _synthetic())[0])["Event"]
    told = [one.get("to_ids") for thing in event["Object"] for one in thing["Attribute"]]
    assert ({tag["name"] for tag in event["Tag"]} >= {'headwater:synthetic="true"'}, any(told)) == (
        True,
        False,
    )
    assert event["info"].startswith("SYNTHETIC ")


def test_every_row_and_every_rule_says_so() -> None:
    """A row may be copied without its header, a rule without the comment above it."""
    rows = list(csv.DictReader(io.StringIO(_exported("csv", _synthetic())[0])))
    rules = [line for line in _exported("suricata", _synthetic())[0].splitlines() if not line.startswith("#")]
    assert {row["synthetic"] for row in rows} == {"yes"}
    assert rules
    assert all("HEADWATER SYNTHETIC " in rule and ", synthetic yes;" in rule for rule in rules)


def test_a_report_says_so_on_every_page() -> None:
    """In its title, which stands on top of the screen, among the warnings, and in the margin of print."""
    small = case_samples.small_case()
    report = report_of(replace(small, synthetic=SAID, warnings=(SAID,)))
    page = html(report)
    assert (report.title[:10], report.warnings[0]) == ("SYNTHETIC:", f"{SAID}.")
    assert '@bottom-left { content: "SYNTHETIC: observed nowhere"' in page
    assert "SYNTHETIC: the service" in markdown(report).replace("\\", "")
    assert "observed nowhere" not in html(report_of(replace(small, warnings=())))


def test_the_terminal_says_so_first() -> None:
    """Before the conclusion."""
    console = Console(file=io.StringIO(), width=200)
    draw_case(_synthetic(), console)
    assert console.file.getvalue().startswith(f"Note: {SAID}")  # type: ignore[attr-defined]  # a StringIO


def test_a_damaged_mark_is_named(tmp_path: Path) -> None:
    """A line that is none is told with its file and what to do."""
    lake = create_lake(tmp_path / "lake").folder
    (lake / "synthetic.jsonl").write_text("{\n")
    with pytest.raises(LakeError, match=r"synthetic\.jsonl: damaged .* remove its damaged line"):
        synthetic_marks(lake)
    (lake / "synthetic.jsonl").write_text('{"format":1,"table":"flows","file":"ab","why":"x"}\n')
    assert synthetic_marks(lake) == {Mark("flows", "ab", "x")}
