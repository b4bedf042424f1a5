"""What each candidate met."""

from collections.abc import Callable

from headwater.score.statistics import Statistics
from headwater.score.tallies import tallies

Build = Callable[..., Statistics]


def test_co_located_c2s_count_once_in_k_and_in_hosts(build: Build) -> None:
    """Two of three C2s share a /24: k = 2 of d = 9, with 3 C2s and 10 hosts seen."""
    found = tallies(
        build(
            c2s=[{"cluster": 4}, {"cluster": 4}, {}],
            candidates=[{"hosts": 10}],
            contacts=[{"c2": 0}, {"c2": 1}, {"c2": 2}],
        )
    )
    assert (found.k[0], found.c2s[0], found.hosts[0]) == (2, 3, 9)


def test_check_ins_do_not_count_but_are_kept(build: Build) -> None:
    """Contact on the C2's own listening port is what bots make."""
    found = tallies(
        build(
            c2s=[{}, {}],
            candidates=[{"lo": 77, "role": 0}, {"lo": 77, "role": 1}],
            contacts=[{"c2": 0}, {"candidate": 1, "c2": 1, "on_c2_port": True}],
        )
    )
    assert (found.k.tolist(), found.ports_hit.tolist()) == ([1, 0], [1, 1])


def test_share_of_the_list_is_taken_over_all_keys_of_a_peer(build: Build) -> None:
    """One address, two keys, a C2 on each: half of four C2s."""
    found = tallies(
        build(
            c2s=[{}] * 4,
            candidates=[{"lo": 77}, {"lo": 77, "port": 22}, {}],
            contacts=[{"c2": 0}, {"candidate": 1, "c2": 1}],
        )
    )
    assert found.listed_share.tolist() == [0.5, 0.5, 0.0]


def test_families_are_counted_once(build: Build) -> None:
    """Three C2s of two families."""
    found = tallies(
        build(
            c2s=[{"family": 0}, {"family": 1}, {"family": 1}],
            candidates=[{}],
            contacts=[{"c2": 0}, {"c2": 1}, {"c2": 2}],
            families=("dridex", "emotet"),
        )
    )
    assert found.families[0] == 2
