"""Context in the lake: warning lists and networks, the newest of each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from headwater.intel.context.networks import Network
from headwater.intel.context.prefixes import prefix_of
from headwater.intel.context.warninglists import WarningList
from headwater.lake.context import (
    Origin,
    holds_context,
    networks,
    store_networks,
    store_warning_list,
    warning_lists,
)
from headwater.lake.tables import create_lake
from headwater.model.address import key_of

HI, LO = (np.array([half], np.int64) for half in key_of("185.1.2.3"))


def origin(number: int) -> Origin:
    """The number-th file."""
    return Origin(
        f"digest{number}", f"file{number}", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    )


def listing(name: str, version: int, *entries: str) -> WarningList:
    """A warning list."""
    return WarningList(name, version, "", entries, tuple(prefix_of(entry) for entry in entries))


def network(prefix: str, asn: int) -> Network:
    """A network named after its number."""
    return Network(prefix_of(prefix), asn, f"as{asn}")


def test_nothing_added_is_empty(tmp_path: Path) -> None:
    """A lake without context knows no address, and says so without an error."""
    create_lake(tmp_path)
    assert warning_lists(tmp_path).match(HI, LO)[0].tolist() == [-1]
    assert networks(tmp_path).lookup(HI, LO)[0].tolist() == [-1]


def test_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    """A file is stored once, and is known afterwards."""
    assert store_warning_list(tmp_path, listing("a", 1, "185.1.2.3"), origin=origin(1))
    assert not store_warning_list(tmp_path, listing("a", 1, "185.1.2.3"), origin=origin(1))
    assert (holds_context(tmp_path, file="digest1"), holds_context(tmp_path, file="digest2")) == (True, False)


def test_higher_version_of_a_list_replaces_it(tmp_path: Path) -> None:
    """Also where the older version is added later."""
    store_warning_list(tmp_path, listing("a", 2, "185.1.2.4"), origin=origin(1))
    store_warning_list(tmp_path, listing("a", 1, "185.1.2.3"), origin=origin(2))
    assert warning_lists(tmp_path).match(HI, LO)[0].tolist() == [-1]


def test_lists_stand_side_by_side(tmp_path: Path) -> None:
    """Lists of other names are kept, each with its own prefixes."""
    store_warning_list(tmp_path, listing("wide", 1, "185.0.0.0/8"), origin=origin(1))
    store_warning_list(tmp_path, listing("narrow", 1, "185.1.2.0/24"), origin=origin(2))
    found, names = warning_lists(tmp_path).match(HI, LO)
    assert names[found[0]] == "narrow"


def test_newer_networks_of_a_source_replace_the_older(tmp_path: Path) -> None:
    """A prefix that the newer file does not have is gone; another source's stays."""
    store_networks(tmp_path, [network("185.1.2.0/24", 1)], source="mmdb", origin=origin(1))
    store_networks(tmp_path, [network("185.0.0.0/8", 2)], source="own", origin=origin(2))
    store_networks(tmp_path, [network("9.0.0.0/8", 3)], source="mmdb", origin=origin(3))
    assert networks(tmp_path).lookup(HI, LO)[0].tolist() == [2]


def test_of_two_sources_the_later_counts_for_the_same_prefix(tmp_path: Path) -> None:
    """Equal prefixes: the one added later, in whatever order the disk gives them."""
    store_networks(tmp_path, [network("185.1.2.0/24", 1)], source="a", origin=origin(2))
    store_networks(tmp_path, [network("185.1.2.0/24", 2)], source="b", origin=origin(1))
    asns, names = networks(tmp_path).lookup(HI, LO)
    assert (asns.tolist(), names) == ([1], ["as1"])
