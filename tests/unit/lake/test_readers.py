"""Who reads is known to who wants to remove files, and nobody else is disturbed."""

import gc
import subprocess
import sys

from headwater.lake.readers import Reading, nobody_reading, reading
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import Lake, flow_table


def _alone(lake: Lake) -> bool:
    with nobody_reading(lake) as alone:
        return alone


def test_a_reader_is_seen_until_it_ends(lake: Lake) -> None:
    """Two at once do not wait for each other."""
    first, second = Reading(lake), Reading(lake)
    assert not _alone(lake)
    del first
    assert not _alone(lake)
    del second
    gc.collect()
    assert _alone(lake)


def test_a_snapshot_is_being_read_while_it_lives(lake: Lake) -> None:
    """Also where a query of it runs long after it was made."""
    flow_table(lake, create=True)
    found = snapshot(lake)
    assert (found.rows, _alone(lake)) == (0, False)
    del found
    gc.collect()
    assert _alone(lake)


def test_a_block_is_read_to_its_end(lake: Lake) -> None:
    """And no longer."""
    with reading(lake):
        assert not _alone(lake)
    assert _alone(lake)


def test_who_begins_meanwhile_waits(lake: Lake) -> None:
    """A process that wants to read while files are removed reads once that is over."""
    program = (
        "import sys; from pathlib import Path; from headwater.lake.readers import Reading\n"
        "from headwater.lake.tables import Lake\n"
        "print('begins', flush=True); Reading(Lake(Path(sys.argv[1]))); print('reads', flush=True)\n"
    )
    with nobody_reading(lake) as alone:
        other = subprocess.Popen(
            [sys.executable, "-c", program, str(lake.folder)], stdout=subprocess.PIPE, text=True
        )
        assert other.stdout is not None
        assert (alone, other.stdout.readline()) == (True, "begins\n")
        assert other.poll() is None
    assert other.communicate(timeout=60)[0] == "reads\n"


def test_a_reader_that_was_killed_is_no_reader(lake: Lake) -> None:
    """The system drops the lock."""
    program = (
        "import os, signal, sys; from pathlib import Path; from headwater.lake.readers import Reading\n"
        "from headwater.lake.tables import Lake\n"
        "held = Reading(Lake(Path(sys.argv[1]))); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(lake.folder)], check=False)
    assert _alone(lake)
