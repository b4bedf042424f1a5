"""How does a report write addresses, times and numbers? Defanged, in UTC, short, and never as if exact."""

import re
from datetime import datetime

from headwater.model.address import defanged_text
from headwater.model.case import Case
from headwater.present.charts.labels import full_group
from headwater.present.printable import printable

_WEB = re.compile(r"(?i)\bhttp(s?)://([^\s/?#]*)")
_WRITTEN_OUT = re.compile(
    r"\\x(3c|3e|60|7b|25|24|5d|28)"
)  # what headwater.present.export.harmless writes out


def said(text: str) -> str:
    """Text from outside for people: printable, its addresses defanged, its web addresses no links."""

    def dead(found: re.Match[str]) -> str:
        return f"hxxp{found[1].lower()}://{found[2].replace('.', '[.]')}"

    return printable(defanged_text(_WEB.sub(dead, text)))


def sentence(text: str) -> str:
    """A remark as a sentence: with a capital and a full stop."""
    shown = said(text)
    return f"{shown[:1].upper()}{shown[1:]}" + ("" if shown.endswith(".") else ".")


def query(text: str) -> str:
    """A query or a command as it runs; comparison signs come back that sharing wrote out."""
    return printable(_WRITTEN_OUT.sub(lambda found: chr(int(found[1], 16)), text))


def group_of(family: str, group: str) -> str:
    """Family and group of a C2, as counts name them."""
    return full_group(family, group)


def moment(at: datetime | None) -> str:
    """A moment to the minute, UTC."""
    return "not known" if at is None else f"{at:%Y-%m-%d %H:%M}"


def day(at: datetime | None) -> str:
    """A day, UTC."""
    return "not known" if at is None else f"{at:%Y-%m-%d}"


def between(low: datetime | None, high: datetime | None) -> str:
    """The bounds of a moment."""
    if low is None and high is None:
        return "not known"
    if low is None:
        return f"by {day(high)}"
    if high is None:
        return f"after {day(low)}"
    return day(low) if day(low) == day(high) else f"{day(low)} to {day(high)}"


def share(value: float | None) -> str:
    """A probability or a share in [0, 1]: two digits, and never 0 or 1 where it is neither."""
    if value is None:
        return "not known"
    if 0 < value < 0.005:
        return "<0.01"
    if 0.995 <= value < 1:
        return ">0.99"
    return f"{value:.2f}"


def small(value: float | None) -> str:
    """A p-value."""
    return "not known" if value is None else f"{value:.1g}" if value < 0.01 else f"{value:.2f}"


def count(number: int, noun: str, many: str = "") -> str:
    """A number with its noun: "1 client", "1,204 clients"."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def window(case: Case) -> str:
    """The time looked at, in words."""
    if case.since is None and case.until is None:
        return "all records"
    if case.until is None:
        return f"from {moment(case.since)}"
    if case.since is None:
        return f"until {moment(case.until)}"
    return f"{moment(case.since)} to {moment(case.until)}"
