"""What may a user choose about an export? Whom it is for, what it may name, how long it holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from headwater.model.label import Tlp


class Pap(StrEnum):
    """Permissible Actions Protocol: what a recipient may do with it (MISP taxonomy PAP)."""

    CLEAR = "clear"  # anything
    GREEN = "green"  # block it, configure sensors with it; nothing that tells more than blocking does
    AMBER = "amber"  # passive look-ups with third parties
    RED = "red"  # only what its subject cannot notice

    @property
    def allows_blocking(self) -> bool:
        """Whether traffic may be blocked, which the other side can notice."""
        return self in (Pap.CLEAR, Pap.GREEN)


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Choices of one export.

    Attributes:
        tlp: whom it is for; what is marked above stays out, and the document is marked with this.
        pap: what recipients may do with it.
        producer: who signs; a name of an organisation.
        valid_for: how long behind the last contact an indicator holds. 30 days: long enough to bridge the
            gaps of sampled records, short enough for a rented address to change hands seldom in between.
        name_others: name clients that are no listed C2s, instead of their networks.
        access_node: export a case about a host that connects to C2s, which may be a person's connection.
        with_c2s: indicators for the listed C2s as well, not for the service alone.
        reference: where the report can be read; "" for nowhere.
    """

    tlp: Tlp = Tlp.AMBER
    pap: Pap = Pap.GREEN
    producer: str = "headwater"
    valid_for: timedelta = timedelta(days=30)
    name_others: bool = False
    access_node: bool = False
    with_c2s: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished document.

    Attributes:
        text: the document.
        remarks: what the user should know: what was left out and why, one sentence each.
    """

    text: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SidRange:
    """The signature ids that rules may take, both ends included."""

    first: int = 1_700_000  # 1000000-1999999 are for local use (sidallocation.org)
    last: int = 1_799_999


@dataclass(frozen=True, slots=True)
class ListSettings:
    """What only rules and block lists need.

    Attributes:
        at: the moment that the list is made for: what has expired by then stays out, timeouts count from it.
        action: what a rule does: "alert" or "drop".
        sids: the signature ids that rules may take.
    """

    at: datetime
    action: str = "alert"
    sids: SidRange = SidRange()
