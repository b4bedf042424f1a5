"""Tests of headwater.present.export.standing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from case_samples import dridex_case
from headwater.model.case import Case
from headwater.model.hypothesis import Hypothesis
from headwater.model.tenancy import Tenancy
from headwater.present.export.settings import ExportSettings
from headwater.present.export.standing import standing

SETTINGS = ExportSettings()


def verdict(case: Case, name: str, *, posterior: float = 0.9, words: str = "very likely") -> Case:
    """The case with another answer to the question of the tie."""
    top = Hypothesis(name, "tie", "all", "made up", 0.1, posterior, 0.6, 0.95, words)
    return replace(case, hypotheses=(top,), conclusion=replace(case.conclusion, verdict=name))


def passed_on(case: Case, tenancy: tuple[Tenancy, ...]) -> Case:
    """The case with an address that changed hands since."""
    since = Hypothesis("passed-on", "tenant", "all", "made up", 0.25, 0.9, 0.8, 0.95, "very likely")
    return replace(case, hypotheses=(*case.hypotheses, since), tenancy=tenancy)


def day(month: int, number: int = 1) -> datetime:
    """A day of 2020."""
    return datetime(2020, month, number, tzinfo=UTC)


@pytest.mark.parametrize("name", ["control", "handoff", "double-compromise", "victims"])
def test_a_hostile_verdict_supports_blocking(name: str) -> None:
    """Under these four, whoever runs the service takes part in crime."""
    assert standing(verdict(dridex_case(), name), SETTINGS).hostile


@pytest.mark.parametrize(("posterior", "said"), [(0.83, "(0.83)"), (0.9999, "(above 0.99)")])
def test_no_number_is_rounded_to_certainty(posterior: float, said: str) -> None:
    """.9999 is not 1.00."""
    found = standing(verdict(dridex_case(), "control", posterior=posterior), SETTINGS)
    assert found.why == f"the case's verdict is control {said}"


@pytest.mark.parametrize(
    "name", ["insufficient", "third-party", "observer", "sinkhole", "egress", "artefact", "chance", "new-one"]
)
def test_any_other_verdict_does_not(name: str) -> None:
    """Even at .9, and even if this program has never heard of it; the answer says which verdict it was."""
    found = standing(verdict(dridex_case(), name), SETTINGS)
    assert (found.hostile, f"verdict is {name}" in found.why) == (False, True)


@pytest.mark.parametrize(
    ("posterior", "words", "hostile"),
    [(0.56, "likely", True), (0.54, "roughly even", False), (0.9, "insufficient", False)],
)
def test_a_hostile_verdict_has_to_be_likely_and_stable(
    posterior: float, words: str, *, hostile: bool
) -> None:
    """ICD 203: "likely" begins at 55%; a word that is not stable supports nothing."""
    assert (
        standing(verdict(dridex_case(), "control", posterior=posterior, words=words), SETTINGS).hostile
        is hostile
    )


def test_an_indicator_holds_from_the_tie_to_30_days_behind_the_last_contact() -> None:
    """From what the conclusion dates, to the last contact of a listed C2 and the setting's days more."""
    case = dridex_case()
    found = standing(case, replace(SETTINGS, valid_for=timedelta(days=30)))
    last = max(one.last for one in case.contacts if one.listed)
    assert (found.since, found.until) == (case.conclusion.since, last + timedelta(days=30))


def test_a_boundary_ends_what_is_known() -> None:
    """The tenant was last seen on 1 April, the next first on 20 April; contact went on until 10 April."""
    case = dridex_case()
    contacts = tuple(
        replace(one, first=day(1), last=day(4, 10)) if one.listed else one for one in case.contacts
    )
    tenancy = (
        Tenancy("T1", None, day(1), day(4), day(4, 20), ("K1",)),
        Tenancy("T2", day(4), day(4, 20), day(12), None, ("K2",)),
    )
    found = standing(passed_on(replace(case, contacts=contacts), tenancy), SETTINGS)
    assert (found.hostile, found.passed_on, found.until) == (True, True, day(4, 10))


def test_chance_contact_with_the_next_tenant_does_not_move_the_boundary() -> None:
    """A last contact on 1 June, behind the first sight of the next tenant: the bound of 20 April holds."""
    case = dridex_case()
    contacts = tuple(replace(one, first=day(1), last=day(6)) if one.listed else one for one in case.contacts)
    tenancy = (
        Tenancy("T1", None, day(1), day(4), day(4, 20), ("K1",)),
        Tenancy("T2", day(4), day(4, 20), day(12), None, ("K2",)),
    )
    assert standing(passed_on(replace(case, contacts=contacts), tenancy), SETTINGS).until == day(4, 20)


@pytest.mark.parametrize(
    "tenancy",
    [(), (Tenancy("T1", None, day(1), day(12), None, ("K1",)),)],
    ids=["no tenancy", "one without end"],
)
def test_no_boundary_no_block(tenancy: tuple[Tenancy, ...]) -> None:
    """Where the address changed hands and nothing tells when, the present holder is left alone."""
    found = standing(passed_on(dridex_case(), tenancy), SETTINGS)
    assert (found.hostile, found.why) == (
        False,
        "the address has changed hands since, and nothing tells when",
    )
