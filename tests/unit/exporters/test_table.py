"""What exporters say beside their flows: templates that are missing, sampling, and whatever anybody sends."""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exporters
from exporters import LAYOUT, flows
from headwater.exporters import exporter as exporter_watch
from headwater.exporters import table as exporter_table
from headwater.exporters.exporter import SEVERAL
from headwater.exporters.table import ExporterTable

NOW_S = 1_600_000_000
FLOWS = exporters.data(256, LAYOUT, flows("198.18.1", 4))
TEMPLATE = exporters.template(256, LAYOUT)
IPFIX_FLOWS = ((8, 4), (12, 4), (2, 8))
Fields = Sequence[tuple[int, int]]


class Port:
    """A port to which version 9 or IPFIX is sent, packet by packet, a second apart."""

    def __init__(self) -> None:
        self.table = ExporterTable()
        self.at_s = float(NOW_S)
        self._sequence = 0

    def nine(self, *sets: tuple[int, bytes], domain: int = 0, address: str = "192.0.2.1") -> None:
        """A packet of version 9, in order."""
        packet = exporters.v9(sets, sequence=self._sequence, now_s=int(self.at_s), domain=domain)
        self._take(packet, address)
        self._sequence += 1

    def ipfix(self, *sets: tuple[int, bytes]) -> None:
        """An IPFIX packet; its number does not count here."""
        self._take(_ipfix(sets, clock_s=int(self.at_s)), "192.0.2.1")

    def _take(self, packet: bytes, address: str) -> None:
        self.at_s += 1.0
        self.table.take(0, address, packet, self.at_s)

    @property
    def told(self) -> dict[str, Any]:  # Any: what JSON can say
        """The report on the only exporter."""
        (said,) = self.table.report(self.at_s)
        return said

    @property
    def sampling(self) -> list[int | None]:
        """How the sampling of the only exporter changed."""
        return [change.sampling for change in self.told["sampling"]]


def _ipfix(sets: Iterable[tuple[int, bytes]], *, clock_s: int = NOW_S) -> bytes:
    body = b"".join(struct.pack(">HH", number, 4 + len(content)) + content for number, content in sets)
    return struct.pack(">HHIII", 10, 16 + len(body), clock_s, 0, 0) + body


def _options(number: int, scopes: Fields, fields: Fields) -> tuple[int, bytes]:
    """An options template of version 9 (RFC 3954, section 6.1)."""
    written = b"".join(struct.pack(">HH", *each) for each in (*scopes, *fields))
    return 1, struct.pack(">HHH", number, 4 * len(scopes), 4 * len(fields)) + written


def _ipfix_options(number: int, scopes: Fields, fields: Fields) -> tuple[int, bytes]:
    """An options template of IPFIX (RFC 7011, section 3.4.2)."""
    written = b"".join(struct.pack(">HH", *each) for each in (*scopes, *fields))
    return 3, struct.pack(">HHH", number, len(scopes) + len(fields), len(scopes)) + written


def _record(fields: Fields, *values: int) -> bytes:
    return b"".join(value.to_bytes(size) for value, (_, size) in zip(values, fields, strict=True))


SYSTEM, INTERFACE = (1, 4), (2, 4)
FORMS: list[tuple[Fields, tuple[int, ...], int]] = [
    (((34, 4),), (1_000,), 1_000),
    (((34, 4), (35, 1)), (1_000, 2), 1_000),
    (((35, 1), (34, 2)), (2, 1_000), 1_000),
    (((48, 1), (49, 1), (50, 4)), (1, 2, 512), 512),
    (((48, 2), (50, 4), (49, 1), (84, 32)), (7, 4_096, 2, 0), 4_096),
    (((34, 4), (36, 2), (37, 2)), (1, 60, 15), 1),
]
IPFIX_FORMS: list[tuple[Fields, tuple[int, ...], int | None]] = [
    (((304, 2), (305, 4), (306, 4)), (1, 1, 99), 100),
    (((305, 2), (306, 2)), (10, 90), 10),
    (((302, 8), (304, 2), (309, 4), (310, 4)), (5, 3, 2, 1_000), 500),
    (((305, 4),), (128,), 128),
    (((304, 2), (311, 4)), (4, int.from_bytes(struct.pack(">f", 0.01))), 100),
    (((304, 2), (311, 8)), (4, int.from_bytes(struct.pack(">d", 0.001))), 1_000),
    (((34, 1), (35, 1)), (200, 1), 200),
    (((304, 2), (305, 4), (306, 4)), (2, 1, 99), None),  # by time: no N of packets
    (((34, 4),), (0,), None),
    (((34, 8),), (1 << 40,), None),
    (((304, 2), (311, 4)), (4, int.from_bytes(struct.pack(">f", float("nan")))), None),
]


@pytest.mark.parametrize(("fields", "values", "interval"), FORMS)
def test_forms_of_version_9(fields: Fields, values: tuple[int, ...], interval: int) -> None:
    """Samplings that nfcapd 1.7.1 learns, and those that it does not."""
    port = Port()
    record = _record((SYSTEM, *fields), 0, *values)
    port.nine(_options(300, [SYSTEM], fields), (300, record))
    assert port.sampling == [interval]


@pytest.mark.parametrize(("fields", "values", "interval"), IPFIX_FORMS)
def test_forms_of_ipfix(fields: Fields, values: tuple[int, ...], interval: int | None) -> None:
    """RFC 5477's selectors, with lengths that exporters choose."""
    port = Port()
    port.ipfix(_ipfix_options(300, [(144, 4)], fields), (300, _record(((144, 4), *fields), 0, *values)))
    assert port.sampling == ([interval] if interval else [])


def test_variable_lengths_and_a_vendor_s_own_fields() -> None:
    """A name of 3 octets, one of 300 in the long form, a field of enterprise 6871, and padding behind."""
    layout = struct.pack(">HHHHIHHHH", 341, 0xFFFF, 0x8000 | 34, 4, 6871, 34, 4, 82, 0xFFFF)
    template = (3, struct.pack(">HHHHH", 300, 5, 1, 144, 4) + layout)
    long = b"\xff" + (300).to_bytes(2) + bytes(300)
    record = bytes(4) + b"\x03abc" + (77).to_bytes(4) + (250).to_bytes(4) + long + bytes(2)
    port = Port()
    port.ipfix(template, (300, record))
    assert port.sampling == [250]


def test_fields_without_octets_cost_nothing() -> None:
    """126 empty fields, one of them a scope, and an interval of 64: found, and no empty field is kept."""
    fields = [(1, 0)] * 126
    port = Port()
    port.ipfix(_ipfix_options(300, [(144, 4), (1, 0)], [*fields[1:], (34, 4)]))
    port.ipfix((300, _record(((144, 4), (34, 4)), 7, 64)))
    (exporter,) = port.table.exporters.values()
    assert (port.sampling, len(exporter.templates[300].fields)) == ([64], 8)


def test_samplers_that_agree() -> None:
    """Two samplers of the same N in one set: it holds for every flow."""
    fields = ((48, 1), (49, 1), (50, 4))
    records = b"".join(_record((SYSTEM, *fields), 0, which, 2, 1_000) for which in (1, 2))
    port = Port()
    port.nine(_options(300, [SYSTEM], fields), (300, records))
    assert port.sampling == [1_000]


@pytest.mark.parametrize("scope", [SYSTEM, INTERFACE])
def test_samplers_that_do_not_agree(scope: tuple[int, int]) -> None:
    """By number or by interface: no N holds for every flow."""
    fields = ((48, 1), (49, 1), (50, 4))
    records = b"".join(
        _record((scope, *fields), which if scope == INTERFACE else 0, which, 2, 1_000 * which)
        for which in (1, 2)
    )
    port = Port()
    port.nine(_options(300, [scope], fields), (300, records))
    assert port.sampling == [1_000, SEVERAL]


def test_a_sampler_that_is_announced_no_more() -> None:
    """Number 1 gave way to 2 hours ago: 2 holds alone."""
    fields = ((48, 1), (50, 4))
    port = Port()
    port.nine(_options(300, [SYSTEM], fields), (300, _record((SYSTEM, *fields), 0, 1, 1_000)))
    for hour in range(4):
        port.at_s = NOW_S + 3_600.0 * (hour + 1)
        port.nine((300, _record((SYSTEM, *fields), 0, 2, 2_000)))
    assert port.sampling == [1_000, SEVERAL, 2_000]


def test_a_change_names_the_last_flows_before_it() -> None:
    """Announced, flows at second 2, another N at second 3."""
    port = Port()
    fields = ((34, 4),)
    port.nine(_options(300, [SYSTEM], fields), (300, _record((SYSTEM, *fields), 0, 1_000)), TEMPLATE)
    port.nine(FLOWS)
    port.nine((300, _record((SYSTEM, *fields), 0, 500)))
    first, second = port.told["sampling"]
    assert first == (NOW_S + 1.0, None, 1_000)
    assert second == (NOW_S + 3.0, NOW_S + 2.0, 500)


def test_a_restart_ends_what_was_announced() -> None:
    """Version 5, whose header says it: booted anew, it says none, and none holds since its first packet."""
    table = ExporterTable()

    def send(number: int, uptime_ms: int, sampling: int, *, at_s: float) -> None:
        packet = bytearray(exporters.v5(flows("198.18.1", 10), sequence=number, now_s=int(at_s)))
        struct.pack_into(">I", packet, 4, uptime_ms)
        struct.pack_into(">H", packet, 22, sampling)
        table.take(0, "192.0.2.1", bytes(packet), at_s)

    for place in range(3):
        send(10 * place, 100_000 + 1_000 * place, 1 << 14 | 64, at_s=NOW_S + place)
    for place in range(2):
        send(10 * place, 1_000 * (place + 1), 0, at_s=NOW_S + 60 + place)
    (said,) = table.report(NOW_S + 61)
    assert said["restarts"] == 1
    assert [tuple(each) for each in said["sampling"]] == [(NOW_S, None, 64), (NOW_S + 60, NOW_S + 60, None)]


def test_an_unknown_template_beside_known_ones() -> None:
    """Flows of 256 can be read, those of 300 and 301 cannot."""
    port = Port()
    port.nine(TEMPLATE, FLOWS)
    port.nine(FLOWS, (300, bytes(40)), (301, bytes(40)), (300, bytes(40)))
    told = port.told
    assert (told["undecoded"], told["unknown"]) == (3, [300, 301])


def test_an_unknown_template_of_an_exporter_that_counts_otherwise() -> None:
    """Version 9 that counts records, 4 a packet; then a template is missing, of up to 40 records."""
    table = ExporterTable()
    numbers = [(0, [TEMPLATE, FLOWS]), *((4 * place, [FLOWS]) for place in range(1, 9))]
    for number, sets in [*numbers, (36, [(300, bytes(40))]), (41, [FLOWS]), (45, [FLOWS])]:
        table.take(0, "192.0.2.1", exporters.v9(sets, sequence=number, now_s=NOW_S), NOW_S)
    (said,) = table.report(NOW_S)
    assert (said["otherwise"] > 0, said["unknown"], said["lost"]) == (True, [300], 0)


def test_a_template_that_comes_late() -> None:
    """Two sets before it, none after it."""
    port = Port()
    port.nine(FLOWS)
    port.nine(FLOWS)
    port.nine(TEMPLATE)
    port.nine(FLOWS)
    told = port.told
    assert (told["undecoded"], told["unknown"]) == (2, [])


def test_templates_are_the_domain_s_own() -> None:
    """Domain 2 of the same exporter has none."""
    port = Port()
    port.nine(TEMPLATE, FLOWS, domain=1)
    port.nine(FLOWS, domain=2)
    told = {said["domain"]: said["unknown"] for said in port.table.report(port.at_s)}
    assert told == {1: [], 2: [256]}


def test_a_template_that_is_withdrawn() -> None:
    """Templates 256 and, with all of a kind, 257 (RFC 7011, section 8.1)."""
    fields = b"".join(struct.pack(">HH", *each) for each in IPFIX_FLOWS)
    both = b"".join(struct.pack(">HH", number, len(IPFIX_FLOWS)) + fields for number in (256, 257))
    port = Port()
    port.ipfix((2, both), (256, bytes(16)), (257, bytes(16)))
    port.ipfix((2, struct.pack(">HH", 256, 0)), (256, bytes(16)), (257, bytes(16)))
    first = port.told
    port.ipfix((2, struct.pack(">HH", 2, 0)), (257, bytes(16)))
    assert (first["unknown"], port.told["unknown"]) == ([256], [256, 257])


def test_a_template_that_changes_in_mid_stream() -> None:
    """IPFIX records of 16 octets, then of 8: numbers stay in order, so each was counted by its own."""
    table = ExporterTable()
    for place, (layout, number) in enumerate([(IPFIX_FLOWS, 0), (IPFIX_FLOWS[:2], 4), (IPFIX_FLOWS[:2], 12)]):
        fields = b"".join(struct.pack(">HH", *each) for each in layout)
        packet = bytearray(_ipfix([(2, struct.pack(">HH", 256, len(layout)) + fields), (256, bytes(64))]))
        struct.pack_into(">I", packet, 8, number)
        table.take(0, "192.0.2.1", bytes(packet), NOW_S + place)
    (said,) = table.report(NOW_S)
    assert (said["broken"], said["kept"]) == (0, 2)


def test_a_collector_that_starts_anew_knows_no_template() -> None:
    """Of that port alone."""
    table = ExporterTable()
    for port in (0, 1):
        table.take(port, "192.0.2.1", exporters.v9([TEMPLATE, FLOWS], sequence=0, now_s=NOW_S), NOW_S)
    table.forget_templates(0)
    for port in (0, 1):
        table.take(port, "192.0.2.1", exporters.v9([FLOWS], sequence=1, now_s=NOW_S), NOW_S)
    assert [said["unknown"] for said in table.report(NOW_S)] == [[256], []]


def test_too_many_exporters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are known stay known, until one was silent for long."""
    monkeypatch.setattr(exporter_table, "MAX_EXPORTERS", 2)
    table = ExporterTable()
    packet = exporters.v9([TEMPLATE], sequence=0, now_s=NOW_S)
    for number in range(5):
        table.take(0, f"192.0.2.{number}", packet, NOW_S + number)
    assert ([key[1] for key in table.exporters], table.refused) == (["192.0.2.0", "192.0.2.1"], 3)
    table.take(0, "192.0.2.1", packet, NOW_S + exporter_table.FORGOTTEN_S)
    table.take(0, "192.0.2.9", packet, NOW_S + exporter_table.FORGOTTEN_S)
    assert [key[1] for key in table.exporters] == ["192.0.2.1", "192.0.2.9"]


def test_too_many_templates_samplers_and_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What anybody may send without end stays bounded, in all and for one exporter."""
    monkeypatch.setattr(exporter_table, "MAX_TEMPLATES_IN_ALL", 50)
    port, fields = Port(), ((48, 2), (50, 4))
    for number in range(256, 356):
        port.nine(exporters.template(number, LAYOUT))
        port.nine((number + 1_000, bytes(8)))
    (exporter,) = port.table.exporters.values()
    assert (len(exporter.templates), exporter.unknown) == (50, set())
    port.table.forget_templates(0)
    port.nine(*((number, bytes(8)) for number in range(1_000, 1_100)), domain=1)
    other = port.table.exporters[0, "192.0.2.1", 9, 1]
    assert len(other.unknown) == exporter_watch.MAX_UNKNOWN
    port.nine(_options(300, [SYSTEM], fields))
    for number in range(200):
        port.nine((300, _record((SYSTEM, *fields), 0, number, number + 1)))
    told = exporter.taken_changes()
    assert len(told) <= exporter_watch.MAX_CHANGES + 1
    assert (told[-1].sampling, exporter.sampling) == (SEVERAL, SEVERAL)


def test_vendors_payloads(real_data: Path) -> None:
    """Some 25 vendors' packets: none breaks anything, and some announce samplings.

    By hand, from the octets: Juniper's MX240 (IPFIX, domain 524288) says 34 = 1000 among nine other options,
    no octets. NetScaler (IPFIX, domain 0) sends a set of template 280, which none of its packets has.
    no octets. NetScaler (IPFIX, domain 0) sends a set of template 280, which is in none of its packets.
    """
    table = ExporterTable()
    for payload in exporters.payloads(real_data / "netflow-payloads"):
        table.take(0, "192.0.2.1", payload, NOW_S)
    told = {(said["version"], said["domain"]): said for said in table.report(NOW_S)}
    samplings = {
        key: [change.sampling for change in told[key]["sampling"]]
        for key in ((10, 524_288), (5, 0), (9, 142))
    }
    assert samplings == {(10, 524_288): [1_000], (5, 0): [1_000], (9, 142): [1]}
    assert (told[10, 0]["unknown"], len(told)) == ([280], 18)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([5, 9, 10]), st.binary(max_size=400)), max_size=8))
def test_any_octets_behind_a_version(packets: list[tuple[int, bytes]]) -> None:
    """Nothing is raised, and the report is there."""
    table = ExporterTable()
    for version, octets in packets:
        table.take(0, "192.0.2.1", version.to_bytes(2) + octets, NOW_S)
    assert len(list(table.report(NOW_S))) == len(table.exporters)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_sound_packets_that_are_damaged(data: st.DataObject) -> None:
    """Octets changed, cut and inserted in packets of version 9 and IPFIX with options: nothing is raised."""
    fields = ((34, 4), (35, 1))
    sound = [
        exporters.v9(
            [_options(300, [SYSTEM], fields), (300, _record((SYSTEM, *fields), 0, 9, 1)), TEMPLATE, FLOWS],
            sequence=0, now_s=NOW_S,
        ),
        _ipfix([_ipfix_options(300, [(144, 4)], fields), (300, _record(((144, 4), *fields), 0, 9, 1))]),
    ]  # fmt: skip
    table = ExporterTable()
    for packet in sound * 2:
        octets = bytearray(packet)
        for place in data.draw(st.lists(st.integers(2, len(octets) - 1), max_size=6)):
            octets[place] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(2, len(octets)))
        table.take(0, "192.0.2.1", bytes(octets[:cut]), NOW_S)
    for said in table.report(NOW_S):
        assert said["packets"] > 0
