"""A part of an answer: the same rows in every form, and a picture that a notebook can show."""

import base64
import re
import sys
from datetime import UTC, datetime

import pyarrow as pa
import pytest

import headwater as hw
from case_samples import dridex_case, empty_case, hostile_case
from headwater.api.notebook import ROWS, cell_text
from headwater.present.printable import printable
from hostile_texts import HOSTILE

PARTS = (
    "timeline", "contacts", "groups", "neighbours", "evidence", "hypotheses", "waterfall", "hours",
    "weekdays", "chance", "confirmation", "tenancy", "keys", "claims", "placed", "sentences", "gaps",
)  # fmt: skip
PICTURES = {"timeline", "contacts", "waterfall", "hours", "weekdays", "chance", "confirmation"}
CASE = hw.CaseResult(dridex_case())


def _part(case: hw.CaseResult, name: str) -> hw.Part:
    part: hw.Part = getattr(case, name)()
    return part


@pytest.mark.parametrize("name", PARTS)
def test_polars_has_the_rows_of_arrow(name: str) -> None:
    """Column by column and cell by cell."""
    pytest.importorskip("polars")
    part = _part(CASE, name)
    again = part.to_polars().to_arrow().cast(part.to_arrow().schema)
    assert again.to_pylist(maps_as_pydicts="strict") == part.to_dicts()


@pytest.mark.parametrize("name", PARTS)
def test_pandas_has_the_rows_of_arrow(name: str) -> None:
    """Column by column and cell by cell; what is missing is missing."""
    pandas = pytest.importorskip("pandas")
    part = _part(CASE, name)
    frame = part.to_pandas()
    seen = [
        {column: _plain(value, pandas) for column, value in row.items()} for row in frame.to_dict("records")
    ]
    assert (list(frame.columns), seen) == (list(part.columns), part.to_dicts())


def _plain(value: object, pandas: object) -> object:
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, list | dict | str):
        return value
    if getattr(pandas, "isna")(value):  # noqa: B009  # pandas has no types here
        return None
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def test_integers_that_may_be_missing_stay_integers() -> None:
    """Pandas would make floats of them: rows behind an item of evidence are a count or nothing."""
    pytest.importorskip("pandas")
    assert str(CASE.evidence().to_pandas()["provenance_rows"].dtype) == "Int64"


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_missing_library_is_named_with_its_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install, and how."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=re.escape(f"pip install 'headwater[{name}]'")):
        getattr(CASE.hours(), f"to_{name}")()


@pytest.mark.parametrize("name", PARTS)
def test_every_part_has_a_page_and_a_line(name: str) -> None:
    """A picture where there is one, the rows, and a short text for terminals."""
    part = _part(CASE, name)
    page = part._repr_html_()
    drawn = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="[^"]+"', page)
    assert [base64.b64decode(one)[:4] for one in drawn] == [b"<svg"] * (name in PICTURES)
    assert page.count("<tr>") == min(len(part), ROWS) + 1
    assert repr(part).startswith(f"<{part.title}: {len(part)} rows of {len(part.columns)} columns")


@pytest.mark.parametrize("name", PARTS)
def test_an_empty_case_has_all_parts(name: str) -> None:
    """A service that nobody was seen with: the same columns, and a page that says that there is nothing."""
    empty = _part(hw.CaseResult(empty_case()), name)
    assert empty.columns == _part(CASE, name).columns
    assert empty._repr_html_().startswith('<div class="headwater">')


def test_a_page_is_cut_and_says_so() -> None:
    """More rows than a page shows are counted, and the table has them."""
    table = pa.table({"n": list(range(ROWS + 3))})
    page = hw.Part(title="many", table=table)._repr_html_()
    assert (page.count("<tr>"), "3 more rows" in page) == (ROWS + 1, True)


@pytest.mark.parametrize("name", PARTS)
def test_hostile_text_stays_text(name: str) -> None:
    """With a hostile string in every field, a page has no element that the template does not have."""
    page = _part(hw.CaseResult(hostile_case()), name)._repr_html_()
    elements = set(re.findall(r"<\s*/?\s*([^\s>]+)", page))
    allowed = {"div", "p", "strong", "img", "table", "thead", "tbody", "tr", "th", "td"}
    assert elements <= allowed
    assert set(re.findall(r"<img ([a-z]+)=", page)) <= {"src"}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\u2029\ud800-\udfff]", page)


def test_hostile_text_in_a_whole_case() -> None:
    """The page and the text of a case, too."""
    case = hw.CaseResult(hostile_case())
    assert "<script" not in case._repr_html_()
    assert all(printable(line) == line for line in repr(case).split("\n"))


def test_tables_hold_printable_text() -> None:
    """A frame that is printed on a terminal obeys nothing: every text is as `printable` gives it."""
    case = hw.CaseResult(hostile_case())
    cells = [
        cell
        for name in PARTS
        for row in _part(case, name).to_dicts()
        for cell in row.values()
        if isinstance(cell, str)
    ]
    assert [one for one in HOSTILE if not any(cell.startswith(printable(one)) for cell in cells)] == []
    assert [cell for cell in cells if printable(cell) != cell] == []


def test_a_part_without_a_picture_says_so() -> None:
    """`chart()` is refused with where the rows are."""
    with pytest.raises(ValueError, match=r"no picture.*to_arrow"):
        CASE.gaps().chart()


def test_a_picture_is_a_chart_of_altair() -> None:
    """To be changed and saved."""
    assert CASE.hours().chart().to_dict()["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "yes"), (0.000123456, "0.000123"), (38400, "38400"), (["a", "b"], "a; b"),
        ({"dridex": 7}, "dridex: 7"), (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), "2020-01-02 03:04"),
        ("x" * 300, "x" * 239 + "\u2026"),
    ],
)  # fmt: skip
def test_cells_are_for_people(value: object, text: str) -> None:
    """Numbers to three digits, times to the minute, ports without commas, long text cut."""
    assert cell_text(value) == text
