"""Which numbers does a hunt stand on, and what may its user choose?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from headwater.app.listed_c2s import SLACK_AFTER, SLACK_BEFORE
from headwater.errors import BadSetting


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """How flows are reduced to statistics.

    Attributes:
        least_c2s: fewest distinct C2s that a key met to be measured. One is enough where its unlisted
            clients look like C2s; a key of one C2 without them is no candidate.
        sample_flows: about how many flows the sample of address pairs holds. More cost time, fewer make the
            reach of hubs and the networks' totals coarser.
        hub_hosts: keys that met more hosts than this are not read whole; their numbers come from the sample.
            Below about 1,000 the sampling error moves p-values.
        read_flows: about how many flows of possible candidates are read whole; beyond, those with the
            smallest possible share of C2s are left to the sample, too. Keeps time and memory in bounds.
        stranger_flows: about how many flows of unlisted clients are read; beyond, those of candidates with
            the smallest shares of listed C2s are left out, and the hunt says so.
        scanner_hosts: who tries more hosts than this as a client is a scanner: its visits count for no
            service's reach.
        own_port_hosts: fewest distinct visitors from which the busiest port of a C2 whose label names none is
            taken for its listening port.
        endpoint_remotes: fewest remotes in the sample from which they say how busy an endpoint is.
        network_edges: networks with fewer edges are put together.
        slots: time is cut into about so many slots, of whole days.
    """

    least_c2s: int = 1
    sample_flows: int = 1_000_000
    hub_hosts: int = 1_000
    read_flows: int = 1_000_000
    stranger_flows: int = 1_000_000
    scanner_hosts: int = 1_000
    own_port_hosts: int = 5
    endpoint_remotes: int = 8
    network_edges: int = 4_000
    slots: int = 8

    def __post_init__(self) -> None:
        for name in (
            "least_c2s", "sample_flows", "hub_hosts", "read_flows", "stranger_flows", "scanner_hosts",
            "own_port_hosts", "endpoint_remotes", "network_edges", "slots",
        ):  # fmt: skip
            if getattr(self, name) < 1:
                raise BadSetting(f"hunt setting {name} = {getattr(self, name)}: a positive number is needed")


@dataclass(frozen=True, slots=True)
class HuntSettings:
    """What a hunt looks at.

    Attributes:
        since: flows that start before are left out; None: no bound.
        until: flows that start then or later are left out; None: no bound.
        families: only C2s of these families; none means all.
        slack_before: how long before its label's window a C2 counts.
        slack_after: how long after.
        allow_reserved: candidates in private, reserved or documentation ranges are ranked like others. For
            simulated worlds and closed networks; on the open Internet such an address is an artefact.
        engine: URL of the engine.
        measure: how flows are reduced to statistics.
    """

    since: datetime | None = None
    until: datetime | None = None
    families: tuple[str, ...] = ()
    slack_before: timedelta = SLACK_BEFORE
    slack_after: timedelta = SLACK_AFTER
    allow_reserved: bool = False
    engine: str = "duckdb://"
    measure: MeasureSettings = field(default_factory=MeasureSettings)

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise BadSetting(
                f"--until {self.until.isoformat()} is not after --since {self.since.isoformat()}; swap them"
            )
