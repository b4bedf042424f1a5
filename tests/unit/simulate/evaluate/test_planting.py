"""Planting: what is added is what was asked for, takes after real flows, and is said to be planted."""

from dataclasses import replace

import numpy as np
import pytest

from headwater.errors import BadSetting
from headwater.model.address import key_of
from headwater.simulate.evaluate.capture import Capture, column
from headwater.simulate.evaluate.planting import (
    CLIENT,
    FEW,
    MANY,
    NEW,
    PORTS,
    QUIET,
    SERVER,
    Strength,
    plant,
    strength_of,
)

SERVED = Strength(c2s=5, connections=2, clients=4, role=SERVER, networks=MANY, host=NEW, port="ephemeral")


def _contacts(capture: Capture, strength: Strength, side: str) -> tuple[set[int], set[int], set[int]]:
    """Senders, receivers and ports of one side of what is planted with seed 1."""
    flows = plant(capture, strength, seed=1).flows
    rows = slice(0, None, 2) if side == "opening" else slice(1, None, 2)
    columns = (column(flows, name)[rows] for name in ("src_lo", "dst_lo", "dst_port"))
    senders, receivers, ports = (set(values.tolist()) for values in columns)
    return senders, receivers, ports


def test_a_server_is_called_by_c2s_and_clients(capture: Capture) -> None:
    """Five C2s and four others open connections to one address on one port of the range asked for."""
    planted = plant(capture, SERVED, seed=1)
    senders, receivers, ports = _contacts(capture, SERVED, "opening")
    assert receivers == {key_of(planted.upstream)[1]}
    assert len(senders) == 9
    assert {key_of(c2)[1] for c2 in planted.c2s} < senders
    assert ports == {planted.port}
    assert planted.port in range(*PORTS["ephemeral"])


def test_a_client_calls_c2s_and_others(capture: Capture) -> None:
    """The upstream opens; the service port is at the nine others."""
    strength = replace(SERVED, role=CLIENT)
    planted = plant(capture, strength, seed=1)
    senders, receivers, ports = _contacts(capture, strength, "opening")
    assert (senders, len(receivers)) == ({key_of(planted.upstream)[1]}, 9)
    assert ports == {planted.port}


def test_each_c2_has_as_many_connections_as_asked_for(capture: Capture) -> None:
    """Two each: two flows out and two back."""
    planted = plant(capture, SERVED, seed=1)
    sources = column(planted.flows, "src_lo")
    assert [(sources == key_of(c2)[1]).sum() for c2 in planted.c2s] == [2] * 5


def test_bytes_and_flags_are_those_of_real_exchanges(capture: Capture) -> None:
    """The fixture's replies differ in bytes, each 30,000 and its number; nothing else turns up."""
    planted = column(plant(capture, SERVED, seed=1).flows, "bytes")
    real = set(column(capture.flows, "bytes").tolist())
    assert set(planted.tolist()) <= real
    assert set(column(plant(capture, SERVED, seed=1).flows, "tcp_flags").tolist()) == {0x1B}


def test_planted_connections_lie_in_the_time_of_the_capture(capture: Capture) -> None:
    """None begins before it or ends after it, and each keeps its 30 s."""
    flows = plant(capture, SERVED, seed=1).flows
    start, end = column(flows, "start"), column(flows, "end")
    assert start.min() >= column(capture.flows, "start").min()
    assert end.max() <= column(capture.flows, "end").max()
    assert set((end - start).tolist()) == {30_000_000}


def test_many_networks_are_all_different(capture: Capture) -> None:
    """Five C2s in five /16s."""
    assert len({c2.rpartition(".")[0].rpartition(".")[0] for c2 in plant(capture, SERVED, seed=1).c2s}) == 5


def test_few_networks_are_as_few_as_can_be(capture: Capture) -> None:
    """Each /16 of the fixture has three hosts in three /24s, so six C2s lie in two of them."""
    c2s = plant(capture, replace(SERVED, c2s=6, networks=FEW), seed=1).c2s
    assert len({tuple(c2.split(".")[:2]) for c2 in c2s}) == 2


def test_a_new_address_is_not_in_the_capture(capture: Capture) -> None:
    """It is inside, but not one of the five that are there."""
    upstream = key_of(plant(capture, SERVED, seed=1).upstream)[1]
    assert upstream not in capture.insiders.lo
    assert upstream >> 8 == capture.insiders.lo[0] >> 8


def test_no_host_of_the_capture_is_quiet_enough(capture: Capture) -> None:
    """All five inside meet 24 others, which is refused in words."""
    with pytest.raises(BadSetting, match="no quiet host"):
        plant(capture, replace(SERVED, host=QUIET), seed=1)


def test_more_c2s_than_the_capture_has_are_refused(capture: Capture) -> None:
    """Ten /16s hold ten C2s in different networks, not eleven."""
    with pytest.raises(BadSetting, match="has 10 hosts"):
        plant(capture, replace(SERVED, c2s=11), seed=1)


def test_labels_say_that_they_are_planted(capture: Capture) -> None:
    """In source, family and note, so that no table can show them as real ones."""
    labels = plant(capture, SERVED, seed=1).labels
    assert {(label.source, label.family) for label in labels} == {("planted", "planted")}
    assert all(label.note.startswith("planted") for label in labels)


def test_a_seed_decides_everything(capture: Capture) -> None:
    """Twice the same is the same; another seed is another planting."""
    one, again, other = (plant(capture, SERVED, seed=seed) for seed in (1, 1, 2))
    assert one.flows.equals(again.flows)
    assert one.upstream != other.upstream


def test_strengths_cover_the_grid() -> None:
    """Of 200 seeds each number of C2s gets 50 on average, with a standard deviation of 6.1."""
    drawn = [strength_of(seed) for seed in range(200)]
    counts = np.unique([each.c2s for each in drawn], return_counts=True)
    assert counts[0].tolist() == [3, 5, 10, 20]
    assert counts[1].min() >= 30
