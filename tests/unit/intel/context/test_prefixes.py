"""Longest prefix match over columns of addresses."""

import random
from ipaddress import ip_address, ip_network

import numpy as np
import pytest

from headwater.intel.context.prefixes import PrefixMap, prefix_of, text_of_prefix
from headwater.model.address import key_of


def keys(*addresses: str) -> tuple[np.ndarray, np.ndarray]:
    """Columns of keys."""
    pairs = [key_of(address) for address in addresses]
    return np.array([hi for hi, _ in pairs], np.int64), np.array([lo for _, lo in pairs], np.int64)


def test_innermost_prefix_wins() -> None:
    """Of nested prefixes the longest holds the address; beside it the outer one does."""
    built = PrefixMap.build([prefix_of("10.0.0.0/8"), prefix_of("10.1.0.0/16"), prefix_of("10.1.2.3")])
    found = built.lookup(*keys("10.1.2.3", "10.1.2.4", "10.2.0.0", "11.0.0.0", "9.255.255.255"))
    assert found.tolist() == [2, 1, 0, -1, -1]


def test_of_equal_prefixes_the_last_wins() -> None:
    """A later source corrects an earlier one."""
    assert PrefixMap.build([prefix_of("10.0.0.0/8")] * 3).lookup(*keys("10.0.0.1")).tolist() == [2]


def test_edges_of_the_address_space() -> None:
    """The first and last address of IPv6, and prefixes whose upper half is negative as a signed number."""
    built = PrefixMap.build([prefix_of("::/0"), prefix_of("ff00::/8"), prefix_of("::/128")])
    ends = ("::", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "7fff::", "8000::")
    assert built.lookup(*keys(*ends)).tolist() == [2, 0, 1, 0, 0]


def test_ipv4_and_ipv6_do_not_meet() -> None:
    """::1.2.3.4 is not 1.2.3.4, and ::ffff:1.2.3.4 is."""
    built = PrefixMap.build([prefix_of("1.2.3.0/24")])
    assert built.lookup(*keys("1.2.3.4", "::1.2.3.4", "::ffff:1.2.3.4")).tolist() == [0, -1, 0]


def test_no_prefixes_and_no_addresses() -> None:
    """Nothing asked or nothing known gives no hit, not an error."""
    empty = np.empty(0, np.int64)
    assert PrefixMap.build([]).lookup(*keys("1.2.3.4")).tolist() == [-1]
    assert PrefixMap.build([prefix_of("1.2.3.4")]).lookup(empty, empty).tolist() == []


@pytest.mark.parametrize("seed", range(3))
def test_same_answer_as_one_by_one(seed: int) -> None:
    """`ipaddress`, asked for each address and prefix in turn, finds the same."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    texts = [
        f"10.{chance.randrange(4)}.{chance.randrange(4)}.0/{chance.randrange(10, 31)}" for _ in range(60)
    ]
    texts += [f"2001:db8:{chance.randrange(4):x}::/{chance.randrange(30, 64)}" for _ in range(60)]
    networks = [ip_network(text, strict=False) for text in texts]
    asked = [f"10.{chance.randrange(5)}.{chance.randrange(5)}.{chance.randrange(256)}" for _ in range(500)]
    asked += [f"2001:db8:{chance.randrange(5):x}:{chance.randrange(9):x}::1" for _ in range(500)]
    found = PrefixMap.build([prefix_of(text) for text in texts]).lookup(*keys(*asked)).tolist()
    for address, place in zip(asked, found, strict=True):
        holding = [
            (network.prefixlen, index)
            for index, network in enumerate(networks)
            if ip_address(address) in network
        ]
        assert place == max(holding, default=(0, -1))[1]


@pytest.mark.parametrize(
    "text", ["192.0.2.0/24", "192.0.2.1/32", "2001:db8::/32", "::/0", "::/96", "0.0.0.0/0"]
)
def test_prefix_text_round_trip(text: str) -> None:
    """A prefix is written as it was read."""
    assert text_of_prefix(prefix_of(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.77/24",
        "192.0.2.0/255.255.255.0",
        "10.0.0.1",
        "2001:DB8::5/33",
        "::ffff:1.2.3.4/120",
        "1.2.3.4/0",
    ],
)
def test_ranges_are_those_of_ipaddress(text: str) -> None:
    """First and last address of a prefix, as Python's `ipaddress` has them."""
    network = ip_network(text, strict=False)
    base = 0xFFFF << 32 if network.version == 4 else 0
    found = prefix_of(text)
    assert (found.first, found.last) == (base | int(network[0]), base | int(network[-1]))


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "::/129", "1.2.3.4/x", "host", "01.2.3.4"]
)
def test_no_prefix(text: str) -> None:
    """What is no prefix raises ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        prefix_of(text)
