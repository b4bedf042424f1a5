"""Which sampling holds for a file, and what belongs to its interval."""

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from headwater.app import tap_findings
from headwater.app.collect_events import CollectEvent
from headwater.app.collect_losses import losses_of
from headwater.app.collect_settings import Listener
from headwater.app.collect_tally import ExporterTally
from headwater.app.tap import Tap
from headwater.app.tap_findings import Findings, Found
from headwater.exporters.exporter import SEVERAL
from headwater.ingest.nfcapd_exporters import UNHEARD
from headwater.ingest.nfcapd_statistics import ExporterCount

PORT, SENSOR = "netflow 127.0.0.1:9995", "192.0.2.1"
KEY = (PORT, SENSOR, 9)
NOTHING = dict.fromkeys(
    (
        "packets",
        "broken",
        "kept",
        "lost",
        "late",
        "doubled",
        "restarts",
        "fell_back",
        "unsure",
        "otherwise",
        "undecoded",
    ),
    0,
)
Change = tuple[float, float | None, int | None]


def _report(findings: Findings, at_s: float, *changes: Change, **numbers: Any) -> None:  # Any: numbers
    said = NOTHING | {"unknown": [], "pending": False} | numbers
    exporter = {"port": 0, "address": SENSOR, "version": 9, "domain": 0, "sampling": changes, **said}
    findings.take({"at": at_s, "lost": {"0": 0}, "refused": 0, "exporters": [exporter]}, [PORT])


def _in_file(*changes: Change, start_s: float = 100.0) -> int | None:
    """What holds for a file of ten seconds, of an exporter whose sampling changed so since second 0."""
    findings = Findings()
    findings.begin(0.0)
    _report(findings, 120.0, *changes)
    return findings.sampling_in(PORT, start_s, start_s + 10)[SENSOR]


@pytest.mark.parametrize(
    ("changes", "sampling"),
    [
        ([], UNHEARD),
        ([(50.0, None, 1_000)], 1_000),  # before the file
        ([(105.0, None, 1_000)], 1_000),  # in it, but before its first flows
        ([(105.0, 90.0, 1_000)], 1_000),  # the last flows before are in a file before
        ([(105.0, 104.0, 1_000)], UNHEARD),  # after flows that came without
        ([(50.0, None, 1_000), (105.0, 104.0, 500)], None),  # flows under both
        ([(50.0, None, 1_000), (105.0, 104.0, 1_000)], 1_000),
        ([(50.0, None, 1_000), (200.0, 199.0, 500)], 1_000),  # changes later
        ([(50.0, None, 1_000), (105.0, 104.0, None)], UNHEARD),  # a restart
        ([(105.0, 104.0, 1_000), (106.0, 104.0, 500)], UNHEARD),  # no flows under the first
        ([(50.0, None, SEVERAL)], None),
        ([(50.0, None, SEVERAL), (80.0, 79.0, 1_000)], 1_000),
        ([(50.0, None, 1_000), (99.5, 99.4, 500)], None),  # too near the beginning
    ],
)
def test_the_sampling_of_a_file(changes: list[Change], sampling: int | None) -> None:
    """One N only where all its flows came under it; UNHEARD where the file itself and --sampling say it."""
    assert _in_file(*changes) == sampling


def test_a_tap_that_dies_knows_nothing_more() -> None:
    """What it heard last holds until then; ended in order, it holds for the last file."""
    for in_order, sampling in ((True, 1_000), (False, UNHEARD)):
        findings = Findings()
        findings.begin(0.0)
        _report(findings, 101.0, (50.0, None, 1_000))
        findings.end(in_order=in_order)
        assert findings.sampling_in(PORT, 100.0, 110.0) == {SENSOR: sampling}
        assert findings.sampling_in(PORT, 60.0, 70.0) == {SENSOR: 1_000}


def test_what_happened_is_told_with_the_file_of_its_time() -> None:
    """A restart until the file was closed, a loss after it; each is told once."""
    findings = Findings()
    findings.begin(0.0)
    _report(findings, 109.0, packets=3, restarts=1)
    _report(findings, 111.0, packets=2, lost=7, unknown=[300], undecoded=1)
    first, second = findings.taken(KEY, 110.5), findings.taken(KEY, 120.5)
    assert first is not None
    assert second is not None
    assert (first.restarts, first.lost, first.unknown) == (1, 0, ())
    assert (second.restarts, second.lost, second.unknown) == (0, 7, (300,))
    assert findings.taken(("elsewhere", SENSOR, 9), 120.5) is None


def test_an_interval_without_packets_knows_no_better() -> None:
    """Template 300 is unknown until packets say otherwise."""
    unknown = Found(packets=2, undecoded=1, unknown=(300,))
    read = Found(packets=2)
    assert (unknown.plus(Found()).unknown, unknown.plus(read).unknown) == ((300,), ())


def test_the_words_for_breaks_give_every_reason() -> None:
    """An exporter that counts otherwise and restarted; the same that only counts otherwise."""
    count = ExporterCount(SENSOR, 10, packets=4, flows=40, sequence_failures=4, sampling=None)
    tally = ExporterTally(PORT, SENSOR, 10)
    said = [
        losses_of(tally, tally, count, found)
        for found in (Found(packets=4, otherwise=4, restarts=1), Found(packets=4, otherwise=4))
    ]
    otherwise = "it counts otherwise than its version's standard"
    assert said == [
        [f"4 breaks in its sequence numbers (it restarted, {otherwise}, which is the reason for the others)"],
        [f"4 breaks in its sequence numbers ({otherwise}, and by its own count nothing is missing)"],
    ]


def test_reports_that_nobody_asks_for_stay_bounded() -> None:
    """A lake that cannot be written for an hour: sums are kept, not each second."""
    findings = Findings()
    findings.begin(0.0)
    for second in range(3_600):
        _report(findings, float(second), (float(second), second - 0.5, 1 + second % 2), lost=1)
    found = findings.taken(KEY, 4_000.0)
    assert found is not None
    assert found.lost == 3_600
    assert findings.sampling_in(PORT, 100.0, 110.0) == {SENSOR: None}


def test_a_tap_that_came_late_says_nothing_of_templates() -> None:
    """The collector may know what came before it."""
    findings = Findings()
    findings.begin(0.0)
    findings.blind_to_templates.add(PORT)
    _report(findings, 1.0, undecoded=4, unknown=[300], lost=2)
    found = findings.taken(KEY, 2.0)
    assert found is not None
    assert (found.undecoded, found.unknown, found.lost) == (0, (), 2)


def test_the_process_beside_the_collectors_is_small() -> None:
    """It imports neither NumPy nor Arrow: its memory is bounded to less than they take."""
    program = "import headwater.app.tap_process, sys; print(*{'numpy', 'pyarrow'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == ""


def test_made_up_exporters_push_out_others_that_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that are kept the one that goes on sending stays, although it came first."""
    monkeypatch.setattr(tap_findings, "_EXPORTERS", 2)
    findings = Findings()
    findings.begin(0.0)
    for at_s, address in enumerate((SENSOR, "203.0.113.1", SENSOR, "203.0.113.2"), 1):
        said = NOTHING | {
            "unknown": [],
            "pending": False,
            "address": address,
            "sampling": [(at_s, None, 100)],
        }
        exporter = {"port": 0, "version": 9, "domain": 0, **said}
        findings.take({"at": float(at_s), "lost": {}, "refused": 0, "exporters": [exporter]}, [PORT])
    known = [findings.sampling_now((PORT, one, 9)) for one in (SENSOR, "203.0.113.1", "203.0.113.2")]
    assert known == [100, None, 100]


def test_that_it_knows_no_more_exporters_is_told_once() -> None:
    """Whoever makes some up fills what is kept: of the others nothing is known, which must be said."""
    told: list[CollectEvent] = []
    tap = Tap([Listener("netflow", 9995, "127.0.0.1")], 4_096, told.append)
    report = {"at": 1.0, "lost": {}, "exporters": []}
    lines = [json.dumps(report | {"refused": refused}) for refused in (0, 3, 4)]
    tap._read(SimpleNamespace(stdout=lines))  # type: ignore[arg-type]  # a child is more than its output
    assert [event.said[:30] for event in told] == ["more than 4,096 exporters, or "]
