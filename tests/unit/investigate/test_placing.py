"""Claims and evidence against the boundaries of a tenancy."""

import math
from dataclasses import replace

import pytest

from headwater.investigate.tenancy import (
    TenancySettings,
    barring,
    key_brackets,
    placed,
    tenancies,
    tenancy_of,
)
from headwater.model.claim import Claim
from headwater.model.tenancy import PlacedClaim, Placing
from tenancy_samples import CASE, FLAWED_AMMYY, OTHER, PUBLISHED, day, key

FOUND = tenancies(key_brackets(PUBLISHED, CASE))
CONTACT = day("2019-12-28T06:00")


def _place(claim: Claim) -> PlacedClaim:
    return placed([claim], FOUND, address=CASE, contact_start=CONTACT)[0]


def test_the_published_claim_lies_at_the_edge_of_the_bracket() -> None:
    """2019-06-20 against the scans of 2019-06-20 and 2019-07-20: undecidable; before with 1 - .5/31."""
    found = _place(FLAWED_AMMYY)

    assert (found.placing, found.tenancy) == (Placing.UNDECIDABLE, "T2")
    assert found.probability == pytest.approx(1 - 0.5 / 31)
    assert found.assumption == (
        "it lies at the edge of the bracket, before the boundary or on the same day: the boundary lies "
        "anywhere between the scans of 2019-06-20 and 2019-07-20 and the event anywhere within the claim's "
        "dates, each moment as likely as another"
    )


@pytest.mark.parametrize(
    ("date", "until", "placing", "probability"),
    [
        ("2019-06-19", "2019-06-20", Placing.BEFORE, 1.0),
        ("2019-07-21", "2019-07-22", Placing.AFTER, 0.0),
        ("2019-07-05T12:00", None, Placing.UNDECIDABLE, 0.5),
        ("2019-06-01", "2019-07-01", Placing.UNDECIDABLE, 1 - 11 * 11 / 2 / 30 / 31),
    ],
)
def test_a_claim_before_after_and_between(
    date: str, until: str | None, placing: Placing, probability: float
) -> None:
    """Whole days; halfway through 31 days; a month of 30 days of which 11 lie in the bracket of 31."""
    found = _place(replace(FLAWED_AMMYY, date=day(date), until=day(until) if until else None))

    assert found.placing == placing
    assert found.probability == pytest.approx(probability)


def test_claims_about_others_are_passed_over() -> None:
    """A statement about an actor, or another address, has no place; the numbers stay the list's."""
    claims = [replace(FLAWED_AMMYY, address=""), replace(FLAWED_AMMYY, address=OTHER), FLAWED_AMMYY]

    assert [one.claim for one in placed(claims, FOUND, address=CASE, contact_start=CONTACT)] == [2]


def test_a_claim_older_than_any_scan() -> None:
    """Nothing marks the start: a year of changes of hands at .5 a year, 1 - exp(-.5)."""
    claim = Claim(CASE, day("2018-05-20T06:00"), "x")

    found = placed([claim], FOUND, address=CASE, contact_start=day("2019-06-01"))[0]

    assert (found.tenancy, found.placing) == ("T1", Placing.UNDECIDABLE)
    assert found.probability == pytest.approx(1 - math.exp(-0.5 * 364.75 / 365.25))


def test_a_claim_of_the_next_tenant() -> None:
    """Behind the end of the tenancy that the contact lies in: said beside the placing."""
    claim = Claim(CASE, day("2020-01-01"), "x", until=day("2020-01-02"))

    found = placed([claim], FOUND, address=CASE, contact_start=day("2019-06-01"))[0]

    assert (found.placing, found.probability, found.after_end) == (Placing.AFTER, 0.0, 1.0)


def test_without_tenancies_nothing_is_placed() -> None:
    """No observations of the host: no places."""
    assert placed([FLAWED_AMMYY], (), address=CASE, contact_start=CONTACT) == ()


@pytest.mark.parametrize(
    ("start", "end", "tenancy"),
    [
        ("2019-12-28", "2020-12-01", "T2"),
        ("2019-01-01", "2019-06-01", "T1"),
        ("2019-05-01", "2019-07-20", "T1"),
        ("2019-07-01", "2019-09-01", "T2"),
        ("2025-01-01", "2025-02-01", "T2"),
    ],
)
def test_the_tenancy_of_the_contact(start: str, end: str, tenancy: str) -> None:
    """Where most of the contact lies, boundaries at the middle of their bracket (2019-07-05)."""
    found = tenancy_of(FOUND, contact_start=day(start), contact_end=day(end))

    assert found is not None
    assert found.id == tenancy


def test_evidence_from_before_the_boundary_is_barred() -> None:
    """By the id of the boundary, with the probability of lying before it."""
    early, late, across = barring(
        [day("2019-06-01"), day("2020-01-01"), (day("2019-07-01"), day("2019-07-31"))], FOUND[1]
    )

    assert (early.by, early.probability, late.by) == ("T2.start", 1.0, "")
    assert early.change_of_hands == FOUND[1].start_probability
    # x in [11, 41], y in [0, 31], both in days from 2019-06-20: 20 * 20 / 2 / 30 / 31
    assert (across.by, across.boundary) == ("", "T2.start")
    assert across.probability == pytest.approx(200 / 930)


def test_evidence_from_behind_the_end_is_barred() -> None:
    """What comes after the address was passed on is somebody else's."""
    found = barring([day("2020-01-01")], FOUND[0])[0]

    assert (found.by, found.probability) == ("T1.end", 1.0)


@pytest.mark.parametrize("let_in", [("T2.start",), ("all",)])
def test_evidence_can_be_let_back_in(let_in: tuple[str, ...]) -> None:
    """By name or all at once; what would have barred it stays visible."""
    found = barring([day("2019-06-01")], FOUND[1], settings=TenancySettings(let_in=let_in))[0]

    assert (found.by, found.boundary, found.probability) == ("", "T2.start", 1.0)


def test_a_host_with_one_tenancy_bars_nothing() -> None:
    """Nothing marks a start or an end."""
    only = tenancies(key_brackets([key("2020-01-01", "a")], CASE))[0]

    assert [one.by for one in barring([day("1999-01-01"), day("2030-01-01")], only)] == ["", ""]
