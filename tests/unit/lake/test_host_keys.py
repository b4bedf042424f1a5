"""Observations of hosts in the lake."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headwater.lake.context import Origin, holds_context
from headwater.lake.host_keys import host_keys, store_host_keys
from headwater.lake.tables import create_lake
from headwater.model.tenancy import HostKey
from tenancy_samples import CASE, OTHER, PUBLISHED, key


def _store(lake: Path, digest: str, *found: HostKey) -> bool:
    origin = Origin(digest, digest, datetime(2026, 1, 1, tzinfo=UTC))
    return store_host_keys(lake, list(enumerate(found, start=1)), origin=origin)


def test_what_was_stored_is_read(tmp_path: Path) -> None:
    """Every observation of the address as it was, in order of time."""
    _store(tmp_path, "a", *PUBLISHED[::-1])

    assert host_keys(tmp_path, CASE) == list(PUBLISHED)


def test_a_file_is_stored_once(tmp_path: Path) -> None:
    """And is known afterwards."""
    assert (_store(tmp_path, "a", *PUBLISHED), _store(tmp_path, "a", *PUBLISHED)) == (True, False)
    assert holds_context(tmp_path, file="a")


def test_what_two_files_tell_is_read_once(tmp_path: Path) -> None:
    """A history fetched again holds the old one."""
    _store(tmp_path, "a", *PUBLISHED[:3])
    _store(tmp_path, "b", *PUBLISHED)

    assert host_keys(tmp_path, CASE) == list(PUBLISHED)


def test_other_hosts_with_a_key_of_the_address(tmp_path: Path) -> None:
    """However it is written; other keys of other hosts stay out."""
    md5 = "0123456789abcdef0123456789abcdef"
    here = key("2020-01-01", md5)
    there = key("2020-02-01", "MD5:" + md5.upper(), address=OTHER)
    undated = replace(key("2020-01-15", md5, address="2001:db8::1"), dated=False)
    _store(tmp_path, "a", here, there, undated, key("2020-01-01", "else", address=OTHER))

    assert host_keys(tmp_path, CASE) == [here, undated, there]


def test_an_address_in_another_spelling(tmp_path: Path) -> None:
    """IPv4-mapped IPv6 is the same host (RFC 4291, section 2.5.5.2)."""
    _store(tmp_path, "a", *PUBLISHED)

    assert len(host_keys(tmp_path, f"::ffff:{CASE}")) == len(PUBLISHED)


def test_nothing_observed(tmp_path: Path) -> None:
    """A lake without observations answers with none; text that is no address is refused."""
    create_lake(tmp_path)

    assert host_keys(tmp_path, CASE) == []
    with pytest.raises(ValueError, match="example"):
        host_keys(tmp_path, "example.org")


def test_hostile_text_is_kept_as_data(tmp_path: Path) -> None:
    """Terminal controls stay what they are; half a surrogate pair cannot be stored and is replaced."""
    _store(tmp_path, "a", key("2020-01-01", "\x1b[2J<script>\ud800", "banner"))

    assert [one.fingerprint for one in host_keys(tmp_path, CASE)] == ["\x1b[2J<script>?"]
