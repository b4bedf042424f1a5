"""What do open sources say of an address, and of actors named for it? Claims, as `context add` stored them.

Table: `<lake>/context/claims`. Every file adds to what is known; what two files both tell is read once.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headwater.lake.context import CLAIMS, ORIGIN, Origin, place_in, with_origin
from headwater.lake.label_rows import storable
from headwater.lake.small_tables import append_once, read_rows
from headwater.model.address import key_of, text_of
from headwater.model.claim import Claim
from headwater.model.label import Tlp

_TIME = pa.timestamp("us", tz="UTC")
CLAIM_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("address", pa.string(), nullable=False),  # "" for a statement about an actor
        pa.field("date", _TIME, nullable=False),
        pa.field("until", _TIME),
        pa.field("claim", pa.string(), nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("malware", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("grade", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("tlp", pa.string(), nullable=False),
        pa.field("place", pa.int64(), nullable=False),  # line or record number in the file
        *ORIGIN,
    ]
)
_NOT_TOLD = frozenset({"place", *(field.name for field in ORIGIN)})
_TEXTS = ("claim", "actor", "malware", "source", "url")


def store_claims(lake_root: Path, found: Sequence[tuple[int, Claim]], *, origin: Origin) -> bool:
    """Stores claims, each with its place in the file; False where this very file is stored already.

    Raises:
        LakeError: the lake cannot be written.
    """
    texts = {name: [storable(getattr(one, name)) for _, one in found] for name in _TEXTS}
    rows = with_origin(
        CLAIM_SCHEMA,
        origin,
        len(found),
        address=[one.address for _, one in found],
        date=[one.date for _, one in found],
        until=[one.until for _, one in found],
        grade=[one.grade for _, one in found],
        tlp=[one.tlp.value for _, one in found],
        place=[place for place, _ in found],
        **texts,
    )
    return append_once(lake_root, CLAIMS, rows, key=origin.file)


def claims(lake_root: Path, address: str, *, version: int | None = None) -> list[Claim]:
    """What is said of an address, and what is said, without any address, of the actors named for it.

    Args:
        lake_root: the lake's folder.
        address: the host.
        version: the table as it was then; the newest unless given.

    Returns:
        Claims in order of their dates, each once; names of actors are compared without regard to case and
        blanks, aliases are not known. Empty where nothing is said of the address.

    Raises:
        ValueError: the text is no address.
        LakeError: there is no lake, or the table is damaged.
    """
    mine = _claims(lake_root, pc.field("address") == text_of(*key_of(address)), version)
    named = {actor_key(one.actor) for one in mine if one.actor}
    actors = actor_claims(lake_root, version=version) if named else []
    about = [one for one in actors if actor_key(one.actor) in named]
    return _ordered([*mine, *about])


def actor_claims(lake_root: Path, *, version: int | None = None) -> list[Claim]:
    """Every statement about an actor and no address, in order of their dates.

    Raises:
        LakeError: there is no lake, or the table is damaged.
    """
    return _ordered(_claims(lake_root, pc.field("address") == "", version))


def addressed_claims(lake_root: Path, *, version: int | None = None) -> list[Claim]:
    """Every statement about an address, in order of their dates.

    Raises:
        LakeError: there is no lake, or the table is damaged.
    """
    return _ordered(_claims(lake_root, pc.field("address") != "", version))


def actor_key(name: str) -> str:
    """The name as it is compared: without case, blanks and hyphens."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _claims(lake_root: Path, where: pc.Expression, version: int | None) -> list[Claim]:
    rows = read_rows(lake_root, CLAIMS, schema=CLAIM_SCHEMA, where=where, version=version)
    rows = rows.sort_by([(name, "ascending") for name in ("added_at", "file", "place")])
    return [_claim(row) for row in rows.to_pylist()]


def _claim(row: dict[str, Any]) -> Claim:  # Any: a value a column
    told = {name: row[name] for name in CLAIM_SCHEMA.names if name not in _NOT_TOLD}
    return Claim(**{**told, "tlp": Tlp(row["tlp"])}, place=place_in(row["path"], row["place"]))


def _ordered(found: Sequence[Claim]) -> list[Claim]:
    return sorted(
        dict.fromkeys(found),
        key=lambda one: (one.date, one.address, one.actor, one.claim, one.source, one.url),
    )
