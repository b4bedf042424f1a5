"""What a watch tells of simulated records says so, whether anybody asked for it or not."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.watch.run import watch
from headwater.app.watch.settings import Alerts, CoverageSettings, JsonSink, WatchSettings
from headwater.lake.synthetic import Mark, mark_synthetic

HOUR = 3_600.0


def _lake(folder: Path, *, synthetic: bool) -> Path:
    """A C2 and somebody; the sensor `gone` sends for three hours, the other one until the twelfth."""
    flows = [Flow("5.0.0.1", 50_000, "9.9.9.9", 443, at=at * HOUR, sensor="gone") for at in range(3)]
    flows += [Flow("7.0.0.1", 40_000, "9.9.9.9", 443, at=at * HOUR, sensor="here") for at in range(12)]
    lake = lake_of(folder, flows, labels="address,family\n5.0.0.1,emotet\n")
    if synthetic:
        mark_synthetic(lake, Mark("flows", "0" * 64, "README.txt of its folder"))
    return lake


@pytest.mark.parametrize(
    ("synthetic", "asked", "told"),
    [
        (False, "", None),
        (False, "exercise 7", "exercise 7"),
        (True, "", "SYNTHETIC"),
        (True, "exercise 7", "SYNTHETIC exercise 7"),
        (True, "a synthetic month", "a synthetic month"),
    ],
)
def test_events_of_simulated_records_say_so(
    tmp_path: Path, *, synthetic: bool, asked: str, told: str | None
) -> None:
    """A lost sensor, told once: with the mark that was asked for, and never without the word SYNTHETIC."""
    file = tmp_path / "events.jsonl"
    settings = WatchSettings(
        alerts=Alerts(mark=asked), coverage=CoverageSettings(habit_hours=2),
        sinks=(JsonSink("log", file=file),),
    )  # fmt: skip
    lake = _lake(tmp_path, synthetic=synthetic)
    watch(lake, settings, stop=threading.Event(), once=True, now=BEGIN + timedelta(hours=12))
    (event,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (event["kind"], event["mark"]) == ("coverage-lost", told)
    assert event["said"].startswith(f"{told}: " if told else "coverage lost: gone")
