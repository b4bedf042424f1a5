"""Claims and evidence against the boundaries of a tenancy."""

import math
from dataclasses import replace

import pytest

from headwater.investigate.beyond import chance_after_end, chance_before_start
from headwater.investigate.tenancy import (
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


def test_how_likely_something_lies_before_the_boundary() -> None:
    """Certainly, not at all, and for a span across it the share that lies before."""
    spans = [(day("2019-06-01"),) * 2, (day("2020-01-01"),) * 2, (day("2019-07-01"), day("2019-07-31"))]
    early, late, across = (chance_before_start((first, last), FOUND[1]) for first, last in spans)

    # x in [11, 41], y in [0, 31], both in days from 2019-06-20: 20 * 20 / 2 / 30 / 31
    assert (early, late) == (1.0, 0.0)
    assert across == pytest.approx(200 / 930)


def test_how_likely_something_lies_behind_the_end() -> None:
    """What comes after the address was passed on is somebody else's."""
    assert chance_after_end((day("2020-01-01"), day("2020-01-01")), FOUND[0]) == 1.0


def test_a_host_with_one_tenancy_has_no_boundary() -> None:
    """Nothing marks a start or an end."""
    only = tenancies(key_brackets([key("2020-01-01", "a")], CASE))[0]
    early, late = (day("1999-01-01"),) * 2, (day("2030-01-01"),) * 2

    assert (chance_before_start(early, only), chance_after_end(late, only)) == (0.0, 0.0)
