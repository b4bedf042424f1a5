"""How does a case leave as CSV? One row for each role of each host, with its uncertain edges.

RFC 4180, UTF-8. CSV has no place for remarks: what was left out is said beside it.
"""

import csv
import io
from dataclasses import fields
from datetime import datetime
from typing import Any

from headwater.model.case import Case
from headwater.model.service import protocol_name
from headwater.present.export.exercise import remark_of
from headwater.present.export.indicators import indicators
from headwater.present.export.role_intervals import RoleInterval, role_intervals
from headwater.present.export.settings import Exported, ExportSettings
from headwater.present.export.sharing import shareable
from headwater.present.export.standing import standing
from headwater.present.spreadsheet import neutralised

COLUMNS = (
    "address", "port", "proto", "role", "family", "group", "peer", "network", "asn", "hosts", "start",
    "start_low", "start_high", "end", "end_low", "end_high", "first_seen", "last_seen", "sessions",
    "included", "basis", "source", "grade", "tlp", "synthetic",
)  # fmt: skip


def csv_rows(case: Case, *, settings: ExportSettings) -> Exported:
    """The case as CSV with the columns COLUMNS; times ISO 8601 in UTC, unknown cells empty.

    Args:
        case: the case.
        settings: whom it is for.

    Raises:
        BadSetting, UnreadableSource: as `headwater.present.export.sharing.shareable`.
    """
    shared = shareable(case, settings)
    stands = standing(shared.case, settings)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in role_intervals(shared.case, stands, settings):
        cells = _cells(row) | {"synthetic": "yes" if shared.case.synthetic else ""}
        writer.writerow([cells[name] for name in COLUMNS])
    allowed = indicators(shared.case, stands, settings)
    remarks = (*remark_of(shared.case), shared.withheld.text(settings.tlp), *shared.remarks, *allowed.remarks)
    return Exported(buffer.getvalue(), tuple(text for text in remarks if text))


def cell(value: Any) -> str:  # Any: what a field of a row holds
    """A value as a cell that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return neutralised(str(value))


def _cells(row: RoleInterval) -> dict[str, str]:
    found = {field.name: cell(getattr(row, field.name)) for field in fields(row)}
    found["tlp"] = row.tlp.value
    found["proto"] = protocol_name(row.proto) if row.proto else ""
    for name in ("port", "asn"):
        found[name] = found[name] if getattr(row, name) else ""
    return found
