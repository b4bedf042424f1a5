"""What do open sources say? Claim: a dated statement about an address, or about what an actor uses."""

from dataclasses import dataclass, field
from datetime import datetime

from headwater.model.label import Tlp


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of one source; every text is hostile until made printable.

    Attributes:
        address: what it is about; "" where it is about an actor and no address ("TA505 uses Dridex").
        date: of what it states; with `until`, the first moment of a span. UTC.
        until: the moment behind the last of that span; None where the source gives one moment.
        claim: the statement itself.
        actor: whom it names, as the source writes it; "" for nobody.
        malware: the malware that it names; "" for none.
        source: who says so.
        grade: Admiralty code of source and statement, e.g. "B2"; "" where none was given.
        url: where it can be read; never opened by this program.
        tlp: how far it may be shared.
        place: file and place in it that say so; "" where nothing tells. Two files that say the same make one
            claim.
    """

    address: str
    date: datetime
    claim: str
    until: datetime | None = None
    actor: str = ""
    malware: str = ""
    source: str = ""
    grade: str = ""
    url: str = ""
    tlp: Tlp = Tlp.AMBER
    place: str = field(default="", compare=False)
