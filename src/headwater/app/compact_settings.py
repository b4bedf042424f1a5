"""What may the user of `compact` choose?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from headwater.errors import BadSetting
from headwater.model.window import Window


@dataclass(frozen=True, slots=True)
class CompactSettings:
    """What is compacted.

    Attributes:
        since: only days that end after this moment; None: no bound.
        until: only days that begin before it; None: no bound.
        rebuild: makes the copy of these days anew.
        engine: URL of the engine, DuckDB.
        vacuum: removes files that were replaced after each day, but for those that a case stands on.
    """

    since: datetime | None = None
    until: datetime | None = None
    rebuild: bool = False
    engine: str = "duckdb://"
    vacuum: bool = False

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise BadSetting(
                f"--until {self.until.isoformat()} is not after --since {self.since.isoformat()}; swap them"
            )
        if not self.engine.startswith("duckdb"):
            raise BadSetting(f"--engine {self.engine}: the copy is made with duckdb://, whatever hunts later")

    def wants(self, day: date) -> bool:
        """Whether a day has any time in common with what was asked for."""
        midnight = datetime.combine(day, time(), UTC)
        return Window(self.since, self.until).overlaps(Window(midnight, midnight + timedelta(days=1)))
