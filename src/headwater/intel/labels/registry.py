"""Which feeds are known, and which one is this file? The list of feeds, and recognition by content."""

from headwater.errors import FormatUnknown
from headwater.intel.labels.feed import Document, LabelFeed
from headwater.intel.labels.feodo import FeodoTracker
from headwater.intel.labels.misp import Misp
from headwater.intel.labels.plain import Plain
from headwater.intel.labels.stix import Stix
from headwater.intel.labels.threatfox import ThreatFox

# In the order asked: what has marks of its own first, anything tabular last.
FEEDS: tuple[LabelFeed, ...] = (Stix(), Misp(), ThreatFox(), FeodoTracker(), Plain())


def feed_named(name: str) -> LabelFeed:
    """The feed that `--format NAME` means.

    Raises:
        FormatUnknown: there is none; the message lists those there are.
    """
    for feed in FEEDS:
        if feed.name == name.strip().lower():
            return feed
    known = ", ".join(sorted(feed.name for feed in FEEDS))
    raise FormatUnknown(f"no label format is called {name!r}; there are: {known}")


def recognise(document: Document) -> LabelFeed:
    """The feed whose format the content is.

    Raises:
        FormatUnknown: none recognises it.
        UnreadableSource: it is damaged JSON.
    """
    for feed in FEEDS:
        if feed.recognises(document):
            return feed
    raise FormatUnknown(
        f"{document.name}: no feed of labels recognises its content; name one with --format, or "
        "give it a first line address,family"
    )
