"""Who announces an address? Prefix to AS number and name, from CSV or a MaxMind database.

The database format is MaxMind DB 2.0 (https://maxmind.github.io/MaxMind-DB/); the fields read are those of
GeoLite2-ASN and GeoIP2-ISP, and of databases that write `asn` as `AS64496` with `name` or `as_name`.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import maxminddb
import numpy as np

from headwater.errors import FormatUnknown, UnreadableSource
from headwater.intel.context.prefixes import Int64s, Prefix, PrefixMap, prefix_of, range_of, text_of_prefix
from headwater.intel.refusals import Refusals

ASN_MAX = (1 << 32) - 1  # RFC 6793: AS numbers have 32 bits
MMDB_MARK = b"\xab\xcd\xefMaxMind.com"  # MaxMind DB 2.0, "Database Metadata"

_COLUMNS = {
    "prefix": ("prefix", "network", "cidr", "range"),
    "asn": ("asn", "as", "as_number", "autonomous_system_number"),
    "name": ("name", "as_name", "org", "organization", "organisation", "autonomous_system_organization"),
}
_ASN = re.compile(r"(?:AS)?(\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Network:
    """One announced prefix.

    Attributes:
        prefix: its range.
        asn: AS number, 0..2^32-1.
        name: name of the AS, "" where the source names none; text from outside.
    """

    prefix: Prefix
    asn: int
    name: str

    @property
    def text(self) -> str:
        """The prefix as text."""
        return text_of_prefix(self.prefix)


def looks_like_networks_csv(text: str) -> bool:
    """Whether the text's first line names columns for prefix and AS number."""
    columns = _columns(_reader(text), name="")
    return columns is not None


def read_networks_csv(text: str, *, name: str, refusals: Refusals) -> list[Network]:
    """Networks from CSV with the columns `prefix, asn, name` (or their usual other names).

    Args:
        text: the file's content.
        name: what the user calls the file, for messages.
        refusals: told which rows name no prefix or no AS number (place: the line).

    Raises:
        FormatUnknown: the first line does not name the columns.
    """
    reader = _reader(text)
    columns = _columns(reader, name=name)
    if columns is None:
        raise FormatUnknown(f"{name}: the first line must name the columns prefix, asn and name")
    return [network for row in reader if (network := _from_row(row, columns, reader.line_num, refusals))]


def read_networks_mmdb(path: Path, *, name: str, refusals: Refusals) -> tuple[str, list[Network]]:
    """Networks from a MaxMind database.

    Args:
        path: the database file.
        name: what the user calls it, for messages.
        refusals: told, as a remark, how many records have no AS number: that is usual in such databases.

    Returns:
        The database's own type, e.g. "GeoLite2-ASN", and its networks.

    Raises:
        UnreadableSource: the file is damaged, or holds no AS numbers at all.
    """
    try:
        with maxminddb.open_database(path) as database:
            kind = str(database.metadata().database_type)
            networks = list(_from_records(database, refusals))
    except (maxminddb.InvalidDatabaseError, ValueError, OSError) as why:
        raise UnreadableSource(f"{name}: damaged MaxMind database ({why}); fetch it again") from None
    if not networks:
        raise UnreadableSource(f"{name}: a {kind} database holds no AS numbers; use an ASN or ISP database")
    return kind, networks


def _from_records(records: Iterable[Any], refusals: Refusals) -> Iterable[Network]:
    # Any: maxminddb yields (network, record) pairs, records being whatever the database holds
    without = 0
    for network, record in records:
        fields: Mapping[str, Any] = record if isinstance(record, Mapping) else {}
        asn = _asn(str(fields.get("autonomous_system_number", fields.get("asn", ""))))
        if asn is None:
            without += 1
            continue
        for key in ("autonomous_system_organization", "as_name", "name", "organization", "isp"):
            if fields.get(key):
                yield Network(range_of(network), asn, str(fields[key]))
                break
        else:
            yield Network(range_of(network), asn, "")
    if without:
        refusals.note(f"{without} records have no AS number; left out")


def _reader(text: str) -> Any:  # Any: csv's reader type has no public name in Python 3.11
    head = text.partition("\n")[0]
    delimiter = max(",;\t|", key=head.count)
    return csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)


def _columns(reader: Any, *, name: str) -> dict[str, int] | None:  # Any: as for _reader
    try:
        header: list[str] = next(reader, [])
    except csv.Error as why:
        raise FormatUnknown(f"{name}: no CSV ({why})") from None
    names = [re.sub(r"\W+", "_", cell.strip().lower()) for cell in header]
    found = {
        column: next(names.index(known) for known in synonyms if known in names)
        for column, synonyms in _COLUMNS.items()
        if any(known in names for known in synonyms)
    }
    return found if {"prefix", "asn"} <= set(found) else None


def _from_row(row: list[str], columns: Mapping[str, int], line: int, refusals: Refusals) -> Network | None:
    if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
        return None
    cells = {column: row[place].strip() if place < len(row) else "" for column, place in columns.items()}
    try:
        prefix = prefix_of(cells["prefix"])
    except ValueError:
        refusals.add("no prefix", place=line, example=cells["prefix"])
        return None
    asn = _asn(cells["asn"])
    if asn is None:
        refusals.add("no AS number", place=line, example=cells["asn"])
        return None
    return Network(prefix, asn, cells.get("name", ""))


def _asn(text: str) -> int | None:
    found = _ASN.fullmatch(text.strip())
    return int(found[1]) if found and int(found[1]) <= ASN_MAX else None


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks, ready to be asked about many addresses."""

    _asns: Int64s = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    _names: tuple[str, ...] = field(default=(), repr=False)
    _map: PrefixMap = field(default_factory=lambda: PrefixMap.build(()), repr=False)

    @classmethod
    def build(cls, networks: Sequence[Network]) -> "Networks":
        """The networks, indexed; of equal prefixes the last one wins."""
        return cls(
            _asns=np.array([network.asn for network in networks], dtype=np.int64),
            _names=tuple(network.name for network in networks),
            _map=PrefixMap.build([network.prefix for network in networks]),
        )

    def __len__(self) -> int:
        return len(self._asns)

    def lookup(self, hi: Int64s, lo: Int64s) -> tuple[Int64s, list[str]]:
        """AS number and name of each address, by the longest prefix that holds it.

        Args:
            hi: upper halves of the addresses, shape (n,).
            lo: lower halves, shape (n,).

        Returns:
            AS numbers, shape (n,), -1 where no prefix holds the address; and the names, "" where unknown.
        """
        found = self._map.lookup(hi, lo)
        if not len(self._asns):
            return found, [""] * len(found)
        asns = np.where(found >= 0, self._asns[np.maximum(found, 0)], -1)
        return asns, [self._names[place] if place >= 0 else "" for place in found.tolist()]
