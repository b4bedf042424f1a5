"""What a report says is what the case says; what may not be said is counted."""

import json
import re
from dataclasses import replace

import pytest

import case_samples
from headwater.model.case import Sentence
from headwater.model.label import Tlp
from headwater.present.report.build import report_of
from headwater.present.report.content import Points, Report, Statement, Table
from headwater.present.report.frame import ReportSettings


def _tables(report: Report) -> dict[str, Table]:
    return {b.id: b for section in report.sections for b in section.blocks if isinstance(b, Table)}


def _everything(report: Report) -> str:
    """All text of a report, with its block for machines and its figures."""
    charts = [chart for one in report.figures for chart in (one.chart, one.narrow) if chart is not None]
    figures = [chart.to_dict(validate=False) for chart in charts]
    return f"{report.sections!r} {json.dumps(report.machine)} {json.dumps(figures)}"


def test_the_summary_is_the_conclusion(report: Report) -> None:
    """The first section holds the sentences of the conclusion in order, and what would change it."""
    case = case_samples.dridex_case()
    told = [one.text for one in report.sections[0].blocks if isinstance(one, Statement)]
    expected = [one.text for one in case.conclusion.sentences if "SECRETACTOR" not in one.text]
    changes = [one for one in report.sections[0].blocks if isinstance(one, Points)]
    assert [text.replace("[.]", ".") for text in told] == expected
    assert [one.text for one in changes[0].statements] == list(case.conclusion.would_change_if)


def test_what_would_change_is_said_once() -> None:
    """A sentence of the conclusion that tells what would change it stands in the list alone."""
    case = case_samples.dridex_case()
    text = case.conclusion.would_change_if[0]
    sentences = (*case.conclusion.sentences, Sentence(text, "change"))
    told = report_of(replace(case, conclusion=replace(case.conclusion, sentences=sentences)))
    found = [
        one.text
        for block in told.sections[0].blocks
        for one in (block.statements if isinstance(block, Points) else (block,))
        if isinstance(one, Statement)
    ]
    assert found.count(text) == 1


def test_sentences_lead_to_what_they_rest_on(report: Report) -> None:
    """A sentence on evidence links to its row, one on a number to its table."""
    first, second = report.sections[0].blocks[:2]
    assert isinstance(first, Statement)
    assert isinstance(second, Statement)
    assert (first.links[0], second.links) == (("groups", "clients by group"), (("e1", "E1"), ("e2", "E2")))


def test_counts_come_out_as_they_went_in(report: Report) -> None:
    """The table of groups says 10, 4 and 7, of 21 C2s and 24 clients."""
    rows = {row.cells[0].text: row.cells[1].text for row in _tables(report)["groups"].rows}
    assert rows == {
        "emotet/epoch2": "10", "emotet/epoch3": "4", "dridex": "7", "all listed C2s": "21",
        "all clients": "24",
    }  # fmt: skip


def test_what_the_rule_leaves_out_stands_beside(report: Report) -> None:
    """The five excluded C2s are the last rows of the timelines, each with its reason."""
    last = [row.cells[-1].text for row in _tables(report)["intervals"].rows][-6:]
    assert (last[0], [text.startswith("no: ") for text in last[1:]]) == ("yes", [True] * 5)
    assert len(_tables(report)["beside"].rows) == len(case_samples.dridex_case().with_excluded)


def test_barred_evidence_is_struck_not_hidden(report: Report) -> None:
    """The barred claim stands in the ledger, struck, with what bars it."""
    rows = [row for row in _tables(report)["ledger-2"].rows if row.struck]
    assert [(row.cells[0].text, "Barred by T2." in row.cells[1].text) for row in rows] == [
        ("E6 (barred)", True)
    ]


def test_every_item_leads_to_its_provenance(report: Report) -> None:
    """Each item of evidence names an entry of the provenance that exists, or that a person said so."""
    cells = [row.cells[-1] for name in ("ledger", "ledger-2") for row in _tables(report)[name].rows]
    assert {anchor for cell in cells for anchor, _ in cell.links} <= _entries(report)
    assert [cell.text for cell in cells if not cell.links] == ["a person's word"]
    assert (cells[0].text, cells[0].links) == (
        "41 flow records: ",
        (("P2", "P2"), ("Q2", "Q2"), ("L2", "L2")),
    )


def _entries(report: Report) -> set[str]:
    return {row.id for name in ("entries", "lists", "queries") for row in _tables(report)[name].rows}


def test_every_table_of_numbers_leads_to_its_queries(report: Report) -> None:
    """All but the ledger, whose items do so one by one, what explains words, and the provenance itself."""
    without = {name for name, one in _tables(report).items() if not one.provenance}
    assert without == {"ledger", "ledger-2", "words", "settings", "entries", "lists", "queries"}
    anchors = {anchor for one in _tables(report).values() for anchor, _ in one.provenance}
    assert anchors <= _entries(report)
    assert [anchor for anchor, _ in _tables(report)["c2s"].provenance] == ["P1", "Q2", "L2"]


def test_every_sentence_of_the_summary_on_a_number_leads_to_its_query() -> None:
    """Behind the table that shows it."""
    case = case_samples.dridex_case()
    block = report_of(case).sections[0].blocks[0]
    assert isinstance(block, Statement)
    assert block.links == (("groups", "clients by group"), ("Q2", "Q2"), ("L2", "L2"))


def test_a_query_stands_with_its_text_rows_and_what_it_reads(report: Report) -> None:
    """Folded, over several lines, as it ran; from it links lead to the flows and lists."""
    row = _tables(report)["queries"].rows[1]
    texts = [cell.text for cell in row.cells]
    assert (row.id, texts[1], texts[3], row.cells[4].links) == (
        "Q2", "clients of the service", "24", (("Q1", "Q1"), ("L2", "L2"))
    )  # fmt: skip
    assert "".join(texts[5].split()) == 'SELECT"hi"FROM"pass1"WHERE"port"<=38400'


def test_files_of_lists_are_named_as_far_as_their_marking_allows() -> None:
    """A file whose entries are marked above is counted, not named; that goes for its digest, too."""
    report = report_of(case_samples.dridex_case(), ReportSettings(tlp=Tlp.GREEN))
    files = {row.cells[1].text: row.cells[5].text for row in _tables(report)["lists"].rows}
    assert ("feed.csv" in files["labels"], "reports.csv (2 entries)" in files["claims of open sources"]) == (
        False, True,
    )  # fmt: skip
    everything = _everything(report)
    assert [word for word in ("closed.csv", "45" * 32, "cd" * 32) if word in everything] == []


def test_a_case_without_a_trail_has_a_report() -> None:
    """One of before queries were kept names the investigation alone."""
    old = replace(case_samples.dridex_case(), queries=(), tables=(), origins={})
    tables = _tables(report_of(old))
    assert ("queries" in tables, tables["c2s"].provenance) == (False, (("P1", "P1"),))


def test_queries_are_shown_as_they_ran(report: Report) -> None:
    """A comparison sign of a query comes out as it went in."""
    assert any("a < b" in row.cells[-1].text for row in _tables(report)["entries"].rows)


@pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT])
def test_what_is_marked_above_stays_out(tlp: Tlp) -> None:
    """A claim marked red is nowhere in a report for fewer eyes, nor what rests on it; how much is said."""
    report = report_of(case_samples.dridex_case(), ReportSettings(tlp=tlp))
    everything = _everything(report)
    assert [
        word for word in ("SECRETACTOR", "Closed Partner", "closed investigation") if word in everything
    ] == []
    assert "claim" in dict(report.facts)["Left out by marking"]


def test_red_holds_everything() -> None:
    """A report marked red leaves nothing out."""
    report = report_of(case_samples.dridex_case(), ReportSettings(tlp=Tlp.RED))
    assert ("SECRETACTOR" in _everything(report), dict(report.facts)["Left out by marking"]) == (
        True,
        "nothing",
    )


def test_listed_c2s_above_the_marking_stay_out() -> None:
    """A C2 listed under a stricter marking is in no table, figure or statement."""
    case = case_samples.dridex_case()
    first = replace(case.contacts[0], tlp=Tlp.RED)
    report = report_of(replace(case, contacts=(first, *case.contacts[1:])))
    shown = _everything(report).replace("[.]", ".")
    assert (f"{first.address} " in shown, f"'{first.address}'" in shown, f'"{first.address}"' in shown) == (
        False, False, False,
    )  # fmt: skip
    assert "1 listed C2" in dict(report.facts)["Left out by marking"]


def test_other_clients_are_networks(report: Report) -> None:
    """A client that nobody listed is nowhere by its address, not even in an analyst's words or a figure."""
    shown = _everything(report).replace("[.]", ".")
    others = [one.address for one in case_samples.dridex_case().contacts if not one.listed]
    assert [one for one in others if re.search(rf"(?<![\d.]){re.escape(one)}(?![\d.])", shown)] == []
    rows = {row.cells[0].text: row.cells[1].text for row in _tables(report)["others"].rows}
    assert rows == {"Some Access Provider, AS64999": "2", "not known": "1"}


def test_neighbours_without_suspicion_are_networks(report: Report) -> None:
    """A service that thousands use is named where a list names it, or hardly anybody but C2s uses it."""
    names = [row.cells[0].text for row in _tables(report)["neighbours"].rows]
    assert [name.replace("[.]", ".") for name in names] == [
        "203.0.113.77:22/tcp", "203.0.113.77:80/tcp", "192.0.2.53:53/udp",
        "a host in 192.0.2.0/24, port 123/udp", "203.0.113.200:8443/tcp",
        "a host in 192.0.2.0/24, port 443/tcp", "198.18.0.1:22/tcp",
    ]  # fmt: skip


def test_others_are_named_on_request() -> None:
    """With name_others the clients have their addresses."""
    report = report_of(case_samples.dridex_case(), ReportSettings(name_others=True))
    names = [row.cells[0].text for row in _tables(report)["others"].rows]
    assert names == ["192.0.2[.]1", "192.0.2[.]2", "192.0.2[.]3"]


def test_addresses_are_defanged(report: Report) -> None:
    """No table but the provenance holds an address that a program could take for a link."""
    case = case_samples.dridex_case()
    shown = repr(
        [section for section in report.sections if section.id not in {"provenance", "clients-section"}]
    )
    assert (case.service.address in shown, "http://" in shown, "https://" in shown) == (False, False, False)


def test_indicators_hold_within_dates(report: Report) -> None:
    """The service is an indicator from when the tie can be shown, and every indicator ends."""
    rows = _tables(report)["indicators"].rows
    assert rows[0].cells[0].text == "203.0.113[.]77:38400/tcp"
    assert all(row.cells[3].text < row.cells[4].text for row in rows)


def test_warnings_are_sentences() -> None:
    """What stands against the whole answer begins with a capital and ends with a full stop."""
    warned = replace(
        case_samples.dridex_case(), warnings=("listed C2s met 203.0.113.77:443/tcp, too", "Done.")
    )
    assert report_of(warned).warnings == ("Listed C2s met 203.0.113[.]77:443/tcp, too.", "Done.")


def test_print_leaves_out_what_nobody_reads_on_paper(report: Report) -> None:
    """Queries and settings, small neighbours, and what is ruled out for one group alone; never a C2."""
    tables = _tables(report)
    assert {name for name, one in tables.items() if one.on_screen} == {"rhythm", "settings", "queries"}
    ruled_out = [row.cells[0].text for row in tables["hypotheses"].rows if row.on_screen]
    assert (ruled_out, tables["hypotheses"].not_in_print) == ([], 0)
    assert (tables["c2s"].not_in_print, tables["intervals"].not_in_print) == (0, 0)


def test_an_answer_ruled_out_for_one_group_stays_in_the_file() -> None:
    """On all C2s together every answer is printed, however unlikely."""
    case = case_samples.dridex_case()
    rare = [replace(one, posterior=0.01) for one in case.hypotheses]
    rows = _tables(report_of(replace(case, hypotheses=tuple(rare))))["hypotheses"].rows
    assert {row.cells[3].text: row.on_screen for row in rows} == {
        "all": False, "dridex": True, "emotet/epoch2": True,
    }  # fmt: skip


def test_five_neighbours_of_each_kind_are_printed() -> None:
    """The largest, which come first; the others are in the file."""
    case = case_samples.dridex_case()
    many = tuple(replace(case.neighbours[0], flows=90 - number) for number in range(9))
    rows = _tables(report_of(replace(case, neighbours=(*many, *case.neighbours[2:]))))["neighbours"].rows
    assert [row.on_screen for row in rows] == [False] * 5 + [True] * 4 + [False] * 5
