"""Networks: prefix to AS number and name."""

import numpy as np
import pytest

from headwater.errors import FormatUnknown
from headwater.intel.context.networks import Network, Networks, read_networks_csv
from headwater.intel.refusals import Refusals
from headwater.model.address import key_of


def read(text: str) -> tuple[list[Network], Refusals]:
    """Networks in a CSV text."""
    refusals = Refusals()
    return read_networks_csv(text, name="nets.csv", refusals=refusals), refusals


def test_columns_of_the_contract() -> None:
    """prefix, asn, name; AS numbers with or without AS."""
    networks, _ = read("prefix,asn,name\n192.0.2.0/24,64496,Example\n2001:db8::/32,AS64497,\n")
    assert [(one.text, one.asn, one.name) for one in networks] == [
        ("192.0.2.0/24", 64496, "Example"), ("2001:db8::/32", 64497, ""),
    ]  # fmt: skip


def test_maxminds_own_csv() -> None:
    """GeoLite2-ASN-Blocks names the columns otherwise."""
    networks, _ = read(
        'network,autonomous_system_number,autonomous_system_organization\n1.0.0.0/24,13335,"CLOUDFLARENET"\n'
    )
    assert [(one.text, one.asn, one.name) for one in networks] == [("1.0.0.0/24", 13335, "CLOUDFLARENET")]


def test_bad_rows_are_counted_with_their_line() -> None:
    """No prefix and impossible AS numbers (RFC 6793: 32 bits) are refused."""
    networks, refusals = read(
        "prefix,asn,name\n1.2.3/24,1,x\n1.2.3.0/24,4294967296,x\n1.2.4.0/24,4294967295,x\n"
    )
    assert len(networks) == 1
    assert {reason: one.place for reason, one in refusals.by_reason.items()} == {
        "no prefix": 2,
        "no AS number": 3,
    }


def test_no_networks() -> None:
    """A file without the columns is refused with its name."""
    with pytest.raises(FormatUnknown, match=r"nets\.csv: the first line must name"):
        read("a,b\n1,2\n")


def test_lookup() -> None:
    """Known addresses get number and name by the longest prefix, others -1 and no name."""
    networks, _ = read("prefix,asn,name\n10.0.0.0/8,1,outer\n10.1.0.0/16,2,inner\n")
    pairs = np.array([key_of(one) for one in ("10.1.1.1", "10.2.2.2", "12.0.0.1")], np.int64)
    asns, names = Networks.build(networks).lookup(pairs[:, 0], pairs[:, 1])
    assert (asns.tolist(), names) == ([2, 1, -1], ["inner", "outer", ""])
