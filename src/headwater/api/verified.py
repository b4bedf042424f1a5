"""Do the numbers of a report still hold, in Python? One row for each difference."""

from dataclasses import dataclass

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.app.report_lists import change_text
from headwater.app.verify import Difference, Verified


@dataclass(frozen=True, slots=True)
class _Row:
    """One difference, its values as text: they may be numbers, words or nothing."""

    where: str
    stated: str | None
    found: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class VerifyResult(Part):
    """What of a report does not hold: one row for each number or cell, none where everything holds.

    Computed on the versions of flows, labels and context that the report read; `verified.lists` tells which
    labels and context have changed since.

    Attributes:
        verified: the same as records.
    """

    verified: Verified

    @property
    def holds(self) -> bool:
        """Whether everything holds, with all settings made the same."""
        return self.verified.holds


def verify_result(found: Verified) -> VerifyResult:
    """The comparison as users of Python get it."""
    compared = f"{found.statements:,} statements and {found.cells:,} cells of tables were computed again"
    settings = tuple(f"This setting could not be made the same: {name}." for name in found.settings)
    changed = tuple(f"Changed since: {change_text(one)}." for one in found.lists.changes)
    unlike = tuple(f"{text}." for text in found.lists.unlike)
    return VerifyResult(
        title=f"The report on {found.service} {'holds' if found.holds else 'does not hold'}",
        table=arrow_of(map(_row, found.differences), _Row),
        said=(f"{compared} on lake version {found.lake_version}.", *settings, *unlike, *changed),
        verified=found,
    )  # fmt: skip


def _row(one: Difference) -> _Row:
    stated, now = (None if value is None else str(value) for value in (one.stated, one.found))
    return _Row(one.where, stated, now)
