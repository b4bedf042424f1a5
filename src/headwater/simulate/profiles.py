"""What does one session look like in packets? Profiles, and which of their sessions packet sampling keeps.

A profile is a table of ATOMS equally likely sessions. Under sampling of 1:N a session of X packets is seen
with chance 1 - (1 - 1/N)^X; sessions that are seen are drawn directly, in the right proportion, instead of
being made and thrown away.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from headwater.simulate.randomness import Bools, Floats, Ints, stream

ATOMS = 1024
_PACKETS_MAX = 2_000_000  # of one direction of one session: 3 GB at 1,500 bytes a packet


class Shape(IntEnum):
    """Kinds of session."""

    WEB = 0
    BULK = 1
    NAME = 2
    CLOCK = 3
    MAIL = 4
    UPDATE = 5
    SIDE = 6
    MISC = 7
    PEER = 8
    PROBE_OPEN = 9
    PROBE_CLOSED = 10
    PROBE_SILENT = 11
    GUESS = 12
    FLOOD = 13
    BACKSCATTER = 14
    CHECK_IN = 15
    NO_ANSWER = 16
    BACKEND = 17
    ADMIN = 18
    VISIT = 19
    KEYS = 20
    TUNNEL = 21
    SURF = 22


@dataclass(frozen=True, slots=True)
class Profile:
    """How sessions of one shape are drawn; all numbers are assumptions about typical traffic.

    Attributes:
        sent: median packets from client to server.
        answered: median packets back; 0 where there is no answer.
        spread: standard deviation of the logarithm of both.
        sent_bytes: mean bytes of a packet from the client.
        answered_bytes: mean bytes of a packet from the server.
        seconds: median length.
        seconds_spread: standard deviation of the logarithm of the length.
    """

    sent: float
    answered: float
    spread: float
    sent_bytes: int
    answered_bytes: int
    seconds: float
    seconds_spread: float = 1.0


PROFILES: dict[Shape, Profile] = {
    Shape.WEB: Profile(11, 14, 1.2, 160, 1000, 6, 1.5),
    Shape.BULK: Profile(120, 220, 1.5, 70, 1350, 25, 1.2),
    Shape.NAME: Profile(1, 1, 0, 70, 180, 0.03),
    Shape.CLOCK: Profile(1, 1, 0, 76, 76, 0.05),
    Shape.MAIL: Profile(14, 11, 0.8, 700, 80, 4),
    Shape.UPDATE: Profile(40, 80, 1.5, 70, 1350, 10),
    Shape.SIDE: Profile(12, 12, 1.1, 250, 450, 5, 1.4),
    Shape.MISC: Profile(14, 16, 1.5, 300, 600, 10, 1.6),
    Shape.PEER: Profile(5, 5, 1.5, 300, 500, 20, 1.5),
    Shape.PROBE_OPEN: Profile(2, 1, 0, 44, 44, 0.1),
    Shape.PROBE_CLOSED: Profile(1, 1, 0, 44, 40, 0.1),
    Shape.PROBE_SILENT: Profile(1, 0, 0, 44, 0, 0.01),
    Shape.GUESS: Profile(14, 15, 0.5, 120, 160, 4),
    Shape.FLOOD: Profile(3_000, 0, 1.0, 500, 0, 300),
    Shape.BACKSCATTER: Profile(0, 1, 0, 0, 44, 0.01),
    Shape.CHECK_IN: Profile(9, 9, 0.7, 250, 500, 3),
    Shape.NO_ANSWER: Profile(3, 0, 0, 52, 0, 9, 0.2),  # a SYN and two more, after 3 s and 6 s
    Shape.BACKEND: Profile(55, 55, 1.3, 350, 350, 60, 1.5),
    Shape.ADMIN: Profile(90, 80, 1.2, 100, 200, 240, 1.4),
    Shape.VISIT: Profile(9, 8, 0.5, 200, 600, 3),
    Shape.KEYS: Profile(3, 3, 0.3, 300, 300, 0.4),  # an exchange of keys before a tunnel
    Shape.TUNNEL: Profile(250, 260, 1.2, 160, 300, 1_800, 0.8),  # work through a VPN, kept open meanwhile
    Shape.SURF: Profile(3_000, 5_000, 1.2, 160, 1_100, 2_700, 1.0),  # a VPN as the way to everything
}


@dataclass(frozen=True, slots=True)
class Atoms:
    """Every profile's sessions, and how likely sampling keeps each.

    Attributes:
        chance: 1/N, the chance of one packet to be seen.
        sent: packets from the client, shape (shapes, ATOMS).
        answered: packets back, the same shape.
        seconds: length of the session, the same shape.
        sent_bytes: mean bytes of a packet from the client, shape (shapes,).
        answered_bytes: mean bytes of a packet back, shape (shapes,).
        seen: chance that a session of each shape is seen, shape (shapes,).
    """

    chance: float
    sent: Ints
    answered: Ints
    seconds: Floats
    sent_bytes: Ints
    answered_bytes: Ints
    seen: Floats
    _ladder: Floats = field(repr=False)

    def draw(self, rng: np.random.Generator, shapes: Ints) -> Ints:
        """For each session that is seen, which atom it is: flat index into the (shapes, ATOMS) tables."""
        u = rng.random(len(shapes)) + shapes
        return np.minimum(np.searchsorted(self._ladder, u, side="right"), len(self._ladder) - 1)


def _table(shape: Shape) -> tuple[Ints, Ints, Floats]:
    profile = PROFILES[shape]
    rng = stream(0, "profile", int(shape))  # profiles are the same in every world
    size, both = rng.standard_normal(ATOMS), rng.standard_normal((2, ATOMS))
    common = np.exp(profile.spread * size)

    def packets(median: float, own: Floats) -> Ints:
        count = np.rint(median * common * np.exp(0.25 * profile.spread * own))
        return np.clip(count, 1 if median else 0, _PACKETS_MAX).astype(np.int64)

    # a longer transfer takes longer, but less than in proportion
    seconds = profile.seconds * common**0.5 * np.exp(profile.seconds_spread * rng.standard_normal(ATOMS))
    return packets(profile.sent, both[0]), packets(profile.answered, both[1]), np.minimum(seconds, 43_200.0)


def atoms(sampling: int) -> Atoms:
    """The tables for packet sampling of 1:`sampling`."""
    tables = [_table(shape) for shape in Shape]
    sent, answered, seconds = (np.stack(column) for column in zip(*tables, strict=True))
    total = sent + answered
    seen = 1.0 - (1.0 - 1.0 / sampling) ** total
    # one ladder over all shapes: step s of the ladder spans [s, s + 1)
    ladder = np.cumsum(seen / seen.sum(axis=1, keepdims=True), axis=1)
    ladder[:, -1] = 1.0
    ladder += np.arange(len(tables))[:, None]
    return Atoms(
        chance=1.0 / sampling,
        sent=sent,
        answered=answered,
        seconds=seconds,
        sent_bytes=np.array([PROFILES[shape].sent_bytes for shape in Shape]),
        answered_bytes=np.array([PROFILES[shape].answered_bytes for shape in Shape]),
        seen=seen.mean(axis=1),
        _ladder=ladder.ravel(),
    )


def sampled(rng: np.random.Generator, *, sent: Ints, answered: Ints, chance: float) -> tuple[Ints, Ints]:
    """How many packets of each direction are seen, for sessions of which at least one packet is seen.

    Exact: the place of the first packet seen follows a truncated geometric distribution over the session's
    packets, those sent before those answered; each packet after it is seen with the same chance.

    Args:
        rng: source of chance.
        sent: packets from client to server, shape (n,).
        answered: packets back, shape (n,).
        chance: 1/N.

    Returns:
        Packets seen of each direction; never both 0.
    """
    if chance >= 1.0:
        return sent.copy(), answered.copy()
    total = sent + answered
    missed = np.log1p(-chance)
    tail = -np.expm1(missed * total)  # 1 - (1 - 1/N)^X
    first = np.ceil(np.log1p(-rng.random(len(total)) * tail) / missed).astype(np.int64)
    first = np.clip(first, 1, total)
    in_sent: Bools = first <= sent
    seen_sent = np.where(in_sent, 1 + rng.binomial(np.maximum(sent - first, 0), chance), 0)
    later = np.where(in_sent, answered, total - first)
    return seen_sent, rng.binomial(later, chance) + ~in_sent
