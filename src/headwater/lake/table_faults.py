"""Why can a table not be opened? What its log lacks, in words that name the file.

The log is a folder of JSON files, one a version, numbered without gaps (Delta protocol, "Delta Log Entries").
"""

import json
from pathlib import Path

LOG = "_delta_log"
_DIGITS = 20  # of a version in a file's name


def without_log(table: Path) -> Path | None:
    """A data file of a table whose log is gone; None where there is a log, or no data either."""
    if any((table / LOG).glob("*.json")):
        return None
    return next(table.rglob("*.parquet"), None)


def fault_of(table: Path) -> str:
    """The first file of the log that is gone or torn, in words; "" where none is.

    Args:
        table: the table's folder.
    """
    log = table / LOG
    versions = sorted(int(path.stem) for path in log.glob("[0-9]" * _DIGITS + ".json"))
    for version in range(versions[0], versions[-1] + 1) if versions else ():
        path = log / f"{version:0{_DIGITS}}.json"
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                json.loads(line)
        except FileNotFoundError:
            return f"{path} is gone"
        except OSError as why:
            return f"{path}: {why.strerror}"
        except ValueError:
            return f"{path} is torn"
    return ""
