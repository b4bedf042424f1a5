"""Claims from real files of others: two STIX bundles of Unit 42 and a MISP event of CIRCL."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headwater.intel.context.reports import looks_like_reports, read_reports
from headwater.intel.labels.feed import Analyst, Document
from headwater.intel.labels.screen import screen
from headwater.intel.labels.stix import Stix
from headwater.intel.refusals import Refusals

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "family"), [("emotet", "Emotet"), ("icedid", "IcedID")])
def test_addresses_of_a_bundle(real_data: Path, name: str, family: str) -> None:
    """Every address that the bundle gives as a label is claimed for its family; nothing is refused."""
    text = (real_data / "stix" / f"unit42_{name}_stix20.json").read_text()
    document, refusals = Document(name, text), Refusals()
    assert looks_like_reports(document)

    found = read_reports(document, now=NOW, refusals=refusals)

    analyst = Analyst(allow_reserved=True)
    labels = screen(Stix().read(document, Refusals()), analyst=analyst, now=NOW, refusals=Refusals()).labels
    assert {claim.address for _, claim in found if claim.address} == {label.address for _, label in labels}
    assert {claim.malware for _, claim in found} == {family}
    assert refusals.total == 0


def test_an_indicator_keeps_its_date(real_data: Path) -> None:
    """The first address of the Emotet bundle, from its valid_from, without an end."""
    text = (real_data / "stix" / "unit42_emotet_stix20.json").read_text()
    (stated,) = {
        one["valid_from"] for one in json.loads(text)["objects"] if one.get("name") == "122.129.203.163"
    }

    found = read_reports(Document("x", text), now=NOW, refusals=Refusals())

    assert [(claim.date, claim.until) for _, claim in found if claim.address == "122.129.203.163"] == [
        (datetime.fromisoformat(stated), None)
    ]


def test_an_event_without_addresses(real_data: Path) -> None:
    """CIRCL's event on Xorist names no address and no actor: no claims, and what it holds is counted."""
    text = (real_data / "misp" / "pymisp_57c4445b.json").read_text()
    refusals = Refusals()

    assert read_reports(Document("x", text), now=NOW, refusals=refusals) == []
    assert sum(refusals.passed_over.values()) == len(json.loads(text)["Event"]["Attribute"])
