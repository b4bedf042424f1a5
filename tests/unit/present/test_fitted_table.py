"""Tests of headwater.present.fitted_table."""

import io

from rich.console import Console
from rich.text import Text

from headwater.present.fitted_table import Column, fitted_table

COLUMNS = [
    Column("#", [Text("1")]),
    Column("service", [Text("192.0.2.1:443/tcp")]),
    Column("sessions", [Text("7")]),
]


def _drawn(width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(fitted_table(COLUMNS, width=width))
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    return [line.rstrip() for line in text.splitlines()]


def test_all_columns_where_there_is_room() -> None:
    """1 + 2 + 17 + 2 + 8 = 30 characters."""
    assert _drawn(30) == ["#  service            sessions", "1  192.0.2.1:443/tcp  7"]


def test_the_last_column_goes_first() -> None:
    """At 29 characters sessions do not fit; the address stays whole."""
    assert _drawn(29) == ["#  service", "1  192.0.2.1:443/tcp"]
