"""What does abuse.ch's Feodo Tracker say? Its blocklists, as CSV and JSON.

CSV: comment lines, then a header that is quoted, plain or itself a comment, depending on the year:

    "first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"      since 2021
    # Firstseen,DstIP,DstPort,LastOnline,Malware                                  2020

JSON: a list of objects with ip_address, port, status, hostname, as_number, as_name, country, first_seen,
last_online and malware. Source: https://feodotracker.abuse.ch/blocklist/. The data are CC0.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from headwater.intel.labels.feed import Document, Entry, Said
from headwater.intel.labels.rows import Delimited, delimited
from headwater.intel.refusals import Refusals
from headwater.model.label import Tlp

SOURCE = "feodo-tracker"
_FIELDS: dict[str, tuple[str, ...]] = {  # ours: theirs, in CSV of several years and in JSON
    "address": ("dst_ip", "dstip", "ip_address"),
    "port": ("dst_port", "dstport", "port"),
    "first_seen": ("first_seen_utc", "firstseen", "first_seen"),
    "last_online": ("last_online", "lastonline"),
    "status": ("c2_status", "status"),
    "malware": ("malware",),
}
_KNOWN = frozenset(name for names in _FIELDS.values() for name in names)
_UPDATED = re.compile(r"Last updated:\s*(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2})")


class FeodoTracker:
    """abuse.ch Feodo Tracker."""

    name = "feodo"
    title = "abuse.ch Feodo Tracker (CSV, JSON)"

    def recognises(self, document: Document) -> bool:
        """Whether there are columns dst_ip and malware, or JSON objects with ip_address and malware."""
        if document.looks_like_json:
            found = document.json
            first = found[0] if isinstance(found, list) and found else None
            return isinstance(first, Mapping) and {"ip_address", "malware"} <= set(first)
        columns = set(delimited(document.text, known=_KNOWN).columns)
        return "malware" in columns and bool(columns & {"dst_ip", "dstip"})

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every server listed; `last_online` is a day, and the window runs to its end."""
        if document.looks_like_json:
            entries = _from_json(document.json, refusals)
            return Said(entries, SOURCE, tlp=Tlp.CLEAR)
        table = delimited(document.text, known=_KNOWN)
        found = _UPDATED.search("\n".join(table.comments))
        return Said(_from_csv(table, refusals), SOURCE, tlp=Tlp.CLEAR, made_at=found[1] if found else "")


def _from_csv(table: Delimited, refusals: Refusals) -> Iterator[Entry]:
    for place, cells in table.rows(refusals, strict=True):
        yield _entry(dict(zip(table.columns, cells, strict=False)), place)


def _from_json(found: Any, refusals: Refusals) -> Iterator[Entry]:  # Any: whatever JSON can say
    for place, record in enumerate(found if isinstance(found, list) else [], start=1):
        if isinstance(record, Mapping):
            yield _entry({str(k): "" if v is None else str(v) for k, v in record.items()}, place)
        else:
            refusals.add("no record", place=place, example=str(record))


def _entry(record: Mapping[str, str], place: int) -> Entry:
    said = {
        ours: next((record[name].strip() for name in theirs if record.get(name)), "")
        for ours, theirs in _FIELDS.items()
    }
    return Entry(
        place=place,
        address=said["address"],
        port=said["port"],
        family=said["malware"],
        role="c2",
        first_seen=said["first_seen"],
        # Of a server still online this is the day of the export; the next snapshot moves the end on.
        last_seen=said["last_online"],
        note=f"status {said['status']}" if said["status"] else "",
    )
