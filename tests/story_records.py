"""What the tests of stories share: worlds made small, and the records of a story's service."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.addresses import text_from_keys
from headwater.model.address import key_of
from headwater.simulate.randomness import Floats
from headwater.simulate.settings import WorldSettings
from headwater.simulate.stories.story import Story, Told, tell
from headwater.simulate.stories.truth import truth_of

_DAY_US = 86_400e6


@dataclass(frozen=True)
class Seen:
    """A story and what the records say about its service.

    Attributes:
        told: the story in a thin world.
        truth: as truth.json has it, times as moments.
        contact: days of the records of each host in contact with the service on its port, in order.
        ports: ports of the other hosts that the service contacts, by host; of a service in client role.
    """

    told: Told
    truth: dict[str, Any]  # Any: what json takes
    contact: dict[str, Floats]
    ports: dict[str, set[int]]

    def day(self, moment: datetime) -> float:
        """A moment in days from the story's start."""
        return (moment - self.told.world.settings.start).total_seconds() / 86_400

    def network(self, address: str) -> str:
        """The name of a host's network."""
        hosts = self.told.world.hosts
        where = np.flatnonzero(hosts.v4 == _low(address))
        return hosts.network_name(int(where[0]))

    @property
    def c2s(self) -> set[str]:
        """C2s in contact by the truth."""
        return {each["address"] for each in self.truth["c2s"]}

    @property
    def others(self) -> dict[str, Floats]:
        """Contact of all other hosts."""
        return {other: days for other, days in self.contact.items() if other not in self.c2s}


def _low(address: str) -> int:
    return key_of(address)[1]


def thinned(settings: WorldSettings) -> WorldSettings:
    """The same time and networks with few people and little background; the story itself is the same."""
    return replace(
        settings,
        places=replace(settings.places, residential=1_500, servers=1_500, dark=200),
        hostile=replace(settings.hostile, scanners=5, brute_forcers=50, attacks=1, open_proxies=50),
        background=replace(settings.background, peers=100),
        botnet=replace(settings.botnet, victims=300),
    )


def seen_of(story: Story, seed: int) -> Seen:
    """A story in a thin world, with the records of its service at the story's own sampling."""
    told = tell(story, seed, world=thinned(story.world(seed)))
    sampling = story.sampling_of(seed)
    records = _service_records(told, sampling=sampling)
    side = "own_port" if told.stage.role == "server" else "other_port"
    mine = records.filter(pc.equal(records[side], told.stage.port))
    contact: dict[str, list[float]] = {}
    for other, at in zip(mine["other"].to_pylist(), mine["at"].to_pylist(), strict=True):
        contact.setdefault(other, []).append(at)
    ports: dict[str, set[int]] = {}
    for other, port in zip(records["other"].to_pylist(), records["other_port"].to_pylist(), strict=True):
        ports.setdefault(other, set()).add(port)
    days = {other: np.sort(np.array(each)) for other, each in contact.items()}
    return Seen(told, truth_of(told, sampling=sampling), days, ports)


def _service_records(told: Told, *, sampling: int) -> pa.Table:
    """All records of the service's host: other (address), own_port, other_port, at (days from the start)."""
    start_us = int(told.world.settings.start.timestamp()) * 1_000_000
    found = []
    low = _low(told.world.hosts.address(told.stage.service))
    for whole in told.world.batches(sampling):
        batch = whole.filter(pc.or_(pc.equal(whole["src_lo"], low), pc.equal(whole["dst_lo"], low)))
        out = pc.equal(batch["src_lo"], low)
        src = text_from_keys(batch["src_hi"], batch["src_lo"])
        dst = text_from_keys(batch["dst_hi"], batch["dst_lo"])
        found.append(
            pa.table(
                {
                    "other": pc.if_else(out, dst, src),
                    "own_port": pc.if_else(out, batch["src_port"], batch["dst_port"]),
                    "other_port": pc.if_else(out, batch["dst_port"], batch["src_port"]),
                    "at": (batch["start"].cast(pa.int64()).to_numpy() - start_us) / _DAY_US,
                }
            )
        )
    return pa.concat_tables(found)
