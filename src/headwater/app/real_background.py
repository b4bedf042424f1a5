"""Where does real background come from? CTU-13 scenario 11, read once from a folder that the user has.

The capture is not part of headwater: Garcia et al. (2014), An empirical comparison of botnet detection
methods, Computers & Security 45; Malware Capture Facility, CVUT. It shows 16 minutes of one university
network's border on 2011-08-18, unsampled.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

import numpy as np
import pyarrow as pa

from headwater.errors import UnreadableSource
from headwater.ingest.delimited import lines
from headwater.ingest.reader import ReadOptions, reader_named
from headwater.ingest.rejects import Rejects
from headwater.ingest.screen import screen
from headwater.ingest.source import SourceFile
from headwater.simulate.evaluate.capture import Capture, capture_of

CAPTURE = Path("ctu13-s11") / "capture20110818-2.binetflow.xz"
DEFAULT_FOLDER = Path("..") / "shared" / "data"  # beside the project
FOLDER_VARIABLE = "HEADWATER_TEST_DATA"
UNIVERSITY = IPv4Network("147.32.0.0/16")
_TIMEZONE = "Europe/Prague"  # the times are written without a zone


@dataclass(frozen=True, slots=True)
class RealBackground:
    """Real flows with where they are from.

    Attributes:
        name: name of the file.
        digest: SHA-256 of its bytes.
        capture: its flows.
    """

    name: str
    digest: str
    capture: Capture


def background(folder: Path | None = None) -> RealBackground:
    """The real flows of CTU-13 scenario 11.

    Args:
        folder: that holds `ctu13-s11/`; None: $HEADWATER_TEST_DATA, else ../shared/data.

    Raises:
        UnreadableSource: the capture is not there.
    """
    folder = folder or Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)
    path = folder / CAPTURE
    if not path.is_file():
        raise UnreadableSource(
            f"{path}: there is no such file; name the folder that holds {CAPTURE} of CTU-13 with --data DIR "
            f"or in {FOLDER_VARIABLE}"
        )
    rejects, source = Rejects(), SourceFile(path, path.name)
    options = ReadOptions(timezone=_TIMEZONE, sampling=1)
    chunks = reader_named("argus").read(source, options, rejects)
    batches = [screen(chunk, rejects, now=datetime.now(UTC)) for chunk in chunks]
    if not batches:
        raise UnreadableSource(f"{path}: holds no flows; unpack it anew from the data set")
    flows = pa.Table.from_batches(batches).combine_chunks()
    return RealBackground(
        path.name, source.digest, capture_of(flows, inside=UNIVERSITY, packet_totals=_packet_totals(source))
    )


def _packet_totals(source: SourceFile) -> dict[int, int]:
    """Packets of both sides together by line, which is what the reader makes pair_id of.

    The reader does not tell a side's share where nobody knows it; thinning needs an estimate.
    """
    found: dict[int, int] = {}
    for part in lines(source, Rejects(), delimiter=","):
        totals = np.asarray(part.columns["TotPkts"].cast(pa.int64()))
        found |= dict(zip(part.positions.tolist(), totals.tolist(), strict=True))
    return found
