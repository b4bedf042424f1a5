"""Brackets of keys: between which scans each was set and lost."""

from dataclasses import replace

import pytest

from headwater.investigate.tenancy import contradictions, key_brackets
from tenancy_samples import CASE, OTHER, PUBLISHED, day, key


def test_the_published_case() -> None:
    """The new key was set between the scans of 2019-06-20 and 2019-07-20, as the source states."""
    new = key_brackets(PUBLISHED, CASE)[1]

    assert (new.set_low, new.set_high) == (day("2019-06-20"), day("2019-07-20"))


def test_a_key_that_no_scan_precedes_has_no_lower_bracket() -> None:
    """Nothing tells how long the first key had been there, nor that the last one is gone."""
    old, new = key_brackets(PUBLISHED, CASE)

    assert (old.set_low, old.gone_high, new.gone_high) == (None, day("2019-07-20"), None)


def test_order_does_not_matter_and_numbers_follow_time() -> None:
    """Observations come in any order, twice over."""
    assert key_brackets((*PUBLISHED[::-1], *PUBLISHED), CASE) == key_brackets(PUBLISHED, CASE)


def test_scans_of_other_kinds_and_ports_bracket_nothing() -> None:
    """A TLS scan in between does not narrow the SSH key's bracket, nor does another port."""
    between = (key("2019-07-01", "c", "tls", 443), key("2019-07-02", "x", "ssh", 2222))

    new = next(one for one in key_brackets((*PUBLISHED, *between), CASE) if one.fingerprint == "new")

    assert new.set_low == day("2019-06-20")


def test_a_source_without_ports_speaks_of_the_only_one() -> None:
    """Passive SSH names no port; its scan narrows the bracket of port 22."""
    brackets = key_brackets((*PUBLISHED, key("2019-07-01", "old", port=0)), CASE)

    assert (len(brackets), brackets[1].set_low) == (2, day("2019-07-01"))


def test_spellings_of_one_fingerprint_are_one_key() -> None:
    """MD5 with colons and without, in either case; the SHA-256 of a key cannot be compared with it."""
    md5 = "0123456789abcdef0123456789abcdef"
    spelled = ":".join(md5[at : at + 2] for at in range(0, 32, 2)).upper()
    scans = (
        key("2020-01-01", md5),
        key("2020-02-01", "MD5:" + spelled),
        key("2020-03-01", "SHA256:" + "A" * 43),
    )

    first, second = key_brackets(scans, CASE)

    assert (first.seen, first.gone_high, second.set_low) == (2, None, None)


def test_keys_of_two_types_do_not_replace_each_other() -> None:
    """A scanner that shows the RSA key once and the Ed25519 key later shows no change."""
    scans = (key("2020-01-01", "a", "ssh/ssh-rsa"), key("2020-02-01", "b", "ssh/ssh-ed25519"))

    assert [one.set_low for one in key_brackets(scans, CASE)] == [None, None]


def test_keys_on_other_hosts() -> None:
    """A key that other hosts show too names them, each once, dated or not."""
    shared = key("2019-01-01", "new", address=OTHER)
    undated = replace(key("2018-01-01", "new", "ssh/ssh-rsa", address="198.18.0.8"), dated=False)

    old, new = key_brackets((*PUBLISHED, shared, shared, undated), CASE)

    assert (old.elsewhere, new.elsewhere) == ((), ("198.18.0.8", OTHER))


def test_undated_keys_bracket_nothing() -> None:
    """The dates of a key over all of its hosts are not dates of this host."""
    assert key_brackets((replace(PUBLISHED[0], dated=False),), CASE) == ()


def test_an_address_never_observed() -> None:
    """No observations, no brackets, no warnings."""
    assert (key_brackets(PUBLISHED, OTHER), contradictions(PUBLISHED, OTHER)) == ((), ())


def test_text_that_is_no_address() -> None:
    """A name is refused: it could stand for any host."""
    with pytest.raises(ValueError, match="example"):
        key_brackets(PUBLISHED, "example.org")


def test_two_keys_on_one_day_are_told() -> None:
    """Two sources see different keys on one day: a warning, no crash, both keys kept."""
    scans = (*PUBLISHED, replace(key("2019-07-20", "third"), source="others"))

    (told,) = contradictions(scans, CASE)

    assert told == (
        "ssh on port 22: different keys on one day (2019-07-20): a load balancer, anycast, two hosts behind "
        "one address, or sources that disagree"
    )
    assert len(key_brackets(scans, CASE)) == 3


def test_one_scan_may_show_several_ssh_keys_but_one_certificate() -> None:
    """RSA beside Ed25519 in one scan is how SSH works; two certificates on one port are not one host's."""
    ssh = (key("2020-01-01", "a"), key("2020-01-01", "b"))
    tls = (key("2020-01-01", "a", "tls", 443), key("2020-01-01", "b", "tls", 443))

    assert (contradictions(ssh, CASE), len(contradictions(tls, CASE))) == ((), 1)


def test_a_key_that_comes_back_is_told() -> None:
    """A, B, A: two hosts behind one address."""
    scans = (key("2020-01-01", "a"), key("2020-02-01", "b"), key("2020-03-01", "a"))

    (told,) = contradictions(scans, CASE)

    assert told == (
        "ssh on port 22: a key was replaced and is back (by 2020-03-01): two hosts behind one address, or an "
        "old system restored; no boundary is taken from it"
    )


def test_hostile_fingerprints_stay_out_of_warnings() -> None:
    """Warnings repeat no text from outside."""
    evil = "\x1b]0;x\x07<script>"
    scans = (key("2020-01-01", evil), key("2020-02-01", "b"), key("2020-03-01", evil))

    assert evil not in "".join(contradictions(scans, CASE))
