"""Likelihood ratios of unlisted clients: what raises them, what lowers them, what must not."""

from typing import NamedTuple

import numpy as np
import pytest

from headwater.score.settings import Settings
from headwater.score.statistics import C2s, Strangers
from headwater.score.strangers import StrangerRatios, fan_in_ratio, stranger_ratios

SETTINGS = Settings()
LISTED, FALSE_LABEL = 8, 7  # C2s 0..6 are true, 7 is listed by mistake
BOTS, ORDINARY = 60, 400


class _Pairs(NamedTuple):
    stranger: list[int]
    client: list[int]
    bot: list[int]
    c2: list[int]


def _c2s() -> C2s:
    zeros, ints = np.zeros(LISTED, dtype=np.int64), np.zeros(LISTED, dtype=np.int32)
    fan_in = np.full(LISTED, 40)
    return C2s(zeros, np.arange(LISTED), ints, ints, ints, ints, zeros, zeros + 1, zeros, ints,
               ("dridex",), ("dridex",), fan_in=fan_in)  # fmt: skip


def _world() -> Strangers:
    """Stranger 0 is an unlisted C2, 1 a popular service with one bot, 2..41 ordinary, 42 has no client.

    Each bot works through 4 of the 7 true C2s; clients 60..459 are no bots; client 459 is a tracker. The
    false label's clients are ordinary people.
    """
    rng = np.random.default_rng(11)
    pairs = _Pairs([], [], [], [])

    def serves(stranger: int, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        pairs.stranger.extend([stranger] * len(clients))
        pairs.client.extend(clients.tolist())

    serves(0, np.arange(0, 30))
    serves(1, np.r_[0, np.arange(60, 260)])
    for stranger in range(2, 42):
        serves(stranger, rng.choice(np.arange(60, 459), 20, replace=False))
    for bot in range(BOTS):
        for c2 in rng.choice(FALSE_LABEL, 4, replace=False):
            pairs.bot.append(bot)
            pairs.c2.append(int(c2))
    for visitor in range(60, 90):
        pairs.bot.append(visitor)
        pairs.c2.append(FALSE_LABEL)
    for c2 in range(LISTED):
        pairs.bot.append(459)
        pairs.c2.append(c2)
    count = 43
    zeros = np.zeros(count, dtype=np.int64)
    return Strangers(
        hi=zeros, lo=np.arange(count), network=np.zeros(count, dtype=np.int32),
        fan_in=np.r_[40, 5000, np.full(40, 2), 0], port=np.full(count, 443, dtype=np.int32),
        proto=np.full(count, 6, dtype=np.int32), candidate=np.array([], dtype=np.int32),
        stranger=np.array([], dtype=np.int32), bot_stranger=np.array(pairs.stranger, dtype=np.int32),
        bot=np.array(pairs.client, dtype=np.int32), checkin_bot=np.array(pairs.bot, dtype=np.int32),
        checkin_c2=np.array(pairs.c2, dtype=np.int32), bots=BOTS + ORDINARY,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found() -> StrangerRatios:
    """The ratios of the world above."""
    return stranger_ratios(_world(), c2s=_c2s(), settings=SETTINGS)


def test_an_unlisted_c2_stands_out(found: StrangerRatios) -> None:
    """30 bots are its only clients: more than 150 to 1."""
    assert found.ratio[0] > 5


def test_a_popular_service_with_one_bot_does_not(found: StrangerRatios) -> None:
    """One bot among 201 clients is what chance brings."""
    assert found.peers[1] < 0


def test_ordinary_hosts_speak_against(found: StrangerRatios) -> None:
    """Twenty clients and no bot: no C2 of a listed family."""
    assert found.peers[2:42].max() < -1


def test_no_clients_say_nothing_of_peers(found: StrangerRatios) -> None:
    """Nobody was seen on its service."""
    assert found.peers[42] == 0.0


def test_a_false_label_loses_trust(found: StrangerRatios) -> None:
    """Its clients are on no other C2 of the family; those of the true ones are."""
    assert found.trust[FALSE_LABEL] < 0.5 < found.trust[:FALSE_LABEL].min()


def test_bots_count_once_however_many_c2s_they_contact(found: StrangerRatios) -> None:
    """K cannot exceed the number of clients."""
    assert found.bots[0] <= found.clients[0]


def test_followers_of_the_list_are_no_bots() -> None:
    """A host visited by the tracker alone has no client left."""
    world = _world()
    alone = np.array([0], dtype=np.int32)
    only = Strangers(
        hi=world.hi[:1], lo=world.lo[:1], network=world.network[:1], fan_in=world.fan_in[:1],
        port=world.port[:1], proto=world.proto[:1], candidate=alone, stranger=alone, bot_stranger=alone,
        bot=np.array([459], dtype=np.int32), checkin_bot=world.checkin_bot, checkin_c2=world.checkin_c2,
        bots=world.bots,
    )  # fmt: skip
    assert stranger_ratios(only, c2s=_c2s(), settings=SETTINGS).clients[0] == 0


def test_one_label_of_a_family_keeps_its_prior_trust() -> None:
    """Nobody could vouch for it, so nothing speaks against it."""
    listed = _c2s()
    single = C2s(
        hi=listed.hi[:1], lo=listed.lo[:1], family=listed.family[:1], group=listed.group[:1],
        network=listed.network[:1], cluster=listed.cluster[:1], start_us=listed.start_us[:1],
        end_us=listed.end_us[:1], edges=listed.edges[:1], port=listed.port[:1], families=("dridex",),
        groups=("dridex",),
    )  # fmt: skip
    world = _world()
    keep = world.checkin_c2 == 0
    alone = Strangers(
        world.hi, world.lo, world.network, world.fan_in, world.port, world.proto, world.candidate,
        world.stranger, world.bot_stranger, world.bot, world.checkin_bot[keep], world.checkin_c2[keep],
        world.bots,
    )  # fmt: skip
    found = stranger_ratios(alone, c2s=single, settings=SETTINGS)
    assert found.trust[0] == pytest.approx(SETTINGS.label_trust)


def test_fan_in_is_compared_within_the_network() -> None:
    """The fan-in of C2s (40): usual in network 1, where servers live, and rare in network 0."""
    ordinary = np.r_[np.full(500, 1), np.full(500, 40)]
    ratio = fan_in_ratio(
        np.array([40, 40]),
        network=np.array([0, 1], dtype=np.int32),
        listed=np.full(20, 40),
        ordinary=ordinary,
        ordinary_network=np.repeat([0, 1], 500).astype(np.int32),
    )
    assert ratio[0] > 2
    assert ratio[1] < 1


def test_without_c2_fan_in_nothing_is_said() -> None:
    """A ratio needs both sides."""
    none = np.empty(0, dtype=np.int64)
    where = np.zeros(2, dtype=np.int32)
    ratio = fan_in_ratio(
        np.array([3, 9]), network=where, listed=none, ordinary=np.array([1, 2]), ordinary_network=where
    )
    assert list(ratio) == [0.0, 0.0]
