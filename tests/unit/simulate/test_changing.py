"""Worlds in which upstreams change at a known moment."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from headwater.simulate.changing import ChangePlanting, Fate, Planted
from headwater.simulate.contacts import Contacts
from headwater.simulate.planting import Planting
from headwater.simulate.presets import PRESETS
from headwater.simulate.settings import Changes
from headwater.simulate.world import World
from headwater.simulate.write import write_world

WANTED = Changes(
    moved=2, new_ports=1, silent=1, new_tenants=1, begun=1, steady=2, beside=1, outlived=1, outages=1
)
SMALL = PRESETS["small"]


@pytest.fixture(scope="module")
def world() -> World:
    """Two weeks with each kind of change."""
    return World(replace(SMALL, changes=WANTED), 4)


def _planted(world: World) -> dict[Fate, Planted]:
    assert isinstance(world.planting, ChangePlanting)
    return {one.fate: one for one in world.planting.planted}


def _spans(world: World, host: int, port: int) -> tuple[float, float]:
    """First begin and last end of contact of its C2s with a service in server role."""
    (source,) = (one for one in world.sources if one.name == "changing upstreams")
    assert isinstance(source, Contacts)
    c2s = [c2.host for c2 in world.botnet.c2s]
    mine = (source.server == host) & (source.port == port) & np.isin(source.client, c2s)
    return float(source.begin[mine].min()), float(source.end[mine].max())


def test_a_world_that_asks_for_no_change_is_planted_with_nothing() -> None:
    """And it has no outage."""
    plain = World(SMALL, 4)
    assert type(plain.planting) is Planting
    assert plain.outages == ()


def test_changes_leave_the_rest_of_the_world_as_it_was(world: World) -> None:
    """C2s and ordinary upstreams draw from streams of their own."""
    plain = World(SMALL, 4)
    assert [(c2.family, c2.port, c2.begin, c2.end) for c2 in world.botnet.c2s] == [
        (c2.family, c2.port, c2.begin, c2.end) for c2 in plain.botnet.c2s
    ]
    assert [(each.port, each.c2s) for each in world.upstreams] == [
        (each.port, each.c2s) for each in plain.upstreams
    ]


def test_an_upstream_that_moves_ends_where_its_successor_begins(world: World) -> None:
    """No contact with the old one after the moment, none with the new one before it."""
    one = _planted(world)[Fate.MOVED]
    assert _spans(world, one.host, one.port)[1] <= one.at
    assert _spans(world, one.other_host, one.other_port)[0] >= one.at


def test_a_new_port_is_one_of_the_same_host(world: World) -> None:
    """The address stays, the port does not."""
    one = _planted(world)[Fate.NEW_PORT]
    assert one.other_host == one.host
    assert one.other_port != one.port


def test_a_service_beside_ends_nothing(world: World) -> None:
    """The old one goes on after the moment."""
    one = _planted(world)[Fate.BESIDE]
    assert _spans(world, one.host, one.port)[1] > one.at


def test_keys_change_with_the_tenant_and_with_a_reinstall_only(world: World) -> None:
    """Two keys each there, one key everywhere else."""
    assert isinstance(world.planting, ChangePlanting)
    shown: dict[int, set[int]] = {}
    for seen in world.planting.keys:
        shown.setdefault(seen.host, set()).add(seen.key)
    two = {one.host for one in world.planting.planted if one.fate in {Fate.NEW_TENANT, Fate.NEW_KEY}}
    assert {host for host, keys in shown.items() if len(keys) == 2} == two


def test_a_failed_exporter_writes_nothing(world: World) -> None:
    """On a day that an outage holds whole, its exporter has no record, and others have."""
    (outage,) = world.outages
    day = int(np.ceil(outage.begin))
    names = set(world.part(day, 0, of=1, sampling=1_000).batch["sensor"].to_pylist())
    assert f"exporter-{outage.sensor + 1}" not in names
    assert len(names) == SMALL.view.sensors - 1


def test_the_folder_tells_what_changes(tmp_path: Path) -> None:
    """truth.json names each fate, and host_keys.csv what scans saw."""
    write_world(World(replace(SMALL, days=2, changes=WANTED), 4), tmp_path / "world", sampling=10_000)
    truth = json.loads((tmp_path / "world" / "truth.json").read_text())
    assert {one["fate"] for one in truth["changes"]} == {fate.value for fate in Fate}
    assert len(truth["outages"]) == 1
    with (tmp_path / "world" / "host_keys.csv").open(newline="") as file:
        assert set(csv.DictReader(file).fieldnames or ()) == {
            "address", "port", "kind", "fingerprint", "seen_at", "source",
        }  # fmt: skip
