"""Tests of headwater.present.export.role_intervals."""

from collections import Counter
from dataclasses import replace

from case_samples import dridex_case
from headwater.model.case import Case
from headwater.present.export.role_intervals import RoleInterval, role_intervals
from headwater.present.export.settings import ExportSettings
from headwater.present.export.standing import standing

SETTINGS = ExportSettings()


def _rows(case: Case, settings: ExportSettings = SETTINGS) -> tuple[RoleInterval, ...]:
    return role_intervals(case, standing(case, settings), settings)


def test_one_row_for_each_role() -> None:
    """The service once, each of 21 C2s twice, three others in their two networks."""
    found = Counter(one.role for one in _rows(dridex_case()))
    assert found == {"upstream": 1, "c2": 21, "contact": 21, "client": 2}


def test_others_are_named_on_request() -> None:
    """Three rows with an address each instead of two without."""
    case = dridex_case()
    unnamed = [one for one in _rows(case) if one.role == "client"]
    named = [one for one in _rows(case, replace(SETTINGS, name_others=True)) if one.role == "client"]
    assert ([one.address for one in unnamed], sum(one.hosts for one in unnamed)) == (["", ""], 3)
    assert [one.address for one in named] == [one.address for one in case.contacts if not one.listed]


def test_an_interval_keeps_its_edges() -> None:
    """Median and bounds of the contact, and its first and last record."""
    case = dridex_case()
    met, contact = case.timelines[0].contact, case.contacts[0]
    assert met is not None
    row = next(one for one in _rows(case) if one.role == "contact")
    assert (row.start, row.start_low, row.start_high) == (met.start, met.start_low, met.start_high)
    assert (row.first_seen, row.last_seen) == (contact.first, contact.last)


def test_what_does_not_count_is_there_and_says_so() -> None:
    """Five C2s are left out by the case's rule."""
    rows = [one for one in _rows(dridex_case()) if one.role == "contact" and not one.included]
    assert len(rows) == 5
    assert [one for one in rows if "fewer than 4" not in one.basis] == []


def test_an_innocent_service_is_no_upstream() -> None:
    """Under any verdict that supports no blocking, its role is just "service"."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict="third-party"))
    assert _rows(case)[0].role == "service"
