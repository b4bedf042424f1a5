"""What does it mean when DuckDB cannot run a query, and what is to be done?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from headwater.errors import BadSetting, HeadwaterError, LakeError
from headwater.lake.by_host import BY_HOST
from headwater.lake.snapshot import RESTORE

Connection = Any  # DuckDB ships types, Ibis does not say that this is one

_UNREADABLE = (duckdb.IOException, duckdb.InvalidInputException)
_FULL = ("No space left", "Disk quota exceeded", "File too large")  # strerror of ENOSPC, EDQUOT, EFBIG
_CAUSE = 300  # characters of DuckDB's own words
_ANEW = "the flows themselves are whole: make the copy anew with `headwater compact --rebuild`"


@contextmanager
def explained(
    purpose: str, connection: Connection, *, files: Sequence[str], spill: str, target: Path | None = None
) -> Iterator[None]:
    """Turns DuckDB's refusals into ours; what is a mistake of ours stays as it is.

    Args:
        purpose: what was being computed.
        connection: where, to look for a damaged file that DuckDB does not name.
        files: all files that it may have read.
        spill: the folder for what does not fit into memory.
        target: the file that was being written; None for none.

    Raises:
        LakeError: a file cannot be read, or there is no space left.
        BadSetting: there is too little memory, or too little space to spill.
        KeyboardInterrupt: DuckDB was stopped by Ctrl-C.
    """
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except (duckdb.Error, OSError) as why:
        refused = _memory_or_space(purpose, why, spill=spill, target=target)
        if refused is None and (type(why) is duckdb.Error or isinstance(why, (*_UNREADABLE, OSError))):
            # a torn footer is a bare duckdb.Error; other classes are mistakes of ours
            refused = _unreadable(purpose, why, _named(connection, str(why), files))
        if refused is None:
            raise
        raise refused from None


def _memory_or_space(
    purpose: str, why: Exception, *, spill: str, target: Path | None
) -> HeadwaterError | None:
    text = str(why)
    if isinstance(why, duckdb.OutOfMemoryException):
        if "failed to offload" in text:  # it may fill nine tenths of the disk that it spills to
            return BadSetting(
                f"{purpose}: what does not fit into memory does not fit into {spill} either; free some space "
                "there, name another folder with --engine 'duckdb://?spill=DIR', or give it more memory with "
                f"memory=4GB ({_first(why)})"
            )
        return BadSetting(
            f"{purpose}: DuckDB ran out of memory; give it more with --engine 'duckdb://?memory=4GB', or "
            f"more disk with spill=DIR ({_first(why)})"
        )
    if any(words in text for words in _FULL):
        where = spill if target is None or spill in text else target.parent
        return LakeError(
            f"{purpose}: no space left in {where}; free some and repeat: what was done before stays, and the "
            "flows themselves are untouched"
        )
    return None


def _unreadable(purpose: str, why: Exception, file: str | None) -> LakeError:
    if file is None:
        return LakeError(
            f"{purpose}: a file of the lake cannot be read; restore it from a backup, or, where it lies in "
            f"{BY_HOST}, make that anew with `headwater compact --rebuild` ({_first(why)})"
        )
    remedy = _ANEW if f"/{BY_HOST}/" in file else RESTORE
    return LakeError(f"{purpose}: {file}: this file cannot be read ({_first(why)}); {remedy}")


def _named(connection: Connection, text: str, files: Sequence[str]) -> str | None:
    """The file that cannot be read: the one that DuckDB names, else the first that it cannot read alone.

    To find a damaged page in none but large files takes as long as reading all of them.
    """
    found = next((file for file in files if file in text), None)
    for query in ("SELECT count(*)", "SELECT max(hash(rows))"):  # the footer alone, then everything
        for file in dict.fromkeys(files) if found is None else ():
            try:
                connection.execute(
                    f"{query} FROM read_parquet(?, hive_partitioning = false) AS rows", [file]
                ).fetchall()
            except duckdb.Error:
                found = file
                break
    return found


def _first(why: Exception) -> str:
    return str(why).partition("\n")[0][:_CAUSE]
