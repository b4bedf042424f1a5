"""How does an answer leave? The same flags on every verb: --json, --csv, --output FILE, --quiet.

stdout is data, stderr is talk. Exit codes: 0 done, 1 done with rejects or findings that failed, 2 wrong use.
"""

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from headwater.errors import BadSetting
from headwater.present.spreadsheet import neutralised

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
CsvFlag = Annotated[bool, typer.Option("--csv", help="Answer as CSV.")]
OutputFile = Annotated[
    Path | None,
    typer.Option("--output", help="Write the answer to this file.", metavar="FILE", show_default=False),
]
QuietFlag = Annotated[bool, typer.Option("--quiet", help="No progress and no remarks on stderr.")]

Rows = Sequence[Mapping[str, Any]]  # Any: cells are numbers, texts, times or None


def _seen_enough() -> NoReturn:
    """Ends without a complaint: the reader of the answer (`head`, `less`) has gone.

    Raises:
        SystemExit: always, with 0.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still in the buffer goes nowhere
    raise SystemExit(0)


class Answers(Console):
    """A console on stdout whose reader may leave before the end."""

    def on_broken_pipe(self) -> None:
        """Ends the program in order; the console of the library would say that it failed."""
        _seen_enough()


@dataclass(frozen=True, slots=True)
class Output:
    """The output flags of one call.

    Raises:
        BadSetting: both --json and --csv were given.
    """

    as_json: bool = False
    as_csv: bool = False
    file: Path | None = None
    quiet: bool = False

    def __post_init__(self) -> None:
        if self.as_json and self.as_csv:
            raise BadSetting("--json and --csv exclude each other; choose one")

    @property
    def talk(self) -> Console:
        """Where remarks and progress go."""
        return Console(stderr=True, quiet=self.quiet)

    def write(
        self,
        *,
        document: Any,  # Any: whatever JSON can say
        table: Callable[[Console], None],
        rows: Rows | None = None,
    ) -> None:
        """Writes one answer in the form asked for.

        Args:
            document: the answer for --json; dates and enumerations are turned into text.
            table: draws the answer for people.
            rows: the answer for --csv, or None where a table is not its form.

        Raises:
            BadSetting: --csv where the answer is no table, or the file cannot be written.
        """
        if self.as_json:
            self._deliver(json_text(document))
        elif self.as_csv:
            if rows is None:
                raise BadSetting("this answer is no table; use --json instead of --csv")
            self._deliver(csv_text(rows))
        elif self.file is not None:
            buffer = io.StringIO()
            table(Console(file=buffer, width=160))
            self._deliver(buffer.getvalue())
        else:
            table(Answers(file=sys.stdout))

    def text(self, text: str) -> None:
        """Writes an answer that is a document already.

        Raises:
            BadSetting: the file cannot be written.
        """
        self._deliver(text)

    def stream(self, pieces: Iterable[str]) -> None:
        """Writes an answer that comes piece by piece, and may be longer than memory.

        Raises:
            BadSetting: the file cannot be written.
        """
        if self.file is None:
            try:
                for piece in pieces:
                    sys.stdout.write(piece)
                sys.stdout.flush()
            except BrokenPipeError:
                _seen_enough()
            return
        partial = self.file.with_name(self.file.name + ".part")
        try:
            with partial.open("w", encoding="utf-8", newline="") as file:
                for piece in pieces:
                    file.write(piece)
            partial.replace(self.file)  # a reader never sees half a file
        except OSError as why:
            raise BadSetting(
                f"--output {self.file}: {why.strerror}; choose a file that can be written"
            ) from None
        finally:
            with suppress(OSError):  # nothing to remove, or no folder to remove it from
                partial.unlink()

    def _deliver(self, text: str) -> None:
        self.stream([text])


# What a terminal obeys instead of showing it, and halves of surrogate pairs, which UTF-8 cannot say. In JSON
# these stand in strings only, and RFC 8259 (section 7) lets any character of a string be escaped.
_OBEYED = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def json_text(document: Any) -> str:  # Any: whatever JSON can say
    """A document as JSON that a terminal can show and UTF-8 can hold, whatever is in its strings."""
    text = json.dumps(document, default=plain, ensure_ascii=False, indent=2) + "\n"
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], text)


def plain(value: Any) -> Any:  # Any: called by json for whatever it does not know
    """A value that JSON does not know, as text; times are ISO 8601 in UTC with a Z."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _cell(value: Any) -> Any:  # Any: as in Rows
    if value is None:
        return ""
    if isinstance(value, datetime | Enum):
        return plain(value)
    if isinstance(value, str):
        return neutralised(value)
    if isinstance(value, list | tuple):
        return "; ".join(str(_cell(item)) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={_cell(item)}" for key, item in value.items())
    return value


def csv_text(rows: Rows) -> str:
    """Rows as CSV (RFC 4180) with a header, formulas neutralised; no rows give an empty text."""
    if not rows:
        return ""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows[0].keys())
    writer.writerows([[_cell(value) for value in row.values()] for row in rows])
    return buffer.getvalue()
