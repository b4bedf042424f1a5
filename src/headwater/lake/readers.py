"""Is anybody reading the lake's files just now? Who reads holds a lock, for which who removes files asks.

The lock is shared by all readers and lies on the lake's marker, of which nothing is changed: it needs no
right to write, and the system drops it when a process ends, however it ends. Where the file system knows no
locks readers read all the same, and nobody can be sure to be alone.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from headwater.lake.tables import MARKER, Lake


class Reading:
    """While it lives, no file that a version of the lake names is removed by `headwater compact --vacuum`.

    Args:
        lake: the lake.
    """

    __slots__ = ("_descriptor",)

    def __init__(self, lake: Lake) -> None:
        self._descriptor = os.open(lake.folder / MARKER, os.O_RDONLY)
        with suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def __del__(self) -> None:
        with suppress(
            AttributeError, OSError
        ):  # where the marker could not be opened there is nothing to close
            os.close(self._descriptor)


@contextmanager
def reading(lake: Lake) -> Iterator[None]:
    """Reads for the length of a block: so that what is read is stored, say, before its version may go."""
    held = Reading(lake)
    try:
        yield
    finally:
        del held


@contextmanager
def nobody_reading(lake: Lake) -> Iterator[bool]:
    """Whether nobody reads; if so, who begins to read meanwhile waits for the end of the block."""
    descriptor = os.open(
        lake.folder / MARKER, os.O_RDWR
    )  # network file systems lock only what may be written
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
