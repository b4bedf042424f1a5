"""MISP warning lists: what is read, what is passed over, what is found."""

import json

import numpy as np
import pytest

from headwater.errors import FormatUnknown
from headwater.intel.context.warninglists import WarningList, WarningLists, read_warning_list
from headwater.intel.refusals import Refusals
from headwater.model.address import key_of


def read(**fields: object) -> tuple[WarningList | None, Refusals]:
    """A list with these fields, read."""
    refusals = Refusals()
    text = json.dumps({"name": "clouds", "type": "cidr", "version": 7, **fields})
    return read_warning_list(text, name="clouds.json", refusals=refusals), refusals


def hit(lists: WarningLists, *addresses: str) -> list[str]:
    """Name of the list that has each address, "" for none."""
    pairs = np.array([key_of(address) for address in addresses], np.int64)
    found, names = lists.match(pairs[:, 0], pairs[:, 1])
    return [names[place] if place >= 0 else "" for place in found.tolist()]


def test_prefixes_and_single_addresses() -> None:
    """Entries may be prefixes or addresses, with host bits set or in capitals."""
    found, _ = read(list=["104.18.20.226", "46.161.50.109/31", "FE80::/10"])
    assert found is not None
    lists = WarningLists.build([found])
    assert hit(lists, "104.18.20.226", "46.161.50.108", "46.161.50.110", "fe80::5") == [
        "clouds", "clouds", "", "clouds",
    ]  # fmt: skip


def test_bad_entries_are_counted() -> None:
    """One bad entry costs itself."""
    found, refusals = read(list=["1.2.3.4", "not an address", None])
    assert found is not None
    assert (found.entries, refusals.by_reason["no address or prefix"].count) == (("1.2.3.4",), 2)


def test_lists_of_host_names_are_passed_over() -> None:
    """A list of strings says nothing about addresses, and the report says that."""
    found, refusals = read(type="string", list=["example.com"])
    assert (found, refusals.notes) == (
        None, ["clouds.json: a list of type string holds no addresses; skipped"],
    )  # fmt: skip


def test_category_and_version() -> None:
    """What a hit means is kept with the list."""
    found, _ = read(category="Known identifier", list=["1.2.3.4"])
    assert found is not None
    assert (found.version, found.category) == (7, "Known identifier")


@pytest.mark.parametrize("text", ["", "[]", '{"name": "x"}', "{", '{"a":' * 100_000])
def test_no_warning_list(text: str) -> None:
    """Other JSON is refused with its name."""
    with pytest.raises(FormatUnknown, match=r"x\.json"):
        read_warning_list(text, name="x.json", refusals=Refusals())


def test_closest_list() -> None:
    """`match` names the list with the longest prefix."""
    wide, _ = read(name="wide", list=["10.0.0.0/8"])
    narrow, _ = read(name="narrow", list=["10.1.0.0/16", "10.1.2.0/24"])
    assert wide is not None
    assert narrow is not None
    lists = WarningLists.build([narrow, wide])
    assert hit(lists, "10.1.2.3", "10.9.9.9") == ["narrow", "wide"]
