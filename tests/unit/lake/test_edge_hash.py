import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import chisquare

from headwater.lake.edge_hash import _mix, edge_hash
from headwater.model.address import key_of

_MASK = (1 << 64) - 1


def _one(first: str, second: str) -> int:
    (src_hi, src_lo), (dst_hi, dst_lo) = key_of(first), key_of(second)
    return int(
        edge_hash(
            src_hi=np.array([src_hi]), src_lo=np.array([src_lo]),
            dst_hi=np.array([dst_hi]), dst_lo=np.array([dst_lo]),
        )[0]
    )  # fmt: skip


def _clients_of_one_server(count: int) -> npt.NDArray[np.int32]:
    """Hashes of the pairs of one server with consecutive clients: the least random input there is."""
    zeros = np.zeros(count, np.int64)
    return edge_hash(
        src_hi=zeros, src_lo=key_of("10.0.0.0")[1] + np.arange(count),
        dst_hi=zeros, dst_lo=np.full(count, key_of("192.0.2.1")[1]),
    )  # fmt: skip


def test_mix_is_splitmix64() -> None:
    """The finaliser gives SplitMix64's first output for the seed 1234567 (as Rosetta Code prints it)."""
    state = np.array([1234567 + 0x9E3779B97F4A7C15], np.uint64)
    assert int(_mix(state)[0]) == 6457827717110365317


def _slow(first: str, second: str) -> int:
    """The definition in the module's docstring in Python's own integers."""

    def mix(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _MASK
        return x ^ (x >> 31)

    def address(text: str) -> int:
        hi, lo = key_of(text)
        return mix((mix(hi & _MASK) + (lo & _MASK)) & _MASK)

    low, high = sorted((address(first), address(second)))
    return mix((mix(low) + high) & _MASK) >> 33


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("10.0.0.1", "192.0.2.1"),
        ("0.0.0.0", "0.0.0.0"),  # noqa: S104  # an address, not a socket
        ("2001:db8::1", "fe80::ffff:ffff:ffff:ffff"),
        ("ffff:ffff::", "255.255.255.255"),
    ],
)
def test_definition(first: str, second: str) -> None:
    """The vectors give what the written definition gives, IPv4 and IPv6 alike."""
    assert _one(first, second) == _slow(first, second)


@pytest.mark.parametrize(("first", "second"), [("10.0.0.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::2")])
def test_both_directions_share_it(first: str, second: str) -> None:
    """Changing the sides leaves the hash as it is."""
    assert _one(first, second) == _one(second, first)


@pytest.mark.parametrize("shift", [23, 0], ids=["upper bits", "lower bits"])
def test_uniform(shift: int) -> None:
    """A million consecutive clients of one server fill 256 bins evenly, by upper and by lower bits."""
    hashes = _clients_of_one_server(1_000_000)
    bins = np.bincount((hashes >> shift) & 255, minlength=256)
    # The input is fixed, so this is no gamble: a plain modulus of the addresses gives p = 0 to 300 digits.
    assert chisquare(bins).pvalue > 0.001


def test_samples_one_pair_in_a_hundred() -> None:
    """`edge_hash < 2^31 / 100` takes 10,000 of a million pairs; four standard deviations are 398."""
    taken = int((_clients_of_one_server(1_000_000) < 2**31 // 100).sum())
    assert abs(taken - 10_000) < 398
