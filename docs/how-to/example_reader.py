"""Which flows does a Hopper log hold? An example: Hopper is made up to show how a format is added.

    #hopper 1
    1591367999.250 0.5 192.0.2.1:40000 > 198.51.100.7:443 tcp 9/1200
    1591368003.000 0.1 [2001:db8::1]:53021 > [2001:db8::53]:53 udp 1/74

A line is: start in Unix seconds, duration in seconds, sender > receiver, protocol, packets/bytes.

A module like this one, put into src/headwater/ingest/, is a new format and needs nothing else: the package
imports every module in it, and the last line registers the reader. The first line of the docstring is the
question that the module answers; the format's own documentation is cited here too.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from headwater.errors import UnreadableSource
from headwater.ingest.addresses import keys_from_text
from headwater.ingest.columns import flow_batch
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile
from headwater.ingest.written_times import microseconds, seconds_to_microseconds
from headwater.model.service import protocol_number

MAGIC = b"#hopper 1\n"
# One pattern with named groups takes a whole column of lines apart at once: no Python runs for each line.
_LINE = (
    r"^(?P<start>\S+) (?P<lasted>\S+) (?P<src>\S+):(?P<src_port>\d{1,5}) > "
    r"(?P<dst>\S+):(?P<dst_port>\d{1,5}) (?P<proto>\S+) (?P<packets>\d{1,18})/(?P<bytes>\d{1,18})$"
)


class HopperReader:
    """Hopper logs, version 1. These four attributes and two methods are all that a reader is."""

    name = "hopper"  # what --format calls it
    title = "Hopper log"
    position_unit: PositionUnit = "line"  # what the numbers in reports of damage count
    rank = 0  # asked early, because its first bytes are its own; 1 and 2 are for formats that look alike

    def sniff(self, source: SourceFile) -> bool:
        """Whether the file is a Hopper log: by content, never by name. `head` is decompressed already."""
        return source.head.startswith(MAGIC)

    def read(
        self,
        source: SourceFile,
        options: ReadOptions,  # noqa: ARG002 - what the user knows; a Hopper log needs none of it
        rejects: Rejects,
    ) -> Iterator[Chunk]:
        """The file's flows, about a megabyte of text at a time, so that memory does not grow with the file.

        Raises:
            UnreadableSource: the file is no Hopper log. Only what concerns the whole file is raised; what is
                wrong with a record is counted.
        """
        if not self.sniff(source):
            raise UnreadableSource(
                f"{source.name}: no Hopper log: its first line is not {MAGIC.decode().strip()!r}"
            )
        line = 1
        for block in source.blocks(rejects):  # whole lines; tells `rejects` where an archive is cut off
            texts = block.decode("utf-8", "replace").splitlines()
            positions = np.arange(line, line + len(texts))
            line += len(texts)
            records = np.array([not text.startswith("#") for text in texts], np.bool_)
            yield from _flows(
                pa.array(texts, pa.string()).filter(pa.array(records)), positions[records], rejects
            )


def _flows(texts: pa.Array, positions: npt.NDArray[np.int64], rejects: Rejects) -> Iterator[Chunk]:
    parts = pc.extract_regex(texts, _LINE)
    # A line that is no record at all is counted here, with the place of the first one ...
    broken = np.asarray(parts.is_null())
    if broken.any():
        rejects.add("no Hopper record", offset=int(positions[broken].min()), count=int(broken.sum()))
        parts, positions = parts.filter(pa.array(~broken)), positions[~broken]
    if not len(positions):
        return
    column = {field.name: pc.struct_field(parts, field.name) for field in parts.type}
    src_hi, src_lo = keys_from_text(_bare(column["src"])).arrow()
    dst_hi, dst_lo = keys_from_text(_bare(column["dst"])).arrow()
    start = microseconds(column["start"], zone="UTC")
    # ... while a value that cannot be read becomes null: the record is then refused by the checks that all
    # formats share (headwater.ingest.screen), with the reason in the same words for every format.
    batch = flow_batch(
        {
            "start": start,
            "end": pc.add(start, seconds_to_microseconds(column["lasted"])),
            "src_hi": src_hi,
            "src_lo": src_lo,
            "dst_hi": dst_hi,
            "dst_lo": dst_lo,
            "src_port": column["src_port"].cast(pa.int32()),
            "dst_port": column["dst_port"].cast(pa.int32()),
            "proto": _protocols(column["proto"]),
            "packets": column["packets"].cast(pa.int64()),
            "bytes": column["bytes"].cast(pa.int64()),
            # Hopper knows neither TCP flags nor answers nor sampling: columns left out are null, which says
            # "unknown". Nothing is made up, and nothing is multiplied by a sampling interval. The sensor and
            # the interval that the user names are filled in later, where a record names none.
        }
    )
    yield Chunk(batch, positions)


def _bare(addresses: pa.Array) -> pa.Array:
    """Addresses without the brackets that IPv6 has here."""
    return pc.utf8_trim(addresses, characters="[]")


def _protocols(names: pa.Array) -> pa.Array:
    """Protocol numbers: few names, many rows, so each name is looked up once."""
    coded = names.dictionary_encode()
    numbers = pa.array([_protocol(name) for name in coded.dictionary.to_pylist()], pa.int16())
    return numbers.take(coded.indices)


def _protocol(name: str) -> int | None:
    try:
        return protocol_number(name)
    except ValueError:
        return None


register(HopperReader())
