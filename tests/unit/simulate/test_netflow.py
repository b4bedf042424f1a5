"""Tests of headwater.simulate.netflow: packets read back by hand, as RFC 3954 lays them out."""

import struct
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pyarrow as pa

from headwater.ingest.columns import READ_SCHEMA
from headwater.model.address import key_of
from headwater.simulate.netflow import Exporter, by_sensor

BOOT = datetime(2020, 1, 1, tzinfo=UTC)
NOW = BOOT + timedelta(hours=2)
START = BOOT + timedelta(hours=1)


def _records(*rows: tuple[str, str, int | None, str]) -> pa.RecordBatch:
    """Flows from source to destination with TCP flags and a sensor; a second and a half long."""
    made = []
    for src, dst, flags, sensor in rows:
        (src_hi, src_lo), (dst_hi, dst_lo) = key_of(src), key_of(dst)
        made.append(
            {
                "start": START, "end": START + timedelta(seconds=1.5), "src_hi": src_hi, "src_lo": src_lo,
                "dst_hi": dst_hi, "dst_lo": dst_lo, "src_port": 40_000, "dst_port": 443, "proto": 6,
                "packets": 3, "bytes": 4_500, "tcp_flags": flags, "sensor": sensor, "sampling": 1_000,
            }
        )  # fmt: skip
    return pa.RecordBatch.from_pylist(made, schema=READ_SCHEMA)


def _sets(packet: bytes) -> list[tuple[int, bytes]]:
    """The sets behind the header of 20 bytes: number and content."""
    found, at = [], 20
    while at < len(packet):
        number, size = struct.unpack_from(">HH", packet, at)
        found.append((number, packet[at + 4 : at + size]))
        at += size
    assert at == len(packet)
    return found


def test_a_packet_begins_as_rfc_3954_says() -> None:
    """Section 5.1: version, count, uptime in ms, seconds since 1970, sequence, source id."""
    exporter = Exporter(7, BOOT, 1_000)
    heads = [
        struct.unpack_from(">HHIIII", packet)
        for packet in (exporter.announcement(NOW), exporter.announcement(NOW))
    ]
    now_s = int(NOW.timestamp())
    assert heads == [(9, 3, 7_200_000, now_s, 0, 7), (9, 3, 7_200_000, now_s, 1, 7)]


def test_templates_and_the_sampling_interval_are_announced() -> None:
    """Four templates in set 0, an options template in set 1, and in its data 1:1000."""
    templates, options, interval = _sets(Exporter(7, BOOT, 1_000).announcement(NOW))
    numbers, at = [], 0
    while at < len(templates[1]):
        number, count = struct.unpack_from(">HH", templates[1], at)
        numbers.append((number, count))
        at += 4 + 4 * count
    assert numbers == [(260, 10), (261, 9), (262, 10), (263, 9)]
    assert (options[0], interval) == (1, (270, struct.pack(">II", 7, 1_000)))


def test_an_ipv4_record_holds_what_the_flow_says() -> None:
    """Times in ms of uptime, counts as they are, no multiplication."""
    (packet,) = Exporter(7, BOOT, 1_000).packets(_records(("192.0.2.1", "198.51.100.7", 27, "a")), NOW)
    ((number, content),) = _sets(packet)
    assert number == 260
    told = struct.unpack_from(">IIIIHHBB4s4s", content)
    assert told == (
        3_600_000, 3_601_500, 3, 4_500, 40_000, 443, 6, 27, bytes([192, 0, 2, 1]), bytes([198, 51, 100, 7]),
    )  # fmt: skip


def test_an_ipv6_record_without_flags_has_its_own_template() -> None:
    """Sixteen bytes an address, and no field for flags that nobody exported."""
    (packet,) = Exporter(7, BOOT, 1).packets(_records(("2001:db8::1", "2001:db8::2", None, "a")), NOW)
    ((number, content),) = _sets(packet)
    addresses = ip_address("2001:db8::1").packed, ip_address("2001:db8::2").packed
    assert (number, content[21:37], content[37:53]) == (263, *addresses)


def test_many_records_go_into_packets_that_fit_a_frame() -> None:
    """A hundred: every one is there, no packet is longer than 1,500 bytes less IP's and UDP's headers."""
    rows = [(f"192.0.2.{n}", "198.51.100.7", 27, "a") for n in range(100)]
    packets = list(Exporter(7, BOOT, 1).packets(_records(*rows), NOW))
    assert max(map(len, packets)) <= 1_472
    assert sum(len(content) // 30 for packet in packets for _, content in _sets(packet)) == 100


def test_records_are_told_apart_by_sensor() -> None:
    """Each sensor is an exporter of its own."""
    records = _records(("192.0.2.1", "192.0.2.2", 1, "b"), ("192.0.2.1", "192.0.2.2", 1, "a"))
    assert [(name, batch.num_rows) for name, batch in by_sensor(records)] == [("a", 1), ("b", 1)]
