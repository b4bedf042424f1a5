"""Which records stand behind a number, in Python? Those of one address as a table."""

from dataclasses import dataclass

from headwater.api.part import Part
from headwater.api.queries import queries_of
from headwater.app.flows import FlowsWanted, FoundFlows
from headwater.engine.trace import Trace
from headwater.present.flow_rows import arrow_rows

_SHOWN = ("start", "end", "src", "src_port", "dst", "dst_port", "proto", "packets", "bytes", "kind", "sensor")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class FlowsResult(Part):
    """Flow records, oldest first, under the canonical names: what was written out can be ingested again.

    `kind` is "contact", or why a hunt takes the record for none (docs/reference/hunt.md).

    Attributes:
        records: how many there are, whatever the limit.
        contact: how many of them count as contact.
        lake_version: version of the table of flows.
        trace: the queries that ran.
    """

    records: int
    contact: int
    lake_version: int
    trace: Trace

    def queries(self) -> Part:
        """Every query that ran, with the version of the lake that it read."""
        return queries_of(self.trace, title=self.title)


def flows_result(found: FoundFlows, wanted: FlowsWanted) -> FlowsResult:
    """The records as users of Python get them; takes the batches."""
    table = arrow_rows(found.batches)
    left = found.records - table.num_rows
    cut = (f"The earliest {table.num_rows:,} of {found.records:,} records; limit says how many.",)
    said = (
        f"{found.contact:,} of {found.records:,} records count as contact; lake version {found.lake_version}."
    )
    return FlowsResult(
        title=f"Flow records of {wanted.service}", table=table, said=(*(cut if left else ()), said),
        shown=_SHOWN, records=found.records, contact=found.contact, lake_version=found.lake_version,
        trace=found.trace,
    )  # fmt: skip
