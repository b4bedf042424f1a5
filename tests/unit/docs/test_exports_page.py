"""What the page on exports says is what the exports do."""

import re
from pathlib import Path

import pytest

from case_samples import dridex_case
from headwater.app.export import FORMATS
from headwater.present.export import techniques, usual_ports
from headwater.present.export.blocklist import FORMS
from headwater.present.export.csv_rows import COLUMNS
from headwater.present.export.settings import ExportSettings, ListSettings, SidRange
from headwater.present.export.standing import HOSTILE
from headwater.present.export.stix import stix
from headwater.present.export.suricata import suricata

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "reference" / "exports.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "export.md").read_text(encoding="utf-8")


def _section(heading: str) -> str:
    """What stands under a heading, up to the next of its kind."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_every_csv_column_is_explained() -> None:
    """In the order of the file, and none that the file does not have."""
    cells = re.findall(r"^\| (`[^|]+`) \|", _section("CSV"), re.MULTILINE)
    assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell)] == list(COLUMNS)


def test_every_technique_is_explained() -> None:
    """Number and name of each, and none besides."""
    told = set(re.findall(r"^\| (T\d{4}(?:\.\d{3})?) ", _section("ATT&CK"), re.MULTILINE))
    assert told == set(re.findall(r"^    (T\d{4}(?:\.\d{3})?) ", techniques.__doc__ or "", re.MULTILINE))


def test_the_number_of_usual_ports() -> None:
    """The page says how many there are."""
    assert f"among the {len(usual_ports._USUAL)} of" in PAGE


def test_every_object_type_is_explained() -> None:
    """Each type of the bundle but the bundle and its markings stands in the table."""
    kinds = set(re.findall(r'"type": "([a-z0-9-]+)"', stix(dridex_case(), settings=ExportSettings()).text))
    named = set(re.findall(r"`([a-z0-9-]+)`", _section("STIX 2.1")))
    assert kinds - {"bundle", "marking-definition"} - named == set()


def test_verdicts_that_support_a_block_are_named() -> None:
    """All four, in the first condition."""
    line = next(line for line in PAGE.splitlines() if "verdict is `control`" in line)
    assert set(re.findall(r"`([a-z-]+)`", line)) == set(HOSTILE)


def test_the_rule_on_the_page_is_the_rule_of_the_sample() -> None:
    """The example is what the sample case gives."""
    rules = ListSettings(at=dridex_case().contacts[0].first)
    text = suricata(dridex_case(), settings=ExportSettings(), rules=rules).text
    assert [line for line in text.splitlines()[-2:] if f"    {line}\n" not in PAGE] == []


def test_ranges_and_days_on_the_page_are_the_defaults() -> None:
    """Signature ids and days of validity."""
    sids = SidRange()
    assert f"({sids.first}-{sids.last}" in PAGE
    assert f"{ExportSettings().valid_for.days} days are a choice" in PAGE


@pytest.mark.parametrize("name", [*FORMATS, *FORMS])
def test_the_how_to_names_each_format(name: str) -> None:
    """Formats and forms of block lists."""
    assert f"`--to {name}" in HOW_TO or f"`{name}`" in HOW_TO or f"--form {name}`" in HOW_TO
