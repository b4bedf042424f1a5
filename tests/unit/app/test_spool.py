from datetime import date
from pathlib import Path

import pytest

from headwater.app.spool import Spool, is_alive, listener_of, lock_of
from headwater.errors import BadSetting


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """A spool that was held once, so that its folders exist."""
    made = Spool(tmp_path / "spool")
    with made.held():
        pass
    return made


def _run(spool: Spool, *names: str) -> Path:
    run = spool.new_run("netflow-127.0.0.1-9995")
    (run / "lock").touch()
    for name in names:
        (run / name).write_bytes(b"flows")
    return run


def _names(paths: list[Path]) -> list[str]:
    return [path.name.rpartition("~")[2] for path in paths]


def test_closed_files_of_a_running_collector_are_claimed(spool: Spool) -> None:
    """The one it still writes, its log and its process number stay."""
    run = _run(spool, "nfcapd.202601020300", "nfcapd.20260102030405", "nfcapd.current.77", "log", "pid")
    claimed = spool.claim(run, ended=False)
    assert _names(claimed) == ["nfcapd.202601020300", "nfcapd.20260102030405"]
    assert sorted(path.name for path in run.iterdir()) == ["lock", "log", "nfcapd.current.77", "pid"]


def test_of_an_ended_collector_the_open_file_is_claimed_too(spool: Spool) -> None:
    """What it wrote before it died is whole blocks; its folder goes, an empty file with it."""
    run = _run(spool, "nfcapd.current.77")
    (run / "nfcapd.202601020300").touch()
    assert _names(spool.claim(run, ended=True)) == ["nfcapd.current.77"]
    assert not run.exists()


def test_files_of_one_name_from_two_runs_are_two(spool: Spool) -> None:
    """A collector that is started again within the minute gives its file the same name."""
    for _ in range(2):
        spool.claim(_run(spool, "nfcapd.202601020300"), ended=True)
    assert [listener_of(path) for path in spool.ready()] == ["netflow-127.0.0.1-9995"] * 2


def test_put_away_and_deleted(spool: Spool) -> None:
    """With keep a file lies in today's folder, without it is gone."""
    for keep in (True, False):
        (path,) = spool.claim(_run(spool, "nfcapd.202601020300"), ended=True)
        spool.done(path, keep=keep)
    assert len(list((spool.folder / "done").glob("????-??-??/*"))) == 1
    assert spool.ready() == []


def test_old_days_go_and_what_is_the_user_s_stays(spool: Spool) -> None:
    """Kept for two days on 10 January: the 8th stays, the 7th goes."""
    for name in ("2026-01-07", "2026-01-08", "2026-01-10", "notes"):
        (spool.folder / "done" / name).mkdir()
    assert spool.expire(keep_days=2, today=date(2026, 1, 10)) == 1
    assert sorted(path.name for path in (spool.folder / "done").iterdir()) == [
        "2026-01-08", "2026-01-10", "notes",
    ]  # fmt: skip


def test_a_run_is_alive_while_its_lock_is_held(spool: Spool) -> None:
    """The collector inherits the lock: when it is gone, so is the lock, whoever ended it."""
    run = _run(spool)
    assert not is_alive(run)
    with open(lock_of(run), "rb"):  # noqa: PTH123  # takes the descriptor over, and closes it
        assert is_alive(run)
    assert not is_alive(run)


def test_a_spool_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in its place: the message names the option."""
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match="--spool"), Spool(tmp_path / "file" / "spool").held():
        pass
