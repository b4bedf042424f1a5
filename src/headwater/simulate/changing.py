"""Which upstreams change at a known moment, and which only seem to? Planted beside the world's own upstreams.

Each planted upstream serves C2s of one family in the way that ordinary upstreams do: contact within a C2's
life. What happens to it at its moment is one of Fate. Worlds that ask for none are as they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.simulate.botnet import C2, Botnet
from headwater.simulate.contacts import ContactList
from headwater.simulate.context_files import time_text
from headwater.simulate.hosts import HostKind, Hosts
from headwater.simulate.listing import Entry
from headwater.simulate.networks import NetworkKind
from headwater.simulate.observation import Part
from headwater.simulate.planting import Planting
from headwater.simulate.population import Population
from headwater.simulate.profiles import Shape
from headwater.simulate.randomness import lognormal, salt, stream
from headwater.simulate.sessions import Source
from headwater.simulate.settings import Changes, WorldSettings
from headwater.simulate.truth import moment

_SERVER_PORTS = (8_443, 38_400, 443, 9_001, 52_100, 3_306)
_CLIENT_PORTS = (22, 8_022, 2_222)
_STEADINESS = 0.4  # as bursty as the contact of the world's own upstreams
_RATE_SPREAD = 0.3  # how much a C2's rate differs between the old service and its successor
_SHORT_OF_C2S = 3  # C2s at work at the moment; with fewer, nothing about it can be seen


class Fate(StrEnum):
    """What becomes of a planted upstream."""

    MOVED = "moved"
    NEW_PORT = "new-port"
    SILENT = "silent"
    NEW_TENANT = "new-tenant"
    BEGUN = "begun"
    STEADY = "steady"
    NEW_KEY = "new-key"  # steady, and its host gets another key: a reinstall by the same tenant
    BESIDE = "beside"
    OUTLIVED = "outlived"


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted upstream.

    Attributes:
        fate: what becomes of it.
        host, port: where it is; in client role the port on the C2s.
        role: "server" (C2s connect to it) or "client" (it connects to C2s).
        other_host, other_port: the successor, or the one beside; -1 and 0 where there is none.
        at: when it changes, days from the world's start; when its last C2 ends, where all end one by one.
        c2s: places in Botnet.c2s of its C2s.
        crossing: of those, how many are at work at the moment and a day on either side.
    """

    fate: Fate
    host: int
    port: int
    role: str
    other_host: int
    other_port: int
    at: float
    c2s: tuple[int, ...]
    crossing: int


@dataclass(frozen=True, slots=True)
class SeenKey:
    """One scan of a host.

    Attributes:
        host, port, kind: what was looked at.
        key: number of the key that it showed; the same number is the same key.
        at: days from the world's start.
    """

    host: int
    port: int
    kind: str
    key: int
    at: float


@dataclass(frozen=True, slots=True)
class Outage:
    """One exporter records nothing for some days: number of the exporter, [begin, end) in days."""

    sensor: int
    begin: float
    end: float


def outages_of(settings: WorldSettings, seed: int) -> tuple[Outage, ...]:
    """The outages of a world; none unless its settings ask for some."""
    wanted = settings.changes
    if not wanted.outages:
        return ()
    rng = stream(seed, "outages")
    begins = rng.uniform(0.2, 0.85, wanted.outages) * settings.days
    sensors = rng.integers(settings.view.sensors, size=wanted.outages)
    return tuple(
        Outage(int(sensor), float(begin), float(begin) + wanted.outage_days)
        for sensor, begin in zip(sensors, begins, strict=True)
    )


def without_outages(part: Part, outages: tuple[Outage, ...], *, start: datetime) -> Part:
    """The part without what failed exporters would have written; the very part where there are no outages."""
    if not outages:
        return part
    began = pa.compute.cast(part.batch["start"], pa.int64())
    days = (np.asarray(began) - int(start.timestamp() * 1e6)) / 86_400e6
    sensors = part.batch["sensor"].to_pylist()
    kept = np.ones(len(days), np.bool_)
    for one in outages:
        name = f"exporter-{one.sensor + 1}"
        here = np.array([sensor == name for sensor in sensors], np.bool_)
        kept &= ~(here & (days >= one.begin) & (days < one.end))
    return Part(
        part.day, part.number, part.batch.filter(pa.array(kept)), part.dst_serves[kept], part.population[kept]
    )


class ChangePlanting(Planting):
    """Upstreams that change.

    Attributes:
        planted: what was planted, after `sources`.
        keys: what scans saw.
    """

    def __init__(self) -> None:
        self.planted: list[Planted] = []
        self.keys: list[SeenKey] = []
        self._population: Population | None = None
        self._botnet: Botnet | None = None

    def botnet(self, population: Population) -> Botnet:
        """The world's own."""
        self._population, self._botnet = population, super().botnet(population)
        return self._botnet

    def sources(self, entries: list[Entry]) -> list[Source]:
        """The contact of the planted upstreams."""
        del entries
        if self._population is None or self._botnet is None:
            raise ValueError("a world asks for its botnet first")
        work = _Work(self._population, self._botnet, stream(self._population.seed, "changes"))
        for fate in _fates(self._population.settings):
            self.planted.append(work.plant(fate))
        self.keys = work.keys
        if not len(work.contacts):
            return []
        seed = self._population.seed
        return [work.contacts.source(salt=salt(seed, "bursts", "changes"), steadiness=_STEADINESS)]


def _fates(settings: WorldSettings) -> Iterator[Fate]:
    wanted = settings.changes
    counts = (
        (Fate.MOVED, wanted.moved), (Fate.NEW_PORT, wanted.new_ports), (Fate.SILENT, wanted.silent),
        (Fate.NEW_TENANT, wanted.new_tenants), (Fate.BEGUN, wanted.begun),
        (Fate.NEW_KEY, min(wanted.steady, 1)), (Fate.STEADY, max(wanted.steady - 1, 0)),
        (Fate.BESIDE, wanted.beside), (Fate.OUTLIVED, wanted.outlived),
    )  # fmt: skip
    for fate, count in counts:
        for _ in range(count):
            yield fate


def changes_truth(
    planting: Planting, outages: tuple[Outage, ...], *, hosts: Hosts, botnet: Botnet, settings: WorldSettings
) -> dict[str, Any]:  # Any: what json takes, times as datetime
    """What changes in a world, for its truth; empty where nothing does."""
    if not isinstance(planting, ChangePlanting):
        return {}

    def service(host: int, port: int) -> dict[str, Any] | None:
        return None if host < 0 else {"address": hosts.address(host), "port": port, "proto": 6}

    return {
        "changes": [
            {
                "fate": one.fate.value, **(service(one.host, one.port) or {}), "role": one.role,
                "other": service(one.other_host, one.other_port), "at": moment(settings, one.at),
                "c2s": [hosts.address(botnet.c2s[place].host) for place in one.c2s],
                "c2s_at_work_then": one.crossing,
            }
            for one in planting.planted
        ],
        "outages": [
            {
                "sensor": f"exporter-{one.sensor + 1}", "since": moment(settings, one.begin),
                "until": moment(settings, one.end),
            }
            for one in outages
        ],
    }  # fmt: skip


def key_rows(planting: Planting, *, hosts: Hosts, settings: WorldSettings) -> list[list[object]]:
    """Scans as rows of a file of host keys: address, port, kind, fingerprint, seen_at, source."""
    keys = planting.keys if isinstance(planting, ChangePlanting) else []
    return [
        [
            hosts.address(one.host), one.port, one.kind, f"SHA256:synthetic-{one.key}",
            time_text(moment(settings, one.at)), "scan",
        ]
        for one in keys
    ]  # fmt: skip


class _Work:
    """Plants one upstream after the other."""

    def __init__(self, population: Population, botnet: Botnet, rng: np.random.Generator) -> None:
        self.population, self.botnet, self.rng = population, botnet, rng
        self.contacts = ContactList("changing upstreams")
        self.keys: list[SeenKey] = []
        self._number = 0

    @property
    def _wanted(self) -> Changes:
        return self.population.settings.changes

    @property
    def _days(self) -> float:
        return float(self.population.settings.days)

    def plant(self, fate: Fate) -> Planted:
        """One upstream with its contact and its keys."""
        number, rng = self._number, self.rng
        self._number += 1
        client = fate in {Fate.MOVED, Fate.SILENT} and number % 3 == 2  # every third
        ports = _CLIENT_PORTS if client else _SERVER_PORTS
        port = ports[number % len(ports)]
        at = float(rng.uniform(self._wanted.early, self._wanted.late)) * self._days
        c2s = self._outlived(at) if fate is Fate.OUTLIVED else self._c2s(at)
        host, other_host, other_port = self._host(), -1, 0
        if fate in {Fate.MOVED, Fate.BESIDE}:
            other_host, other_port = self._host(), port
        elif fate is Fate.NEW_PORT:
            other_host, other_port = host, ports[(number + 1) % len(ports)]
        at = max((self.botnet.c2s[place].end for place in c2s), default=at) if fate is Fate.OUTLIVED else at
        one = Planted(
            fate, host, port, "client" if client else "server", other_host, other_port, at, c2s,
            sum(self._crosses(place, at) for place in c2s),
        )  # fmt: skip
        for place in c2s:
            self._meet(one, self.botnet.c2s[place])
        self._clients(one)
        self._scan(one)
        return one

    def _host(self) -> int:
        network = self.population.some_networks(NetworkKind.HOSTING, 1, self.rng)
        return int(self.population.roll.add(HostKind.UPSTREAM, network)[0])

    def _c2s(self, at: float) -> tuple[int, ...]:
        """C2s of one family, of which some are at work at the moment."""
        families = self.rng.permutation(self.population.settings.botnet.families).tolist()
        pools = [
            [place for place in self.botnet.of_family(family) if self._meets(place)] for family in families
        ]
        crossing = [sum(self._crosses(place, at) for place in pool) for pool in pools]
        chosen = next(
            (place for place, count in enumerate(crossing) if count >= _SHORT_OF_C2S),
            int(np.argmax(crossing)),
        )
        pool = pools[chosen]
        upstreams = self.population.settings.upstreams
        size = min(int(self.rng.integers(max(upstreams.c2s_low, 6), upstreams.c2s_high + 1)), len(pool))
        weight = np.array([3.0 if self._crosses(place, at) else 1.0 for place in pool])
        if not size:
            return ()
        picked = self.rng.choice(pool, size, replace=False, p=weight / weight.sum())
        return tuple(sorted(int(place) for place in picked))

    def _outlived(self, at: float) -> tuple[int, ...]:
        """C2s of one family that all end before the records do."""
        family = int(self.rng.integers(self.population.settings.botnet.families))
        pool = [
            place for place in self.botnet.of_family(family)
            if self._meets(place) and self.botnet.c2s[place].end < at + 0.15 * self._days
        ]  # fmt: skip
        size = min(self.population.settings.upstreams.c2s_high, len(pool))
        if not size:
            return ()
        return tuple(sorted(int(place) for place in self.rng.choice(pool, size, replace=False)))

    def _meets(self, place: int) -> bool:
        c2 = self.botnet.c2s[place]
        return c2.begin < self._days - 1 and c2.end > 1

    def _crosses(self, place: int, at: float) -> bool:
        c2 = self.botnet.c2s[place]
        return c2.begin < at - 1 and c2.end > at + 1

    def _meet(self, one: Planted, c2: C2) -> None:
        """The contact of one C2 with the service and its successor."""
        wanted, rng, upstreams = self._wanted, self.rng, self.population.settings.upstreams
        median, spread = upstreams.sessions_median, upstreams.sessions_spread
        rate = float(lognormal(rng, median=median, spread=spread, size=1)[0])
        begin, end = c2.begin + rng.uniform(-1, 1.5), c2.end - rng.exponential(0.5)
        end = max(end, begin + 0.5)
        stop, start = end, np.inf
        if one.fate in {Fate.MOVED, Fate.NEW_PORT, Fate.SILENT, Fate.NEW_TENANT}:
            stop = min(end, one.at)
        if one.fate in {Fate.MOVED, Fate.NEW_PORT} and (rng.random() < wanted.follows or begin > one.at):
            start = max(one.at + rng.exponential(wanted.delay_days), begin)
        if one.fate is Fate.BESIDE and rng.random() < wanted.follows:
            start = max(one.at + rng.exponential(wanted.delay_days), begin)
        if one.fate is Fate.BEGUN:
            begin = max(begin, one.at + rng.exponential(wanted.delay_days))
        self._add(one, c2, (one.host, one.port), rate=rate, span=(begin, stop))
        again = rate * float(np.exp(_RATE_SPREAD * rng.standard_normal()))
        self._add(one, c2, (one.other_host, one.other_port), rate=again, span=(start, end))

    def _add(
        self, one: Planted, c2: C2, service: tuple[int, int], *, rate: float, span: tuple[float, float]
    ) -> None:
        if span[1] <= span[0]:
            return
        server = one.role == "server"
        ends = (c2.host, service[0]) if server else (service[0], c2.host)
        self.contacts.add(
            *ends, port=service[1], shape=Shape.BACKEND if server else Shape.ADMIN, per_day=rate,
            begin=span[0], end=span[1],
        )  # fmt: skip

    def _clients(self, one: Planted) -> None:
        """A few strangers throughout; with a new tenant its own clients, after some days without anybody."""
        rng, people = self.rng, self.population.residential
        few = rng.choice(people, int(rng.integers(4)), replace=False)
        ends = (few, one.host) if one.role == "server" else (one.host, few)
        stop = one.at if one.fate is Fate.NEW_TENANT else self._days
        if len(few):
            self.contacts.add(*ends, port=one.port, shape=Shape.SIDE, per_day=0.8, begin=0.0, end=stop)
        if one.fate is Fate.NEW_TENANT:
            others = rng.choice(people, int(rng.integers(20, 60)), replace=False)
            self.contacts.add(
                others, one.host, port=one.port, shape=Shape.WEB,
                per_day=lognormal(rng, median=0.8, spread=0.8, size=len(others)),
                begin=one.at + rng.uniform(0.5, 3.0), end=self._days,
            )  # fmt: skip

    def _scan(self, one: Planted) -> None:
        """Scans see an SSH host key on the host, and on its successor's."""
        changes = one.fate in {Fate.NEW_TENANT, Fate.NEW_KEY}
        for host in {one.host, one.other_host} - {-1}:
            moment = float(self.rng.uniform(0.0, self._wanted.scan_days))
            while moment < self._days:
                set_anew = changes and host == one.host and moment > one.at
                self.keys.append(SeenKey(host, 22, "ssh/ssh-ed25519", 2 * host + int(set_anew), moment))
                moment += self._wanted.scan_days
