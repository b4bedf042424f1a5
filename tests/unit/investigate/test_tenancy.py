"""Tenancies and their boundaries, with hand arithmetic for the probabilities."""

import math
from dataclasses import replace

import pytest

from headwater.investigate.boundaries import boundaries, chance_of_new_tenant
from headwater.investigate.tenancy import TenancySettings, key_brackets, tenancies
from headwater.model.tenancy import HostKey, Tenancy
from tenancy_samples import CASE, OTHER, PUBLISHED, day, key

USUAL = TenancySettings()


def _tenancies(*observations: HostKey) -> tuple[Tenancy, ...]:
    return tenancies(key_brackets(observations, CASE))


def test_the_published_case() -> None:
    """One boundary, between the scans of 2019-06-20 and 2019-07-20."""
    first, second = _tenancies(*PUBLISHED)

    assert (first.end_low, first.end_high) == (second.start_low, second.start_high)
    assert (second.start_low, second.start_high) == (day("2019-06-20"), day("2019-07-20"))


def test_the_ends_that_nothing_marks_stay_open() -> None:
    """Before the first scan and behind the last one nothing is known."""
    first, second = _tenancies(*PUBLISHED)

    assert (first.start_low, first.start_probability, second.end_high, second.end_probability) == (None,) * 4


def test_an_ssh_key_alone() -> None:
    """31 days, n = .5, i = .3, r = .05: .0395 of .0395 + .0217 + .0040, reckoned by hand."""
    years = 31 / 365.25
    new = (1 - math.exp(-0.5 * years)) * (1 - 0.05 * math.exp(-0.05 * years))
    again = math.exp(-0.5 * years) * (1 - math.exp(-0.3 * years)) * (1 - 0.1 * math.exp(-0.05 * years))
    routine = math.exp(-0.8 * years) * (1 - math.exp(-0.05 * years))
    assert (round(new, 4), round(again, 4), round(routine, 4)) == (0.0395, 0.0217, 0.0040)

    assert _tenancies(*PUBLISHED)[1].start_probability == pytest.approx(new / (new + again + routine))


def test_two_kinds_together_are_firmer() -> None:
    """A certificate that changes in the same weeks raises the probability."""
    tls = (key("2019-06-25", "c", "tls", 443), key("2019-07-15", "d", "tls", 443))
    alone, both = _tenancies(*PUBLISHED)[1], _tenancies(*PUBLISHED, *tls)[1]

    assert alone.start_probability is not None
    assert both.start_probability is not None
    assert both.start_probability > alone.start_probability + 0.05


def test_a_renewed_certificate_is_ordinary() -> None:
    """Certificates that change while the SSH key stays bound no tenancy, and the note says so."""
    tls = [key(f"2020-{month:02}-01", f"c{month // 3}", "tls", 443) for month in range(1, 12)]

    found = _tenancies(*PUBLISHED, *tls)

    assert len(found) == 2
    assert "changes of tls within it (3) are taken for routine" in found[1].note


def test_a_certificate_alone_is_weak() -> None:
    """Without any SSH key to look at, a renewal stays far more likely than a new tenant."""
    tls = (key("2020-01-01", "a", "tls", 443), key("2020-02-01", "b", "tls", 443))

    _, (change,) = boundaries(key_brackets(tls, CASE), settings=USUAL)

    assert change.probability < 0.2


def test_certificates_a_year_apart_bound_nothing() -> None:
    """They differ under every tenant: exp(-4) stay for a year, a tenth of that where the tenant is new."""
    tls = (key("2020-01-01", "a", "tls", 443), key("2020-12-31", "b", "tls", 443))

    marked, (change,) = boundaries(key_brackets(tls, CASE), settings=USUAL)

    assert marked == ()
    assert change.probability > USUAL.boundary_from
    unchanged = math.exp(-4 * 366 / 365.25)
    assert change.ratio == pytest.approx((1 - 0.1 * unchanged) / (1 - unchanged))


def test_ssh_keys_three_years_apart_bound_a_tenancy() -> None:
    """Few tenants change their host key without setting up the host anew, even over three years."""
    assert len(_tenancies(key("2017-01-01", "a"), key("2020-01-01", "b"))) == 2


def test_an_ssh_key_that_stays_speaks_against_a_new_tenant() -> None:
    """TLS and banner change together, the SSH key stays: less than without it."""
    year = 30 / 365.25
    changed = {"tls": year, "banner": year}
    without, _ = chance_of_new_tenant(year, changed, (), settings=USUAL)

    assert chance_of_new_tenant(year, changed, ("ssh",), settings=USUAL)[0] < without / 3


def test_a_key_shared_with_other_hosts_does_not_count_as_kept() -> None:
    """An image's SSH key that stays says nothing: who comes next may bring the same image."""
    scans = (
        key("2020-01-01", "a", "tls", 443), key("2020-02-01", "b", "tls", 443),
        key("2020-01-01", "image"), key("2020-02-01", "image"),
    )  # fmt: skip
    shared = key("2020-01-01", "image", address=OTHER)

    _, (own,) = boundaries(key_brackets(scans, CASE), settings=USUAL)
    _, (image,) = boundaries(key_brackets((*scans, shared), CASE), settings=USUAL)

    assert (own.kept, image.kept) == (("ssh",), ())
    assert image.probability > own.probability


def test_a_key_that_only_moves_to_another_port_is_no_boundary() -> None:
    """The old key answers on port 2222 from then on: the same installation."""
    moved = (key("2019-08-01", "old", port=2222), key("2020-12-01", "old", port=2222))

    assert len(_tenancies(*PUBLISHED, *moved)) == 1


def test_a_second_key_type_that_stays_is_no_boundary() -> None:
    """The RSA key is made anew, the Ed25519 key stays."""
    scans = (
        key("2020-01-01", "r1", "ssh/ssh-rsa"), key("2020-02-01", "r2", "ssh/ssh-rsa"),
        key("2020-01-01", "e", "ssh/ssh-ed25519"), key("2020-02-01", "e", "ssh/ssh-ed25519"),
    )  # fmt: skip

    assert len(_tenancies(*scans)) == 1


def test_keys_that_alternate_bound_nothing() -> None:
    """A load balancer's two keys overlap in time: one tenancy."""
    scans = (key("2020-01-01", "a"), key("2020-02-01", "b"), key("2020-03-01", "a"), key("2020-04-01", "b"))

    assert len(_tenancies(*scans)) == 1


def test_two_keys_on_the_day_of_the_change() -> None:
    """Both keys on one day, the old never after, the new never before: the change lies on that day."""
    scans = (
        key("2020-01-01", "a"), key("2020-02-01", "a"),
        replace(key("2020-02-01", "b"), source="others"), key("2020-03-01", "b"),
    )  # fmt: skip

    assert [one.start_low for one in _tenancies(*scans)] == [None, day("2020-02-01")]


def test_several_keys_of_one_scan_are_one_tenancy() -> None:
    """One scan, two SSH keys: nothing has changed."""
    assert len(_tenancies(key("2020-01-01", "a"), key("2020-01-01", "b"))) == 1


def test_three_tenants() -> None:
    """Two changes, three tenancies, numbered in order."""
    found = _tenancies(key("2020-01-01", "a"), key("2020-06-01", "b"), key("2021-01-01", "c"))

    assert [(one.id, one.evidence) for one in found] == [("T1", ("K1",)), ("T2", ("K2",)), ("T3", ("K3",))]


def test_another_typed_key_narrows_the_boundary() -> None:
    """Scans of the Ed25519 key lie closer together than those of the RSA key: both changed at once."""
    scans = (
        key("2020-01-01", "r1", "ssh/ssh-rsa"), key("2020-04-01", "r2", "ssh/ssh-rsa"),
        key("2020-02-01", "e1", "ssh/ssh-ed25519"), key("2020-02-20", "e2", "ssh/ssh-ed25519"),
    )  # fmt: skip

    second = _tenancies(*scans)[1]

    assert (second.start_low, second.start_high) == (day("2020-02-01"), day("2020-02-20"))


def test_a_certificate_that_may_be_a_renewal_narrows_nothing() -> None:
    """In a bracket of half a year some certificate is renewed anyway: it does not date the new tenant."""
    scans = (
        key("2020-01-01", "s1"), key("2020-07-01", "s2"),
        key("2020-03-01", "c1", "tls", 443), key("2020-03-08", "c2", "tls", 443),
    )  # fmt: skip

    assert _tenancies(*scans)[1].start_low == day("2020-01-01")


def test_a_boundary_says_how_sure_it_is() -> None:
    """The note names the scans, the probability, and that a reinstall looks the same."""
    assert _tenancies(*PUBLISHED)[1].note == (
        "begins where ssh changed between the scans of 2019-06-20 and 2019-07-20: a possible change of "
        "hands, probability 0.61 at these settings, for a reinstall by the same tenant leaves the same "
        "traces; nothing tells of an end"
    )


def test_settings_decide_what_bounds_a_tenancy() -> None:
    """Whoever asks for more than the key can tell gets one tenancy."""
    strict = TenancySettings(boundary_from=0.7)

    assert len(tenancies(key_brackets(PUBLISHED, CASE), settings=strict)) == 1


def test_without_observations_there_are_no_tenancies() -> None:
    """Nothing in, nothing out."""
    assert tenancies(()) == ()
