"""How does a lake give back the space of versions that nobody needs?"""

from collections.abc import Collection
from pathlib import Path

from headwater.errors import BadSetting
from headwater.lake.tables import open_lake
from headwater.lake.vacuum import Vacuumed, vacuum

DAYS = 7


def vacuum_lake(
    lake_root: Path, *, days: int = DAYS, keep: Collection[int] = (), dry_run: bool = False
) -> Vacuumed:
    """Removes files that neither the newest version of the flows nor one in use names.

    Args:
        lake_root: the lake's folder.
        days: how long a file stays after it was taken out, or written and never named; a running ingest needs
            the time between writing and naming, so it is at least 1.
        keep: versions to keep beside those that cases in the lake stand on, such as those of reports.
        dry_run: remove nothing, only tell.

    Raises:
        BadSetting: fewer days than 1.
        LakeError: as `headwater.lake.vacuum.vacuum`.
    """
    if days < 1:
        raise BadSetting(f"--days {days}: a running ingest needs its files; keep them for 1 day or more")
    return vacuum(open_lake(lake_root), hours=days * 24, keep=keep, dry_run=dry_run)
