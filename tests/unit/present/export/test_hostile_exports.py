"""Every export of a case with a hostile text in every field, and of a case with one text all over."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from case_samples import dridex_case, hostile_case
from headwater.model.case import Case
from headwater.present.export.blocklist import blocklist
from headwater.present.export.csv_rows import csv_rows
from headwater.present.export.misp import misp
from headwater.present.export.settings import ExportSettings, ListSettings
from headwater.present.export.stix import stix
from headwater.present.export.suricata import suricata
from hostile_texts import HOSTILE

SETTINGS = ExportSettings(with_c2s=True, name_others=True)
RULES = ListSettings(at=datetime(2020, 2, 1, tzinfo=UTC))
EXPORTS: dict[str, Callable[[Case], str]] = {
    "stix": lambda case: stix(case, settings=SETTINGS).text,
    "stix-opencti": lambda case: stix(case, settings=SETTINGS, opencti=True).text,
    "misp": lambda case: misp(case, settings=SETTINGS).text,
    "csv": lambda case: csv_rows(case, settings=SETTINGS).text,
    "suricata": lambda case: suricata(case, settings=SETTINGS, rules=RULES).text,
    "blocklist": lambda case: blocklist(case, settings=SETTINGS, rules=RULES).text,
    "nftables": lambda case: blocklist(case, settings=SETTINGS, rules=RULES, form="nftables").text,
}
OBEYED = (
    "<script",
    "<img",
    "<!--",
    "</",
    "{{ 7",
    "${alert",
    "javascript:alert",
    "](http",
    "\x1b",
    "\x07",
    "\u202e",
)


def _texts(text: str) -> str:
    """What a reader of JSON sees, or the text itself."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    return json.dumps(document, ensure_ascii=False)


def _simulated() -> Case:
    return replace(dridex_case(), synthetic="its flows are simulated")


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_hostile_comes_through(name: str) -> None:
    """No tag, template, link, control character or turn of writing is left for a viewer to obey."""
    text = EXPORTS[name](hostile_case())
    assert [one for one in OBEYED if one in _texts(text)] == []
    assert [one for one in text if not one.isprintable() and one != "\n"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_families_groups_and_networks_from_the_corpus(text: str) -> None:
    """Each text of the corpus as the name of everything about a C2: every export is still made."""
    case = dridex_case()
    contacts = tuple(
        replace(one, family=text, group=text, network=text, source=text, grade=text[:2])
        if one.listed
        else one
        for one in case.contacts
    )
    case = replace(case, contacts=contacts)
    assert [name for name, write in EXPORTS.items() if not write(case).strip()] == []


@pytest.mark.parametrize("name", ["suricata", "blocklist", "nftables"])
def test_rules_and_lists_are_ascii_and_no_text_makes_a_line(name: str) -> None:
    """As many lines as for the same case, simulated as the hostile one says it is, without hostile texts."""
    hostile, harmless = EXPORTS[name](hostile_case()), EXPORTS[name](_simulated())
    assert hostile.isascii()
    assert abs(len(hostile.splitlines()) - len(harmless.splitlines())) == 0


def test_csv_has_as_many_rows_and_columns() -> None:
    """No text opens a row or a column."""
    shapes = [
        {(number, len(row)) for number, row in enumerate(csv.reader(io.StringIO(EXPORTS["csv"](case))))}
        for case in (hostile_case(), _simulated())
    ]
    assert {max(shape) for shape in shapes} == {(46, 25)}
