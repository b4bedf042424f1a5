"""What whole cycles tell of an upstream that is known: from flows and lists in a lake to events in a file."""

import json
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from change_records import LABELS, NEW, OLD, moves, records
from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.labels import add_labels
from headwater.app.watch.run import watch
from headwater.app.watch.settings import Alerts, JsonSink, LeadSettings, WatchSettings
from headwater.lake.tables import open_lake
from headwater.lake.watch_book import opened
from headwater.model.remembered import KnownUpstream, Memory

DAY = timedelta(days=1)
C2S = [f"5.{n}.0.1" for n in range(4)]
LEAD = "5.9.0.1"
HEADER = "address,family,port,first_seen\n"


@dataclass(frozen=True)
class Known:
    """A lake whose book knows the upstream 9.9.9.9:8443/tcp from the first day on, and nothing else."""

    lake: Path
    file: Path

    def cycle(self, now: datetime, **settings: Any) -> list[dict[str, Any]]:  # Any: settings; JSON
        """Runs one cycle; the events that it brought."""
        before = self.events()
        chosen = WatchSettings(
            alerts=Alerts(change_probability=0.6), leads=LeadSettings(every=timedelta(0)),
            sinks=(JsonSink("log", file=self.file),),
        )  # fmt: skip
        watch(self.lake, replace(chosen, **settings), stop=threading.Event(), once=True, now=now)
        return self.events()[len(before) :]

    def events(self) -> list[dict[str, Any]]:  # Any: JSON
        """All events so far."""
        text = self.file.read_text() if self.file.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


def _known(folder: Path, flows: list[Flow], labels: str) -> Known:
    lake = lake_of(folder, flows, labels=labels)
    upstream = KnownUpstream(OLD, 8_443, 6, "server", BEGIN, 0, "upstream", 0.97)
    with opened(open_lake(lake)) as book:
        book.record(Memory(upstreams={OLD: upstream}), [], day="2024-05-01")
    return Known(lake, folder / "events.jsonl")


def _of(events: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:  # Any: JSON
    return [event for event in events if event["kind"] in kinds]


def test_a_move_in_the_records_is_told_once(tmp_path: Path) -> None:
    """Eight C2s go from 9.9.9.9 to 9.9.8.8 on day 14: told with the way to look, and not again when a list
    changes the day after.
    """
    known = _known(tmp_path, records(moves(14.0, to=(NEW, 8_443))), LABELS)
    (told,) = _of(known.cycle(BEGIN + 28 * DAY), "upstream-moved", "upstream-silent", "upstream-changed")
    assert (told["kind"], told["subject"], told["facts"]["to"]) == (
        "upstream-moved", f"{OLD}:8443/tcp", f"{NEW}:8443/tcp",
    )  # fmt: skip
    assert told["command"].endswith(f"flows {OLD}:8443/tcp")
    _add(known, tmp_path, HEADER + "5.77.0.1,emotet,447,2024-04-25\n")
    assert not _of(known.cycle(BEGIN + 28 * DAY + DAY / 24), "upstream-moved", "upstream-silent")


def test_silence_in_the_records_is_told(tmp_path: Path) -> None:
    """From day 14 on the same C2s meet nobody, and answer their bots as before."""
    known = _known(tmp_path, records(moves(14.0, to=None)), LABELS)
    (told,) = _of(known.cycle(BEGIN + 28 * DAY), "upstream-moved", "upstream-silent", "upstream-changed")
    assert (told["kind"], told["subject"]) == ("upstream-silent", f"{OLD}:8443/tcp")


def test_a_lead_of_a_pivot_is_told_when_a_list_names_it(tmp_path: Path) -> None:
    """Nothing is told of the lead itself; two days after a pivot found it a list names it, and that is told
    with the head start, as that alone, and once.
    """
    known = _known(
        tmp_path, _flows_of_a_lead(), HEADER + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in C2S)
    )
    pivots = {"leads": LeadSettings(every=DAY), "alerts": Alerts(changes=False)}
    first = known.cycle(BEGIN + DAY, **pivots)
    assert LEAD not in json.dumps(first)
    _add(known, tmp_path, HEADER + f"{LEAD},emotet,447,2024-04-25\n")
    (told,) = [event for event in known.cycle(BEGIN + 3 * DAY, **pivots) if LEAD in json.dumps(event)]
    assert (told["kind"], [host["address"] for host in told["hosts"]]) == ("lead-confirmed", [LEAD])
    assert (told["facts"]["lead_port"], told["facts"]["head_start_days"]) == (447, 2.0)
    assert not _of(known.cycle(BEGIN + 4 * DAY, **pivots), "lead-confirmed", "new-c2")


def _add(known: Known, folder: Path, labels: str) -> None:
    listed = folder / "later.csv"
    listed.write_text(labels)
    assert add_labels([str(listed)], lake=known.lake).added == 1


def _flows_of_a_lead() -> list[Flow]:
    """Four listed C2s and an unlisted one at the upstream, with the same sixteen bots at their port 447."""
    flows = [
        Flow(client, 50_000 + n, OLD, 8_443, at=3_600.0 * (n + 6 * turn))
        for n, client in enumerate([*C2S, LEAD]) for turn in range(3)
    ]  # fmt: skip
    for bot in range(1, 17):
        flows += [Flow(f"7.0.0.{bot}", 41_000, c2, 447, at=60.0 * bot) for c2 in [*C2S, LEAD]]
    people = [f"7.1.0.{n}" for n in range(1, 25)]
    return flows + [Flow(one, 43_000, f"8.0.0.{n}", 443, at=10.0) for one in people for n in range(1, 13)]
