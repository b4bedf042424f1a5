"""Tests of headwater.whole_files."""

import os
from pathlib import Path

import pytest

from headwater.whole_files import write_whole


@pytest.mark.parametrize("content", ["Zürich\n", b"\x00\xff"])
def test_replaces_an_older_file(tmp_path: Path, content: str | bytes) -> None:
    """Text as UTF-8 and bytes as they are, in place of what was there, and nothing beside it."""
    path = tmp_path / "file"
    path.write_text("older")
    write_whole(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_put_there_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where renaming fails, as on a full or lost disk, the older file is whole and no part is left."""
    path = tmp_path / "file"
    path.write_text("older")

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "newer")
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]
