"""Which numbers does the score assume rather than measure? All of them, with meaning, unit and origin."""

from dataclasses import dataclass

from headwater.errors import BadSetting


@dataclass(frozen=True, slots=True)
class Settings:
    """What the score assumes.

    Attributes:
        prior_upstream: chance that a key met by C2s is an upstream that only they use. About ten upstreams
            among 1e5 keys.
        prior_shared: chance that it is a service which C2s favour but share with others. Thirty times that;
            anything from ten to a hundred gave the same ranks on the tuning worlds.
        upstream_share: Beta(a, b) of the share of an upstream's contacts that are C2s: mean 0.6, seldom
            below 0.15.
        shared_share: Beta(a, b) of that share for a shared service: mean 0.11, mostly near 0.
        chance_dispersion: size of the negative binomial around the null's expectation; small means that
            the null is trusted less. Reach counts scatter by about 1/sqrt(size).
        tail_weight, tail_factor, tail_dispersion: share of keys whose expectation the null misses by that
            factor, with their own size: hidden popularity that no stratum explains.
        recall: list recall c where the feeds do not tell, in (0, 1].
        recall_weight: how many C2s the recall is worth as an observation, the size a + b of Beta(a, b).
        label_trust: chance that a label is true before its bots are looked at.
        ordinary_peer: chance that an unlisted client of a chance candidate looks like a C2 nevertheless.
        family_reach: Beta(a, b) of the share of an unlisted C2's clients that contact listed C2s of its
            family; its mean is moved to what the listed C2s show of each other.
        look_alike: share of ordinary hosts whose clients overlap with bots beyond chance (CDN edges,
            update servers), with Beta(a, b) `look_alike_reach` for that overlap.
        look_alike_reach: see `look_alike`.
        tracker_share: who contacts more than this share of all listed C2s follows the lists.
        least_c2s: fewest C2s (co-located ones count once) for a candidate, unless strangers speak for it.
        strong_stranger: log likelihood ratio (natural) from which an unlisted client lets a key of fewer
            listed C2s be a candidate. Chosen on the tuning worlds; 3 misses half of the upstreams at 1:10000.
        coverage: of every interval reported.
        scanner_hosts: hosts; a client that goes to as many weighs half a scanner (log scale).
        explained: weight (log10) of a confounder from which it takes over the verdict.
        false_discovery_rate: q-value up to which "more than chance" is said.
        upstream_from: calibrated posterior from which the verdict is "upstream":
            "very likely" in the words of ICD 203.
        gate: largest p-value under the stratified null with which the verdict may be "upstream", whatever
            the posterior says.

    Raises:
        BadSetting: a probability outside (0, 1), or a shape that is not positive.
    """

    prior_upstream: float = 1e-4
    prior_shared: float = 3e-3
    upstream_share: tuple[float, float] = (3.0, 2.0)
    shared_share: tuple[float, float] = (0.5, 4.0)
    chance_dispersion: float = 4.0
    tail_weight: float = 0.03
    tail_factor: float = 3.0
    tail_dispersion: float = 1.0
    recall: float = 0.6
    recall_weight: float = 5.0
    label_trust: float = 0.9
    ordinary_peer: float = 0.004
    family_reach: tuple[float, float] = (2.0, 2.0)
    look_alike: float = 0.03
    look_alike_reach: tuple[float, float] = (0.5, 6.0)
    tracker_share: float = 1 / 3
    least_c2s: int = 2
    strong_stranger: float = 1.0
    coverage: float = 0.90
    scanner_hosts: int = 1_000
    explained: float = 2.0
    false_discovery_rate: float = 0.05
    upstream_from: float = 0.8
    gate: float = 0.001

    def __post_init__(self) -> None:
        for name in (
            "prior_upstream", "prior_shared", "tail_weight", "recall", "label_trust", "ordinary_peer",
            "look_alike", "tracker_share", "coverage", "false_discovery_rate", "upstream_from", "gate",
        ):  # fmt: skip
            value = getattr(self, name)
            if not 0.0 < value <= 1.0:
                raise BadSetting(f"score setting {name} = {value}: a probability in (0, 1] is needed")
        for name in ("upstream_share", "shared_share", "family_reach", "look_alike_reach"):
            if min(getattr(self, name)) <= 0.0:
                raise BadSetting(f"score setting {name} = {getattr(self, name)}: both must be positive")
        if self.prior_upstream + self.prior_shared >= 1.0:
            raise BadSetting("score settings prior_upstream and prior_shared leave nothing for chance")
