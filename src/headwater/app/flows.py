"""Which records stand behind a number of a hunt or a case? Those of one address, piece by piece."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from headwater.engine.connect import connect
from headwater.engine.trace import Trace
from headwater.errors import BadSetting
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.measure.records import Wanted, counted, in_order, records
from headwater.measure.scan import CLIENT, SERVER, Span
from headwater.model.address import key_of
from headwater.model.candidate import PeerRole
from headwater.model.service import Service
from headwater.model.window import Window

_ROWS = 65_536  # records of one piece: some 15 MB on their way out


@dataclass(frozen=True, slots=True)
class FlowsWanted:
    """Which records.

    Attributes:
        service: an address, or one with port and protocol: only records on that port then.
        peer: address of the other end; "" takes all.
        role: with a port, whose it is: the address's ("server"), its peer's ("client"), or either's (None).
        since: records that start before are left out; None: no bound.
        until: records that start then or later are left out; None: no bound.
        limit: only so many, the earliest; None: all.
        engine: URL of the engine.
        lake_version: version of the flow table; None: the newest.
    """

    service: Service
    peer: str = ""
    role: PeerRole | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    engine: str = "duckdb://"
    lake_version: int | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise BadSetting(
                f"--until {self.until.isoformat()} is not after --since {self.since.isoformat()}; swap them"
            )
        if self.limit is not None and self.limit < 1:
            raise BadSetting(f"--limit {self.limit}: a positive number is needed")
        if self.role is not None and not self.service.port:
            raise BadSetting(
                "--role says whose port is meant; name a service such as 192.0.2.1:443/tcp with it"
            )


@dataclass(frozen=True, slots=True)
class FoundFlows:
    """The records that were found.

    Attributes:
        records: how many there are, whatever the limit.
        contact: how many of them count as contact (docs/reference/hunt.md), in any time.
        first, last: earliest start and latest end, UTC; None where there are none.
        batches: LAKE_SCHEMA without `day`, and `kind`: "contact" or why it is none. In order of time, cut at
            the limit; to be taken once.
        lake_version: version of the flow table.
        trace: every query that ran.
    """

    records: int
    contact: int
    first: datetime | None
    last: datetime | None
    batches: Iterator[pa.RecordBatch]
    lake_version: int
    trace: Trace


@contextmanager
def found_flows(lake_root: Path, wanted: FlowsWanted) -> Iterator[FoundFlows]:
    """The records of an address, for the length of a `with` block.

    Args:
        lake_root: the lake's folder.
        wanted: which of them.

    Raises:
        LakeError: there is no lake, or it holds no flows for that time.
        BadSetting: the engine refuses its URL.
        ValueError: the peer is no address.
    """
    hi, lo = key_of(wanted.service.address)
    which = Wanted(
        hi, lo, wanted.service.port, wanted.service.proto,
        role=None if wanted.role is None else {PeerRole.SERVER: SERVER, PeerRole.CLIENT: CLIENT}[wanted.role],
        peer=key_of(wanted.peer) if wanted.peer else None,
    )  # fmt: skip
    window = Window(wanted.since, wanted.until)
    kept = snapshot(open_lake(lake_root), version=wanted.lake_version, window=window)
    with connect(wanted.engine) as engine:
        engine.trace.lake_version = kept.version
        found = records(engine.flows(kept.files), which, span=Span(wanted.since, wanted.until))
        told = engine.fetch(counted(found), purpose="how many records there are").to_pylist()[0]
        yield FoundFlows(
            records=int(told["records"]), contact=int(told["contact"] or 0), first=told["first"],
            last=told["last"], lake_version=kept.version, trace=engine.trace,
            batches=engine.batches(
                in_order(found, limit=wanted.limit), rows=_ROWS, purpose="the records, in order of time"
            ),
        )  # fmt: skip
