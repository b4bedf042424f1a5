"""Real exporters into real collectors: what arrives in the lake is what was sent, and loss is told.

One run of `collect` listens on a port for each case; everything goes over the loopback interface.
"""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import captures
import exporters
from collecting import Collecting
from exporters import LAYOUT, Sent, flows
from headwater.app.collect_events import EventKind
from headwater.app.collect_settings import CollectSettings, Listener
from headwater.app.collect_tally import ExporterTally, ListenerTally
from headwater.ingest.addresses import text_from_keys
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake

pytestmark = pytest.mark.skipif(
    shutil.which("nfcapd") is None or shutil.which("sfcapd") is None,
    reason="nfcapd or sfcapd is not installed: apt-get install nfdump nfdump-sflow",
)
SOFTFLOWD = shutil.which("softflowd") or shutil.which("softflowd", path="/usr/sbin")
SHORTER = tuple(each for each in reversed(LAYOUT) if each != exporters.FLAGS)  # another layout of the fields
FAR_AHEAD_S = 2_085_978_496  # 2036-02-07, where the NTP era ends
CASES = (
    "v5", "replay", "template", "unknown", "gap", "restart", "sampled", "past", "future", "junk", "vendors",
    "soft5", "soft9", "soft10",
)  # fmt: skip


@dataclass(frozen=True)
class Session:
    """What one run of `collect` left behind."""

    run: Collecting
    spool: Path
    ports: dict[str, int]

    def exporters(self, case: str) -> list[ExporterTally]:
        """The exporters heard in a case."""
        return [one for one in self.run.tally.exporters.values() if one.listener == self._name(case)]

    def listener(self, case: str) -> ListenerTally:
        """The port of a case."""
        return self.run.tally.listeners[self._name(case)]

    def _name(self, case: str) -> str:
        return f"{'sflow' if case == 'sflow' else 'netflow'} {exporters.LOOPBACK}:{self.ports[case]}"

    def files(self, case: str) -> list[Path]:
        """The stored files of a case."""
        return sorted(self.spool.glob(f"done/*/*-{self.ports[case]}~*"))

    def stored(self, network: str) -> set[tuple[str, str, int, int, int, int, int | None]]:
        """The flows in the lake whose client is in a network, such as `10.7.1.`."""
        rows = set()
        table = in_lake(self.run.lake)
        text = [
            text_from_keys(table[f"{side}_hi"].to_numpy(), table[f"{side}_lo"].to_numpy()).to_pylist()
            for side in ("src", "dst")
        ]
        columns = [
            table[name].to_pylist() for name in ("src_port", "dst_port", "packets", "bytes", "sampling")
        ]
        for row in zip(*text, *columns, strict=True):
            if row[0].startswith(network):
                rows.add(row)
        return rows


def in_lake(lake: Path) -> pa.Table:
    """Every flow of a lake."""
    files = list(snapshot(open_lake(lake)).files)
    return ds.dataset(files).to_table()


def rows_of(
    sent: list[Sent], *, sampling: int | None = None
) -> set[tuple[str, str, int, int, int, int, int | None]]:
    """The flows as `Session.stored` gives them."""
    return {
        (one.src, one.dst, one.src_port, one.dst_port, one.packets, one.size, sampling) for one in sent
    }  # fmt: skip


def capture_of_sessions(path: Path) -> Path:
    """40 TCP sessions of six packets: clients 198.18.90.1 to .40, one server."""
    packets = []
    for number in range(1, 41):
        client, port, begin = f"198.18.90.{number}", 30_000 + number, number / 10
        for place, (out, flags, content) in enumerate([
            (True, captures.SYN, b""), (False, captures.SYN_ACK, b""), (True, captures.ACK, b""),
            (True, captures.PSH_ACK, b"x" * number), (False, captures.PSH_ACK, b"y" * 100),
            (True, captures.ACK, b""),
        ]):  # fmt: skip
            ends = (client, "203.0.113.5") if out else ("203.0.113.5", client)
            ports = (port, 443) if out else (443, port)
            frame = captures.packet(*ends, captures.TCP, captures.tcp(*ports, flags, content))
            packets.append((begin + place / 1000, frame))
    path.write_bytes(captures.pcap_of(packets))
    return path


def _send_all(ports: dict[str, int], folder: Path, replayed: Path, vendors: list[bytes]) -> None:
    now_s = int(time.time())

    def nine(*sets: tuple[int, bytes], sequence: int, clock_s: int = now_s) -> bytes:
        return exporters.v9(sets, sequence=sequence, now_s=clock_s)

    exporters.send(
        [exporters.v5(flows("198.18.10", 30, first=30 * n), sequence=30 * n, now_s=now_s) for n in range(4)],
        ports["v5"],
    )
    exporters.send(
        [
            nine(exporters.template(256, LAYOUT), sequence=1),
            nine(exporters.data(256, LAYOUT, flows("198.18.20", 20)), sequence=2),
            nine(exporters.template(256, SHORTER), sequence=3),
            nine(exporters.data(256, SHORTER, flows("198.18.21", 20)), sequence=4),
        ],
        ports["template"],
    )
    exporters.send(
        [nine(exporters.data(300, LAYOUT, flows("198.18.30", 5)), sequence=n) for n in (1, 2, 3)],
        ports["unknown"],
    )
    exporters.send(
        [
            exporters.v5(flows("198.18.40", 10, first=first), sequence=first, now_s=now_s)
            for first in (0, 10, 50, 60)
        ],
        ports["gap"],
    )
    exporters.send(
        [
            exporters.v5(flows("198.18.45", 10, first=first), sequence=first % 20, now_s=now_s)
            for first in (0, 10, 20, 30)
        ],
        ports["restart"],
    )
    exporters.send(
        [
            nine(*exporters.sampling_announced(1_000), sequence=1),
            nine(
                exporters.template(256, LAYOUT),
                exporters.data(256, LAYOUT, flows("198.18.50", 8)),
                sequence=2,
            ),
        ],
        ports["sampled"],
    )
    for case, clock_s, network in (("past", 3_600, "198.18.60"), ("future", FAR_AHEAD_S, "198.18.61")):
        sent = exporters.data(256, LAYOUT, flows(network, 4))
        exporters.send(
            [nine(exporters.template(256, LAYOUT), sent, sequence=1, clock_s=clock_s)], ports[case]
        )
    after = exporters.v5(flows("198.18.70", 10), sequence=0, now_s=now_s)
    exporters.send([*exporters.junk(), after], ports["junk"])
    exporters.send(
        [exporters.sflow_sample(flows("198.18.80", 1)[0], sequence=1, interval=500)], ports["sflow"]
    )
    exporters.send(vendors, ports["vendors"])
    layout_2 = folder / "replayed"
    subprocess.run(["nfdump", "-r", str(replayed), "-w", str(layout_2)], check=True, capture_output=True)
    exporters.nfreplay(layout_2, ports["replay"])
    for version in (5, 9, 10):
        exporters.softflowd(
            capture_of_sessions(folder / f"{version}.pcap"), ports[f"soft{version}"], version=version
        )


@pytest.fixture(scope="module")
def session(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """All cases sent to one run of `collect`, which has ended."""
    folder = tmp_path_factory.mktemp("collect")
    ports = dict(zip((*CASES, "sflow"), exporters.free_ports(len(CASES) + 1), strict=True))
    settings = CollectSettings(
        (*(Listener("netflow", ports[case]) for case in CASES), Listener("sflow", ports["sflow"])),
        interval_s=2,
    )
    with Collecting(settings, folder / "lake") as run:
        _send_all(
            ports,
            folder,
            real_data / "nfcapd" / "nemea_nfcap_6000_gener_flows.dat",
            exporters.payloads(real_data / "netflow-payloads"),
        )
    return Session(run, folder / "lake" / "spool", ports)


def _nfdump_flows(files: list[Path], *filters: str) -> int:
    """How many flows nfdump itself finds in files."""
    total = 0
    for file in files:
        said = subprocess.run(
            ["nfdump", "-r", str(file), "-o", "null", *filters], capture_output=True, check=True, text=True,
            env={**os.environ, "TZ": "UTC"},
        ).stdout  # fmt: skip
        found = re.search(r"passed: (\d+)", said)
        assert found is not None
        total += int(found[1])
    return total


def test_flows_of_version_5_arrive(session: Session) -> None:
    """120 flows in four packets: each with its addresses, ports and counts, and no break in the sequence."""
    sent = [flow for n in range(4) for flow in flows("198.18.10", 30, first=30 * n)]
    assert session.stored("198.18.10.") == rows_of(sent)
    assert [(one.flows, one.packets, one.sequence_failures) for one in session.exporters("v5")] == [
        (120, 4, 0)
    ]


def test_a_template_may_change_in_mid_stream(session: Session) -> None:
    """20 flows before and 20 after template 256 took another layout, all with their own values."""
    assert session.stored("198.18.2") == rows_of(flows("198.18.20", 20) + flows("198.18.21", 20))


def test_data_without_a_template_are_told(session: Session) -> None:
    """Three packets, no flow: nothing can be stored, and the exporter stands in the table with them."""
    told = [(one.flows, one.silent_packets) for one in session.exporters("unknown")]
    assert (session.stored("198.18.3"), told) == (set(), [(0, 3)])


def test_a_gap_in_the_sequence_is_told(session: Session) -> None:
    """Flows 20 to 49 never came: what came is stored, and one break is counted."""
    assert [(one.flows, one.sequence_failures) for one in session.exporters("gap")] == [(40, 1)]
    assert len(session.stored("198.18.40.")) == 40


def test_a_restarted_exporter_costs_nothing_and_is_told(session: Session) -> None:
    """Its sequence numbers begin at 0 again: all flows are stored; nfcapd counts a break, as of lost ones."""
    assert [(one.flows, one.sequence_failures) for one in session.exporters("restart")] == [(40, 1)]
    assert session.stored("198.18.45.") == rows_of(flows("198.18.45", 40, first=0))


def test_sampling_is_learned_from_options(session: Session) -> None:
    """1:1000 announced: it stands beside counts as they were sent, not multiplied."""
    assert [one.sampling for one in session.exporters("sampled")] == [1_000]
    assert session.stored("198.18.5") == rows_of(flows("198.18.50", 8), sampling=1_000)


@pytest.mark.parametrize(
    ("case", "network", "years"), [("past", "198.18.60.", -40), ("future", "198.18.61.", 8)]
)
def test_a_wrong_clock_is_told_and_its_flows_left_out(
    session: Session, case: str, network: str, years: int
) -> None:
    """1970 and 2036: times nobody can use are rejected, and the exporter is named."""
    (told,) = session.exporters(case)
    assert (session.stored(network), told.flows, told.clock_wrong) == (set(), 4, True)
    assert told.clock_s is not None
    assert (told.clock_s / (365 * 86_400)) / years > 1


def test_junk_is_counted_and_harms_nothing(session: Session) -> None:
    """Five packets of something else, at least three broken ones; the ten flows after them arrive."""
    told = session.listener("junk")
    assert (told.foreign, told.malformed >= 3) == (5, True)
    assert session.stored("198.18.70.") == rows_of(flows("198.18.70", 10))


def test_sflow_arrives_with_its_sampling(session: Session) -> None:
    """One packet of 1,000 octets in 500: one flow of one packet, sampled 1:500."""
    (row,) = session.stored("198.18.8")
    assert (row[:5], row[6]) == (("198.18.80.2", "198.51.100.2", 1_025, 443, 1), 500)


def test_vendors_flows_are_those_that_nfdump_counts(session: Session) -> None:
    """What nfcapd counted, what nfdump reads, and what was stored or rejected are the same number."""
    files = session.files("vendors")
    records = _nfdump_flows(files)
    assert records > 200
    assert sum(one.flows for one in session.exporters("vendors")) == records


def test_all_files_together_lost_nothing(session: Session) -> None:
    """Over all cases: flows stored and rejected are nfdump's records, two of a record of both ways."""
    files = sorted(session.spool.glob("done/*/*"))
    ways = _nfdump_flows(files) + _nfdump_flows(files, "packets > 0 and out packets > 0")
    tally = session.run.tally
    assert tally.flows + sum(tally.rejected.values()) == ways
    assert tally.flows == in_lake(session.run.lake).num_rows


def test_vendors_malformed_packets_are_counted(session: Session) -> None:
    """Some of the payloads are invalid on purpose."""
    assert session.listener("vendors").malformed > 0


def test_nfreplay_arrives_whole(session: Session) -> None:
    """6,000 flows sent by nfreplay: as many as nfcapd decoded, without a break."""
    assert _nfdump_flows(session.files("replay")) == 6_000
    assert sum(one.flows for one in session.exporters("replay")) == 6_000


@pytest.mark.skipif(SOFTFLOWD is None, reason="softflowd is not installed: apt-get install softflowd")
@pytest.mark.parametrize("version", [5, 9, 10])
def test_softflowd_s_flows_are_those_of_the_capture(session: Session, version: int) -> None:
    """40 sessions, each a flow of four packets out and one of two back, in every version."""
    assert sum(one.flows for one in session.exporters(f"soft{version}")) == 80
    there = {(f"198.18.90.{n}", "203.0.113.5", 30_000 + n, 443, 4) for n in range(1, 41)}
    assert there <= {row[:5] for row in session.stored("198.18.90.")}


def test_every_file_is_put_away(session: Session) -> None:
    """Nothing waits and no collector's folder is left once `collect` has ended."""
    left = [path for path in session.spool.rglob("*") if path.is_file() and "done" not in path.parts]
    assert left == [session.spool / "lock"]


def test_nothing_was_dropped_or_restarted(session: Session) -> None:
    """At this pace the kernel drops nothing, and it says so."""
    told = session.run.tally.listeners.values()
    assert {(one.dropped, one.restarts) for one in told} == {(0, 0)}


def test_it_told_where_it_listens(session: Session) -> None:
    """One event a port, on the loopback address that nobody had to ask for."""
    told = [event.numbers for event in session.run.events if event.kind is EventKind.LISTENING]
    assert {one["address"] for one in told} == {exporters.LOOPBACK}
    assert {one["port"] for one in told} == set(session.ports.values())
