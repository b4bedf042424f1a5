"""Which numbers does the measuring of one case stand on, and what may its user choose?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from headwater.app.hunt_settings import MeasureSettings
from headwater.app.listed_c2s import SLACK_AFTER, SLACK_BEFORE
from headwater.errors import BadSetting


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """What an investigation looks at.

    Attributes:
        since: flows that start before are left out; None: no bound.
        until: flows that start then or later are left out; None: no bound.
        families: only C2s of these families; none means all.
        slack_before: how long before its label's window a C2 counts for what a hunt would count. Seven days
            as in a hunt: C2s work before anyone lists them.
        slack_after: how long after. Two days as in a hunt.
        allow_reserved: the service may lie in a private, reserved or documentation range without being taken
            for an artefact. For simulated worlds and closed networks.
        engine: URL of the engine.
        most_clients: clients of the service that are told one by one: listed C2s first, then those of most
            flows. Each takes 1.5 kB (168 hours of the week), so 50,000 take 75 MB. Beyond, only how many is
            told.
        fan_in_clients: clients that nobody listed of which it is looked up who comes to them, those of most
            flows. 400, as in a hunt; each costs reading all its flows.
        most_neighbours: neighbours told of each kind, the largest. What an analyst reads through.
        measure: how flows are reduced to statistics, as in a hunt.
        lake_version: the version of the flow table to read; None: the newest.
    """

    since: datetime | None = None
    until: datetime | None = None
    families: tuple[str, ...] = ()
    slack_before: timedelta = SLACK_BEFORE
    slack_after: timedelta = SLACK_AFTER
    allow_reserved: bool = False
    engine: str = "duckdb://"
    most_clients: int = 50_000
    fan_in_clients: int = 400
    most_neighbours: int = 20
    measure: MeasureSettings = field(default_factory=MeasureSettings)
    lake_version: int | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise BadSetting(
                f"--until {self.until.isoformat()} is not after --since {self.since.isoformat()}; swap them"
            )
        for name in ("most_clients", "fan_in_clients", "most_neighbours"):
            if getattr(self, name) < 1:
                raise BadSetting(f"case setting {name} = {getattr(self, name)}: a positive number is needed")
