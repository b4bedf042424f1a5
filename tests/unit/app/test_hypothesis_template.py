"""Which template and edits a case uses."""

from pathlib import Path

import pytest

from headwater.app.hypothesis_template import edits_from, shipped_template, shipped_text, template_from
from headwater.errors import BadSetting
from headwater.investigate.edits import Edits


def test_the_shipped_template_is_used_where_none_is_given() -> None:
    """The same content, by its digest."""
    assert template_from(None).digest == shipped_template().digest


def test_a_file_replaces_it(tmp_path: Path) -> None:
    """An analyst's template under its own name."""
    mine = tmp_path / "mine.toml"
    mine.write_text(shipped_text().replace('title = "', 'title = "mine: ', 1), encoding="utf-8")
    assert template_from(mine).title.startswith("mine: ")


def test_without_a_file_there_are_no_edits() -> None:
    """Nothing is changed."""
    assert edits_from(None, template=shipped_template()) == Edits()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_refused(content: bytes | None, tmp_path: Path) -> None:
    """A missing file and one that is no text."""
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSetting, match=r"cannot read the template .*give a TOML file in UTF-8"):
        template_from(path)
