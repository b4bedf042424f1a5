"""Order, verdicts and reasons of hand-made candidates."""

from collections.abc import Callable

import numpy as np
import pytest

from headwater.errors import BadSetting
from headwater.model.candidate import Candidate, Verdict
from headwater.score.calibration import Calibration
from headwater.score.rank import RankSettings, by_group, ranking
from headwater.score.reckoning import Choices
from headwater.score.settings import Settings
from headwater.score.statistics import Statistics

Build = Callable[..., Statistics]
OPEN = RankSettings(allow_reserved=True)
PUBLIC = {"hi": 0, "lo": 0xFFFF_0808_0808}  # ::ffff:8.8.8.8


def _meets(candidate: int, c2s: range, **cells: object) -> list[dict[str, object]]:
    return [{"candidate": candidate, "c2": c2, **cells} for c2 in c2s]


def _world(build: Build) -> Statistics:
    """20 C2s. Candidates: upstream (9 of 11), shared (9 of 300), resolver, scanner, one C2 only."""
    return build(
        c2s=[{"group": c2 % 2, "family": c2 % 2} for c2 in range(20)],
        candidates=[
            {"hosts": 11},
            {"hosts": 300, "port": 8443},
            {"hosts": 2000, "port": 53, "proto": 17},
            {"hosts": 9, "role": 1, "fan_out": 9000},
            {"hosts": 3},
        ],
        contacts=_meets(0, range(9))
        + _meets(1, range(9))
        + _meets(2, range(15))
        + _meets(3, range(7), sessions=1)
        + _meets(4, range(1)),
        reach=[(0, 0, d, 3.0) for d in range(28)] + [(1, 0, d, 60.0) for d in range(28)]
        + [(2, 0, d, 1500.0) for d in range(28)] + [(3, 0, d, 9.0) for d in range(28)],
        families=("dridex", "emotet"), groups=("dridex", "emotet/epoch2"),
    )  # fmt: skip


@pytest.fixture
def found(build: Build) -> tuple[Candidate, ...]:
    """The ranked candidates of that world."""
    return ranking(_world(build), settings=OPEN).candidates


def test_the_upstream_comes_first(found: tuple[Candidate, ...]) -> None:
    """Nine of eleven contacts, four orders of magnitude beyond chance."""
    assert (found[0].c2s, found[0].clients, found[0].verdict) == (9, 11, Verdict.UPSTREAM)


def test_explained_candidates_come_last_and_stay(found: tuple[Candidate, ...]) -> None:
    """Resolver and scanner are shown below, with their verdicts; one C2 alone is no candidate."""
    verdicts = [candidate.verdict for candidate in found]
    assert set(verdicts[-2:]) == {Verdict.SHARED_SERVICE, Verdict.SCANNER}
    assert len(found) == 4


def test_ranks_are_numbered_from_one(found: tuple[Candidate, ...]) -> None:
    """In the order shown."""
    assert [candidate.rank for candidate in found] == [1, 2, 3, 4]


def test_groups_are_counted_by_name(found: tuple[Candidate, ...]) -> None:
    """C2s 0 to 8: five of even, four of odd number."""
    assert dict(found[0].by_group) == {"dridex": 5, "emotet/epoch2": 4}


def test_reasons_lead_with_what_decides(found: tuple[Candidate, ...]) -> None:
    """The scanner's first reason is its fan-out, the upstream's its counts."""
    scanner = next(candidate for candidate in found if candidate.verdict is Verdict.SCANNER)
    assert "9,000 hosts" in scanner.reasons[0]
    assert found[0].reasons[0].startswith("9 of its 11 contacts are listed C2s of 2 families")


def test_no_posterior_without_calibration(build: Build) -> None:
    """Odds on assumed priors are no probability to put words on."""
    plain = RankSettings(allow_reserved=True, choices=Choices(calibration=Calibration(0.0, 1.0, "")))
    assert ranking(_world(build), settings=plain).candidates[0].posterior is None


def test_a_calibrated_posterior_is_the_maps(build: Build) -> None:
    """Intercept 1, slope 0: the same 0.731 for everyone."""
    flat = RankSettings(allow_reserved=True, choices=Choices(calibration=Calibration(1.0, 0.0, "a test")))
    found = ranking(_world(build), settings=flat).candidates
    assert [candidate.posterior for candidate in found] == pytest.approx([1 / (1 + np.exp(-1))] * 4)


def test_reserved_addresses_are_set_aside(build: Build) -> None:
    """On the open Internet an address of a private range is an artefact."""
    world = build(
        c2s=[{} for _ in range(9)],
        candidates=[{"lo": 0xFFFF_0A00_0001, "hosts": 9}, PUBLIC | {"hosts": 9}],
        contacts=_meets(0, range(9)) + _meets(1, range(5)),
    )
    found = ranking(world).candidates
    assert [candidate.address for candidate in found] == ["8.8.8.8", "10.0.0.1"]
    assert "private" in found[1].reasons[0]


def test_co_located_c2s_are_no_independent_witnesses(build: Build) -> None:
    """Six C2s of one /24 speak as one, and say less than six of six blocks; both are shown."""
    together = [{"cluster": 1} for _ in range(6)]
    apart: list[dict[str, object]] = [{} for _ in range(6)]
    scores = [
        ranking(build(c2s=c2s, candidates=[PUBLIC], contacts=_meets(0, range(6)))).candidates[0].score
        for c2s in (together, apart)
    ]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] < scores[1] - 1


@pytest.mark.parametrize(
    ("clusters", "said"),
    [
        ((1, 1, 1), "they lie in one block or belong to one owner, so they are one witness"),
        ((1, 1, 2), "they lie in 2 blocks or owners, so they are no 3 independent witnesses"),
    ],
)
def test_co_location_is_told(build: Build, clusters: tuple[int, ...], said: str) -> None:
    """Three C2s in one block are one witness; in two, two."""
    world = build(
        c2s=[{"cluster": cluster} for cluster in clusters],
        candidates=[PUBLIC],
        contacts=_meets(0, range(3)),
    )
    assert said in ranking(world).candidates[0].reasons


def test_an_empty_hunt_has_no_candidates(build: Build) -> None:
    """Nothing was met."""
    assert ranking(build(c2s=[{}], candidates=[], contacts=[])).candidates == ()


def test_by_group_leaves_out_check_ins(build: Build) -> None:
    """Contact on the C2's own listening port is not counted."""
    world = build(c2s=[{}, {}], candidates=[{}], contacts=[{"c2": 0}, {"c2": 1, "on_c2_port": True}])
    assert by_group(world) == {0: {"dridex": 1}}


def test_impossible_settings_are_refused() -> None:
    """The message names the setting and what it needs."""
    with pytest.raises(BadSetting, match=r"prior_upstream = 0.0: a probability in \(0, 1\]"):
        Settings(prior_upstream=0.0)
