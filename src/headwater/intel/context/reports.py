"""What do open sources say of an address or an actor, and when? Claims from CSV, MISP and STIX."""

from collections.abc import Iterator
from datetime import datetime

from headwater.errors import FormatUnknown
from headwater.intel.context.claimed import Statement, claimed
from headwater.intel.context.columns import Synonyms, Table, table_of
from headwater.intel.context.json_records import is_json_lines
from headwater.intel.context.misp_reports import is_misp, misp_statements
from headwater.intel.context.stix_reports import is_stix, stix_statements
from headwater.intel.labels.feed import Document
from headwater.intel.refusals import Refusals
from headwater.model.claim import Claim

COLUMNS: Synonyms = {
    "address": ("address", "ip", "ip_address", "ipaddress", "indicator", "ioc"),
    "date": ("date", "when", "day", "event_date", "observed", "published"),
    "claim": ("claim", "statement", "says", "text", "description"),
    "actor": ("actor", "threat_actor", "group", "intrusion_set"),
    "malware": ("malware", "family", "malware_family", "tool"),
    "source": ("source", "author", "publisher", "provider"),
    "grade": ("grade", "admiralty", "admiralty_code", "admiralty_grade"),
    "url": ("url", "link", "reference"),
    "tlp": ("tlp",),
}


def looks_like_reports(document: Document) -> bool:
    """Whether the content is one of the formats read here, by what is in it.

    Raises:
        UnreadableSource: the text begins as JSON and is damaged.
    """
    if is_json_lines(document):
        return False
    if document.looks_like_json:
        return is_stix(document) or is_misp(document)
    return _is_ours(table_of(document.text, COLUMNS))


def read_reports(document: Document, *, now: datetime, refusals: Refusals) -> list[tuple[int, Claim]]:
    """The claims in a file, each with its place (line, or number of the record) and once.

    Args:
        document: the file.
        now: nothing can have happened later than a day after this.
        refusals: told what is no claim, and why.

    Raises:
        FormatUnknown: the content is none of the formats.
        UnreadableSource: the text begins as JSON and is damaged.
    """
    if not looks_like_reports(document):
        raise FormatUnknown(
            f"{document.name}: no claims of open sources; give CSV with the columns address, date, claim, "
            "actor, malware, source, grade and url, a MISP event, or a STIX bundle"
        )
    found: dict[Claim, int] = {}
    for said in _statements(document, refusals):
        if (one := claimed(said, now=now, refusals=refusals)) is not None:
            found.setdefault(one[1], one[0])
    return [(place, claim) for claim, place in found.items()]


def _statements(document: Document, refusals: Refusals) -> Iterator[Statement]:
    if not document.looks_like_json:
        yield from _from_rows(table_of(document.text, COLUMNS), document, refusals)
    elif is_stix(document):
        yield from stix_statements(document, refusals)
    else:
        yield from misp_statements(document, refusals)


def _is_ours(table: Table) -> bool:
    return table.has("date", "claim")


def _from_rows(table: Table, document: Document, refusals: Refusals) -> Iterator[Statement]:
    for place, row in table.rows(refusals):
        yield Statement(place, **{**row, "source": row.get("source", "") or document.stem})
