"""What is known of an address? Label: one role of one address over one window, from one source."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from headwater.model.window import Window


class Role(StrEnum):
    """What an address is said to be."""

    C2 = "c2"
    LOADER = "loader"  # serves malware for download
    SINKHOLE = "sinkhole"
    SCANNER = "scanner"
    RESEARCH = "research"  # trackers, honeypots, emulated bots
    UPSTREAM = "upstream"  # a confirmed server behind C2s
    VICTIM = "victim"
    BENIGN = "benign"


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, August 2022)."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One version of one entry of a feed, by which the feed can take back what it said.

    Attributes:
        id: the same in every version: STIX's `id`, MISP's `uuid`.
        maker: who made it, "" where nobody is named: nobody else takes it back.
        at: when this version was made; None where it does not say.
    """

    id: str
    maker: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """One role of one address over one window, from one source.

    Attributes:
        address: IPv4 or IPv6 text.
        role: what the address is said to be.
        family: malware family in lower case, e.g. "emotet".
        group: part of the family, e.g. "epoch2"; "" where the source names none.
        port: the C2's own listening port; 0 where the source names none.
        feed: the window that the source itself gives; an open end is None.
        override: a window that an analyst set, or None; where set, it replaces `feed` in every match.
        source: name of the feed or file.
        grade: Admiralty code of the source and the statement, e.g. "B2"; "" where none was given.
        tlp: how far the label may be shared.
        note: free text from the source; hostile until escaped.
        rests_on: groups of entries, each of which carries the label while all of it stands; none where the
            feed's entries have no identifiers, and in labels that come from a lake, which knows them itself.
    """

    address: str
    role: Role
    family: str
    group: str = ""
    port: int = 0
    feed: Window = field(default_factory=Window)
    override: Window | None = None
    source: str = ""
    grade: str = ""
    tlp: Tlp = Tlp.AMBER
    note: str = ""
    rests_on: tuple[tuple[FeedEntry, ...], ...] = field(default=(), compare=False, repr=False)

    @property
    def window(self) -> Window:
        """The window that counts: the analyst's where there is one, else the feed's."""
        return self.feed if self.override is None else self.override

    def active_at(self, moment: datetime) -> bool:
        """Whether the label holds at a moment."""
        return self.window.contains(moment)
