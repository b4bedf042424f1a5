"""Special-purpose addresses, as the IANA registries name them."""

from ipaddress import ip_network

import pytest

from headwater.model.special_use import special_blocks, special_use


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", ""),
        ("172.32.0.1", ""),
        ("172.31.255.255", "private"),
        ("198.20.0.0", ""),
        ("198.19.255.255", "benchmarking"),
        ("255.255.255.255", "broadcast"),
        ("250.0.0.1", "reserved"),
        ("2a01:4f8::1", ""),
        ("64:ff9b::8.8.8.8", ""),
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:8.8.8.8", ""),
        ("fd00::1", "private"),
        ("::", "unspecified"),
        ("3fff::1", "documentation"),
    ],
)
def test_kind(address: str, kind: str) -> None:
    """Addresses at the edges of the blocks get the right kind."""
    assert special_use(address) == kind


def test_every_block_names_its_own_addresses() -> None:
    """The first address of each block has the block's kind, unless a smaller block inside it has its own."""
    wrong = [
        block for block, kind in special_blocks() if special_use(ip_network(block).network_address) != kind
    ]
    assert wrong == []
