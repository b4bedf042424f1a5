"""Which unlisted clients are read when there is no room for all: the most promising, up to a budget."""

import numpy as np

from headwater.app.stranger_choice import Loads, looked_at, promise
from headwater.score.statistics import Candidates, Contacts


def _loads(kept: list[float], touched: list[float] | None = None) -> Loads:
    return Loads(touched=np.array(touched or kept), kept=np.array(kept))


def _read(loads: Loads, *, stranger: list[int], place: list[int], budget: int) -> list[bool]:
    found = looked_at(np.array(stranger), np.array(place), loads=loads, budget=budget)
    return [bool(one) for one in found]


def test_reading_stops_at_the_budget() -> None:
    """40 + 40 flows fit into 100: the client of the least promising of three candidates is left out."""
    assert _read(_loads([40, 40, 40]), stranger=[0, 1, 2], place=[2, 0, 1], budget=100) == [False, True, True]


def test_a_stranger_counts_with_its_best_candidate() -> None:
    """Stranger 0 met the candidates of places 5 and 0, stranger 1 that of place 1: only one fits."""
    assert _read(_loads([60, 60]), stranger=[0, 1, 0], place=[5, 1, 0], budget=100) == [True, False]


def test_flows_that_are_left_out_cost_a_tenth() -> None:
    """10 kept and 1,000 touched: 10 + 99 = 109 flows, more than 100 and less than 110."""
    loads = _loads([10], [1_000])
    assert [_read(loads, stranger=[0], place=[0], budget=budget) for budget in (100, 110)] == [
        [False],
        [True],
    ]


def test_equal_promise_is_decided_by_address() -> None:
    """Strangers come in order of address, and the first one is read: the same on every run."""
    assert _read(_loads([60, 60]), stranger=[1, 0], place=[0, 0], budget=100) == [True, False]


def _keys(hosts: list[int]) -> Candidates:
    zeros, small = np.zeros(len(hosts), np.int64), np.zeros(len(hosts), np.int32)
    return Candidates(
        hi=zeros, lo=zeros, role=small, port=small, proto=small, hosts=np.array(hosts),
        hosts_estimated=zeros.astype(np.bool_), fan_out=zeros, flows=zeros, sessions=zeros, first_us=zeros,
        last_us=zeros, warning=small, warnings=(),
    )  # fmt: skip


def _contacts(candidate: list[int], on_c2_port: list[bool]) -> Contacts:
    zeros = np.zeros(len(candidate), np.int64)
    return Contacts(
        candidate=np.array(candidate, np.int32), c2=np.arange(len(candidate), dtype=np.int32), flows=zeros,
        sessions=zeros, packets_out=zeros, packets_in=zeros, bytes_out=zeros, bytes_in=zeros, first_us=zeros,
        last_us=zeros, hours=zeros, days=zeros, opened_by_c2=zeros.astype(np.float64),
        on_c2_port=np.array(on_c2_port, np.bool_),
    )  # fmt: skip


def test_keys_of_several_c2s_come_first_and_then_the_share() -> None:
    """Shares 2/10, 1/2, 2/4: the two keys of two C2s first, of these 2/4, and the key of one C2 last."""
    contacts = _contacts([0, 0, 1, 2, 2], [False] * 5)
    assert promise(_keys([10, 2, 4]), contacts).tolist() == [1, 2, 0]


def test_visits_to_the_c2s_own_ports_promise_nothing() -> None:
    """Key 0 met two C2s, on their own ports; key 1 met one elsewhere."""
    assert promise(_keys([4, 4]), _contacts([0, 0, 1], [True, True, False])).tolist() == [1, 0]
