"""By what was a host recognised, and when? Observations of hosts, as `context add` stored them.

Table: `<lake>/context/host_keys`. Every file adds to what is known; what two files both tell is read once.
"""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from headwater.lake.context import HOST_KEYS, ORIGIN, Origin, place_in, with_origin
from headwater.lake.label_rows import storable
from headwater.lake.small_tables import append_once, read_rows
from headwater.model.address import key_of
from headwater.model.fingerprint import comparable
from headwater.model.tenancy import HostKey

HOST_KEY_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("address", pa.string(), nullable=False),
        pa.field("hi", pa.int64(), nullable=False),
        pa.field("lo", pa.int64(), nullable=False),
        pa.field("port", pa.int32(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("fingerprint", pa.string(), nullable=False),  # as the source writes it
        pa.field("form", pa.string(), nullable=False),  # and as it is compared
        pa.field("value", pa.string(), nullable=False),
        pa.field("seen_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("dated", pa.bool_(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("place", pa.int64(), nullable=False),  # line or record number in the file
        *ORIGIN,
    ]
)
_TOLD = ("address", "port", "kind", "fingerprint", "seen_at", "source", "dated")
_SAID = ("path", "place", "added_at", "file")
_READ: pa.Schema = pa.schema([HOST_KEY_SCHEMA.field(name) for name in (*_TOLD, "value", *_SAID)])


def store_host_keys(lake_root: Path, found: Sequence[tuple[int, HostKey]], *, origin: Origin) -> bool:
    """Stores observations, each with its place in the file; False where this very file is stored already.

    Raises:
        LakeError: the lake cannot be written.
    """
    keys = [key_of(one.address) for _, one in found]
    forms = [comparable(storable(one.fingerprint)) for _, one in found]
    rows = with_origin(
        HOST_KEY_SCHEMA,
        origin,
        len(found),
        address=[one.address for _, one in found],
        hi=[hi for hi, _ in keys],
        lo=[lo for _, lo in keys],
        port=[one.port for _, one in found],
        kind=[one.kind for _, one in found],
        fingerprint=[storable(one.fingerprint) for _, one in found],
        form=[form for form, _ in forms],
        value=[value for _, value in forms],
        seen_at=[one.seen_at for _, one in found],
        dated=[one.dated for _, one in found],
        source=[storable(one.source) for _, one in found],
        place=[place for place, _ in found],
    )
    return append_once(lake_root, HOST_KEYS, rows, key=origin.file)


def host_keys(lake_root: Path, address: str, *, version: int | None = None) -> list[HostKey]:
    """What an address was recognised by, and where else the same was seen.

    Args:
        lake_root: the lake's folder.
        address: the host.
        version: the table as it was then; the newest unless given.

    Returns:
        Observations of the address, and of every other address that shows one of its fingerprints; each
        once, ordered by time. Empty where nothing was observed.

    Raises:
        ValueError: the text is no address.
        LakeError: there is no lake, or the table is damaged.
    """
    hi, lo = key_of(address)
    here = (pc.field("hi") == hi) & (pc.field("lo") == lo)
    mine = read_rows(lake_root, HOST_KEYS, schema=_READ, where=here, version=version)
    if not mine.num_rows:
        return []
    shown = pc.field("value").isin(pc.unique(mine["value"]))
    others = read_rows(lake_root, HOST_KEYS, schema=_READ, where=shown & ~here, version=version)
    # Of another host it matters that it shows the key, not how often.
    others = others.group_by(["address", "kind", "fingerprint"], use_threads=False).aggregate(
        [(name, "first") for name in _TOLD if name not in ("address", "kind", "fingerprint")]
    )
    others = others.rename_columns([name.removesuffix("_first") for name in others.column_names])
    found = [*_here(mine), *(HostKey(**row) for row in others.select(_TOLD).to_pylist())]
    return sorted(
        dict.fromkeys(found),
        key=lambda one: (one.seen_at, one.address, one.kind, one.port, one.fingerprint, one.source),
    )


def _here(rows: pa.Table) -> list[HostKey]:
    """Observations of the address itself, each with where it stands; of repeats the one added first."""
    ordered = rows.sort_by([(name, "ascending") for name in ("added_at", "file", "place")])
    return [
        HostKey(**{name: row[name] for name in _TOLD}, place=place_in(row["path"], row["place"]))
        for row in ordered.to_pylist()
    ]
