"""How much memory this process may take."""

import os
from pathlib import Path

import pytest

from headwater.errors import BadSetting
from headwater.memory import LEAST, VARIABLE, machine_memory, memory_setting

PHYSICAL = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4GB", 4 * 10**9),
        ("4GiB", 4 * 2**30),
        ("1.5g", 1_500_000_000),
        ("1100 MB", 1_100_000_000),
        ("2T", 2 * 10**12),
    ],
)
def test_sizes(text: str, size: int) -> None:
    """GB are powers of 1000 and GiB of 1024, as IEC 80000-13 has them."""
    assert memory_setting(text) == size


@pytest.mark.parametrize("text", ["", "lots", "-4GB", "4 apples", "0x10"])
def test_what_is_no_size(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused with an example; an empty one counts as none given."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if not text:
        assert memory_setting(text) == memory_setting()
        return
    with pytest.raises(BadSetting, match="is no size; write 4GB, say"):
        memory_setting(text)


def test_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than the program itself takes cannot be held; the message names where it was said."""
    monkeypatch.setenv(VARIABLE, "100MB")
    with pytest.raises(BadSetting, match=r"\$HEADWATER_MEMORY=100MB: too little to work in"):
        memory_setting()


def test_the_option_counts_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands on the command line was said last."""
    monkeypatch.setenv(VARIABLE, "3GB")
    assert (memory_setting(), memory_setting("2GB")) == (3 * 10**9, 2 * 10**9)


def test_half_of_the_machine_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what this process could take."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert memory_setting() == max(machine_memory() // 2, LEAST)


def _group(root: Path, path: str, name: str, limit: str) -> None:
    folder = root / path
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"{limit}\n", encoding="utf-8")


def _own(root: Path, line: str) -> Path:
    own = root / "own"
    own.write_text(f"{line}\n", encoding="utf-8")
    return own


def test_a_control_group_above_counts_too(tmp_path: Path) -> None:
    """The least of a group and those above it (Control Group v2, memory.max)."""
    _group(tmp_path, "outer", "memory.max", "1000000000")
    _group(tmp_path, "outer/inner", "memory.max", "max")
    assert machine_memory(cgroups=tmp_path, own=_own(tmp_path, "0::/outer/inner")) == 10**9


def test_a_control_group_of_the_first_version(tmp_path: Path) -> None:
    """memory.limit_in_bytes; "no limit" is a number beyond any machine's memory."""
    _group(tmp_path, "memory/job", "memory.limit_in_bytes", "700000000")
    _group(tmp_path, "memory", "memory.limit_in_bytes", str(2**63 - 4096))
    assert machine_memory(cgroups=tmp_path, own=_own(tmp_path, "4:memory:/job")) == 700_000_000


def test_inside_a_container_its_root_counts(tmp_path: Path) -> None:
    """There the path of the group is the host's and cannot be seen, the root's file can."""
    _group(tmp_path, "", "memory.max", "800000000")
    assert machine_memory(cgroups=tmp_path, own=_own(tmp_path, "0::/host/only")) == 800_000_000


def test_without_control_groups(tmp_path: Path) -> None:
    """The machine's own memory."""
    assert machine_memory(cgroups=tmp_path, own=tmp_path / "none") == PHYSICAL
