"""Which addresses are known for something else than malware? MISP warning lists.

Format: https://github.com/MISP/misp-warninglists, one JSON object a list with `name`, `version`, `type`,
`list` and, optionally, `category` and `description`. Only lists of type `cidr` speak of addresses.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from headwater.errors import FormatUnknown
from headwater.intel.context.prefixes import Int64s, Prefix, PrefixMap, prefix_of
from headwater.intel.refusals import Refusals


@dataclass(frozen=True, slots=True)
class WarningList:
    """One list.

    Attributes:
        name: what the list calls itself; text from outside.
        version: the list's own version number, 0 where it has none.
        category: what the list says a hit means, e.g. "False positive", "" where it says nothing.
        entries: prefixes and addresses as text.
        ranges: the same as numbers, in the same order.
    """

    name: str
    version: int
    category: str
    entries: tuple[str, ...]
    ranges: tuple[Prefix, ...] = field(repr=False)


def looks_like_warning_list(text: str) -> bool:
    """Whether the text is a MISP warning list: a JSON object with a name and a list."""
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("list"), list) and "name" in found


def read_warning_list(text: str, *, name: str, refusals: Refusals) -> WarningList | None:
    """The list in a JSON text.

    Args:
        text: the file's content.
        name: what the user calls the file, for messages.
        refusals: told which entries are no address (place: the entry's number, counted from 1).

    Returns:
        The list, or None where it holds no addresses (host names, regular expressions): noted in `refusals`.

    Raises:
        FormatUnknown: the text is no warning list.
    """
    if not looks_like_warning_list(text):
        raise FormatUnknown(f"{name}: no MISP warning list; expected a JSON object with `name` and `list`")
    found = json.loads(text)
    kind = str(found.get("type", "cidr"))
    title = str(found["name"])
    if kind != "cidr":
        refusals.note(f"{name}: a list of type {kind} holds no addresses; skipped")
        return None
    entries: list[str] = []
    ranges: list[Prefix] = []
    for place, entry in enumerate(found["list"], start=1):
        try:
            ranges.append(prefix_of(str(entry)))
        except ValueError:
            refusals.add("no address or prefix", place=place, example=str(entry))
            continue
        entries.append(str(entry).strip())
    version = found.get("version", 0)
    return WarningList(
        name=title,
        version=int(version) if str(version).isascii() and str(version).isdigit() else 0,
        category=str(found.get("category") or ""),
        entries=tuple(entries),
        ranges=tuple(ranges),
    )


@dataclass(frozen=True, slots=True)
class WarningLists:
    """Several lists, ready to be asked about many addresses.

    Attributes:
        names: name of each list.
        categories: category of each list, "" where it has none.
    """

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    _ranges: tuple[Prefix, ...] = field(default=(), repr=False)
    _list_of_range: Int64s = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    _all: PrefixMap = field(default_factory=lambda: PrefixMap.build(()), repr=False)

    @classmethod
    def build(cls, lists: Sequence[WarningList]) -> "WarningLists":
        """The lists, indexed."""
        ranges = tuple(prefix for one in lists for prefix in one.ranges)
        owner = np.repeat(np.arange(len(lists), dtype=np.int64), [len(one.ranges) for one in lists])
        return cls(
            names=tuple(one.name for one in lists),
            categories=tuple(one.category for one in lists),
            _ranges=ranges,
            _list_of_range=owner,
            _all=PrefixMap.build(ranges),
        )

    def match(self, hi: Int64s, lo: Int64s) -> tuple[Int64s, tuple[str, ...]]:
        """For each address the list with the longest prefix that holds it.

        Args:
            hi: upper halves of the addresses, shape (n,).
            lo: lower halves, shape (n,).

        Returns:
            Indices into the names, shape (n,), -1 where no list has the address; and the names. A hit says
            what the address is known for, not that it is harmless: a C2 may sit in any cloud's range.
        """
        found = self._all.lookup(hi, lo)
        if not len(self._list_of_range):
            return found, self.names
        return np.where(found >= 0, self._list_of_range[np.maximum(found, 0)], -1), self.names
