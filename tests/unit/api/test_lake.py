"""A lake in Python: what its methods answer, and what they refuse."""

import json
import logging
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner

import headwater as hw
from hand_made_flows import BEGIN, hunting_lake
from headwater.cli.main import app

# What a feed may call a family: a formula, HTML, a terminal escape.
HOSTILE_FAMILY = '=evil"><img src=x onerror=alert(1)>\x1b[31m'


def _printed(lake: hw.Lake, *words: str) -> dict[str, object]:
    """What the command line's --json says."""
    done = CliRunner().invoke(app, ["--lake", str(lake.path), *words, "--json"])
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_making_a_lake_does_nothing(tmp_path: Path) -> None:
    """A constructor is inert; only a method that adds something makes a folder."""
    hw.Lake(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_hunt_says_what_the_command_line_says(lake: hw.Lake, found: hw.HuntResult) -> None:
    """The same numbers under the same names."""
    rows, told = found.to_dicts(), _printed(lake, "hunt")["candidates"]
    assert isinstance(told, list)
    best = {
        name: rows[0][name] for name in ("rank", "address", "port", "proto", "by_group", "reasons", "c2s")
    }
    assert best == {name: told[0][name] for name in best}
    assert rows[0]["exclusivity_low"] == told[0]["exclusivity"]["low"]
    assert len(rows) == len(told)


def test_the_best_candidate_is_a_service(found: hw.HuntResult) -> None:
    """To be given to `investigate`; a rank that does not exist is refused."""
    assert str(found.service(1)) == "9.9.9.9:8443/tcp"
    with pytest.raises(hw.BadSetting, match="ranks go from 1 to"):
        found.service(0)


def test_a_candidate_is_explained(found: hw.HuntResult) -> None:
    """The counts of the reckoning, and whom it met."""
    told = found.explain(1)
    numbers = {row["name"]: row["value"] for row in told.to_dicts() if row["question"] == "Whom did it meet?"}
    assert (numbers["c2s"], numbers["d_estimated"]) == (3.0, 0.0)
    assert sorted(row["c2"] for row in told.contacts().to_dicts()) == ["5.0.0.1", "5.0.1.1", "5.0.2.1"]
    assert min(row["first"] for row in told.contacts().to_dicts()) == BEGIN
    with pytest.raises(hw.BadSetting, match="no rank 99"):
        found.explain(99)


def test_queries_name_the_version_of_the_lake(found: hw.HuntResult) -> None:
    """Every one that ran read the lake's version of that moment."""
    rows = found.queries().to_dicts()
    assert rows
    assert {row["lake_version"] for row in rows} == {found.hunt.lake_version}


def test_an_investigation_is_kept(lake: hw.Lake, case: hw.CaseResult) -> None:
    """The lake has the case afterwards, for Python and for the command line."""
    assert lake.case("9.9.9.9:8443/tcp").case == case.case
    assert (case.case.counts.c2s, len(case.contacts())) == (3, 3)
    with pytest.raises(hw.BadSetting, match="no case about"):
        lake.case("192.0.2.1:1/tcp")


def test_a_case_says_what_the_command_line_says(lake: hw.Lake, case: hw.CaseResult) -> None:
    """The whole document."""
    assert case.document() == _printed(lake, "investigate", str(case.service))


def test_a_case_is_written_and_read(case: hw.CaseResult, tmp_path: Path) -> None:
    """It comes back as it was, without its queries."""
    again = hw.read_case(case.write(tmp_path))
    assert again.case == case.case
    with pytest.raises(hw.BadSetting, match="investigate"):
        again.queries()


def test_a_report_is_written_and_verified(lake: hw.Lake, case: hw.CaseResult, tmp_path: Path) -> None:
    """It holds; and does not, once a number in it was changed by hand."""
    page = case.report(tmp_path, tlp="red").html
    found = lake.verify(page)
    assert (found.holds, len(found)) == (True, 0)
    changed = page.read_text("utf-8").replace('"id":"counts.c2s","value":3', '"id":"counts.c2s","value":4')
    page.write_text(changed, encoding="utf-8")
    found = lake.verify(page)
    assert (found.holds, found.to_dicts()) == (
        False, [{"where": "counts.c2s", "stated": "4", "found": "3"}],
    )  # fmt: skip


def test_an_export_is_what_the_command_line_writes(case: hw.CaseResult) -> None:
    """A CSV names the service; a format that does not exist is refused with those that do."""
    exported = case.export("csv", settings=hw.ExportSettings(tlp=hw.Tlp.RED))
    assert "9.9.9.9" in exported.text
    with pytest.raises(hw.BadSetting, match="stix, stix-opencti, misp"):
        case.export("yara")


def test_a_marking_that_does_not_exist_is_refused(case: hw.CaseResult, tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(hw.BadSetting, match="tlp = 'pink'"):
        case.report(tmp_path / "report", tlp="pink")
    assert not (tmp_path / "report").exists()


def test_a_waterfall_of_no_hypothesis_is_refused(case: hw.CaseResult) -> None:
    """The message lists those there are."""
    with pytest.raises(hw.BadSetting, match="tie/all/control"):
        case.waterfall("witchcraft")


def test_flows_are_the_records_of_an_address(lake: hw.Lake) -> None:
    """Oldest first, with canonical names; a limit cuts, and what it leaves out is told."""
    found = lake.flows("9.9.9[.]9:8443/tcp", limit=2)
    assert (found.records, found.contact, len(found)) == (3, 3, 2)
    row = found.to_dicts()[0]
    names = ("start", "src", "dst", "dst_port", "proto", "packets", "sampling", "kind")
    assert {name: row[name] for name in names} == {
        "start": BEGIN, "src": "5.0.0.1", "dst": "9.9.9.9", "dst_port": 8443, "proto": "tcp", "packets": 10,
        "sampling": 1, "kind": "contact",
    }  # fmt: skip
    assert "earliest 2 of 3" in repr(found)


def test_flows_of_a_peer(lake: hw.Lake) -> None:
    """Only what it has with that address; nobody has none, and the columns stay."""
    assert [row["src"] for row in lake.flows("9.9.9.9", peer="5.0.1.1").to_dicts()] == ["5.0.1.1"]
    assert lake.flows("192.0.2.9").columns == lake.flows("9.9.9.9").columns


def test_labels_are_listed(lake: hw.Lake) -> None:
    """With their windows; families and moments choose among them."""
    rows = lake.labels(families="Emotet").to_dicts()
    assert [(row["address"], row["role"], row["start"], row["overridden"]) for row in rows] == [
        ("5.0.0.1", "c2", None, False), ("5.0.1.1", "c2", None, False), ("5.0.2.1", "c2", None, False),
    ]  # fmt: skip
    assert len(lake.labels(families=["dridex"], at="2024-05-01")) == 0


def test_the_history_of_an_address(lake: hw.Lake) -> None:
    """Where each thing was said, and whether it counts."""
    rows = lake.label_history("5.0.0.1").to_dicts()
    assert [(row["current"], row["place"], Path(row["path"]).name) for row in rows] == [
        (True, 2, "labels.csv")
    ]


@pytest.mark.parametrize(
    "since", ["2024-05-01T02:00", "2024-05-01T04:00+02:00", datetime(2024, 5, 1, 2, tzinfo=UTC),
              datetime(2024, 5, 1, 4, tzinfo=timezone(timedelta(hours=2)))],
)  # fmt: skip
def test_moments_are_text_or_datetimes(lake: hw.Lake, since: str | datetime) -> None:
    """Text is UTC unless it says otherwise; of contacts at 00:00, 01:00 and 02:00 one remains."""
    assert lake.flows("9.9.9.9", since=since).records == 1


@pytest.mark.parametrize("since", ["yesterday", datetime(2024, 5, 1)])  # noqa: DTZ001  # that is the test
def test_what_is_no_moment_is_refused(lake: hw.Lake, since: str | datetime) -> None:
    """A datetime without a zone is none."""
    with pytest.raises(hw.BadSetting, match="since = "):
        lake.hunt(since=since)


def test_arguments_take_the_place_of_settings(lake: hw.Lake) -> None:
    """What is given beside the settings counts; what is not stays."""
    settings = hw.HuntSettings(families=("dridex",), until=datetime(2024, 5, 2, tzinfo=UTC))
    hunt = lake.hunt(families="emotet", since="2024-05-01", settings=settings).hunt
    assert (hunt.since, hunt.until, hunt.examined.c2s) == (BEGIN, datetime(2024, 5, 2, tzinfo=UTC), 3)


def test_no_lake_is_said(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(hw.LakeError):
        hw.Lake(tmp_path / "none").hunt()


def test_what_is_no_service_is_said(lake: hw.Lake) -> None:
    """With the forms that are."""
    with pytest.raises(hw.BadSetting, match=r"192\.0\.2\.1:443/tcp"):
        lake.investigate("example.org")


def test_what_cannot_be_read_is_told_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The good record is stored, the bad one counted with its line; who looks at neither sees a warning."""
    flows = tmp_path / "flows.csv"
    flows.write_text(
        "start,end,src,dst,src_port,dst_port,proto,packets,bytes\n"
        "2024-05-01T00:00:00Z,2024-05-01T00:00:01Z,5.0.0.1,9.9.9.9,40000,443,6,1,60\n"
        "2024-05-01T00:00:00Z,2024-05-01T00:00:01Z,5.0.0.1,9.9.9.999,40000,443,6,1,60\n"
    )
    with caplog.at_level(logging.WARNING, logger="headwater"):
        added = hw.Lake(tmp_path / "lake").ingest(flows)
    row = added.to_dicts()[0]
    assert (added.entries, added.left_out, row["flows"], row["first_bad_offset"]) == (1, 1, 1, 3)
    assert sum(row["rejected"].values()) == 1
    assert "1 left out" in caplog.text


def test_labels_that_are_refused_are_counted(tmp_path: Path) -> None:
    """By reason, with the first place; a list of which nothing can be used is refused as a whole."""
    lake, feed = hw.Lake(tmp_path / "lake"), tmp_path / "list.csv"
    feed.write_text("address,family\n5.0.0.1,emotet\n10.0.0.1,emotet\n")
    added = lake.add_labels(feed)
    row = added.to_dicts()[0]
    assert (added.entries, added.left_out, list(row["first_place"].values())) == (1, 1, [3])
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(hw.UnreadableSource, match=r"broken\.json"):
        lake.add_labels(broken)


def test_context_is_added(tmp_path: Path) -> None:
    """One row a file, with its kind."""
    networks = tmp_path / "networks.csv"
    networks.write_text("prefix,asn,name\n5.0.0.0/24,64500,Example\n")
    added = hw.Lake(tmp_path / "lake").add_context(networks)
    assert [(row["format"], row["entries"]) for row in added.to_dicts()] == [("networks", 1)]


def test_a_hostile_family_is_data(tmp_path: Path) -> None:
    """HTML in the name of a family is escaped, control characters are; families have no spaces."""
    found = hw.Lake(hunting_lake(tmp_path, family=HOSTILE_FAMILY)).hunt()
    page = found._repr_html_()
    assert ("<img_src=x" in page, "&lt;img_src=x" in page, "\x1b" in page + repr(found)) == (
        False,
        True,
        False,
    )
    assert not any("\x1b" in str(row) for row in found.to_dicts())
