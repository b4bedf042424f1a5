"""How did a candidate come to its rank, in Python? The steps of the reckoning as rows, and whom it met."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
from rich.console import Console

from headwater.api.arrow_rows import plain
from headwater.api.part import Part
from headwater.present.explanation import draw_explanation
from headwater.score.explain import Explanation, Value

_TIME = pa.timestamp("us")
_STEPS: pa.Schema = pa.schema(
    [(name, pa.string()) for name in ("question", "formula", "name")]
    + [("value", pa.float64()), ("text", pa.string())]
)
_CONTACTS: pa.Schema = pa.schema(
    [(name, pa.string()) for name in ("c2", "family", "group", "network")]
    + [(name, pa.int64()) for name in ("flows", "sessions", "days")]
    + [(name, pa.string()) for name in ("first", "last")]
    + [("on_c2_port", pa.bool_())]
)
_STRANGERS: pa.Schema = pa.schema(
    [("address", pa.string()), ("port", pa.int64()), ("fan_in", pa.int64()), ("clients", pa.float64()),
     ("bots", pa.float64()), ("family", pa.string()), ("ln_ratio", pa.float64())]
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Explained(Part):
    """The reckoning of one candidate: a row for each number, in the order in which they were reckoned.

    `question` and `formula` belong to a step, `name` to a number of it; `value` holds the number (0 and 1
    for no and yes) and is null where `text` holds words.

    Attributes:
        explanation: the same as records.
    """

    explanation: Explanation

    def contacts(self) -> Part:
        """What each listed C2 in contact has to do with the candidate; times UTC."""
        table = _table(self.explanation.contacts, _CONTACTS)
        for name in ("first", "last"):
            moments = table[name].cast(_TIME).cast(pa.timestamp("us", tz="UTC"))
            table = table.set_column(table.column_names.index(name), name, moments)
        return Part(title=f"Listed C2s in contact with {self.explanation.service}", table=table)

    def strangers(self) -> Part:
        """Its unlisted clients, the most C2-like first, at most 20.

        `ln_ratio` is the natural logarithm of how much better a C2 than an ordinary host explains who comes
        to that client: 0 tells nothing, and one host's value convicts nobody.
        """
        return Part(
            title=f"Unlisted clients of {self.explanation.service}",
            table=_table(self.explanation.strangers, _STRANGERS),
        )

    def text(self) -> str:
        """The reckoning as `headwater hunt --explain` prints it."""
        buffer = io.StringIO()
        draw_explanation(self.explanation, Console(file=buffer, width=160))
        return buffer.getvalue()


def explained(told: Explanation) -> Explained:
    """The reckoning of a candidate as users of Python get it."""
    rows = [
        {"question": step.question, "formula": step.formula, "name": name, **_cells(value)}
        for step in told.steps
        for name, value in step.values.items()
    ]
    return Explained(
        title=f"Rank {told.rank}: {told.service} is taken for {told.verdict}",
        table=_table(rows, _STEPS), said=told.reasons, explanation=told,
    )  # fmt: skip


def _cells(value: Value) -> dict[str, Value]:
    return {"text": value} if isinstance(value, str) else {"value": None if value is None else float(value)}


def _table(rows: Iterable[Mapping[str, Value]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([{k: plain(v) for k, v in row.items()} for row in rows], schema=schema)
