"""Tests of simulate/observation.py: what exporters make of sessions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from headwater.simulate.hosts import Hosts
from headwater.simulate.observation import Exporters, Part
from headwater.simulate.profiles import Shape, atoms
from headwater.simulate.sessions import Sessions
from headwater.simulate.settings import View
from headwater.simulate.world import World

START = datetime(2025, 3, 3, tzinfo=UTC)
CLEAR = View(visible=1.0, doubled=0.0, skew_spread_s=0.0, flagless=False)
Observe = Callable[..., Part]


@pytest.fixture
def observe(world: World) -> Observe:
    """Observes many equal sessions between random hosts with a view and a sampling rate."""

    def run(
        view: View, shape: Shape, *, sampling: int = 1, size: int = 3_000, hosts: Hosts = world.hosts
    ) -> Part:
        rng = np.random.default_rng(0)
        server = rng.integers(len(hosts), size=size)
        sessions = Sessions(
            client=(server + 1 + rng.integers(len(hosts) - 1, size=size)) % len(hosts),
            server=server,
            client_port=np.zeros(size, np.int64),
            server_port=np.full(size, 38_400),
            proto=np.full(size, 6),
            shape=np.full(size, int(shape)),
            at=rng.random(size),
        )
        exporters = Exporters(view, hosts, seed=3, start=START, sampling=sampling)
        return exporters.observe(rng, sessions, atoms(sampling), np.zeros(size, np.int64), day=0, number=0)

    return run


def _seconds(batch: pa.RecordBatch, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(batch[name].cast(pa.int64())) / 1e6


def test_every_session_gives_one_record_each_way_where_nothing_hides_it(observe: Observe) -> None:
    """Unsampled short sessions: as many records as directions, half of them towards the side that serves."""
    part = observe(CLEAR, Shape.NAME)
    assert part.batch.num_rows == 6_000
    assert int(part.dst_serves.sum()) == 3_000
    serving = np.where(
        part.dst_serves, np.asarray(part.batch["dst_port"]), np.asarray(part.batch["src_port"])
    )
    assert set(serving.tolist()) == {38_400}


def test_no_record_spans_more_than_the_active_time_out(observe: Observe) -> None:
    """Long sessions with many packets are cut into records of at most the active time-out (here 60 s)."""
    part = observe(replace(CLEAR, active_s=60.0), Shape.ADMIN)
    length = _seconds(part.batch, "end") - _seconds(part.batch, "start")
    assert float(length.min()) >= 0
    assert float(length.max()) <= 60.01
    assert part.batch.num_rows > 6_000 * 2  # the median session takes 240 s


def test_the_inactive_time_out_cuts_sparse_flows_and_keeps_their_packets(observe: Observe) -> None:
    """A shorter inactive time-out makes more records of the same packets."""
    short = observe(replace(CLEAR, inactive_s=1.0, active_s=1e9), Shape.PEER)
    long = observe(replace(CLEAR, inactive_s=1e9, active_s=1e9), Shape.PEER)
    assert short.batch.num_rows > 1.5 * long.batch.num_rows
    packets = [int(np.asarray(part.batch["packets"]).sum()) for part in (short, long)]
    assert packets[0] == packets[1]


def test_visibility_is_decided_by_pair_of_networks_and_direction(observe: Observe, world: World) -> None:
    """At a visibility of one half, every directed pair of networks is seen wholly or not at all."""
    part = observe(replace(CLEAR, visible=0.5), Shape.CLOCK, size=60_000)
    network = {int(low): int(net) for low, net in zip(world.hosts.v4, world.hosts.network, strict=True)}
    large = set(np.flatnonzero(np.bincount(world.hosts.network) > 200).tolist())
    v4 = np.asarray(part.batch["src_hi"]) == 0
    src, dst = (np.asarray(part.batch[name])[v4].tolist() for name in ("src_lo", "dst_lo"))
    pairs = {(network[one], network[other]) for one, other in zip(src, dst, strict=True)}
    pairs = {(one, other) for one, other in pairs if one in large and other in large}
    # about 400 directed pairs, each seen with chance 1/2: standard deviation 10
    assert len(pairs) == pytest.approx(len(large) ** 2 / 2, abs=45)
    one_sided = {pair for pair in pairs if pair[::-1] not in pairs}
    assert len(one_sided) == pytest.approx(len(large) ** 2 / 4, abs=45)


def test_a_doubled_path_gives_the_same_exchange_to_two_exporters(observe: Observe) -> None:
    """Where every path passes two exporters, each unsampled record appears twice under two names."""
    part = observe(replace(CLEAR, doubled=1.0), Shape.NAME)
    assert part.batch.num_rows == 12_000
    ends = zip(
        *(part.batch[name].to_pylist() for name in ("src_lo", "dst_lo", "src_port", "sensor")), strict=True
    )
    sensors: dict[tuple[object, ...], set[object]] = {}
    for src, dst, port, sensor in ends:
        sensors.setdefault((src, dst, port), set()).add(sensor)
    assert {len(each) for each in sensors.values()} == {2}


def test_clocks_err_by_exporter(observe: Observe) -> None:
    """With clock errors the records of one exporter all move by the same time."""
    right, wrong = observe(CLEAR, Shape.CLOCK), observe(replace(CLEAR, skew_spread_s=30.0), Shape.CLOCK)
    names = np.asarray(right.batch["sensor"])
    shifts = []
    for sensor in ("exporter-1", "exporter-2", "exporter-3"):
        before = np.sort(_seconds(right.batch, "start")[names == sensor])
        after = np.sort(_seconds(wrong.batch, "start")[np.asarray(wrong.batch["sensor"]) == sensor])
        shift = after - before
        assert float(np.ptp(shift)) < 0.0021  # one error, but for milliseconds cut off
        shifts.append(round(float(shift.mean()), 1))
    assert len(set(shifts)) == 3


def test_one_exporter_writes_no_flags(observe: Observe) -> None:
    """With `flagless` the last exporter's TCP records have no flags, and the others' have."""
    batch = observe(replace(CLEAR, flagless=True), Shape.WEB, sampling=20).batch
    missing = {
        name: {
            flags is None
            for flags, sensor in zip(batch["tcp_flags"].to_pylist(), batch["sensor"].to_pylist(), strict=True)
            if sensor == name
        }
        for name in ("exporter-1", "exporter-3")
    }
    assert missing == {"exporter-1": {False}, "exporter-3": {True}}


def test_a_sampled_record_seldom_carries_the_syn(observe: Observe) -> None:
    """At 1:100 one packet in twelve opens a web session, so few records have SYN; unsampled most have."""
    syn = {
        sampling: float(
            (np.asarray(observe(CLEAR, Shape.WEB, sampling=sampling).batch["tcp_flags"]) & 2 > 0).mean()
        )
        for sampling in (1, 100)
    }
    assert syn[1] > 0.8  # records cut off by time-outs have none
    assert syn[100] < 0.25


def test_a_refused_probe_is_a_syn_and_a_reset(observe: Observe) -> None:
    """A closed port answers SYN (2) with RST and ACK (20), as RFC 9293, section 3.10.7.1 has it."""
    part = observe(CLEAR, Shape.PROBE_CLOSED)
    flags = np.asarray(part.batch["tcp_flags"])
    assert {int(each) for each in flags[part.dst_serves]} == {2}
    assert {int(each) for each in flags[~part.dst_serves]} == {20}


def test_records_come_in_order_and_in_milliseconds(observe: Observe) -> None:
    """Starts do not decrease, and exporters count milliseconds."""
    start = np.asarray(observe(CLEAR, Shape.WEB).batch["start"].cast(pa.int64()))
    assert bool((np.diff(start) >= 0).all())
    assert set((start % 1_000).tolist()) == {0}
