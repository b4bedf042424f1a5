import io
import os
import sys
import threading
from pathlib import Path

import pytest

from headwater.app.named_files import named_files
from headwater.errors import UnreadableSource
from headwater.lake.tables import create_lake


def _names(*paths: str) -> list[str]:
    with named_files(paths) as sources:
        return [source.name for source in sources]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: files at two depths, a hidden file, a hidden folder and a lake."""
    for name in ("b.csv", "a.csv", "deep/c.csv", "deep/.nfstat", ".hidden/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    create_lake(tmp_path / "headwater.lake")
    (tmp_path / "headwater.lake" / "flows.parquet").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("tree")
def test_folder() -> None:
    """A folder is every file under it by name, without hidden ones and without a lake's own files."""
    assert _names(".") == ["./a.csv", "./b.csv", "./deep/c.csv"]


@pytest.mark.usefixtures("tree")
def test_hidden_file_by_name() -> None:
    """A hidden file that is named is meant."""
    assert _names("deep/.nfstat") == ["deep/.nfstat"]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("pattern", "names"),
    [("*.csv", ["a.csv", "b.csv"]), ("**/*.csv", ["a.csv", "b.csv", "deep/c.csv"]), ("d*", ["deep/c.csv"])],
)
def test_glob(pattern: str, names: list[str]) -> None:
    """A glob is its matches in order; a folder among them is its files; `**` spans folders."""
    assert _names(pattern) == names


@pytest.mark.usefixtures("tree")
def test_name_that_looks_like_a_glob() -> None:
    """A file whose name has a star in it is taken by that name."""
    Path("odd[1]*.csv").write_text("x")
    assert _names("odd[1]*.csv") == ["odd[1]*.csv"]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("path", ["nothing", "no*thing", "nothing/*.csv", ""])
def test_stands_for_nothing(path: str) -> None:
    """A path or pattern without any file is refused with what to check."""
    with pytest.raises(UnreadableSource, match="check the"):
        _names(path)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is a copy of standard input, called so, that is gone afterwards."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"some flows")))
    with named_files(["-"]) as (source,):
        assert (source.name, source.raw_head) == ("-", b"some flows")
        copy = source.path
    assert not copy.exists()


def test_named_pipe(tmp_path: Path) -> None:
    """A named pipe, as the shell makes for <(command), is copied like standard input."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feeder = threading.Thread(target=pipe.write_bytes, args=(b"piped flows",))
    feeder.start()
    with named_files([str(pipe)]) as (source,):
        feeder.join()
        assert (source.name, source.raw_head) == (str(pipe), b"piped flows")


def test_link_loop(tmp_path: Path) -> None:
    """A folder that links to itself is walked once."""
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [Path(name).name for name in _names(str(tmp_path))] == ["a.csv"]
