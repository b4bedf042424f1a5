"""Which files does no version need any more? Those that were merged away, and what killed runs left.

A version of the flows stays readable while it is the newest, younger than the time given, or a case or the
user refers to it. The log of the others stays, so that who asks for one is told what became of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from headwater.errors import LakeError
from headwater.lake.cases import versions_in_use
from headwater.lake.tables import FLOWS, Lake, flow_table, open_table, writable

HOURS = 7 * 24  # long enough for any ingest that is still running to have named its files


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What a vacuum removed, or would remove.

    Attributes:
        files: how many files.
        size_bytes: what they take on the disk.
        kept_versions: older versions of the flows that were kept because something refers to them.
    """

    files: int
    size_bytes: int
    kept_versions: tuple[int, ...]


def vacuum(
    lake: Lake,
    *,
    hours: int = HOURS,
    keep: Collection[int] = (),
    unnamed: bool = True,
    dry_run: bool = False,
) -> Vacuumed:
    """Removes files of the flow table that neither its newest version nor a version in use names.

    Args:
        lake: the lake.
        hours: what was taken out, or written and never named, less than so many hours ago stays.
        keep: further versions to keep, beside those that the lake's cases stand on.
        unnamed: also files that no version ever named, as killed runs leave them, and running ones.
        dry_run: remove nothing, only tell.

    Raises:
        LakeError: there are no flows; a case is damaged; a version to keep does not exist or is gone already
            (nothing was removed then); or a file cannot be removed.
    """
    table = flow_table(lake)
    kept = sorted(version for version in {*keep, *versions_in_use(lake.folder)} if version != table.version())
    for version in kept:
        _refuse_gone(lake, version, asked=version in keep)
    writable(table, lake.path(FLOWS))
    unneeded = _vacuumed(table, hours=hours, kept=kept, unnamed=unnamed, dry_run=True)
    sizes = [size for name in unneeded if (size := _size(lake.path(FLOWS) / name)) is not None]
    if sizes and not dry_run:
        _vacuumed(table, hours=hours, kept=kept, unnamed=unnamed, dry_run=False)
    return Vacuumed(len(sizes), sum(sizes), tuple(kept))


def _refuse_gone(lake: Lake, version: int, *, asked: bool) -> None:
    """A version that cannot be kept must be said before anything is removed."""
    names = open_table(lake, FLOWS, version=version).file_uris()
    gone = next((name for name in names if not Path(name).is_file()), None)
    if gone is not None:
        who = "--keep" if asked else "a case of this lake"
        raise LakeError(
            f"{gone}: {who} refers to version {version}, whose file this is, and it is gone; restore it from "
            "a backup, or investigate that service again"
        )


def _vacuumed(table: DeltaTable, *, hours: int, kept: list[int], unnamed: bool, dry_run: bool) -> list[str]:
    try:
        return table.vacuum(
            retention_hours=hours,
            dry_run=dry_run,
            enforce_retention_duration=False,
            full=unnamed,
            keep_versions=kept,
        )
    except (DeltaError, OSError) as why:
        cause = str(why).partition("\n")[0][:200]
        raise LakeError(
            f"{table.table_uri}: the vacuum stopped ({cause}); all versions that are kept are whole: check "
            "the permissions, and that some kilobytes are free for the table's log, then repeat"
        ) from None


def _size(path: Path) -> int | None:
    """Bytes of a file; None where it is gone, as the log goes on to name what an earlier vacuum removed."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
