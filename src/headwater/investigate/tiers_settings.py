"""Which numbers does a walk up the tiers assume rather than measure? All, with meaning, unit and origin."""

from dataclasses import dataclass, field

from headwater.errors import BadSetting
from headwater.model.tier_map import NEEDED_SEEDS
from headwater.score.confounders.evidence import Confounder
from headwater.score.confounders.registry import CONFOUNDERS
from headwater.score.confounders.tracker import TRACKER
from headwater.score.reckoning import Choices
from headwater.score.settings import Settings


def _score() -> Settings:
    """The hunt's assumptions but one.

    The seeds of a tier are few and known, so what several of them share is likelier to belong to them than
    what listed C2s share: ten times as likely, chosen on tuning worlds.
    """
    return Settings(prior_upstream=1e-3)


def _confounders() -> tuple[Confounder, ...]:
    """Those of a hunt but the one about lists: nobody lists upstreams, and followers have a test here."""
    return tuple(one for one in CONFOUNDERS if one is not TRACKER)


@dataclass(frozen=True, slots=True)
class TierSettings:
    """What a walk assumes.

    Attributes:
        score: of the null and the three-way posterior, one tier up.
        confounders: which other explanations are tried.
        needed_seeds: independent listed C2s behind every new node, and for a walk to begin.
        needed_links: independent nodes of the tier below in contact with a new node.
        managed_links: as many are enough for an access node with all three manners of a manager.
        needed_owners: different owners (ASs) of the nodes below a new node: what nodes of one owner have in
            common may be that owner.
        one_owner: from here on x of investigate/tiers_links.py rules that out, and one owner is enough; the
            same number as link_weight.
        link_weight: share of the links' number that the sum of their weights must reach: where all were given
            it is 1; nodes further up weigh less, so that more of them are needed.
        belief: posterior from which something is a node.
        sideways: posterior from which an upstream of the hunt is one beside the given ones, as nobody named
            it: that from which a watch tells one (docs/decisions/0018).
        possible: probability from which a service that the hunt left open may be confirmed by the next tier.
        near: posterior from which something speaks for such services.
        telling: how much likelier one who stands behind upstreams meets a further one than another candidate
            of the hunt; a guess that is low on purpose: he would meet every second upstream, and of some
            hundred thousand servers hardly any.
        rounds: how often what was confirmed may confirm more.
        fade: what a node further up weighs at most.
        gate: largest p-value of a node.
        hub_hosts: whoever meets more hosts is a hub, named and not crossed.
        follows: listed C2s at which a follower calls on their own ports or on several others, at least.
        own_ports: share of the nodes that it is linked with on whose own ports a follower calls, at least.
        crew: most clients of one port of a node that may be its managers; more that come alike are customers.
        working_hours: log10; from here on its hours are hours of work. 0.5 is three to one.
        connections_a_day: most connections a node and day of one who comes to work; a guess from how people
            use remote shells.
        long_share: fewest connections of a minute or longer of one who comes to work.
        surely_hours: the same as working_hours where too few connections show their length: ten to one.
        surely: posterior that is needed there.
        told: fewest connections whose length shows, for the two above to say anything.
        drift: share of a tier's nodes that may be false before the walk stops.
        most_tiers: highest tier that is looked for.

    Raises:
        BadSetting: a number outside its range.
    """

    score: Settings = field(default_factory=_score)
    confounders: tuple[Confounder, ...] = field(default_factory=_confounders)
    needed_seeds: int = NEEDED_SEEDS
    needed_links: int = 3
    managed_links: int = 2
    needed_owners: int = 2
    one_owner: float = 0.8
    link_weight: float = 0.8
    belief: float = 0.5
    sideways: float = 0.9
    possible: float = 0.1
    near: float = 0.25
    telling: float = 50.0
    rounds: int = 2
    fade: float = 0.8
    gate: float = 0.001
    hub_hosts: int = 1_000
    follows: int = 5
    own_ports: float = 0.5
    crew: int = 5
    working_hours: float = 0.5
    connections_a_day: float = 4.0
    long_share: float = 0.4
    surely_hours: float = 1.0
    surely: float = 0.6
    told: int = 3
    drift: float = 0.4
    most_tiers: int = 4

    def __post_init__(self) -> None:
        counts = ("needed_seeds", "needed_links", "managed_links", "needed_owners", "rounds", "hub_hosts")
        for name in (*counts, "follows", "crew", "told"):
            if getattr(self, name) < 1:
                raise BadSetting(f"tier setting {name} = {getattr(self, name)}: a positive number is needed")
        shares = ("link_weight", "belief", "sideways", "possible", "near", "fade", "gate", "own_ports")
        for name in (*shares, "one_owner", "surely", "long_share", "drift"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise BadSetting(f"tier setting {name} = {getattr(self, name)}: a share in (0, 1] is needed")
        if self.telling < 1.0:
            raise BadSetting(f"tier setting telling = {self.telling}: a ratio of 1 or more is needed")
        if self.most_tiers < 1:
            raise BadSetting(f"tier setting most_tiers = {self.most_tiers}: ask for 1 tier or more")

    @property
    def choices(self) -> Choices:
        """The parts of the score that count: who comes to work comes seldom, so recurrence does not."""
        return Choices(strangers=False, persistence=False, confounders=self.confounders)
