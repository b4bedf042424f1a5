"""What does an analyst's own list say? CSV with named columns, or a bare list of addresses.

`address` and `family` are the columns needed (--family may stand for the latter); `port, group, role,
first_seen, last_seen, source, grade, tlp, note` may follow. Other lists name the same things otherwise: the
names below are understood too. A column that means nothing here is named in the report.
"""

import re
from collections.abc import Iterator, Sequence

from headwater.errors import FormatUnknown
from headwater.intel.labels.endpoints import Unusable, endpoint_of
from headwater.intel.labels.feed import Document, Entry, Said
from headwater.intel.labels.names import group_of
from headwater.intel.labels.rows import Delimited, delimited
from headwater.intel.refusals import Refusals
from headwater.model.label import Role

# Column here: names elsewhere, the closest first. `reference` and the like become part of the note.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "address": (
        "address", "ip", "ip_address", "ipaddress", "ip_addr", "ipv4", "ipv6", "dst_ip", "dstip", "dest_ip",
        "c2", "c2_ip", "c2_address", "ip_port", "endpoint", "indicator", "ioc", "ioc_value", "host", "server",
    ),
    "family": ("family", "malware", "malware_family", "malware_printable", "threat"),
    "port": ("port", "dst_port", "dstport", "c2_port", "dest_port"),
    "group": ("group", "epoch", "botnet", "botnet_id", "subbotnet", "campaign"),
    "role": ("role", "threat_type"),
    "first_seen": (
        "first_seen", "first_seen_utc", "firstseen", "first_seen_at", "first_observed", "first_online",
        "first_reported", "first_ref_date", "first_date", "valid_from", "start", "since", "date",
        "date_added", "added", "seen", "listed",
    ),
    "last_seen": (
        "last_seen", "last_seen_utc", "lastseen", "last_seen_at", "last_observed", "last_online",
        "lastonline", "last_active", "last_date",
    ),
    "until": ("valid_until", "until", "end", "expires"),
    "source": ("source", "feed", "provider"),
    "grade": ("grade", "admiralty", "admiralty_code", "admiralty_grade"),
    "tlp": ("tlp",),
    "note": ("note", "notes", "comment", "comments", "description", "reference", "references", "url", "link"),
}  # fmt: skip
_KNOWN = frozenset(name for names in SYNONYMS.values() for name in names)
_WORDED_GROUPS = ("epoch", "botnet", "botnet_id")  # a number alone would mean nothing: epoch4, botnet10444


class Plain:
    """A list with named columns, or of addresses alone."""

    name = "plain"
    title = "CSV with columns address and family, or a list of addresses"

    def recognises(self, document: Document) -> bool:
        """Whether a line names a column of addresses, or the first entry is an address."""
        if document.looks_like_json:
            return False
        table = delimited(document.text, known=_KNOWN)
        return "address" in _chosen(table.columns) or _is_bare(table)

    def read(self, document: Document, refusals: Refusals) -> Said:
        """Every row; the source is the row's own, else the file's name without its ending.

        Raises:
            FormatUnknown: no line names a column of addresses.
        """
        table = delimited(document.text, known=_KNOWN)
        chosen = _chosen(table.columns)
        if "address" in chosen:
            unused = [name for name in table.columns if name and name not in _used(chosen, table.columns)]
            if unused:
                refusals.note(f"columns not used: {', '.join(unused)}")
            entries = _from_columns(table, chosen, refusals)
        elif _is_bare(table):
            entries = _bare(table, refusals)
        else:
            raise FormatUnknown(
                f"{document.name}: no line names the columns; the first line should be "
                "address,family and, where known, port,group,role,first_seen,last_seen,source,grade,tlp,note"
            )
        return Said(entries, document.stem)


def _chosen(columns: Sequence[str]) -> dict[str, str]:
    """For each of our columns the name of theirs that fills it."""
    return {
        ours: next(name for name in theirs if name in columns)
        for ours, theirs in SYNONYMS.items()
        if any(name in columns for name in theirs)
    }


def _used(chosen: dict[str, str], columns: Sequence[str]) -> set[str]:
    return set(chosen.values()) | {name for name in columns if name in SYNONYMS["note"]}


def _from_columns(table: Delimited, chosen: dict[str, str], refusals: Refusals) -> Iterator[Entry]:
    place_of = {name: place for place, name in reversed(list(enumerate(table.columns)))}
    notes = [place_of[name] for name in SYNONYMS["note"] if name in place_of]
    word = chosen.get("group", "") if chosen.get("group") in _WORDED_GROUPS else ""
    word = word.removesuffix("_id")
    for place, cells in table.rows(refusals, strict=False):
        padded = [*cells, *[""] * (len(table.columns) - len(cells))]
        said = {ours: padded[place_of[theirs]].strip() for ours, theirs in chosen.items()}
        said["note"] = "; ".join(padded[at].strip() for at in notes if padded[at].strip())
        said.setdefault("group", "")
        said["role"] = said.get("role") or Role.C2.value
        for port in _several(said.pop("port", ""), between=r"[,;|\s]+"):
            for group in _several(said["group"], between=r"[,;|]+"):
                words = {**said, "group": group_of(group, word=word)}
                yield Entry(place=place, port=port, rests_on=(), **words)


def _several(cell: str, *, between: str) -> list[str]:
    """The values in a cell such as `443,8080`: each is a label of its own."""
    return [value for value in re.split(between, cell.strip()) if value.strip()] or [""]


def _is_bare(table: Delimited) -> bool:
    """Whether the text is a list of addresses: one on each line, perhaps with a remark behind it."""
    for line in table.lines[table.begin :]:
        if not line.strip() or line.lstrip().startswith(("#", "//")):
            continue
        try:
            endpoint_of(_first_word(line))
        except Unusable:
            return False
        return True
    return False


def _bare(table: Delimited, refusals: Refusals) -> Iterator[Entry]:
    refusals.note("a list without columns: addresses only, no dates")
    for place, line in enumerate(table.lines[table.begin :], start=table.begin + 1):
        text = re.split(r"\s+(?:#|//)", line, maxsplit=1)[0].strip()
        if not text or text.startswith(("#", "//")):
            continue
        if re.search(r"[,;\t|]", text):
            refusals.add("several cells, but no line names the columns", place=place, example=line)
            continue
        yield Entry(place=place, address=text, role=Role.C2.value)


def _first_word(line: str) -> str:
    return re.split(r"[\s,;|]", line.strip(), maxsplit=1)[0].strip("\"'")
