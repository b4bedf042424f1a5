"""What does a hunt answer? Ranked candidates, what was looked at, what stands against the answer."""

from dataclasses import dataclass, field
from datetime import datetime

from headwater.model.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of all C2s the lists know: a share in [0, 1] with bounds, and how that was found."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a hunt looked at.

    Attributes:
        flows: flows inside the time asked for.
        contacts: contacts of listed C2s with distinct keys, inside their windows.
        services_tested: keys that hosts of the C2s' networks met: how many tests were made.
        c2s: listed C2s.
        c2s_seen: those with any flow inside their windows.
        left_out: flows of listed C2s that are no contact, by reason.
        flows_by_host: of `flows`, about how many the first pass did not read raw, because there is the copy
            by host.
    """

    flows: int
    contacts: int
    services_tested: int
    c2s: int
    c2s_seen: int
    left_out: dict[str, int] = field(default_factory=dict)
    flows_by_host: int = 0


@dataclass(frozen=True, slots=True)
class C2Contact:
    """Contact between two listed C2s: neither is the other's candidate, and it is shown.

    Attributes:
        client: address of the side that opened it, or of either where unknown.
        server: address of the other side.
        port: service port.
        proto: IP protocol number.
        flows: flows inside the windows.
    """

    client: str
    server: str
    port: int
    proto: int
    flows: int


@dataclass(frozen=True, slots=True)
class Hunt:
    """The answer of one hunt.

    Attributes:
        lake_version: version of the flow table it was computed on; None for flows from outside a lake.
        engine: name and version of the engine.
        since: start of the time looked at; None: no bound.
        until: its end, exclusive; None: no bound.
        examined: what was looked at.
        recall: how complete the lists are, where known.
        candidates: best first, demoted ones below.
        c2_to_c2: contact among listed C2s.
        warnings: what stands against the whole answer.
    """

    lake_version: int | None
    engine: str
    since: datetime | None
    until: datetime | None
    examined: Examined
    recall: Recall
    candidates: tuple[Candidate, ...]
    c2_to_c2: tuple[C2Contact, ...] = ()
    warnings: tuple[str, ...] = ()
