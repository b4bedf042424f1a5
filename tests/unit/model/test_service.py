"""Tests of headwater.model.service."""

import pytest

from headwater.model.service import Service, protocol_name, protocol_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1:443/tcp", Service("192.0.2.1", 443, 6)),
        ("192.0.2.1:53/17", Service("192.0.2.1", 53, 17)),
        ("[2001:db8::1]:443/TCP", Service("2001:db8::1", 443, 6)),
        ("2001:0db8::1", Service("2001:db8::1")),
        ("192.0.2.1", Service("192.0.2.1")),
    ],
)
def test_the_three_forms_are_understood(text: str, expected: Service) -> None:
    """address:port/proto, [v6]:port/proto and an address alone."""
    assert Service.parse(text) == expected


@pytest.mark.parametrize("text", ["192.0.2.1:443/tcp", "[2001:db8::1]:443/udp", "192.0.2.1", "2001:db8::1"])
def test_text_of_a_service_reads_back(text: str) -> None:
    """What is printed can be pasted into the next command."""
    assert str(Service.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["192.0.2.1:443", "example.org:1/tcp", "1.2.3.4:70000/tcp", "1.2.3.4:1/foo", ""]
)
def test_what_is_no_service_is_refused(text: str) -> None:
    """A name, a missing protocol, an impossible port: one line says what to write."""
    with pytest.raises(ValueError, match=r"is no service|is above 65535"):
        Service.parse(text)


def test_protocol_names_are_iana_numbers() -> None:
    """IANA protocol numbers: ICMP 1, TCP 6, UDP 17, GRE 47, IPv6-ICMP 58, SCTP 132."""
    assert [protocol_number(name) for name in ("icmp", "TCP", "udp", "gre", "ipv6-icmp", "sctp")] == [
        1,
        6,
        17,
        47,
        58,
        132,
    ]


def test_unnamed_protocols_are_printed_as_numbers() -> None:
    """253 is reserved for experiments and has no name here."""
    assert [protocol_name(6), protocol_name(253)] == ["tcp", "253"]
