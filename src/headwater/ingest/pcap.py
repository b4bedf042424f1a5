"""Which flows does a packet capture hold? Metered by nfpcapd, then read as the nfcapd files it writes."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from headwater.errors import UnreadableSource
from headwater.ingest.nfcapd import read_nfcapd
from headwater.ingest.outside_program import Finished, find_program, patience_for, run_program
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

# pcap in both byte orders, with micro- and nanoseconds (draft-ietf-opsawg-pcap, section 4)
_PCAP = (b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1")
# pcapng: a section header block with its byte-order magic (draft-ietf-opsawg-pcapng, section 4.1)
_PCAPNG = b"\x0a\x0d\x0d\x0a"
_PCAPNG_ORDER = (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a")
# Flows are cut after 300 s, and after 60 s without a packet: nfpcapd's own defaults are 300 and 60 too, but
# a default may change, and the same capture must give the same flows.
_TIMEOUTS_S = "300,60"
_ROTATE_S = "86400"  # one file for each day of the capture
_TOTAL = re.compile(r"Total: Processed: (\d+), skipped: (\d+), short caplen: (\d+), unknown: (\d+)")
_READ_ERROR = re.compile(r"read error: '?(?P<why>[^'\n]+)")


class PcapReader:
    """Packet captures, pcap and pcapng, through nfpcapd of Debian's nfdump package."""

    name = "pcap"
    title = "packet capture"
    position_unit: PositionUnit = "record"
    rank = 0

    def sniff(self, source: SourceFile) -> bool:
        """Whether the file starts as a pcap or pcapng file."""
        head = source.head
        return head.startswith(_PCAP) or (head.startswith(_PCAPNG) and head[8:12] in _PCAPNG_ORDER)

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:  # noqa: ARG002 - packets need no options
        """The flows of the capture, as headwater.ingest.reader.Reader; positions count flows."""
        purpose = f"reading the packet capture {source.name}"
        nfpcapd = find_program("nfpcapd", package="nfdump", purpose=purpose)
        nfdump = find_program("nfdump", package="nfdump", purpose=purpose)
        with tempfile.TemporaryDirectory(prefix="headwater-") as folder:
            path, flows = source.path, Path(folder) / "flows"
            flows.mkdir()
            if source.compression:  # libpcap opens no archives
                path = Path(folder) / "unpacked"
                with source.open(rejects) as stream, path.open("wb") as out:
                    shutil.copyfileobj(stream, out)
            finished = run_program(
                [nfpcapd, "-r", str(path), "-w", str(flows), "-y", "-e", _TIMEOUTS_S, "-t", _ROTATE_S],
                patience_s=patience_for(path),
            )
            done = 0
            for number, file in enumerate(sorted(flows.glob("nfcapd.*"))):
                spare = Path(folder) / f"parts{number}"
                spare.mkdir()
                last = done
                for chunk in read_nfcapd(
                    file, name=source.name, nfdump=nfdump, folder=spare, rejects=rejects
                ):
                    yield replace(chunk, positions=chunk.positions + done)
                    last = max(last, done + int(chunk.positions.max()) + 1)
                done = last
            _report(finished, source.name, rejects, flows=done)


def _report(finished: Finished, name: str, rejects: Rejects, *, flows: int) -> None:
    """Tells what nfpcapd says it could not use; `flows` is how many came out."""
    total = _TOTAL.search(finished.complaint) or _TOTAL.search(finished.output)
    if finished.code or total is None:
        said = finished.complaint.splitlines() or [f"it ended with status {finished.code}"]
        raise UnreadableSource(f"{name}: nfpcapd cannot read this capture: {said[0]}")
    processed, skipped, short, unknown = (int(number) for number in total.groups())
    if found := _READ_ERROR.search(finished.complaint):
        cut = "truncated" in found["why"]
        rejects.add(
            "file cut off" if cut else "capture damaged",
            offset=flows,
            detail=f"after {processed} packets: {found['why']}",
        )
    rejects.add("packet captured too short", offset=flows, count=short)
    if skipped or unknown:
        rejects.note(
            f"{skipped + unknown} packets belong to no flow (no IP, or a link type that nfpcapd skips)"
        )


register(PcapReader())
