"""By what was a host recognised, and when? Dated observations from CSV, Shodan and passive SSH."""

from collections.abc import Iterator
from datetime import datetime

from headwater.errors import FormatUnknown
from headwater.intel.context.columns import Synonyms, Table, table_of
from headwater.intel.context.json_records import first_record, records
from headwater.intel.context.observed import Sighting, observed
from headwater.intel.context.passive_ssh import is_passive_ssh, passive_ssh_sightings
from headwater.intel.context.shodan import is_shodan, shodan_sightings
from headwater.intel.labels.feed import Document
from headwater.intel.refusals import Refusals
from headwater.model.tenancy import HostKey

COLUMNS: Synonyms = {
    "address": ("address", "ip", "ip_address", "ip_str", "ipaddress", "host", "ipv4", "ipv6", "server"),
    "port": ("port", "dst_port", "service_port"),
    "kind": ("kind", "type", "key_type", "protocol", "service"),
    "fingerprint": ("fingerprint", "key", "host_key", "hostkey", "sha256", "md5", "hash", "value"),
    "seen_at": ("seen_at", "seen", "timestamp", "observed_at", "scanned_at", "scan_date", "date", "time"),
    "first_seen": ("first_seen", "firstseen", "first_observed"),
    "last_seen": ("last_seen", "lastseen", "last_observed"),
    "source": ("source", "provider", "scanner", "feed"),
}  # fmt: skip


def looks_like_host_keys(document: Document) -> bool:
    """Whether the content is one of the formats read here, by what is in it.

    Raises:
        UnreadableSource: the text begins as JSON and is damaged.
    """
    if document.looks_like_json:
        first = first_record(document)
        return is_shodan(first) or is_passive_ssh(first)
    return _is_ours(table_of(document.text, COLUMNS))


def read_host_keys(document: Document, *, now: datetime, refusals: Refusals) -> list[tuple[int, HostKey]]:
    """The observations in a file, each with its place (line, or number of the record) and once.

    Args:
        document: the file.
        now: nothing can have been seen later than a day after this.
        refusals: told what is no observation, and why.

    Raises:
        FormatUnknown: the content is none of the formats.
        UnreadableSource: the text begins as JSON and is damaged.
    """
    if not looks_like_host_keys(document):
        raise FormatUnknown(
            f"{document.name}: no observations of hosts; expected CSV with the columns address, port, kind, "
            "fingerprint, seen_at and source, a Shodan host or download, or an answer of passive SSH"
        )
    found: dict[HostKey, int] = {}
    for sighting in _sightings(document, refusals):
        if (one := observed(sighting, now=now, refusals=refusals)) is not None:
            found.setdefault(one[1], one[0])
    return [(place, key) for key, place in found.items()]


def _sightings(document: Document, refusals: Refusals) -> Iterator[Sighting]:
    if not document.looks_like_json:
        yield from _from_rows(table_of(document.text, COLUMNS), document, refusals)
        return
    for place, record in records(document, refusals):
        if is_passive_ssh(record):
            yield from passive_ssh_sightings(record, place, refusals)
        elif is_shodan(record):
            yield from shodan_sightings(record, place, refusals)
        else:
            refusals.add("neither Shodan nor passive SSH", place=place, example=str(record)[:100])


def _is_ours(table: Table) -> bool:
    return table.has("address", "fingerprint", "kind") and (
        table.has("seen_at") or table.has("first_seen") or table.has("last_seen")
    )


def _from_rows(table: Table, document: Document, refusals: Refusals) -> Iterator[Sighting]:
    for place, row in table.rows(refusals):
        first, last = row.get("first_seen", ""), row.get("last_seen", "")
        moments = [moment for moment in (row.get("seen_at", ""), first, last) if moment]
        # a first and a last sighting are two observations: the key was there at both
        for moment in dict.fromkeys(moments or [""]):
            yield Sighting(
                place=place,
                address=row["address"],
                port=row.get("port", ""),
                kind=row["kind"],
                fingerprint=row["fingerprint"],
                seen_at=moment,
                source=row.get("source", "") or document.stem,
            )
