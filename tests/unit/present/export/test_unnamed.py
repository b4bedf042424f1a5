"""Tests of headwater.present.export.unnamed."""

import pytest

from headwater.present.export.unnamed import Named

NAMED = Named(frozenset({"203.0.113.77", "2001:db8::77"}))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("203.0.113.77 met 192.0.2.1.", "203.0.113.77 met [an address]."),
        ("192.0.2.1:443/tcp", "[an address]:443/tcp"),
        ("192.0.2[.]1 and 203.0.113[.]77", "[an address] and 203.0.113[.]77"),
        ("from 2001:db8::1 to 2001:db8::77", "from [an address] to 2001:db8::77"),
        ("[2001:db8::1]:22/tcp", "[[an address]]:22/tcp"),
        ("at 12:30:00 in version 1.2.3.4.5 or 300.1.1.1", "at 12:30:00 in version 1.2.3.4.5 or 300.1.1.1"),
    ],
)
def test_only_named_addresses_stay(text: str, left: str) -> None:
    """Other addresses are written over, however they are written; times and versions are none."""
    assert NAMED.only(text) == left
