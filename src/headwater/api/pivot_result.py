"""Which other clients of a confirmed service may be C2s, in Python? Leads as rows, and what was set aside."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from headwater.api.arrow_rows import arrow_of
from headwater.api.moments import Names, names
from headwater.api.part import Part
from headwater.api.queries import queries_of
from headwater.app.pivot import Pivoted, labels_of
from headwater.errors import BadSetting
from headwater.model.address import refang
from headwater.model.lead import Lead, Leads, SetAside
from headwater.model.service import protocol_name
from headwater.present.printable import printable
from headwater.present.spreadsheet import neutralised

_SHOWN = (
    "address", "port", "posterior", "words", "family", "sessions", "days", "first_seen", "last_seen",
    "upstreams", "accepted", "reasons",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PivotResult(Part):
    """Unlisted clients of a confirmed service, the likeliest C2s first; all of them, however unlikely.

    `posterior` is the calibrated probability in [0, 1] of being a C2; a lead is where to look next, and no
    finding. `evidence` holds natural logarithms of likelihood ratios by kind, positive for a C2. Nothing is
    stored: a lead becomes a label only on your word, see `accept`.

    Attributes:
        pivoted: the answer as records, and the queries behind it.
    """

    pivoted: Pivoted

    @property
    def leads(self) -> Leads:
        """The answer as records."""
        return self.pivoted.leads

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands against the whole answer."""
        return self.leads.warnings

    def aside(self) -> Part:
        """Unlisted clients that something else explains, with the reason."""
        title = f"Clients of {self.leads.service} that something else explains"
        return Part(title=title, table=arrow_of(self.leads.aside, SetAside))

    def queries(self) -> Part:
        """Every query that ran, with the version of the lake that it read."""
        return queries_of(self.pivoted.trace, title=self.title)

    def accept(self, addresses: Names, out: str | Path) -> Path:
        """Writes a list in which leads are C2s, on your word, for `Lake.add_labels`.

        Args:
            addresses: of leads that you take for C2s.
            out: the CSV file.

        Returns:
            The file. Its labels name this pivot as their source, and later pivots do not count them.

        Raises:
            BadSetting: an address is no lead or has no family, none was given, or the file cannot be written.
        """
        rows = labels_of(self.leads, [refang(one) for one in names(addresses)])
        if not rows:
            raise BadSetting("addresses: name at least one lead")
        path = Path(out)
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows([{key: _cell(value) for key, value in row.items()} for row in rows])
        except OSError as why:
            raise BadSetting(f"out = {path}: {why.strerror}; choose a file that can be written") from None
        return path


def pivot_result(found: Pivoted) -> PivotResult:
    """Leads as users of Python get them; protocols by name, as in other tables."""
    leads = found.leads
    table = arrow_of(leads.leads, Lead)
    protocols = pa.array([protocol_name(one.proto) if one.proto else "" for one in leads.leads], pa.string())
    told = (
        f"{len(leads.leads):,} of {leads.clients:,} clients are leads, {leads.listed:,} are listed C2s, "
        f"{len(leads.aside):,} are explained otherwise; lake version {leads.lake_version}."
    )
    return PivotResult(
        title=f"Unlisted clients of {leads.service}, as leads",
        table=table.set_column(table.column_names.index("proto"), "proto", protocols),
        said=(*(f"Note: {text}." for text in leads.warnings), told), shown=_SHOWN, pivoted=found,
    )  # fmt: skip


def _cell(value: str | int | datetime) -> str | int:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return neutralised(printable(value)) if isinstance(value, str) else value
