"""Two passes and a sample give the same numbers as looking at every flow: random small worlds."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from hand_made_flows import BEGIN, Flow, label_table
from headwater.model.address import text_of

Key = tuple[str, int, int]  # address, role (0 server, 1 client), port
SYN, SIX_HOURS = 0x02, 21_600.0


@dataclass(frozen=True)
class Told:
    """What one key amounts to."""

    c2s: frozenset[str]
    hosts: int
    sessions: int
    flows: int
    first: float
    last: float


def _world(seed: int) -> tuple[list[Flow], list[str]]:
    """Some hundred flows between C2s, servers on low ports and clients on high ones, some of them failed."""
    random = np.random.default_rng(seed)
    c2s = [f"5.{n}.0.1" for n in range(6)]
    servers = [f"9.0.{n}.9" for n in range(12)]
    hosts = [f"7.0.{n // 200}.{n % 200 + 1}" for n in range(150)]
    flows = []
    for _ in range(900):
        client = str(random.choice(c2s)) if random.random() < 0.25 else str(random.choice(hosts))
        target = servers[int(len(servers) * random.random() ** 2)]
        port = int(random.choice([22, 443, 80]))
        if random.random() < 0.1:  # somebody comes to a C2's port 22
            client, target, port = str(random.choice(hosts[:8])), str(random.choice(c2s)), 22
        ends = (client, int(random.integers(40_000, 60_000)), target, port)
        if random.random() < 0.5:
            ends = (ends[2], ends[3], ends[0], ends[1])
        flags = SYN if random.random() < 0.15 else 0x1B
        at, lasts = float(random.integers(0, 6 * 86_400)), float(random.integers(0, 900))
        flows.append(Flow(*ends, at=at, lasts=lasts, flags=flags))
    return flows, c2s


def _naive(flows: list[Flow], c2s: list[str]) -> dict[Key, Told]:
    """Every key with at least two C2s, by looking at everything: the low port serves in these worlds."""
    met: dict[Key, set[str]] = defaultdict(set)
    talks: dict[Key, dict[str, list[Flow]]] = defaultdict(lambda: defaultdict(list))
    for flow in flows:
        if flow.flags == SYN:
            continue
        ends = [(flow.src, flow.src_port), (flow.dst, flow.dst_port)]
        (server, port), (client, _) = sorted(ends, key=lambda end: end[1])
        for key, other in (((server, 0, port), client), ((client, 1, port), server)):
            met[key].add(other)
            if other in c2s and key[0] not in c2s:
                talks[key][other].append(flow)
    return {
        key: Told(
            c2s=frozenset(by_c2),
            hosts=len(met[key]),
            sessions=sum(_sessions(these) for these in by_c2.values()),
            flows=sum(map(len, by_c2.values())),
            first=min(flow.at for these in by_c2.values() for flow in these),
            last=max(flow.at + flow.lasts for these in by_c2.values() for flow in these),
        )
        for key, by_c2 in talks.items()
        if len(by_c2) >= 2
    }


def _sessions(flows: list[Flow]) -> int:
    """Runs of flows with no more than six hours of silence between."""
    count, quiet_from = 0, -1e18
    for flow in sorted(flows, key=lambda one: one.at):
        count += flow.at - quiet_from > SIX_HOURS
        quiet_from = max(quiet_from, flow.at + flow.lasts)
    return count


def _measured(found: Any) -> dict[Key, Told]:  # Any: a Hunted
    keys, contacts, c2s = found.statistics.candidates, found.statistics.contacts, found.statistics.c2s
    begin_us = int(BEGIN.timestamp()) * 1_000_000
    told = {}
    for row in range(len(keys.hi)):
        mine = (contacts.candidate == row) & ~contacts.on_c2_port
        names = [text_of(int(c2s.hi[c2]), int(c2s.lo[c2])) for c2 in contacts.c2[mine]]
        key = (text_of(int(keys.hi[row]), int(keys.lo[row])), int(keys.role[row]), int(keys.port[row]))
        told[key] = Told(
            c2s=frozenset(names), hosts=int(keys.hosts[row]), sessions=int(keys.sessions[row]),
            flows=int(keys.flows[row]), first=(int(keys.first_us[row]) - begin_us) / 1e6,
            last=(int(keys.last_us[row]) - begin_us) / 1e6,
        )  # fmt: skip
    return told


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sample_flows", [100, 10_000])
def test_pruned_equals_naive(hunted: Any, seed: int, sample_flows: int) -> None:
    """k, d, sessions, flows, first and last are those of the naive computation, sampled or not.

    A sample of about 100 flows makes the hunt prune and read a second time; one of 10,000 holds everything.
    No key is left to the sample here: d would be an estimate then.
    """
    flows, c2s = _world(seed)
    labels = label_table(c2s, port=9_999)
    found = hunted(flows, labels, least_c2s=2, sample_flows=sample_flows, hub_hosts=100_000)
    assert _measured(found) == _naive(flows, c2s)


def test_a_hub_is_estimated_and_says_so(hunted: Any) -> None:
    """A service of 600 clients above a limit of 100 is not read; its d comes from one pair in about four."""
    crowd = [Flow(f"7.0.{n // 200}.{n % 200 + 1}", 50_000, "9.9.9.9", 443, at=float(n)) for n in range(600)]
    c2s = [f"5.{n}.0.1" for n in range(3)]
    flows = crowd + [Flow(c2, 50_000, "9.9.9.9", 443) for c2 in c2s]
    keys = hunted(flows, label_table(c2s), sample_flows=150, hub_hosts=100).statistics.candidates
    # 603 pairs, each in the sample with chance 1/4: the estimate's deviation is sqrt(603 * 3) = 43
    assert (keys.hosts_estimated.tolist(), abs(int(keys.hosts[0]) - 603) < 4 * 43) == ([True], True)


def test_beyond_the_budget_the_least_exclusive_are_estimated(hunted: Any) -> None:
    """With little to read left, the crowded service goes to the sample and the exclusive one is read."""
    c2s = [f"5.{n}.0.1" for n in range(4)]
    crowd = [Flow(f"7.0.{n // 200}.{n % 200 + 1}", 50_000, "9.9.9.9", 443, at=float(n)) for n in range(400)]
    both = [Flow(c2, 50_000 + n, peer, 443) for n, peer in enumerate(("9.9.9.9", "9.9.9.8")) for c2 in c2s]
    found = hunted(crowd + both, label_table(c2s), sample_flows=200, read_flows=60).statistics.candidates
    estimated = {
        text_of(int(hi), int(lo)): bool(guess)
        for hi, lo, guess in zip(found.hi, found.lo, found.hosts_estimated, strict=True)
    }
    assert estimated == {"9.9.9.9": True, "9.9.9.8": False}


def test_scanners_do_not_count_among_the_clients(hunted: Any) -> None:
    """Who tries more hosts than the limit counts for no service's d, though its connection succeeded."""
    c2s = [f"5.{n}.0.1" for n in range(3)]
    scan = [Flow("7.7.7.7", 40_000 + n, f"9.1.0.{n}", 443, at=float(n)) for n in range(1, 31)]
    visit = Flow("7.7.7.7", 50_001, "9.9.9.9", 443)
    flows = [*scan, visit, *(Flow(c2, 50_000, "9.9.9.9", 443) for c2 in c2s)]
    hosts = [
        int(hunted(flows, label_table(c2s), scanner_hosts=limit).statistics.candidates.hosts[0])
        for limit in (10, 1_000)
    ]
    assert hosts == [3, 4]
