"""A report is computed again from the version of the lake that it names, and every number compared."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import case_samples
from hand_made_flows import BEGIN, PAYLOAD, Flow, lake_of
from headwater.app.case_files import read_case, write_case
from headwater.app.case_settings import CaseSettings
from headwater.app.flows import FlowsWanted, found_flows
from headwater.app.ingest import ingest
from headwater.app.investigate import Investigated, investigate
from headwater.app.labels import add_labels
from headwater.app.report import write_report
from headwater.app.verify import compared, verify
from headwater.errors import BadSetting, LakeError, UnreadableSource
from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.model.service import Service
from headwater.present.report.build import report_of
from headwater.present.report.frame import ReportSettings
from headwater.present.report.html import html
from headwater.present.report.reading import read_stated

pytestmark = pytest.mark.xdist_group("verify")  # what they share is made once

DAY = 86_400.0
SERVICE = Service("9.9.9.9", 8443, 6)
C2S = [f"5.0.{number}.1" for number in range(4)]
LABELS = "address,family,group,port,first_seen,last_seen\n" + "".join(
    f"{c2},emotet,epoch2,449,2024-05-01,2024-05-20\n" for c2 in C2S
)


def _flows() -> list[Flow]:
    """Four C2s with six sessions each, bots that check in at them, and two others."""
    contact = [
        Flow(c2, 50_000 + day, SERVICE.address, 8443, at=day * DAY + number * 3_600)
        for number, c2 in enumerate(C2S)
        for day in range(1, 13, 2)
    ]
    bots = [
        Flow(f"7.0.{number}.{day}", 41_000, c2, 449, at=day * DAY)
        for number, c2 in enumerate(C2S)
        for day in range(1, 16)
    ]
    others = [Flow(f"7.9.0.{n}", 42_000, SERVICE.address, 8443, at=n * DAY) for n in (3, 4)]
    return contact + bots + others


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the service."""
    return lake_of(tmp_path_factory.mktemp("verify"), _flows(), labels=LABELS)


@pytest.fixture(scope="module")
def report(lake: Path) -> Path:
    """The folder of the report, written as an analyst does: by way of a case.json."""
    settings = CaseSettings(slack_before=CaseSettings().slack_before * 2, allow_reserved=True)
    found = investigate(lake, SERVICE, settings=settings)
    folder = lake.parent / "report"
    write_report(read_case(write_case(found.case, lake.parent / "case")), folder, settings=ReportSettings())
    return folder


def test_an_untouched_report_holds(lake: Path, report: Path) -> None:
    """Every statement and every cell comes out again, with the settings that the case records."""
    found = verify(report, lake)
    assert (found.differences, found.settings, found.holds) == ((), (), True)
    assert (found.statements > 100, found.cells > 300, found.sentences > 10) == (True, True, True)


def test_it_holds_when_the_lake_has_grown(lake: Path, report: Path, tmp_path: Path) -> None:
    """Flows stored later change nothing: the report names its version, and that is read."""
    later = tmp_path / "later.csv"
    at = int(BEGIN.timestamp()) + 5 * int(DAY)
    later.write_text(
        "start,end,src,dst,src_port,dst_port,proto,packets,bytes,tcp_flags,sampling\n"
        f"{at},{at + 1},5.0.0.1,9.9.9.9,50999,8443,6,10,1000,{PAYLOAD},1\n"
    )
    ingest([str(later)], lake=lake)
    newest = investigate(lake, SERVICE).case.counts.flows
    stated = read_stated(report).statements["counts.flows"]
    assert (newest, stated, verify(report, lake).holds) == (25, 24, True)


MORE = "address,family,group,port,first_seen,last_seen\n5.0.0.1,emotet,epoch2,449,2024-04-01,2024-05-25\n"


def test_labels_that_came_since_are_named_and_change_no_number(
    lake: Path, report: Path, tmp_path: Path
) -> None:
    """The report is computed on the labels that it read; what came since is told, entry by entry."""
    grown = tmp_path / "lake"
    shutil.copytree(lake, grown)
    (tmp_path / "more.csv").write_text(MORE)
    add_labels([str(tmp_path / "more.csv")], lake=grown)
    found = verify(report, grown)
    changes = [(one.table, len(one.added), len(one.removed), one.files_added) for one in found.lists.changes]
    assert (found.holds, found.lists.unlike) == (True, ())
    assert changes == [("labels", 1, 0, ("more.csv",))]
    assert found.lists.changes[0].added == (
        "5.0.0.1, c2, emotet, epoch2, 449, 2024-04-01T00:00:00Z, 2024-05-26T00:00:00Z, more, amber",
    )


def test_the_labels_of_now_may_tell_otherwise(lake: Path, report: Path, tmp_path: Path) -> None:
    """On request labels are taken as they are, and what they change does not hold."""
    grown = tmp_path / "lake"
    shutil.copytree(lake, grown)
    (tmp_path / "more.csv").write_text(MORE)
    add_labels([str(tmp_path / "more.csv")], lake=grown)
    found = verify(report, grown, newest_lists=True)
    assert "timelines.5.0.0.1.activity.start" in {one.where for one in found.differences}


def test_a_lake_with_other_labels_is_told_from_a_wrong_number(
    report: Path, tmp_path: Path, lake: Path
) -> None:
    """Where the lake does not hold what the report read, that is said by the table's name."""
    other = tmp_path / "lake"
    shutil.copytree(lake, other)
    shutil.rmtree(other / "labels")
    (tmp_path / "labels.csv").write_text(LABELS.replace("5.0.3.1", "5.0.9.1"))
    add_labels([str(tmp_path / "labels.csv")], lake=other)
    found = verify(report, other)
    assert (found.holds, found.lists.unlike) == (
        False, ("labels: version 1 of this lake is not what the report read",)
    )  # fmt: skip


def test_a_report_of_before_is_read_with_the_lists_of_now(lake: Path, report: Path, tmp_path: Path) -> None:
    """One that names no versions of lists compares its numbers as before."""
    text = (report / "report.html").read_text(encoding="utf-8")
    old = re.sub(r'"tables":\[.*?\],"origins"', '"origins"', text, count=1)
    assert old != text
    (tmp_path / "report.html").write_text(old, encoding="utf-8")
    found = verify(tmp_path, lake)
    assert (found.lists.versions, found.holds) == ({}, True)


def test_the_command_of_a_report_prints_the_very_records(lake: Path, report: Path, tmp_path: Path) -> None:
    """Those of the version that it names, as many as the case counts, though the lake has more by now."""
    grown = tmp_path / "lake"
    shutil.copytree(lake, grown)
    (tmp_path / "later.csv").write_text(
        "start,end,src,dst,src_port,dst_port,proto,packets,bytes,tcp_flags,sampling\n"
        f"{BEGIN:%Y-%m-%dT%H:%M:%SZ},{BEGIN:%Y-%m-%dT%H:%M:%SZ},5.0.0.1,9.9.9.9,50998,8443,6,10,1000,"
        f"{PAYLOAD},1\n"
    )
    ingest([str(tmp_path / "later.csv")], lake=grown)
    stated = read_stated(report)
    command = next(text for text in stated.sentences if text.startswith("With one of its clients"))
    wanted = FlowsWanted(SERVICE, peer="5.0.0.1", role=PeerRole.SERVER, lake_version=stated.lake_version)
    with found_flows(grown, wanted) as then, found_flows(grown, replace(wanted, lake_version=None)) as now:
        records = (then.records, then.contact, now.records > then.records)
    flows = stated.statements["contacts.5.0.0.1.flows"]
    options = f"--peer ADDRESS --role server --lake-version {stated.lake_version}"
    assert (records, command.endswith(options)) == ((flows, flows, True), True)


@pytest.fixture(scope="module")
def again(lake: Path, report: Path) -> Investigated:
    """What `verify` computes of the report's service, which is the same whatever was done to its text."""
    kept: list[Investigated] = []

    def noted(*args: Any, **named: Any) -> Investigated:  # Any: handed through
        kept.append(investigate(*args, **named))
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("headwater.app.verify.investigate", noted)
        assert verify(report, lake).holds
    return kept[0]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda text: text.replace('"counts.c2s","value":4', '"counts.c2s","value":40'), "counts.c2s"),
        (lambda text: text.replace('<td class="n">24</td>', '<td class="n">25</td>', 1), "table "),
        (lambda text: text.replace("WHERE\n", "WHERE FALSE AND\n", 1), "table queries"),
        (lambda text: text.replace('"strong">4 listed', '"strong">9 listed'), "sentence "),
        (lambda text: re.sub(r"<tr>(?:(?!</tr>).)*5\.0\.3\[\.\]1.*?</tr>", "", text, count=1), "table "),
    ],
)  # fmt: skip
def test_a_changed_number_does_not_hold(
    lake: Path, report: Path, again: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    *, change: Callable[[str], str], where: str,
) -> None:  # fmt: skip
    """A number changed for machines or for people, or a row taken out, is found."""
    monkeypatch.setattr("headwater.app.verify.investigate", lambda *_, **__: again)
    text = (report / "report.html").read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    (tmp_path / "report.html").write_text(changed, encoding="utf-8")
    found = verify(tmp_path, lake)
    assert (found.holds, {one.where.startswith(where) for one in found.differences}) == (False, {True})


def test_a_version_that_is_gone_is_refused(report: Path, tmp_path: Path) -> None:
    """Another lake, which has no such version of its flows, is refused and not compared."""
    other = lake_of(tmp_path, _flows()[:3], labels=LABELS)
    text = (report / "report.html").read_text(encoding="utf-8")
    (tmp_path / "report.html").write_text(re.sub(r'"lake_version":\d+', '"lake_version":77', text))
    with pytest.raises(LakeError, match="77"):
        verify(tmp_path, other)


def _stated(case: Case, folder: Path) -> Path:
    folder.joinpath("report.html").write_text(html(report_of(case)), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "make", [case_samples.dridex_case, case_samples.hostile_case, case_samples.empty_case]
)
def test_what_is_read_is_what_was_written(make: Callable[[], Case], tmp_path: Path) -> None:
    """A report compared with its own case holds, hostile text or not."""
    case = make()
    assert compared(read_stated(_stated(case, tmp_path)), case).differences == ()


def test_another_count_shows_in_numbers_and_tables(tmp_path: Path) -> None:
    """A case with one more client differs in its statement and in the cells that tell it."""
    case = case_samples.small_case()
    stated = read_stated(_stated(case, tmp_path))
    found = compared(stated, replace(case, counts=replace(case.counts, clients=4)))
    assert ("counts.clients", 3, 4) in [(one.where, one.stated, one.found) for one in found.differences]
    assert any(one.where.startswith("table groups") for one in found.differences)


def test_flows_from_outside_a_lake_are_refused(tmp_path: Path) -> None:
    """A case without a lake's version cannot be computed again."""
    folder = _stated(replace(case_samples.small_case(), lake_version=None), tmp_path)
    with pytest.raises(BadSetting, match="outside a lake"):
        verify(folder, tmp_path / "lake")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no block of statements"),
        ("<p>hello</p>", "no block of statements"),
        ('<script id="statements">{"format":1}</script>', "damaged"),
        ('<script id="statements">[</script>', "damaged"),
        ('<script id="statements">{"format":99}</script>', "format 99"),
    ],
)
def test_what_is_no_report_is_refused(text: str, why: str, tmp_path: Path) -> None:
    """A file that is no report is refused by name, with what to do."""
    (tmp_path / "report.html").write_text(text)
    with pytest.raises(UnreadableSource, match=why):
        verify(tmp_path, tmp_path / "lake")
