"""Lines as nfcapd and sfcapd 1.7.1 printed them."""

import pytest

from headwater.ingest.nfcapd_log import LogCounts, counts_of


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("Process v9: Sequencer run error. Skip record processing", LogCounts(malformed=1)),
        ("Process_v5: Unexpected record count in header: 55582. Abort v5/v7 record processing", LogCounts(1)),
        ("Process_v9: Too little data for v9 packet: '6'", LogCounts(malformed=1)),
        ("Process_ipfix: Invalid flowset id: 10. Skip flowset", LogCounts(malformed=1)),
        ("Process_v9: flowset zero length error.", LogCounts(malformed=1)),
        ("SFLOW: unexpected datagram version number", LogCounts(malformed=1)),
        ("SequencerRun() ERROR - Attempt to read beyond input stream size", LogCounts()),  # told once more
        ("Process_nbar_option: validate_utf8() netflow_v9.c line 1422: invalid utf8 nbar name", LogCounts()),
        ("Process_v9: New v9 exporter: SysID: 10, Domain: 512, IP: 127.0.0.1", LogCounts()),
        (
            "Add new sampler id: -1, algorithm: 0, packet interval: 1, packet space: 999",
            LogCounts(samplers=1),
        ),
        (
            "Ident: 'x' Flows: 0, Packets: 0, Bytes: 0, Sequence Errors: 0, Bad Packets: 4",
            LogCounts(foreign=4),
        ),
        ("Ident: none, Error reading netflow header: Unexpected netflow version 0", LogCounts()),  # as above
        ("Startup nfcapd.", LogCounts()),
        (
            "Could not open the requested socket: Address already in use",
            LogCounts(complaints=("Could not open the requested socket: Address already in use",)),
        ),
        (
            "nffile_write() error: No space left on device",
            LogCounts(complaints=("nffile_write() error: No space left on device",), stuck=True),
        ),
    ],
)
def test_a_line_means(line: str, counts: LogCounts) -> None:
    """Each loss is counted once, by one of the lines that tell of it."""
    assert counts_of([line]) == counts


def test_lines_add_up_and_complaints_stand_once() -> None:
    """Counts are sums; a complaint that comes again is the same one."""
    lines = [
        "Process_v9: flowset zero length error.",
        "write() error in nffile.c line 3: No space left on device",
    ]
    assert counts_of(lines * 3) == LogCounts(malformed=3, complaints=(lines[1],), stuck=True)
