"""Tests of headwater.present.export.csv_rows."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from case_samples import dridex_case
from headwater.present.export.csv_rows import COLUMNS, cell, csv_rows
from headwater.present.export.settings import ExportSettings

SETTINGS = ExportSettings()


def test_rows_under_their_columns() -> None:
    """45 rows, the first the service with its port, protocol, role and marking."""
    rows = list(csv.DictReader(io.StringIO(csv_rows(dridex_case(), settings=SETTINGS).text)))
    first = {name: rows[0][name] for name in ("address", "port", "proto", "role", "tlp")}
    assert (len(rows), tuple(rows[0])) == (45, COLUMNS)
    assert first == {
        "address": "203.0.113.77",
        "port": "38400",
        "proto": "tcp",
        "role": "upstream",
        "tlp": "amber",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("|calc", "'|calc"),
        ("-1", "'-1"),
        ("dridex", "dridex"),
        (True, "yes"),
        (None, ""),
        (7, "7"),
        (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), "2020-01-02T03:04:05Z"),
    ],
)
def test_cells(value: object, text: str) -> None:
    """Formulas are written as text, times in UTC, nothing as nothing."""
    assert cell(value) == text


def test_what_was_left_out_is_said_beside() -> None:
    """CSV has no place for remarks; the answer has."""
    found = csv_rows(dridex_case(), settings=SETTINGS)
    assert found.remarks == (
        "left out because marked above TLP:AMBER: 1 claim, 1 item of evidence, 1 sentence",
    )


def test_a_family_that_is_a_formula_is_text() -> None:
    """A hostile feed cannot run anything in the spreadsheet of whoever gets the export."""
    case = dridex_case()
    contact = replace(case.contacts[0], family='=HYPERLINK("http://evil.example/")')
    rows = csv.DictReader(io.StringIO(csv_rows(replace(case, contacts=(contact,)), settings=SETTINGS).text))
    assert (
        next(row["family"] for row in rows if row["role"] == "c2") == '\'=HYPERLINK("http://evil.example/")'
    )
