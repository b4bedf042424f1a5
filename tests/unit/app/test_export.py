"""Tests of headwater.app.export."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from case_samples import dridex_case, hostile_case
from headwater.app.case_files import case_text, write_case
from headwater.app.export import FORMATS, Wanted, export, exported
from headwater.errors import BadSetting, UnreadableSource
from headwater.model.case import Case
from headwater.present.export.settings import ExportSettings, ListSettings

WANTED = Wanted("csv", ExportSettings(), ListSettings(at=datetime(2020, 3, 1, tzinfo=UTC)))


def _wanted(to: str) -> Wanted:
    return replace(WANTED, to=to)


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("case", [dridex_case(), hostile_case()], ids=["dridex", "hostile"])
def test_a_case_file_gives_what_the_case_gives(to: str, case: Case, tmp_path: Path) -> None:
    """Through case.json and back, every export is the same to the byte."""
    folder = tmp_path / "case"
    write_case(case, folder)
    found = export(str(folder), lake_root=tmp_path, wanted=_wanted(to))
    assert found == exported(case, _wanted(to))


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    """The message lists those there are."""
    with pytest.raises(BadSetting, match="stix, stix-opencti, misp, csv, suricata, blocklist"):
        export("x", lake_root=tmp_path, wanted=_wanted("yara"))


def test_no_case_there(tmp_path: Path) -> None:
    """The message says what can be named."""
    with pytest.raises(BadSetting, match="no case there"):
        export(str(tmp_path / "nothing"), lake_root=tmp_path, wanted=WANTED)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no json", "no JSON"),
        ("[]", "no case"),
        ('{"format": 1}', "no case"),
        (case_text(dridex_case()).replace('"format": 1', '"format": 2', 1), "format 2"),
        (case_text(dridex_case())[:-5_000], "no JSON"),
        (case_text(dridex_case()).replace('"sessions": 547', '"sessions": "many"', 1), "damaged"),
        (case_text(dridex_case()).replace("203.0.113.77:38400/tcp", "203.0.113.777:38400/tcp"), "damaged"),
        (case_text(dridex_case()).replace("+00:00", "").replace('Z"', '"'), "without a zone"),
    ],
    ids=["text", "list", "another", "newer", "cut off", "no number", "no service", "no zones"],
)
def test_a_file_that_is_no_sound_case_is_refused(text: str, why: str, tmp_path: Path) -> None:
    """Each with what is wrong."""
    file = tmp_path / "case.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSource, match=why):
        export(str(file), lake_root=tmp_path, wanted=WANTED)
