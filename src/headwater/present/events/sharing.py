"""What of an event may a sink get, under its TLP? Without hosts that are marked above, which it says."""

from dataclasses import dataclass, replace

from headwater.intel.labels.names import STRICTNESS
from headwater.model.event import Event
from headwater.model.label import Tlp

LEFT_OUT = "[left out]"


@dataclass(frozen=True, slots=True)
class Shared:
    """An event as a sink may get it.

    Attributes:
        event: without what is marked above.
        tlp: of the sink.
        hosts: how many hosts were left out.
        whole: whether all of the event was left out but its kind, its time and its name.
        events: of a digest: its events as they may leave.
    """

    event: Event
    tlp: Tlp
    hosts: int = 0
    whole: bool = False
    events: tuple["Shared", ...] = ()

    @property
    def remark(self) -> str:
        """One sentence about what was left out; "" where nothing was."""
        above = f"marked above TLP:{self.tlp.value.upper()}"
        if self.whole:
            return f"what it says is left out: {above}"
        if self.hosts:
            return f"{self.hosts} host{'s' * (self.hosts != 1)} left out, with what might name them: {above}"
        return ""


def shared(event: Event, tlp: Tlp) -> Shared:
    """An event as a sink of some TLP may get it.

    Numbers stay, as in an export: they count what is left out, too, and name nobody. Sentences and texts go
    with the first host that is left out, because they may repeat what its label says.

    Args:
        event: the event.
        tlp: of the sink.
    """
    kept = tuple(host for host in event.hosts if _may_leave(host.tlp, tlp))
    withheld = len(event.hosts) - len(kept)
    if not kept and (event.hosts or not _may_leave(event.tlp, tlp)):
        stub = replace(
            event,
            subject=LEFT_OUT,
            role="",
            hosts=(),
            measured=None,
            facts={},
            reasons=(),
            command="",
            events=(),
        )
        return Shared(stub, tlp, withheld, whole=True)
    inner = tuple(shared(each, tlp) for each in event.events)
    if not withheld:
        return Shared(event, tlp, events=inner)
    numbers: dict[str, str | int | float | None] = {
        name: value for name, value in event.facts.items() if not isinstance(value, str)
    }
    cut = replace(event, hosts=kept, reasons=(), facts=numbers)
    return Shared(cut, tlp, withheld, events=inner)


def _may_leave(marked: Tlp, tlp: Tlp) -> bool:
    return STRICTNESS.index(marked) <= STRICTNESS.index(tlp)
