"""A walk to the third tier of a hand-made lake: what links count further up, and what is too little there."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from hand_made_flows import Flow, lake_of
from headwater.app.tiers import walk_tiers
from headwater.investigate.tiers_settings import TierSettings
from headwater.model.service import Service
from headwater.model.tier_map import AsideKind, TierMap, TierNode

HOUR = 3_600.0
UPSTREAMS = [f"9.{n}.0.1" for n in range(1, 5)]
BACKENDS = [f"8.8.{n}.1" for n in range(1, 5)]
TOP, ALMOST = "8.7.1.1", "8.7.2.1"  # met by all four backends, and by three of them
C2S = [f"5.{n}.0.1" for n in range(8)]
LABELS = "address,family,port,first_seen\n" + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in C2S)


def _flows() -> list[Flow]:
    """Four upstreams that use four backends, which use a service in common; and ordinary servers."""
    found = []
    for n, upstream in enumerate(UPSTREAMS):
        for step in range(4):
            c2 = C2S[(2 * n + step) % 8]
            found += [Flow(c2, 50_000 + step, upstream, 8443, at=(step + 8 * k) * HOUR) for k in range(6)]
        for m, backend in enumerate(BACKENDS):
            at = [(n + m + 7 * k) * HOUR for k in range(9)]
            found += [Flow(upstream, 51_000 + m, backend, 5432, at=each, lasts=5.0) for each in at]
    for m, backend in enumerate(BACKENDS):
        for top in (TOP, ALMOST)[: 2 if m < 3 else 1]:
            found += [Flow(backend, 53_000, top, 6379, at=(m + 6 * k) * HOUR) for k in range(9)]
    for n in range(3_000):  # ordinary servers, with eight of a hundred services each
        network = 9 if n % 2 else 8
        for k in range(8):
            service = f"8.9.{(n * 7 + k * 13) % 100}.1"
            host = f"{network}.{60 + n // 200}.{n % 200}.1"
            found.append(Flow(host, 46_000 + k, service, 443, at=150.0 * n + k))
    return found


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made lake."""
    return lake_of(tmp_path_factory.mktemp("fade"), _flows(), labels=LABELS)


@pytest.fixture(scope="module")
def found(lake: Path) -> Callable[[], TierMap]:
    """The walk from all four upstreams, walked once."""
    return cache(lambda: walk_tiers(lake, [Service(one, 8443, 6) for one in UPSTREAMS]).map)


def _tier(found: TierMap, tier: int) -> dict[str, TierNode]:
    return {one.address: one for one in found.nodes if one.tier == tier}


def test_what_all_backends_use_is_the_third_tier(found: Callable[[], TierMap]) -> None:
    """Four tiers in its path, and the listed C2s of all upstreams behind it."""
    (top,) = _tier(found(), 3).values()
    assert (top.address, len(top.path), top.seeds) == (TOP, 4, 8)
    assert top.path[0] in C2S


def test_each_tier_weighs_less(found: Callable[[], TierMap]) -> None:
    """1 where given, then 0.8 times the posterior times the mean weight of its links."""
    given, second, third = (list(_tier(found(), tier).values()) for tier in (1, 2, 3))
    fade = TierSettings().fade
    assert [one.weight for one in given] == [1.0] * 4
    assert [one.weight for one in second] == pytest.approx([fade * (one.posterior or 0.0) for one in second])
    mean = sum(one.weight for one in second) / 4
    assert [one.weight for one in third] == pytest.approx(
        [fade * (one.posterior or 0.0) * mean for one in third]
    )


def test_three_links_are_too_little_one_tier_up(found: Callable[[], TierMap]) -> None:
    """Three given upstreams make a node; three nodes that were found weigh 2.2, and 2.4 are needed."""
    (almost,) = [one for one in found().aside if one.address == ALMOST]
    assert (almost.kind, almost.links) == (AsideKind.TOO_FEW, 3)
    assert almost.reason == "its 3 independent links weigh 2.2, less than a node needs so far up"
