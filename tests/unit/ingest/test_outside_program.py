"""Other programs: found or named, never left running, never waited for without end."""

import sys
from pathlib import Path

import pytest

from headwater.errors import ToolMissing
from headwater.ingest.outside_program import COMPLAINT_BYTES, find_program, run_program, streaming


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_missing_program_is_named_with_its_package() -> None:
    """The message holds the command that installs it."""
    with pytest.raises(
        ToolMissing, match="reading x needs the program no-such-tool; install it: apt-get install some"
    ):
        find_program("no-such-tool", package="some", purpose="reading x")


def test_output_complaint_and_status_come_back() -> None:
    """All three, in UTC, whatever the zone here."""
    done = run_program(_python("import os,sys; print(os.environ['TZ']); sys.stderr.write('no'); sys.exit(3)"))
    assert (done.output, done.complaint, done.code, done.silent) == ("UTC\n", "no", 3, False)


def test_a_program_that_hangs_is_ended() -> None:
    """Half a second without a word is too long for this one."""
    done = run_program(_python("import time; time.sleep(60)"), patience_s=0.5)
    assert (done.silent, done.code) == (True, -9)


def test_many_complaints_do_not_block_the_program() -> None:
    """A full pipe would; only their beginning is kept."""
    done = run_program(_python("import sys; sys.stderr.write('x' * 1_000_000); print('end')"))
    assert (done.output, len(done.complaint)) == ("end\n", COMPLAINT_BYTES)


def test_leaving_early_ends_the_program(tmp_path: Path) -> None:
    """A reader that has enough does not wait for the rest."""
    code = (
        f"import time\nprint('x' * 100000, flush=True)\ntime.sleep(60)\nopen({str(tmp_path / 'late')!r}, 'w')"
    )
    with streaming(_python(code)) as running:
        assert running.output.read(10) == b"x" * 10
    assert (running.code, (tmp_path / "late").exists()) == (-9, False)


def test_an_error_while_reading_ends_the_program() -> None:
    """The child is reaped before the error goes on."""
    with (
        pytest.raises(ValueError, match="enough"),
        streaming(_python("import time; time.sleep(60)")) as running,
    ):
        raise ValueError("enough")
    assert running.code == -9
