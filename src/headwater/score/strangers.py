"""Which unlisted clients of a candidate look like C2s? A likelihood ratio for each.

Lists are incomplete. An unlisted C2 shows twice: its main service has the fan-in of a C2 among hosts of its
network, and its clients are bots, because bots work through lists of C2s of one family. For stranger h

    lr_h = ln P(fan-in | listed C2) / P(fan-in | ordinary host of its network)
         + ln BetaBin(K; D, a, b) / [(1 - v) NB(K; mu, s) + v BetaBin(K; D, a', b')]

D: clients of its main service; K: expected number of bots among them, sum of 1 - prod (1 - t_i) over the
listed C2s i of one family that the client checks in with; mu: D times how often ordinary clients are bots;
t_i: trust in label i, from the same ratio for C2 i with itself left out. Clients that contact a large part
of all listed C2s follow the lists and are left out.

Read lr so: 0 says nothing, 3 that the host is 20 times as likely to look so if it is a C2, negative that
it looks ordinary. It is evidence about a client inside a candidate's likelihood, not a verdict on the client.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import expit, logit

from headwater.score.distributions import log_beta_binomial, log_negative_binomial
from headwater.score.settings import Settings
from headwater.score.statistics import C2s, Floats, Int32s, Int64s, Strangers

_FAN_IN_BINS = 18  # bin b holds fan-in of [2^b, 2^(b+1)), the first also 0, the last all from 131,072
_SMOOTHING = (0.25, 0.5, 0.25)  # neighbouring bins share: fan-in scatters by a factor of two
_NETWORK_WEIGHT = 20.0  # hosts that the pooled distribution is worth inside one network
_C2_WEIGHT = 4.0  # C2s that a flat distribution is worth, for few listed C2s
_FAN_IN_LIMIT = 3.0  # natural log; fan-in alone misleads, so it may never decide
_RATIO_LIMIT = 9.0  # natural log; no single client is worth more than about 8,000 to one
_TRUST_LIMITS = (-3.0, 4.0)  # natural log; few bots must not condemn a label, nor many make it certain
_ROUNDS = 4  # trust and prevalence depend on each other; they settle to 1e-2 within three rounds
_SURE = 1 - 1e-9  # largest trust; the logarithm of its complement stays finite
_LEAST_FOLLOWED = 5  # C2s; a client of fewer is never taken for a follower of the lists


@dataclass(frozen=True, slots=True)
class StrangerRatios:
    """What each stranger's looks say.

    Attributes:
        ratio: lr_h, natural logarithm, clipped, shape (h,).
        fan_in: its first part, shape (h,).
        peers: its second part, shape (h,).
        bots: K, expected bots among the numbered clients, for the family that has most, shape (h,).
        clients: D, numbered clients that are no followers of the lists, shape (h,).
        family: index of that family, shape (h,).
        trust: t_i in label i, shape (n,).
        prevalence: how often a client of an ordinary service is a bot of each family, shape (families,).
    """

    ratio: Floats
    fan_in: Floats
    peers: Floats
    bots: Floats
    clients: Floats
    family: npt.NDArray[np.intp]
    trust: Floats
    prevalence: Floats


def _bin_of(fan_in: Int64s) -> npt.NDArray[np.intp]:
    return np.minimum(np.log2(np.maximum(fan_in, 1)), _FAN_IN_BINS - 1).astype(np.intp)


def _smoothed(counts: Floats) -> Floats:
    """Counts along the last axis, shared with their neighbours; the total stays."""
    padded = np.concatenate([counts[..., :1], counts, counts[..., -1:]], axis=-1)
    left, own, right = _SMOOTHING
    smoothed: Floats = left * padded[..., :-2] + own * counts + right * padded[..., 2:]
    return smoothed


def fan_in_ratio(
    fan_in: Int64s, *, network: Int32s, listed: Int64s, ordinary: Int64s, ordinary_network: Int32s
) -> Floats:
    """Logarithm of P(fan-in | listed C2) / P(fan-in | ordinary host of its network), binned by powers of two.

    Args:
        fan_in: of the strangers, shape (h,).
        network: their network classes, shape (h,).
        listed: fan-in of the listed C2s, shape (n,).
        ordinary: fan-in of ordinary hosts, shape (o,).
        ordinary_network: their network classes, shape (o,).

    Returns:
        Natural logarithms of shape (h,), between -3 and 3; all 0 where nothing is there to compare with.
    """
    if not len(listed) or not len(ordinary):
        return np.zeros(len(fan_in))
    classes = int(max(network.max(initial=0), ordinary_network.max(initial=0))) + 1
    c2 = _smoothed(np.bincount(_bin_of(listed), minlength=_FAN_IN_BINS).astype(np.float64))
    c2 = (c2 + _C2_WEIGHT / _FAN_IN_BINS) / (c2.sum() + _C2_WEIGHT)
    table = np.zeros((classes, _FAN_IN_BINS))
    np.add.at(table, (np.maximum(ordinary_network, 0), _bin_of(ordinary)), 1.0)
    table = _smoothed(table)
    pooled = (table.sum(axis=0) + 0.5) / (table.sum() + 0.5 * _FAN_IN_BINS)
    usual = (table + _NETWORK_WEIGHT * pooled) / (table.sum(axis=1, keepdims=True) + _NETWORK_WEIGHT)
    bins = _bin_of(fan_in)
    ratio: Floats = np.log(c2[bins]) - np.log(usual[np.maximum(network, 0), bins])
    return np.clip(ratio, -_FAN_IN_LIMIT, _FAN_IN_LIMIT)


@dataclass(frozen=True, slots=True)
class _Bots:
    """Who checks in where: clients by C2s, without the followers of the lists.

    Attributes:
        checkin: 1 where a client contacts a C2's listening port, shape (bots, n).
        follower: clients that contact too many C2s to be bots, shape (bots,).
        member: 1 where a C2 belongs to a family, shape (n, families).
    """

    checkin: sparse.csr_array
    follower: npt.NDArray[np.bool_]
    member: sparse.csr_array


def _bots_of(strangers: Strangers, c2s: C2s, settings: Settings) -> _Bots:
    count, listed = strangers.bots, len(c2s.hi)
    pairs = np.unique(np.column_stack([strangers.checkin_bot, strangers.checkin_c2]), axis=0)
    reached = np.bincount(pairs[:, 0], minlength=count)
    follower = reached > max(settings.tracker_share * listed, _LEAST_FOLLOWED)
    pairs = pairs[~follower[pairs[:, 0]]]
    checkin = sparse.csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, listed))
    member = sparse.csr_array(
        (np.ones(listed), (np.arange(listed), c2s.family)), shape=(listed, len(c2s.families))
    )
    return _Bots(checkin=checkin, follower=follower, member=member)


def _log_clean(bots: _Bots, trust: Floats) -> Floats:
    """Log of the chance that a client is no bot of a family, sum of ln(1 - t_i), shape (bots, families)."""
    doubt = bots.member.toarray() * np.log1p(-np.minimum(trust, _SURE))[:, None]
    return np.asarray(bots.checkin @ doubt, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Vouching:
    """What the listed C2s' own clients say of each label by all the other labels.

    Attributes:
        bots: expected bots of the C2's family among its clients, itself left out, shape (n,).
        clients: its numbered clients, shape (n,).
        possible: False where no other label of the family exists that could vouch for it, shape (n,).
    """

    bots: Floats
    clients: Floats
    possible: npt.NDArray[np.bool_]


def _vouching(bots: _Bots, trust: Floats, c2s: C2s) -> _Vouching:
    clean = _log_clean(bots, trust)
    client = np.repeat(np.arange(bots.checkin.shape[0]), np.diff(bots.checkin.indptr))
    c2 = bots.checkin.indices
    own = np.log1p(-np.minimum(trust, _SURE))[c2]
    by_others = -np.expm1(np.minimum(clean[client, c2s.family[c2]] - own, 0.0))
    labels = np.bincount(c2s.family, minlength=len(c2s.families))
    return _Vouching(
        bots=np.bincount(c2, weights=by_others, minlength=len(trust)).astype(np.float64),
        clients=np.bincount(c2, minlength=len(trust)).astype(np.float64),
        possible=labels[c2s.family] > 1,
    )


def _family_reach(vouching: _Vouching, trust: Floats, settings: Settings) -> tuple[float, float]:
    """Beta(a, b) of the share of a C2's clients that other labels know, its mean taken from the listed C2s.

    The prior counts as its own a + b C2s; each listed C2 counts as one, by its trust.
    """
    a, b = settings.family_reach
    told = vouching.possible & (vouching.clients > 0)
    shares = vouching.bots[told] / vouching.clients[told]
    weight = trust[told].sum() + a + b
    mean = float(np.clip((trust[told] @ shares + a) / weight, 0.05, 0.95))
    return mean * (a + b), (1.0 - mean) * (a + b)


def _peer_ratio(
    bots: Floats, clients: Floats, *, prevalence: Floats, reach: tuple[float, float], settings: Settings
) -> Floats:
    """Natural log of how much better "a C2 of the family" explains the bots than "an ordinary host" does."""
    usual = log_negative_binomial(bots, mean=clients * prevalence, size=settings.chance_dispersion)
    a, b = settings.look_alike_reach
    alike = log_beta_binomial(bots, clients, a=a, b=b)
    chance = np.logaddexp(np.log1p(-settings.look_alike) + usual, np.log(settings.look_alike) + alike)
    ratio = log_beta_binomial(bots, clients, a=reach[0], b=reach[1]) - chance
    return np.where(clients > 0, ratio, 0.0)


def _served(strangers: Strangers, bots: _Bots) -> sparse.csr_array:
    """1 where a client contacts the main service of a stranger, followers left out, shape (h, bots)."""
    pairs = np.unique(np.column_stack([strangers.bot_stranger, strangers.bot]), axis=0)
    pairs = pairs[~bots.follower[pairs[:, 1]]]
    return sparse.csr_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(strangers.hi), strangers.bots)
    )


def stranger_ratios(strangers: Strangers, *, c2s: C2s, settings: Settings) -> StrangerRatios:
    """The likelihood ratio of every stranger.

    Trust in labels and the prevalence of bots among ordinary clients depend on each other and are found in
    turns; strangers that look like C2s are weighed down when the prevalence is taken.

    Args:
        strangers: unlisted clients as measured.
        c2s: the labelled C2s, their `fan_in` where measured.
        settings: priors of label trust, family reach and look-alikes.

    Returns:
        The ratios with what they were computed from.
    """
    bots = _bots_of(strangers, c2s, settings)
    served = _served(strangers, bots)
    clients = np.asarray(served.sum(axis=1), dtype=np.float64).reshape(-1)
    believed = settings.label_trust * c2s.weights
    trust = believed
    ordinary = np.ones(len(clients))
    for _ in range(_ROUNDS):
        of_family = np.asarray(served @ -np.expm1(_log_clean(bots, trust)))
        prevalence = (ordinary @ of_family + 0.5) / (
            ordinary @ clients + 1.0
        )  # half a bot: none is impossible
        family = np.argmax(of_family / prevalence, axis=1)
        known = np.minimum(of_family[np.arange(len(clients)), family], clients)
        vouching = _vouching(bots, trust, c2s)
        reach = _family_reach(vouching, trust, settings)
        peers = _peer_ratio(known, clients, prevalence=prevalence[family], reach=reach, settings=settings)
        ordinary = expit(-peers - logit(settings.look_alike))
        told = _peer_ratio(
            vouching.bots, vouching.clients, prevalence=prevalence[c2s.family], reach=reach, settings=settings
        )
        told = np.where(vouching.possible, np.clip(told, *_TRUST_LIMITS), 0.0)
        # What made a lead of it were its bots: they do not speak for it again.
        told = np.where(c2s.listed, told, np.minimum(told, 0.0))
        trust = np.asarray(expit(logit(believed) + told))
    fan_in = _fan_in_of(strangers, c2s)
    return StrangerRatios(
        ratio=np.clip(fan_in + peers, -_RATIO_LIMIT, _RATIO_LIMIT),
        fan_in=fan_in,
        peers=peers,
        bots=known,
        clients=clients,
        family=family,
        trust=trust,
        prevalence=prevalence,
    )


def _fan_in_of(strangers: Strangers, c2s: C2s) -> Floats:
    """Fan-in ratio of every stranger; strangers themselves stand for ordinary hosts without a sample."""
    usual, usual_network = strangers.fan_in, strangers.network
    if strangers.ordinary_fan_in is not None and strangers.ordinary_network is not None:
        usual, usual_network = strangers.ordinary_fan_in, strangers.ordinary_network
    return fan_in_ratio(
        strangers.fan_in,
        network=strangers.network,
        listed=np.empty(0, dtype=np.int64) if c2s.fan_in is None else c2s.fan_in[c2s.listed],
        ordinary=usual,
        ordinary_network=usual_network,
    )
