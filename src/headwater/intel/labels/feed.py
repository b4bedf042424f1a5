"""What does every feed of labels promise? The protocol, what a feed says, and the report of one file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import PurePath
from typing import Any, Protocol

from headwater.errors import UnreadableSource
from headwater.intel.refusals import Refusal, Refusals
from headwater.model.label import Tlp

NOTE_CHARACTERS = 1000  # what an analyst reads; some feeds put whole reports into a comment


@dataclass(frozen=True)
class Document:
    """One file of a feed, read whole: feeds are small beside flows.

    Attributes:
        name: what the user called it.
        text: its content.
    """

    name: str
    text: str

    @property
    def stem(self) -> str:
        """The name without folders and endings: what a source is called that does not name itself."""
        return PurePath(self.name).name.partition(".")[0] or "labels"

    @cached_property
    def looks_like_json(self) -> bool:
        """Whether the text begins as a JSON object or array."""
        return self.text.lstrip()[:1] in ("{", "[") and not self.text.lstrip()[1:2].isalnum()

    @cached_property
    def json(self) -> Any:  # Any: whatever JSON can say
        """The JSON value, or None where the text is no JSON.

        Raises:
            UnreadableSource: the text begins as JSON and is damaged; the message says where.
        """
        if not self.looks_like_json:
            return None
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as why:
            raise UnreadableSource(
                f"{self.name}: damaged JSON at line {why.lineno}, column {why.colno} ({why.msg}); "
                "fetch the file again"
            ) from None
        except (RecursionError, ValueError) as why:
            raise UnreadableSource(f"{self.name}: JSON that cannot be read ({why})") from None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry that has an identifier, still as text.

    Attributes:
        id: the same in every version.
        maker: who made it; "" where it does not say.
        at: when this version was made; "" for the time of the file.
    """

    id: str
    maker: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed says, still as text: what it is worth is decided in one place for all feeds.

    Attributes:
        place: line of a text file or number of the record, from 1.
        address: address, defanged or not, perhaps with a port.
        port: the port as text; "" for none.
        family: malware family as the feed calls it; "" for none.
        group: part of the family; "" for none.
        role: what the address is said to be; "" for none.
        first_seen: when the window starts; "" for unknown.
        last_seen: last sighting, which the window includes; "" for open.
        until: end of the window, which it excludes; "" for open. A feed gives this or `last_seen`.
        source: who says so; "" for the feed itself.
        grade: Admiralty grade; "" for none.
        tlp: Traffic Light Protocol word; "" for none.
        note: anything else worth keeping.
        rests_on: what has to stand for this to be said; none where entries have no identifiers.
    """

    place: int
    address: str
    port: str = ""
    family: str = ""
    group: str = ""
    role: str = ""
    first_seen: str = ""
    last_seen: str = ""
    until: str = ""
    source: str = ""
    grade: str = ""
    tlp: str = ""
    note: str = ""
    rests_on: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What one file of a feed says.

    Attributes:
        entries: in the file's order.
        source: what the feed is called where neither entry nor analyst says otherwise.
        tlp: how far the feed may be shared where an entry does not say; None where the feed does not either.
        made_at: when the feed made the file, as text; "" where it does not say.
        withdrawn: what the feed takes back; complete once `entries` were read.
    """

    entries: Iterable[Entry]
    source: str
    tlp: Tlp | None = None
    made_at: str = ""
    withdrawn: Iterable[Version] = ()


class LabelFeed(Protocol):
    """One kind of feed.

    Attributes:
        name: what `--format` calls it.
        title: what people call it.
    """

    name: str
    title: str

    def recognises(self, document: Document) -> bool:
        """Whether the content is this feed's: by what is in it, never by its name."""
        ...

    def read(self, document: Document, refusals: Refusals) -> Said:
        """What the file says; what cannot even become an entry is told to `refusals`.

        Raises:
            HeadwaterError: the content is not this feed's at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What became of one file.

    Attributes:
        path: the file as the user named it.
        format: the feed's name, "" where none recognised it.
        source: what its labels are kept under.
        taken: labels that the file gave.
        added: labels added to the lake: `taken`, or 0 where the file was there already.
        already: the same file is in the lake already, added with the same options.
        merged: entries that said the same as another one of the file.
        withdrawn: labels of earlier files that counted, and that this file takes back.
        families: family to number of labels.
        refused: reason to what was refused.
        passed_over: what is no address, by kind, with counts; no fault of the file.
        notes: what is worth saying though nothing was lost.
        error: why the file could not be used at all, "" where it could.
    """

    path: str
    format: str = ""
    source: str = ""
    taken: int = 0
    added: int = 0
    already: bool = False
    merged: int = 0
    withdrawn: int = 0
    families: dict[str, int] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def refused_count(self) -> int:
        """Entries refused."""
        return sum(refusal.count for refusal in self.refused.values())


@dataclass(frozen=True, slots=True)
class Analyst:
    """What the analyst knows and says beside the feed.

    Attributes:
        family: replaces what the feed says; "" leaves it.
        group: the same for the group.
        role: the same for the role.
        since: start of the override window; None leaves the feed's start.
        until: end of the override window, excluded; None leaves the feed's end.
        source: the name to keep the labels under; "" leaves the feed's.
        grade: Admiralty grade for entries that have none.
        tlp: at least this strict; "" leaves the feed's word.
        allow_reserved: whether addresses that no server on the Internet can have are taken.
    """

    family: str = ""
    group: str = ""
    role: str = ""
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    grade: str = ""
    tlp: str = ""
    allow_reserved: bool = False
