"""What exporters say beside their flows, heard beside a real nfcapd: restarts, templates, sampling.

Real programs and packets made by hand, sent over the loopback interface to one run of `collect`.
"""

import os
import shutil
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

import captures
import exporters
from collecting import Collecting
from exporters import LAYOUT, UPTIME_MS, flows
from headwater.app.collect_events import EventKind
from headwater.app.collect_settings import CollectSettings, Listener
from headwater.app.collect_tally import ExporterTally
from headwater.app.tap_socket import heard_port
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake


def _can_hear() -> bool:
    try:
        for one in heard_port("127.0.0.1", 9, buffer_bytes=1 << 16):
            one.close()
    except OSError:
        return False
    return True


pytestmark = [
    pytest.mark.skipif(
        shutil.which("nfcapd") is None, reason="nfcapd is not installed: apt-get install nfdump"
    ),
    pytest.mark.skipif(not _can_hear(), reason="needs the capability CAP_NET_RAW, as root has it"),
]
PROJECT = Path(__file__).resolve().parents[2]
SOFTFLOWD = shutil.which("softflowd") or shutil.which("softflowd", path="/usr/sbin")
INTERVAL_S, GIVEN = 2, 77
SYSTEM = (1, 4)
CASES = (
    "restart", "restart10", "lost", "late", "beside", "s3435", "s48", "s305", "several", "none", "late48",
    "changes", "vendor", "killed", "soft5", "soft9",
)  # fmt: skip
TEMPLATE = exporters.template(256, LAYOUT)
IPFIX_LAYOUT = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (2, 4), (1, 4), (152, 8), (153, 8))


def nine(*sets: tuple[int, bytes], sequence: int, uptime_ms: int = UPTIME_MS) -> bytes:
    """A packet of version 9, sent now."""
    packet = bytearray(exporters.v9(sets, sequence=sequence, now_s=int(time.time())))
    struct.pack_into(">I", packet, 4, uptime_ms)
    return bytes(packet)


def ten(*sets: tuple[int, bytes], sequence: int, domain: int = 0) -> bytes:
    """An IPFIX packet, sent now (RFC 7011, section 3)."""
    body = b"".join(struct.pack(">HH", number, 4 + len(content)) + content for number, content in sets)
    return struct.pack(">HHIII", 10, 16 + len(body), int(time.time()), sequence, domain) + body


def ten_template() -> tuple[int, bytes]:
    """Template 256 of IPFIX."""
    return 2, exporters.template(256, IPFIX_LAYOUT)[1]


def ten_flows(network: str, count: int) -> tuple[int, bytes]:
    """Flows of that template, a second long, a minute ago."""
    now_s = int(time.time())
    rows = [
        flow.values() | {152: (now_s - 61) * 1000, 153: (now_s - 60) * 1000} for flow in flows(network, count)
    ]
    return 256, b"".join(row[kind].to_bytes(size) for row in rows for kind, size in IPFIX_LAYOUT)


def nine_flows(network: str, count: int = 4, *, template: int = 256) -> tuple[int, bytes]:
    """Flows of version 9."""
    return template, exporters.data(256, LAYOUT, flows(network, count))[1]


def announced(fields: tuple[tuple[int, int], ...], *records: tuple[int, ...]) -> list[tuple[int, bytes]]:
    """An options template of version 9 with a system scope, and its records."""
    every = (SYSTEM, *fields)
    written = b"".join(struct.pack(">HH", *each) for each in every)
    values = b"".join(
        value.to_bytes(size)
        for record in records
        for value, (_, size) in zip((0, *record), every, strict=True)
    )
    return [(1, struct.pack(">HHH", 300, 4, 4 * len(fields)) + written), (300, values)]


def ten_announced(taken: int, left: int) -> list[tuple[int, bytes]]:
    """Elements 305 and 306 of IPFIX, of a selector that counts (RFC 5477, section 8.2)."""
    fields = ((144, 4), (304, 2), (305, 4), (306, 4))
    written = b"".join(struct.pack(">HH", *each) for each in fields)
    return [(3, struct.pack(">HHH", 300, 4, 1) + written), (300, struct.pack(">IHII", 0, 1, taken, left))]


@dataclass(frozen=True)
class Heard:
    """What one run of `collect` left behind."""

    run: Collecting
    ports: dict[str, int]

    def exporter(self, case: str) -> ExporterTally:
        """The only exporter of a case."""
        (one,) = [
            each
            for each in self.run.tally.exporters.values()
            if each.listener.endswith(f":{self.ports[case]}")
        ]
        return one

    def found(self, case: str) -> Any:  # Any: a Found, without the "or None"
        """What was found of it."""
        return self.exporter(case).found

    def samplings(self, network: str) -> list[tuple[int, int, int | None]]:
        """Packets, octets and sampling of the flows from a /24, each once, sorted."""
        rows = _stored(self.run.lake, network)
        return sorted(set(rows), key=str)


def _stored(lake: Path, network: str) -> list[tuple[int, int, int | None]]:
    """Packets, octets and sampling of each flow whose client is in a /24, such as `198.18.1`."""
    table = ds.dataset(list(snapshot(open_lake(lake)).files)).to_table()
    wanted = int.from_bytes(bytes(int(part) for part in network.split(".")))
    return [
        (row["packets"], row["bytes"], row["sampling"])
        for row in table.to_pylist()
        if row["src_lo"] >> 8 & 0xFFFFFF == wanted
    ]


def _send_at_once(ports: dict[str, int], vendor: Path) -> None:
    """What needs no pause between packets."""
    exporters.send(
        [nine(TEMPLATE, sequence=0), *(nine(nine_flows("198.18.102"), sequence=n) for n in (1, 2, 8, 9))],
        ports["lost"],
    )
    exporters.send(
        [nine(TEMPLATE, sequence=0), *(nine(nine_flows("198.18.103"), sequence=n) for n in (1, 3, 2, 4))],
        ports["late"],
    )
    exporters.send(
        [
            nine(TEMPLATE, nine_flows("198.18.104"), sequence=0),
            nine(nine_flows("198.18.105", template=400), nine_flows("198.18.104"), sequence=1),
        ],
        ports["beside"],
    )
    flows_then = (TEMPLATE, nine_flows)
    for case, fields, records in (
        ("s3435", ((34, 4), (35, 1)), [(1_000, 2)]),
        ("s48", ((48, 1), (49, 1), (50, 4)), [(1, 2, 512)]),
        ("several", ((48, 1), (49, 1), (50, 4)), [(1, 2, 512), (2, 2, 64)]),
    ):
        network = f"198.18.{110 + CASES.index(case)}"
        exporters.send(
            [
                nine(*announced(fields, *records), sequence=0),
                nine(flows_then[0], flows_then[1](network), sequence=1),
            ],
            ports[case],
        )
    exporters.send([nine(TEMPLATE, nine_flows("198.18.130"), sequence=0)], ports["none"])
    exporters.send(
        [ten(*ten_announced(1, 99), sequence=0), ten(ten_template(), ten_flows("198.18.131", 4), sequence=1)],
        ports["s305"],
    )
    if vendor.is_dir():
        name = "ipfix_test_juniper_mx240_junos151r6s3_"
        payloads = [(vendor / f"{name}{part}512.dat").read_bytes() for part in ("opttpl", "data")]
        ours = ten(ten_template(), ten_flows("198.18.132", 4), sequence=669, domain=524_288)
        exporters.send([*payloads, ours], ports["vendor"])


def _wait_until(second: float) -> None:
    time.sleep(max(second - time.time(), 0))


def _send_in_time(ports: dict[str, int], run: Collecting, folder: Path) -> None:
    """What restarts or changes while files are closed: four intervals and some."""
    begin = (int(time.time()) // INTERVAL_S + 1) * INTERVAL_S + 0.2
    _wait_until(begin)  # flows, then in the same file the announcement
    exporters.send(
        [
            nine(TEMPLATE, nine_flows("198.18.140"), sequence=0),
            nine(*announced(((48, 1), (50, 4)), (1, 512)), sequence=1),
        ],
        ports["late48"],
    )
    exporters.send(
        [
            nine(*announced(((34, 4),), (1_000,)), sequence=0),
            nine(TEMPLATE, nine_flows("198.18.150"), sequence=1),
        ],
        ports["changes"],
    )
    exporters.send(
        [
            nine(*announced(((34, 4), (35, 1)), (256, 1)), sequence=0),
            nine(TEMPLATE, nine_flows("198.18.160"), sequence=1),
        ],
        ports["killed"],
    )
    captured = [_capture(folder / f"{after_s}.pcap", after_s) for after_s in (0, 60)]
    for version in (5, 9):
        exporters.softflowd(captured[0], ports[f"soft{version}"], version=version)
    for n in range(3):
        exporters.send([nine(TEMPLATE, nine_flows("198.18.100"), sequence=40 + n)], ports["restart"])
        exporters.send(
            [ten(ten_template(), ten_flows("198.18.101", 4), sequence=40 + 4 * n)], ports["restart10"]
        )
    _wait_until(begin + 2 * INTERVAL_S)  # the other files are closed, and nothing is near their ends
    exporters.send([nine(nine_flows("198.18.141"), sequence=2)], ports["late48"])
    exporters.send(
        [
            nine(nine_flows("198.18.151"), sequence=2),
            nine(*announced(((34, 4),), (500,)), sequence=3),
            nine(nine_flows("198.18.152"), sequence=4),
        ],
        ports["changes"],
    )
    os.kill(int(next(run.lake.glob(f"spool/*-{ports['killed']}/*/pid")).read_text()), signal.SIGKILL)
    for version in (5, 9):
        exporters.softflowd(captured[1], ports[f"soft{version}"], version=version)
    for n in range(3):
        exporters.send(
            [nine(TEMPLATE, nine_flows("198.18.100"), sequence=n, uptime_ms=500 + n)], ports["restart"]
        )
        exporters.send([ten(ten_template(), ten_flows("198.18.101", 4), sequence=4 * n)], ports["restart10"])
    run.wait(EventKind.LISTENING, times=len(CASES) + 1)
    _wait_until(begin + 4 * INTERVAL_S)
    exporters.send([nine(nine_flows("198.18.153"), sequence=5)], ports["changes"])
    exporters.send([nine(TEMPLATE, nine_flows("198.18.161"), sequence=2)], ports["killed"])


def _capture(path: Path, after_s: int) -> Path:
    """60 sessions of one packet each, begun so much later."""
    packets = []
    for number in range(60):
        frame = captures.packet(
            f"198.18.170.{number}",
            "203.0.113.5",
            captures.TCP,
            captures.tcp(30_000 + number, 443, captures.SYN),
        )
        packets.append((after_s + number / 100, frame))
    path.write_bytes(captures.pcap_of(packets))
    return path


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """All cases sent to one run of `collect`, which has ended."""
    folder = tmp_path_factory.mktemp("tap")
    ports = dict(zip(CASES, exporters.free_ports(len(CASES)), strict=True))
    given = {"several", "none", "late48"}
    settings = CollectSettings(
        tuple(Listener("netflow", ports[case], sampling=GIVEN if case in given else None) for case in CASES),
        interval_s=INTERVAL_S,
    )
    data = Path(os.environ.get("HEADWATER_TEST_DATA") or PROJECT.parent / "shared" / "data")
    with Collecting(settings, folder / "lake") as run:
        _send_at_once(ports, data / "netflow-payloads")
        _send_in_time(ports, run, folder)
    return Heard(run, ports)


def _losses(heard: Heard, case: str) -> list[dict[str, Any]]:  # Any: numbers of events
    where = f":{heard.ports[case]}"
    return [
        dict(event.numbers) | {"said": event.said}
        for event in heard.run.events
        if event.kind is EventKind.LOSS and event.listener.endswith(where)
    ]


@pytest.mark.parametrize("case", ["restart", "restart10"])
def test_a_restart_is_told_from_loss(heard: Heard, case: str) -> None:
    """Version 9 by its uptime, IPFIX by its numbers: one restart, nothing lost; for nfcapd a break.

    Its second packet decides, which may come in the next file.
    """
    found, exporter = heard.found(case), heard.exporter(case)
    assert (found.restarts, found.lost, exporter.sequence_failures) == (1, 0, 1)
    losses = _losses(heard, case)
    assert [each["restarts"] for each in losses if each["restarts"]] == [1]
    assert {each["lost"] for each in losses} == {0}
    assert any(each["restarts"] and "it restarted" in each["said"] for each in losses)


@pytest.mark.skipif(SOFTFLOWD is None, reason="softflowd is not installed: apt-get install softflowd")
@pytest.mark.parametrize("case", ["soft5", "soft9"])
def test_softflowd_that_comes_back_is_told(heard: Heard, case: str) -> None:
    """It ended and was started again, for what was captured a minute later."""
    assert (heard.found(case).restarts, heard.found(case).lost) == (1, 0)


def test_lost_packets_are_counted(heard: Heard) -> None:
    """Packets 3 to 7 of version 9 never came: one break for nfcapd, five packets."""
    (told,) = _losses(heard, "lost")
    numbers = ("sequence_failures", "lost", "lost_unit", "restarts", "out_of_order")
    assert [told[name] for name in numbers] == [1, 5, "packets", 0, 0]
    assert "5 packets never came" in told["said"]


def test_packets_out_of_order_are_not_lost(heard: Heard) -> None:
    """Packet 2 came behind packet 3."""
    (told,) = _losses(heard, "late")
    assert (told["lost"], told["restarts"], told["out_of_order"]) == (0, 0, 1)


def test_an_unknown_template_beside_known_ones_is_told(heard: Heard) -> None:
    """Flows of template 256 are stored; those of 400 cannot be read, which nfcapd 1.7.1 does not say."""
    (told,) = _losses(heard, "beside")
    assert (told["undecoded_sets"], told["unknown_templates"], told["sequence_failures"]) == (1, "400", 0)
    assert "no template 400 has come" in told["said"]
    assert len(_stored(heard.run.lake, "198.18.104")) == 8
    assert heard.exporter("beside").silent_packets == 0


@pytest.mark.parametrize(
    ("case", "network", "sampling"),
    [
        ("s3435", f"198.18.{110 + CASES.index('s3435')}", 1_000),
        ("s48", f"198.18.{110 + CASES.index('s48')}", 512),
        ("s305", "198.18.131", 100),
        ("several", f"198.18.{110 + CASES.index('several')}", None),
        ("none", "198.18.130", GIVEN),
        ("late48", "198.18.140", GIVEN),  # announced behind these flows, in the file of both
        ("late48", "198.18.141", 512),
        ("changes", "198.18.150", 1_000),
        ("changes", "198.18.151", None),  # in the file of both
        ("changes", "198.18.152", None),
        ("changes", "198.18.153", 500),
        ("killed", "198.18.160", 256),
        ("killed", "198.18.161", 256),  # of a new nfcapd, which knows nothing of it
    ],
)
def test_sampling_reaches_the_lake(heard: Heard, case: str, network: str, sampling: int | None) -> None:
    """Beside counts as they were sent, multiplied by nobody."""
    assert heard.samplings(network) == [(10, 4_000, sampling)]
    assert heard.exporter(case).packets > 0


def test_a_vendor_s_options_reach_the_lake(heard: Heard, real_data: Path) -> None:
    """Juniper's MX240 said 34 = 1000 among nine others: flows of its domain have it."""
    assert real_data.is_dir()
    assert heard.samplings("198.18.132") == [(10, 4_000, 1_000)]


def test_the_last_sampling_is_told(heard: Heard) -> None:
    """In the tables and the last event."""
    assert {case: heard.exporter(case).sampling for case in ("s48", "late48", "changes", "several")} == {
        "s48": 512, "late48": 512, "changes": 500, "several": None,
    }  # fmt: skip
    assert heard.exporter("several").samplers_differ


def test_nothing_was_missed_beside_the_collectors(heard: Heard) -> None:
    """At this pace; and nobody restarted what listens there."""
    assert {one.unheard for one in heard.run.tally.listeners.values()} == {0}
    assert [event.said for event in heard.run.events if event.kind is EventKind.PROBLEM] == []
