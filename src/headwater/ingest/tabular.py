"""Which column map fits a table? The one the user gave, the canonical names, or a shipped map."""

from collections.abc import Iterable

from headwater.errors import BadSetting
from headwater.ingest.column_map import CANONICAL, Bound, ColumnMap, load_map, shipped
from headwater.ingest.reader import ReadOptions
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile


def fitting_map(names: Iterable[str]) -> ColumnMap | None:
    """The canonical names or the shipped map that a table with these column names fits, or None."""
    known = list(names)
    return next((each for each in (CANONICAL, *shipped().values()) if not each.missing(known)), None)


def bound_columns(
    names: Iterable[str], *, source: SourceFile, options: ReadOptions, rejects: Rejects
) -> Bound:
    """Which of the table's columns is which of FLOW's.

    Raises:
        BadSetting: the map given is wrong or does not fit, or none was given and none fits.
    """
    known = list(names)
    if options.map_file is not None:
        return load_map(options.map_file).bound(known, source=source.name)
    found = fitting_map(known)
    if found is None:
        lacks = ", ".join(CANONICAL.missing(known))
        shown = ", ".join(known[:30]) or "none"
        raise BadSetting(
            f"{source.name}: no column called {lacks}; the table has: {shown}. "
            f"Give a map with --map FILE.toml, or one of: {', '.join(shipped())}"
        )
    if found is not CANONICAL:
        rejects.note(f"columns read by the map {found.name} ({found.title})")
    return found.bound(known, source=source.name)
