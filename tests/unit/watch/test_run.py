"""A lake that is watched: from flows and labels to events in a file, cycle after cycle."""

import json
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hand_made_flows import BEGIN, Flow, flow_table, lake_of
from headwater.app.labels import add_labels
from headwater.app.watch.cycle import Cycle
from headwater.app.watch.look import look
from headwater.app.watch.run import Talk, watch
from headwater.app.watch.settings import Alerts, JsonSink, LeadSettings, WatchSettings
from headwater.errors import LakeError
from headwater.ingest.columns import READ_SCHEMA
from headwater.intel.labels.feed import Analyst
from headwater.lake.tables import open_lake
from headwater.lake.writer import FlowWriter
from headwater.model.label import Role
from watching import C2S, SERVICE, UPSTREAM, watched_flows, watched_labels
from withdrawing import REVOKED, bundle, indicator, listing

pytestmark = pytest.mark.xdist_group("watch")  # what they share is made once

END = BEGIN + timedelta(days=6)
LATER = "5.0.9.1"  # listed later than the others


@dataclass
class Watched:
    """A lake, what watches it, and what came of each cycle.

    Attributes:
        lake: the lake's folder.
        file: where events go.
        cycles: what each did.
    """

    lake: Path
    file: Path
    cycles: list[Cycle] = field(default_factory=list)

    def cycle(self, now: datetime, **alerts: Any) -> list[dict[str, Any]]:  # Any: JSON
        """Runs one cycle; the events that it brought."""
        before = self.events()
        settings = WatchSettings(
            alerts=replace(Alerts(sure=0.8), **alerts), leads=LeadSettings(every=timedelta(0)),
            sinks=(JsonSink("log", file=self.file),),
        )  # fmt: skip
        watch(
            self.lake, settings, stop=threading.Event(), once=True, now=now,
            talk=Talk(cycle=self.cycles.append),
        )  # fmt: skip
        return self.events()[len(before) :]

    def events(self) -> list[dict[str, Any]]:  # Any: JSON
        """All events so far."""
        text = self.file.read_text() if self.file.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A lake with an upstream, of whose ten C2s nine are listed."""
    folder = tmp_path_factory.mktemp("watched")
    lake = lake_of(folder, watched_flows(), labels=watched_labels(*C2S[:9]))
    return Watched(lake, folder / "events.jsonl")


@pytest.fixture(scope="module")
def story(watched: Watched) -> list[list[dict[str, Any]]]:  # Any: JSON
    """What five cycles brought: the first, an idle one, a tenth label, its withdrawal, and more flows."""
    later = watched.lake.parent / "later.csv"
    later.write_text(watched_labels(LATER))
    told = [watched.cycle(END), watched.cycle(END + timedelta(hours=1))]
    add_labels([str(later)], lake=watched.lake)
    told.append(watched.cycle(END + timedelta(hours=2)))
    add_labels([str(later)], lake=watched.lake, analyst=Analyst(role=Role.SINKHOLE))
    told.append(watched.cycle(END + timedelta(hours=3)))
    store(watched.lake, [Flow("7.7.7.7", 1, "8.0.0.1", 443, at=6.1 * 86_400)])
    told.append(watched.cycle(END + timedelta(hours=4)))
    return told


def store(lake: Path, flows: list[Flow]) -> None:
    """Stores more flows."""
    with FlowWriter(open_lake(lake)) as writer:
        for batch in flow_table(flows).select(READ_SCHEMA.names).cast(READ_SCHEMA).to_batches():
            writer.add(batch, digest=f"{len(flows):064d}")
        writer.commit()


def test_the_first_cycle_tells_the_upstream(story: list[list[dict[str, Any]]], watched: Watched) -> None:
    """With its nine listed C2s, the version of the lake, and the command for its records."""
    (event,) = story[0]
    assert (event["kind"], event["subject"], len(event["hosts"])) == ("new-upstream", SERVICE, 9)
    assert event["lake_version"] == watched.cycles[0].lake_version
    assert event["command"].endswith(f"flows {SERVICE}")
    assert event["measured"]["posterior"] >= 0.8
    assert event["facts"]["c2s_apart"] == 9  # each stands in a /24 of its own


def test_an_unchanged_lake_is_not_hunted_in(story: list[list[dict[str, Any]]], watched: Watched) -> None:
    """An hour later there is nothing to do, and nothing is told."""
    assert (story[1], [one.hunted for one in watched.cycles]) == ([], [True, False, True, True, True])


def test_a_new_label_tells_a_new_c2(story: list[list[dict[str, Any]]]) -> None:
    """The flows are the same, the list is not."""
    (event,) = story[2]
    assert (event["kind"], [host["address"] for host in event["hosts"]]) == ("new-c2", [LATER])


def test_a_withdrawn_label_tells_what_rested_on_it(story: list[list[dict[str, Any]]]) -> None:
    """The same file, added again as a sinkhole's."""
    (event,) = story[3]
    assert (event["kind"], event["hosts"][0]["why"], event["facts"]["c2s_left"]) == (
        "labels-withdrawn", "(now labelled sinkhole)", 9,
    )  # fmt: skip


def test_a_revoked_indicator_tells_what_rested_on_it(tmp_path: Path) -> None:
    """A feed lists ten C2s and takes one of them back in its next increment."""
    lake = lake_of(tmp_path, watched_flows(), labels="address,family\n")
    feed, increment = tmp_path / "feed.json", tmp_path / "increment.json"
    feed.write_text(listing(*C2S))
    increment.write_text(bundle(indicator(3, C2S[3], modified=REVOKED, revoked=True)))
    add_labels([str(feed)], lake=lake)
    found = Watched(lake, tmp_path / "events.jsonl")
    found.cycle(END)
    add_labels([str(increment)], lake=lake)
    (event,) = found.cycle(END + timedelta(hours=1))
    assert (event["kind"], [host["address"] for host in event["hosts"]], event["facts"]["c2s_left"]) == (
        "labels-withdrawn", [C2S[3]], 9,
    )  # fmt: skip


def test_all_labels_withdrawn_tells_what_rested_on_them(tmp_path: Path) -> None:
    """The only feed takes everything back: there is nothing to hunt with any more, and that is told, once."""
    lake = lake_of(tmp_path, watched_flows(), labels="address,family\n")
    feed, increment = tmp_path / "feed.json", tmp_path / "increment.json"
    feed.write_text(listing(*C2S))
    taken_back = [indicator(n, c2, modified=REVOKED, revoked=True) for n, c2 in enumerate(C2S)]
    increment.write_text(bundle(*taken_back))
    add_labels([str(feed)], lake=lake)
    found = Watched(lake, tmp_path / "events.jsonl")
    found.cycle(END)
    add_labels([str(increment)], lake=lake)
    (event,) = found.cycle(END + timedelta(hours=1))
    assert (event["kind"], event["facts"]["c2s_left"]) == ("labels-withdrawn", 0)
    assert "it is no candidate any more" in event["said"]
    assert found.cycle(END + timedelta(hours=2)) == []


def test_new_flows_alone_tell_nothing(story: list[list[dict[str, Any]]]) -> None:
    """They are hunted in, and nothing changed."""
    assert story[4] == []


def test_a_lake_that_grows_during_a_cycle_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flows that come between two steps are no error, and the next cycle hunts in them."""
    lake = lake_of(tmp_path, watched_flows(), labels=watched_labels(*C2S))
    found = Watched(lake, tmp_path / "events.jsonl")

    def grown(*arguments: Any, **named: Any) -> Any:  # Any: whatever `look` takes
        if not found.cycles:
            store(lake, [Flow("7.7.7.7", 1, "8.0.0.1", 443, at=5.9 * 86_400)])
        return look(*arguments, **named)

    monkeypatch.setattr("headwater.app.watch.cycle.look", grown)
    first = found.cycle(END)
    second = found.cycle(END + timedelta(hours=1))
    assert ([event["kind"] for event in first], second) == (["new-upstream"], [])
    assert [one.hunted for one in found.cycles] == [True, True]


def test_what_is_there_at_first_may_be_remembered_only(tmp_path: Path) -> None:
    """Below its own bound it is told as a candidate only, and nothing where candidates are not wanted."""
    lake = lake_of(tmp_path, watched_flows(), labels=watched_labels(*C2S))
    found = Watched(lake, tmp_path / "events.jsonl")
    assert found.cycle(END, sure=0.9999, c2s=100, candidates=False) == []
    (event,) = found.cycle(END, sure=0.9999, c2s=100)
    assert (event["kind"], event["level"]) == ("new-candidate", "notice")


def test_other_families_are_no_withdrawn_labels(tmp_path: Path) -> None:
    """Whoever asks for another family from now on hears nothing of the labels that are still there."""
    other = watched_labels(LATER).replace("emotet", "dridex")
    labels = watched_labels(*C2S[:9]) + other.split("\n", 1)[1]
    one = Watched(lake_of(tmp_path, watched_flows(), labels=labels), tmp_path / "events.jsonl")
    told = [one.cycle(END), one.cycle(END + timedelta(hours=1), families=("Dridex",))]
    assert [[event["kind"] for event in each] for each in told] == [["new-upstream"], []]


def test_what_is_owed_to_a_sink_that_is_gone_is_no_failure(tmp_path: Path) -> None:
    """It waits in the lake until a sink of that name is there again."""
    lake = lake_of(tmp_path, watched_flows(), labels=watched_labels(*C2S[:9]))
    broken, sound = JsonSink("old", file=tmp_path), JsonSink("new", file=tmp_path / "events.jsonl")
    settings = WatchSettings(alerts=Alerts(sure=0.8), leads=LeadSettings(every=timedelta(0)))
    owed = [
        [
            (each.sink, each.events)
            for each in watch(
                lake, replace(settings, sinks=(sink,)), stop=threading.Event(), once=True, now=END
            )
        ]
        for sink in (broken, sound, broken)
    ]
    assert owed == [[("old", 1)], [], [("old", 1)]]


def test_a_lake_without_labels_says_so(tmp_path: Path) -> None:
    """With one cycle it is an error; a watch that goes on tells it once and waits."""
    lake = lake_of(tmp_path, [Flow("7.7.7.7", 1, UPSTREAM, 443)], labels="address,family\n")
    settings = WatchSettings(sinks=(JsonSink("log", file=tmp_path / "events.jsonl"),))
    with pytest.raises(LakeError, match="no labelled C2"):
        watch(lake, settings, stop=threading.Event(), once=True)
    stop, told = threading.Event(), []

    def trouble(place: str, why: str) -> None:
        told.append((place, why))
        stop.set()

    watch(lake, settings, stop=stop, talk=Talk(trouble=trouble))
    assert [place for place, _ in told] == ["lake"]
