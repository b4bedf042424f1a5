"""Tests of simulate/world.py and scaling.py: purity, sampling, size."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from headwater.errors import BadSetting
from headwater.ingest.columns import READ_SCHEMA
from headwater.simulate.presets import PRESETS
from headwater.simulate.scaling import grown, scaled
from headwater.simulate.world import World

SMALL = PRESETS["small"]
TINY = replace(SMALL, days=3)


def test_settings_and_seed_decide_everything() -> None:
    """Two worlds of one seed give the same records, labels and truth; another seed gives others."""
    one, same, other = World(TINY, 4), World(TINY, 4), World(TINY, 5)
    assert list(one.batches(500)) == list(same.batches(500))
    assert one.labels() == same.labels()
    assert one.truth() == same.truth()
    assert one.truth() != other.truth()


def test_parts_do_not_depend_on_each_other() -> None:
    """The last day alone is what it is when all days are made."""
    made = list(World(TINY, 4).parts(500))
    alone = World(TINY, 4).part(2, 0, of=1, sampling=500)
    assert alone.batch == made[2].batch


def test_sampling_rates_of_one_seed_share_the_population() -> None:
    """The truth does not depend on how the world is looked at."""
    world = World(TINY, 4)
    before = world.truth()
    list(world.batches(1_000))
    assert world.truth() == before


def test_sampled_packets_are_in_proportion_to_the_rate(records: pa.Table) -> None:
    """Ten times fewer packets at 1:100 than at 1:10, as binomial thinning has it."""
    thinner = sum(int(np.asarray(batch["packets"]).sum()) for batch in World(SMALL, 1).batches(100))
    all_packets = int(np.asarray(records["packets"]).sum())
    # sessions differ between rates, and floods of thousands of packets make the sum vary by some percent
    assert thinner == pytest.approx(all_packets / 10, rel=0.1)


def test_sampling_loses_flows_less_than_packets(records: pa.Table) -> None:
    """Flows of one packet are lost in proportion, long ones are not: fewer than ten times fewer records."""
    thinner = sum(batch.num_rows for batch in World(SMALL, 1).batches(100))
    assert records.num_rows / 10 < thinner < records.num_rows / 2


def test_records_are_in_the_schema_that_readers_fill(world: World) -> None:
    """Batches have READ_SCHEMA, their sampling rate, and no end before its start."""
    batch = world.part(0, 0, of=1, sampling=50).batch
    assert batch.schema == READ_SCHEMA
    assert set(np.asarray(batch["sampling"]).tolist()) == {50}
    assert bool((np.asarray(batch["end"]) >= np.asarray(batch["start"])).all())


def test_all_addresses_belong_to_nobody(records: pa.Table) -> None:
    """IPv4 from 240.0.0.0/4, IPv6 from 2001:db8::/32, and no record mixes the two."""
    for side in ("src", "dst"):
        hi, lo = np.asarray(records[f"{side}_hi"]), np.asarray(records[f"{side}_lo"])
        v4 = hi == 0
        assert set((lo[v4] >> 28).tolist()) == {0xFFFFF}  # ::ffff:0:0/96 followed by 1111
        assert set((hi[~v4] >> 32).tolist()) == {0x20010DB8}
        assert 0.001 < (~v4).mean() < 0.2
    assert bool(((np.asarray(records["src_hi"]) == 0) == (np.asarray(records["dst_hi"]) == 0)).all())


def test_no_two_hosts_share_an_address(world: World) -> None:
    """IPv4 and IPv6 addresses are distinct, and every host lies in its network's prefix."""
    hosts = world.hosts
    assert len(np.unique(hosts.v4)) == len(hosts)
    assert len(np.unique(hosts.v6_lo)) == len(hosts)


@pytest.mark.parametrize("wanted", [100_000, 2_000_000])
def test_the_number_of_records_can_be_asked_for(wanted: int) -> None:
    """The background grows or shrinks until the records are about as many as wanted."""
    world = World(scaled(SMALL, records=wanted, sampling=100), 1)
    middle = world.part(7, 0, of=world.parts_per_day(100), sampling=100).batch.num_rows
    assert middle * world.parts_per_day(100) * 14 == pytest.approx(wanted, rel=0.2)


def test_a_bigger_background_leaves_the_botnet_as_it_is() -> None:
    """Scaling changes hosts and rates of the background, not the botnet's settings."""
    bigger = grown(SMALL, 16.0)
    assert bigger.places.residential == 4 * SMALL.places.residential
    assert (bigger.botnet, bigger.listing, bigger.upstreams) == (SMALL.botnet, SMALL.listing, SMALL.upstreams)


def test_too_few_records_are_refused() -> None:
    """The botnet alone makes more than ten records."""
    with pytest.raises(BadSetting, match="ask for more"):
        scaled(SMALL, records=10, sampling=100)


def test_impossible_worlds_are_refused() -> None:
    """No days, a negative seed and a sampling of 0 are refused with what to do."""
    with pytest.raises(BadSetting, match="at least 1"):
        replace(SMALL, days=0)
    with pytest.raises(BadSetting, match="use 0 or more"):
        World(SMALL, -1)
    with pytest.raises(BadSetting, match="every packet"):
        World(TINY, 0).part(0, 0, of=1, sampling=0)


_PEAK = """
import resource, sys
from dataclasses import replace
from headwater.simulate.presets import PRESETS
from headwater.simulate.world import World
days = int(sys.argv[1])
world = World(replace(PRESETS["small"], days=days), 1)
rows = sum(batch.num_rows for batch in world.batches(100))
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    """Ten times the days give ten times the records in about the same memory."""
    found = [
        tuple(
            int(word)
            for word in subprocess.run(
                [sys.executable, "-c", _PEAK, days], capture_output=True, text=True, check=True
            ).stdout.split()
        )
        for days in ("3", "30")
    ]
    (few, little), (many, much) = found
    assert many > 8 * few
    assert much < little + 60  # MB
