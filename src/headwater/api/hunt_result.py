"""What does a hunt answer in Python? Ranked candidates: table, picture, and what is behind."""

import io
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from rich.console import Console

from headwater.api.arrow_rows import arrow_of, plain
from headwater.api.explained import Explained, explained
from headwater.api.part import Part
from headwater.api.queries import queries_of
from headwater.app.hunt import Hunted
from headwater.errors import BadSetting
from headwater.model.candidate import Candidate
from headwater.model.hunt import C2Contact, Hunt
from headwater.model.service import Service, protocol_name
from headwater.present.charts.candidates import MOST, candidates_chart
from headwater.present.hunt_table import document, draw
from headwater.score.explain import explain

_SHOWN = ("rank", "address", "port", "proto", "role", "verdict", "posterior", "c2s", "clients", "by_group",
          "exclusivity_low", "exclusivity_high", "first_seen", "last_seen", "sessions",
          "reasons")  # fmt: skip
_WIDTH = 160  # characters of a line of text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HuntResult(Part):
    """The answer of a hunt: one row a candidate, best first, demoted ones below with their verdict.

    `posterior` is the calibrated probability in [0, 1] that the candidate is an upstream; read it beside
    `verdict` and `reasons`. `q_value` is the share of false discoveries to expect down to this rank where
    chance alone is at work; a small one does not rule out a shared service or a tracker, which verdicts do.
    `exclusivity` is the share of its contacts that are listed C2s, with bounds; lists are incomplete, so it
    is a lower bound. docs/reference/hunt.md tells every column.

    Attributes:
        hunted: the answer, the statistics and the reckoning behind it.
    """

    hunted: Hunted

    @property
    def hunt(self) -> Hunt:
        """The answer as records: `candidates`, `examined`, `recall`, `warnings`."""
        return self.hunted.hunt

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands against the whole answer."""
        return self.hunt.warnings

    def service(self, rank: int) -> Service:
        """The candidate with a rank as a service to investigate.

        Args:
            rank: 1 is best.

        Raises:
            BadSetting: there is no such rank.
        """
        if not 1 <= rank <= len(self.hunt.candidates):
            raise BadSetting(f"there is no rank {rank}: ranks go from 1 to {len(self.hunt.candidates)}")
        one = self.hunt.candidates[rank - 1]
        return Service(one.address, one.port, one.proto if one.port else 0)

    def explain(self, rank: int) -> Explained:
        """The whole reckoning of one candidate, from counts to verdict.

        Args:
            rank: 1 is best.

        Raises:
            BadSetting: there is no such rank.
        """
        try:
            return explained(explain(self.hunted.ranking, rank))
        except IndexError as why:
            raise BadSetting(str(why)) from None

    def c2_to_c2(self) -> Part:
        """Contact among listed C2s: neither is the other's candidate."""
        table = arrow_of(self.hunt.c2_to_c2, C2Contact)
        names = pa.array([protocol_name(one.proto) for one in self.hunt.c2_to_c2], pa.string())
        table = table.set_column(table.column_names.index("proto"), "proto", names)
        return Part(title="Contact among listed C2s", table=table)

    def left_out(self) -> Part:
        """Flows of listed C2s that are no contact, by reason."""
        counts = self.hunt.examined.left_out
        columns = {"reason": plain(list(counts)), "flows": list(counts.values())}
        schema = pa.schema([("reason", pa.string()), ("flows", pa.int64())])
        return Part(title="Flows of listed C2s that are no contact", table=pa.table(columns, schema=schema))

    def queries(self) -> Part:
        """Every query that ran, with the version of the lake that it read."""
        return queries_of(self.hunted.trace, title=self.title)

    def document(self) -> dict[str, Any]:  # Any: what JSON can say
        """The answer as `headwater hunt --json` writes it; times are datetimes."""
        return document(self.hunt)

    def text(self, *, top: int = 20) -> str:
        """The answer as `headwater hunt` prints it.

        Args:
            top: only so many candidates.
        """
        buffer = io.StringIO()
        draw(self.hunt, Console(file=buffer, width=_WIDTH), top=top)
        return buffer.getvalue()


def hunt_result(found: Hunted) -> HuntResult:
    """The answer of a hunt as users of Python get it."""
    hunt, seen = found.hunt, found.hunt.examined
    looked_at = (
        f"{seen.flows:,} flows, {seen.c2s_seen:,} of {seen.c2s:,} listed C2s seen inside their windows, "
        f"{seen.contacts:,} contacts, {seen.services_tested:,} services and clients to choose from; "
        + ("flows outside any lake" if hunt.lake_version is None else f"lake version {hunt.lake_version}")
    )
    drawn = min(MOST, len(hunt.candidates))
    return HuntResult(
        title="What the listed C2s have in common",
        table=_table(hunt),
        said=(*(f"Note: {text}." for text in hunt.warnings), f"{looked_at}."),
        shown=_SHOWN,
        draw=(lambda: candidates_chart(hunt)) if hunt.candidates else None,
        description=f"The best {drawn:,} candidates: the share of each one's contacts that are listed C2s.",
        hunted=found,
    )


def _table(hunt: Hunt) -> pa.Table:
    """Candidates; protocols by name, as in the JSON."""
    table = arrow_of(hunt.candidates, Candidate)
    names = pa.array([protocol_name(one.proto) for one in hunt.candidates], pa.string())
    return table.set_column(table.column_names.index("proto"), "proto", names)
