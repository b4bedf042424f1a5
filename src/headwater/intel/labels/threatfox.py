"""What does abuse.ch's ThreatFox say? Its exports as CSV and JSON, and its API's answers.

CSV: comment lines, a commented header, quoted cells with a blank behind each comma:

    # "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias",...
    "2024-07-16 05:25:36", "1301610", "192.0.2.1:7777", "ip:port", "botnet_cc", "win.cobalt_strike", ...

JSON export: {"1301610": [{"ioc_value", "ioc_type", "threat_type", "malware", "first_seen_utc", ...}], ...}
API: {"query_status": "ok", "data": [{"ioc", "ioc_type", "threat_type", "malware", "first_seen", ...}]}

Sources: https://threatfox.abuse.ch/export/ and https://threatfox.abuse.ch/api/. The data are CC0.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from headwater.intel.labels.feed import Document, Entry, Said
from headwater.intel.labels.names import role_of
from headwater.intel.labels.rows import delimited
from headwater.intel.refusals import Refusals
from headwater.model.label import Tlp

SOURCE = "threatfox"
_KNOWN = frozenset({"ioc_value", "ioc_type", "threat_type", "fk_malware", "first_seen_utc", "ioc_id"})
_UPDATED = re.compile(r"Last updated:\s*(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2})")
_EMPTY = frozenset({"", "none", "null"})  # the CSV writes None where the JSON has null


class ThreatFox:
    """abuse.ch ThreatFox."""

    name = "threatfox"
    title = "abuse.ch ThreatFox (CSV, JSON export, API)"

    def recognises(self, document: Document) -> bool:
        """Whether there are columns, or JSON keys, ioc_value (API: ioc) and ioc_type."""
        if document.looks_like_json:
            first = next(_records(document.json), None)
            return (
                isinstance(first, Mapping) and "ioc_type" in first and bool({"ioc", "ioc_value"} & set(first))
            )
        return {"ioc_value", "ioc_type"} <= set(delimited(document.text, known=_KNOWN).columns)

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every indicator of type ip:port; other types are passed over and counted."""
        if document.looks_like_json:
            return Said(_from_json(document.json, refusals), SOURCE, tlp=Tlp.CLEAR)
        table = delimited(document.text, known=_KNOWN)
        found = _UPDATED.search("\n".join(table.comments))
        rows = (
            (place, dict(zip(table.columns, cells, strict=False)))
            for place, cells in table.rows(refusals, strict=True)
        )
        return Said(_entries(rows, refusals), SOURCE, tlp=Tlp.CLEAR, made_at=found[1] if found else "")


def _records(found: Any) -> Iterator[Any]:  # Any: whatever JSON can say
    """The indicators of an export or an API answer, in order."""
    if isinstance(found, Mapping) and isinstance(found.get("data"), list):
        yield from found["data"]
    elif isinstance(found, Mapping):
        for records in found.values():
            yield from records if isinstance(records, list) else ()
    elif isinstance(found, list):
        yield from found


def _from_json(found: Any, refusals: Refusals) -> Iterator[Entry]:  # Any: whatever JSON can say
    rows: list[tuple[int, Mapping[str, str]]] = []
    for place, record in enumerate(_records(found), start=1):
        if isinstance(record, Mapping):
            rows.append((place, {str(k): _text(v) for k, v in record.items()}))
        else:
            refusals.add("no record", place=place, example=str(record))
    return _entries(rows, refusals)


def _text(value: Any) -> str:  # Any: whatever JSON can say
    if value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _entries(rows: Iterable[tuple[int, Mapping[str, str]]], refusals: Refusals) -> Iterator[Entry]:
    for place, row in rows:
        said = {key: "" if value.strip().lower() in _EMPTY else value.strip() for key, value in row.items()}
        kind = said.get("ioc_type", "")
        value = said.get("ioc_value") or said.get("ioc", "")
        if kind != "ip:port":
            refusals.pass_over(f"indicator of type {kind or 'unknown'}")
            continue
        threat = said.get("threat_type", "")
        try:
            role_of(threat)
        except ValueError:
            refusals.pass_over(f"threat type {threat or 'unknown'}")
            continue
        yield Entry(
            place=place,
            address=value,
            family=said.get("fk_malware") or said.get("malware", ""),
            role=threat,
            first_seen=said.get("first_seen_utc") or said.get("first_seen", ""),
            last_seen=said.get("last_seen_utc") or said.get("last_seen", ""),
            note=_note(said),
        )


def _note(said: Mapping[str, str]) -> str:
    """What ThreatFox says beside: confidence, reporter, a compromised host, tags and reference."""
    parts = []
    if said.get("confidence_level"):
        parts.append(f"confidence {said['confidence_level']}")
    if said.get("is_compromised", "").lower() == "true":
        parts.append("compromised host")
    for key, word in (("reporter", "reporter"), ("tags", "tags"), ("reference", "see")):
        if said.get(key):
            parts.append(f"{word} {said[key]}")
    return "; ".join(parts)
