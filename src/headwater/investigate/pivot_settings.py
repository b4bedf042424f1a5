"""Which numbers does a pivot assume rather than measure? All of them, with meaning, unit and origin."""

from dataclasses import dataclass, field

from headwater.errors import BadSetting
from headwater.score.settings import Settings


@dataclass(frozen=True, slots=True)
class PivotSettings:
    """What a pivot assumes.

    Attributes:
        score: of the score: Beta of the share of an upstream's contacts that are C2s, what is known of the
            lists' recall, and how bots and look-alikes are told apart.
        ratio_limit: natural log; no client's own services are worth more. 9 is 8,000 to one, as in a hunt.
        alike_limit: natural log; how like the known C2s' sessions and hours a client's are may not decide.
        alike_weight: clients that a common distribution is worth beside the listed C2s of one service.
        other_upstream: share of C2s of a confirmed service that also use another confirmed one. Assumed.
        other_upstream_limit: natural log; contact with other upstreams alone may not decide.
        checks_in_limit: natural log; that a client behaves like a victim may not decide alone.
        doubted: natural log taken off where a warning list names the client. Assumed.
    """

    score: Settings = field(default_factory=Settings)
    ratio_limit: float = 9.0
    alike_limit: float = 1.5
    alike_weight: float = 4.0
    other_upstream: float = 0.3
    other_upstream_limit: float = 3.0
    checks_in_limit: float = 3.0
    doubted: float = 3.0

    def __post_init__(self) -> None:
        for name in (
            "ratio_limit", "alike_limit", "alike_weight", "other_upstream", "other_upstream_limit",
            "checks_in_limit", "doubted",
        ):  # fmt: skip
            if getattr(self, name) <= 0.0:
                raise BadSetting(f"pivot setting {name} = {getattr(self, name)}: a positive number is needed")
        if self.other_upstream >= 1.0:
            raise BadSetting(
                f"pivot setting other_upstream = {self.other_upstream}: a share below 1 is needed"
            )
