"""A damaged lake, one of a newer program, a full disk: each verb names file and remedy, and nothing is lost.

Messages are read where people read them, on stderr of the command or in what --check prints.
"""

import contextlib
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from hand_made_flows import Flow, add_flows, lake_of
from headwater.app import compact as making
from headwater.app import flow_source
from headwater.app.compact import compact
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings, MeasureSettings
from headwater.cli.main import main
from headwater.errors import LakeError
from headwater.lake import by_host_store
from headwater.lake.by_host import INDEX, MARKER, SAMPLE
from headwater.lake.tables import Lake
from newer_tables import FUTURE, newer_protocol

pytestmark = pytest.mark.xdist_group("compact-bad")  # what they share is made once

LABELS = "address,family\n5.0.0.1,emotet\n5.0.1.1,emotet\n5.0.2.1,dridex\n"
DAY_S = 86_400.0
HOSTS = "hosts-000.parquet"
HUNT = ("hunt", "--allow-reserved")
CASE = ("investigate", "9.9.9.9:8443/tcp", "--allow-reserved")
COMPACT = ("compact",)
CHECK = ("compact", "--check")
REBUILD = ("compact", "--rebuild")
RESTORE = "restore the file from a backup"
ANEW = "make the copy anew with `headwater compact --rebuild`"


@dataclass(frozen=True)
class Said:
    """What a command did: its exit code, and all that it printed."""

    code: int
    text: str


@pytest.fixture(scope="module", autouse=True)
def _small_files() -> Iterator[None]:
    """The copy is read however small, in files and samples of a few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow_source, "ROW_COST", 0.0)
        patch.setattr(making, "FILE_ROWS", 60)
        patch.setattr(making, "SAMPLE_SHARE", 2)
        yield


def _flows(day: int) -> list[Flow]:
    at = DAY_S * day
    c2s = [Flow(f"5.0.{number}.1", 40_000 + number, "9.9.9.9", 8443, at + 60 * number) for number in range(3)]
    others = [
        Flow(f"7.0.0.{number}", 40_000, "8.8.8.8", 53, at + number, proto=17, flags=None)
        for number in range(60)
    ]
    return [*c2s, *others]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day with the copy, and one without."""
    lake = lake_of(tmp_path_factory.mktemp("made"), _flows(0), labels=LABELS)
    compact(lake)
    add_flows(lake, _flows(1), digest="1")
    return lake


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Path:
    """The same, to be damaged."""
    copied = tmp_path / "lake"
    shutil.copytree(made, copied)
    return copied


def _run(lake: Path, command: tuple[str, ...]) -> Said:
    """A command as a shell would run it; an exception that it lets through fails the test."""
    printed, code = io.StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        patch.setattr("sys.argv", ["headwater", "--lake", str(lake), *command, "--quiet"])
        try:
            main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return Said(code, printed.getvalue())


def _files(lake: Path) -> dict[str, str]:
    """Every file of the lake with the digest of what is in it."""
    return {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def _raw(lake: Path, day: int) -> Path:
    return sorted(lake.glob("flows/day=*/*.parquet"))[day]


def _part(lake: Path, name: str) -> Path:
    return next(lake.glob("by_host/day=*/part-*")) / name


def _lost(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _garbled(path: Path) -> None:
    """As long as before, and no Parquet file any more but for its ends."""
    held = bytearray(path.read_bytes())
    held[4 : len(held) - 8] = b"Z" * (len(held) - 12)
    path.write_bytes(held)


def _newer_marker(lake: Path) -> None:
    (lake / "lake.json").write_text('{"format": 2}')


def _newer_table(lake: Path) -> None:
    newer_protocol(lake / "flows", **FUTURE)


def _newer_part(lake: Path) -> None:
    marker = _part(lake, MARKER)
    marker.write_text(json.dumps({**json.loads(marker.read_text()), "format": 2}))


@pytest.mark.parametrize("make_newer", [_newer_marker, _newer_table, _newer_part])
def test_what_a_newer_program_wrote_is_left_alone(lake: Path, make_newer: Callable[[Path], None]) -> None:
    """The lake, its table of flows, or a part of the copy: no verb guesses, and each says what to install."""
    make_newer(lake)
    before = _files(lake)
    told = [_run(lake, verb) for verb in (HUNT, CASE, COMPACT, CHECK)]
    assert [one.code for one in told] == [2, 2, 2, 2]
    assert all(str(lake) in one.text and "install a newer headwater" in one.text for one in told)
    assert _files(lake) == before


@pytest.mark.parametrize("damage", [_lost, _cut, _garbled])
def test_a_damaged_file_of_the_flows_is_named(lake: Path, damage: Callable[[Path], None]) -> None:
    """One that has no copy: whoever reads it names it with the remedy, in one line; the check need not."""
    path = _raw(lake, 1)
    damage(path)
    before = _files(lake)
    told = [_run(lake, verb) for verb in (HUNT, CASE, COMPACT)]
    assert [one.code for one in told] == [2, 2, 2]
    assert all(str(path) in one.text and RESTORE in one.text for one in told)
    assert [one.text.count("\n") for one in told] == [1, 1, 1]
    assert _run(lake, CHECK).code == 0
    assert _files(lake) == before


@pytest.mark.parametrize("damage", [_lost, _cut, _garbled])
def test_the_copy_is_not_blamed_for_damaged_flows(lake: Path, damage: Callable[[Path], None]) -> None:
    """It is what is left of them then: nobody says that they are whole, and the copy is not replaced."""
    path = _raw(lake, 0)
    damage(path)
    before = _files(lake)
    told = [_run(lake, verb) for verb in (CHECK, REBUILD)]
    assert [one.code for one in told] == [2, 2]
    assert all(str(path) in one.text and RESTORE in one.text for one in told)
    assert not any("flows themselves are whole" in one.text for one in told)
    assert _files(lake) == before


@pytest.mark.parametrize(
    ("name", "damage"), [(HOSTS, _lost), (INDEX, _lost), (MARKER, _lost), (SAMPLE, _cut), (MARKER, _cut)]
)
def test_a_damaged_copy_is_named_and_made_anew(lake: Path, name: str, damage: Callable[[Path], None]) -> None:
    """Each verb that would use it says so, and with what they name the lake answers again."""
    path = _part(lake, name)
    damage(path)
    told = [_run(lake, verb) for verb in (HUNT, CASE, COMPACT, CHECK)]
    unreadable = name == MARKER  # what it should hold is not known, so it cannot be checked
    assert [one.code for one in told] == [2, 2, 2, 2 if unreadable else 1]
    assert all(str(path) in one.text.replace("\n", "") and ANEW in one.text for one in told)
    assert [_run(lake, verb).code for verb in (REBUILD, HUNT, CHECK)] == [0, 0, 0]
    assert len(list(lake.glob("by_host/day=*/part-*"))) == 2


@pytest.mark.parametrize("name", [HOSTS, SAMPLE, INDEX])
def test_garbage_in_the_copy_is_named(lake: Path, name: str) -> None:
    """A file as long as before: told once it is read, and by the check."""
    for path in lake.glob(f"by_host/day=*/part-*/{name}"):
        _garbled(path)
    settings = HuntSettings(allow_reserved=True, measure=MeasureSettings(sample_flows=20))
    with pytest.raises(LakeError) as refused:
        hunt(lake, settings=settings)
    assert str(_part(lake, name)) in str(refused.value)
    assert ANEW in str(refused.value)
    assert _run(lake, CHECK).code == 1
    assert _run(lake, REBUILD).code == 0
    assert hunt(lake, settings=settings).hunt.examined.flows_by_host == 126


@pytest.mark.parametrize("name", [HOSTS, SAMPLE, INDEX, MARKER])
def test_a_full_disk_is_told_and_what_was_there_stays(
    lake: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file of a part meets it: the device that is always full takes its place."""

    @contextmanager
    def on_full_disk(root: Lake, day: date) -> Iterator[Path]:
        with by_host_store.new_part(root, day) as folder:
            (folder / name).symlink_to("/dev/full")
            yield folder

    monkeypatch.setattr(making, "new_part", on_full_disk)
    before = _files(lake)
    told = _run(lake, COMPACT)
    assert (told.code, told.text.count("\n")) == (2, 1)
    assert "o space left" in told.text
    assert "what was done before stays" in told.text
    assert _files(lake) == before
    monkeypatch.undo()
    assert [_run(lake, verb).code for verb in (COMPACT, CHECK, HUNT)] == [0, 0, 0]
