"""Who looks at C2s rather than runs them, and what a step would be with fewer seeds."""

import numpy as np

from headwater.investigate.tiers_among import among
from headwater.investigate.tiers_begin import looked_at
from headwater.investigate.tiers_tables import Comings, Seed, TierTables
from headwater.model.candidate import PeerRole
from headwater.score.statistics import CLIENT, SERVER, C2s, Candidates, Contacts, Exposure, Statistics

_LOOKER, _OPERATOR = 7, 8  # lower halves of their address keys


def _statistics(keys: list[tuple[int, int, int]], met: list[tuple[int, int, int]]) -> Statistics:
    """Candidates as (address, role, port), contacts as (candidate, C2, microsecond), three C2s."""
    lo, role, port = (np.array(column, np.int64) for column in zip(*keys, strict=True))
    no = np.zeros(len(keys), np.int64)
    candidates = Candidates(
        hi=no, lo=lo, role=role.astype(np.int32), port=port.astype(np.int32),
        proto=np.full(len(keys), 6, np.int32), hosts_estimated=np.zeros(len(keys), np.bool_),
        first_us=no, last_us=no, hosts=no, fan_out=no, flows=no, sessions=no,
        warning=np.full(len(keys), -1, np.int32), warnings=(),
    )  # fmt: skip
    who, c2, when = (np.array(column, np.int64) for column in zip(*met, strict=True))
    once = np.ones(len(met), np.int64)
    contacts = Contacts(
        candidate=who.astype(np.int32), c2=c2.astype(np.int32), flows=2 * once, sessions=once,
        packets_out=once, packets_in=once, bytes_out=once, bytes_in=once, first_us=when, last_us=when + 5,
        hours=once, days=once, opened_by_c2=np.zeros(len(met)), on_c2_port=np.zeros(len(met), np.bool_),
    )  # fmt: skip
    n, three, all_one = np.arange(3), np.zeros(3, np.int64), np.zeros(3, np.int32)
    c2s = C2s(
        hi=three, lo=n, family=all_one, group=all_one, network=all_one, cluster=n.astype(np.int32),
        start_us=three, end_us=three, edges=three, port=np.array([443, 444, 445], np.int32),
        families=("",), groups=("",),
    )  # fmt: skip
    none, no_key = np.empty(0, np.int64), np.empty(0, np.int32)
    nothing = Exposure(
        networks=(), slot_start_us=none, slot_us=1, edges=np.zeros((0, 0)), hosts=none,
        reach_candidate=no_key, reach_network=no_key, reach_slot=no_key, reach_hosts=np.empty(0),
        keys_observed=1,
    )  # fmt: skip
    return Statistics(c2s, candidates, contacts, nothing)


def test_three_service_ports_of_c2s_are_a_look_and_one_is_work() -> None:
    """One goes to three C2s on 22, 80 and 8080; another to as many on 22, and is asked on two ports."""
    keys = [(_LOOKER, CLIENT, 22), (_LOOKER, CLIENT, 80), (_LOOKER, CLIENT, 8_080)]
    keys += [(_OPERATOR, CLIENT, 22), (_OPERATOR, SERVER, 443), (_OPERATOR, SERVER, 9_001)]
    met = [(0, 0, 1), (1, 1, 1), (2, 2, 1), (3, 0, 1), (3, 1, 1), (3, 2, 1), (4, 0, 1), (5, 1, 1)]
    assert looked_at(_statistics(keys, met)) == {(0, _LOOKER): 3}


def test_fewer_seeds_have_their_own_contact_and_no_other() -> None:
    """Of three seeds the first is left out: rows move up, and counts and times are those of the other two."""
    statistics = _statistics(
        [(9, CLIENT, 22), (9, CLIENT, 23)], [(0, 0, 10), (0, 1, 20), (0, 2, 40), (1, 0, 7)]
    )
    seeds = tuple(
        Seed(f"192.0.2.{n}", 0, n, n, 1.0, frozenset(), (), PeerRole.SERVER, 443 + n, 0, 1) for n in range(3)
    )
    zeros = np.zeros(2, np.int64)
    tables = TierTables(
        seeds, statistics, Comings(zeros, zeros, zeros, zeros, zeros, (zeros, zeros)), ("", ""), zeros,
        np.zeros(2, np.bool_), ("", ""), {}, 2,
    )  # fmt: skip
    found = among(tables, np.array([False, True, True]))
    assert [seed.address for seed in found.seeds] == ["192.0.2.1", "192.0.2.2"]
    assert found.statistics.c2s.port.tolist() == [444, 445]
    assert found.statistics.contacts.c2.tolist() == [0, 1]
    keys = found.statistics.candidates
    assert (keys.flows.tolist(), keys.first_us.tolist(), keys.last_us.tolist()) == ([4, 0], [20, 0], [45, 0])
