"""Cases as files: nothing is lost, and what is no case is refused with its place."""

import json
from pathlib import Path

import pytest

from case_samples import dridex_case, empty_case, hostile_case, small_case
from headwater.app.case_files import case_text, found_case, read_case, write_case
from headwater.errors import BadSetting, UnreadableSource
from headwater.lake.cases import store_case
from headwater.lake.tables import create_lake
from headwater.model.case import Case


@pytest.mark.parametrize("case", [dridex_case(), small_case(), empty_case(), hostile_case()])
def test_a_case_read_again_is_the_same(case: Case, tmp_path: Path) -> None:
    """Every field, and every text a feed may have put in, comes back as it was."""
    assert read_case(write_case(case, tmp_path)) == case


def test_a_folder_stands_for_the_case_in_it(tmp_path: Path) -> None:
    """`--out DIR` and CASE are the same word."""
    write_case(dridex_case(), tmp_path / "out")
    assert found_case(str(tmp_path / "out"), lake_root=tmp_path) == tmp_path / "out" / "case.json"


def test_a_service_stands_for_the_case_that_the_lake_keeps(tmp_path: Path) -> None:
    """What was investigated last is found by the service's own name."""
    case = dridex_case()
    create_lake(tmp_path / "lake")
    kept = store_case(tmp_path / "lake", case.service, case_text(case))
    assert found_case(str(case.service), lake_root=tmp_path / "lake") == kept


def test_nothing_named_is_refused_with_what_can_be(tmp_path: Path) -> None:
    """The message says what stands for a case."""
    with pytest.raises(BadSetting, match=r"nowhere: no case there; name a case\.json"):
        found_case("nowhere", lake_root=tmp_path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "no JSON"),
        ("[1]", "no case"),
        ('{"format": 1}', "no case"),
        ('{"format": 2, "service": "192.0.2.1"}', "format 2, and this headwater reads 1"),
        ('{"format": 1, "service": "192.0.2.1"}', "a damaged case"),
    ],
)
def test_what_is_no_case_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    """Other JSON, half a file, a newer format: each says what it is and what to do."""
    path = tmp_path / "case.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSource, match=complaint):
        read_case(path)


def test_a_field_of_the_wrong_type_is_named(tmp_path: Path) -> None:
    """Whoever edited the file by hand learns where."""
    told = json.loads(case_text(dridex_case()))
    told["counts"]["c2s"] = "many"
    path = tmp_path / "case.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UnreadableSource, match=r"counts\.c2s"):
        read_case(path)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(BadSetting, match="choose a folder that can be written"):
        write_case(dridex_case(), tmp_path / "out")
