"""Tests of headwater.model.address."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.model.address import address_of, defang, defanged_text, is_ipv4, key_of, refang, text_of


def test_ipv4_is_stored_as_ipv4_mapped_ipv6() -> None:
    """1.2.3.4 is ::ffff:1.2.3.4 (RFC 4291, 2.5.5.2): 0xffff then 0x01020304."""
    assert key_of("1.2.3.4") == (0, 0xFFFF01020304)


def test_mapped_text_and_ipv4_text_share_a_key() -> None:
    """Exporters write one host in both ways; it must stay one host."""
    assert key_of("::ffff:1.2.3.4") == key_of("1.2.3.4")


def test_upper_half_of_ipv6_is_signed() -> None:
    """fe80:: has its top bit set, so its upper half is 0xfe80... - 2**64."""
    assert key_of("fe80::1") == (0xFE80_0000_0000_0000 - 2**64, 1)


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_key_and_address_are_inverse(number: int) -> None:
    """No address is lost in the pair of integers."""
    address = IPv6Address(number)
    hi, lo = key_of(address)
    back = address_of(hi, lo)
    assert back == (address.ipv4_mapped if is_ipv4(hi, lo) else address)


def test_zone_is_refused() -> None:
    """fe80::1%eth0 means another host on every machine."""
    with pytest.raises(ValueError, match="zone"):
        key_of("fe80::1%eth0")


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.256", "", "example.org", "1.2.3.04"])
def test_text_that_is_no_address_is_refused(text: str) -> None:
    """A leading zero is refused too: it means octal to some programs."""
    with pytest.raises(ValueError, match=r"does not appear|not permitted|Expected|Octet"):
        key_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3[.]4", "1.2.3.4"),
        ("1[.]2[.]3[.]4", "1.2.3.4"),
        ("1(.)2(.)3(.)4", "1.2.3.4"),
        ("1[dot]2[dot]3[dot]4", "1.2.3.4"),
        (" 2001:db8[:]:1 ", "2001:db8::1"),
        ("hxxp://1.2.3[.]4/x", "http://1.2.3.4/x"),
        ("hXXps[://]1.2.3[.]4", "https://1.2.3.4"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_refang_undoes_what_feeds_do(text: str, expected: str) -> None:
    """The usual ways in which reports defang addresses."""
    assert refang(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("179.43.147.77:38400/tcp at 12:30:45Z", "179.43.147[.]77:38400/tcp at 12:30:45Z"),
        ("[2001:db8::1]:443/tcp, and 2001:db8::5.", "[2001:db8:[:]1]:443/tcp, and 2001:db8:[:]5."),
        ("version 1.2.3.4.5, ratio 3:4:5", "version 1.2.3.4.5, ratio 3:4:5"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
    ],
)
def test_defanged_text_changes_addresses_only(text: str, expected: str) -> None:
    """Sentences hold addresses beside times, versions and ratios, which are not addresses."""
    assert defanged_text(text) == expected


@given(st.ip_addresses())
def test_defang_is_undone_by_refang(address: object) -> None:
    """What we print defanged can be read back by us."""
    assert refang(defang(str(address))) == str(address)


def test_text_of_ipv4_is_dotted() -> None:
    """People read 1.2.3.4, not ::ffff:102:304."""
    assert text_of(0, 0xFFFF01020304) == "1.2.3.4"
