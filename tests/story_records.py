"""What the tests of stories share: worlds made small, and the records of a story's service."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from headwater.ingest.addresses import text_from_keys
from headwater.simulate.settings import WorldSettings
from headwater.simulate.stories.story import Told


def thinned(settings: WorldSettings) -> WorldSettings:
    """The same time and networks with few people and little background; the story itself is the same."""
    return replace(
        settings,
        places=replace(settings.places, residential=1_500, servers=1_500, dark=200),
        hostile=replace(settings.hostile, scanners=5, brute_forcers=50, attacks=1, open_proxies=50),
        background=replace(settings.background, peers=100),
        botnet=replace(settings.botnet, victims=300),
    )


def service_records(told: Told, *, sampling: int) -> pa.Table:
    """Records of the story's service as written: start, other (address), at (days from the start)."""
    address, start = told.world.hosts.address(told.stage.service), told.world.settings.start
    found = []
    for batch in told.world.batches(sampling):
        src = text_from_keys(batch["src_hi"], batch["src_lo"])
        dst = text_from_keys(batch["dst_hi"], batch["dst_lo"])
        ours = pc.or_(pc.equal(src, address), pc.equal(dst, address))
        at = pc.divide(
            pc.subtract(pc.cast(batch["start"], pa.int64()), int(start.timestamp() * 1e6)), 86_400e6
        )
        table = pa.table(
            {
                "other": pc.if_else(pc.equal(src, address), dst, src),
                "own_port": pc.if_else(pc.equal(src, address), batch["src_port"], batch["dst_port"]),
                "other_port": pc.if_else(pc.equal(src, address), batch["dst_port"], batch["src_port"]),
                "at": at,
            }
        )
        found.append(table.filter(ours))
    return pa.concat_tables(found)
