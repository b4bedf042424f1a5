"""How do flows get into the lake, each source file exactly once and all its records at one moment?

A commit names new Parquet files and, for each source file in them, an application transaction whose
identifier is the file's SHA-256. Delta refuses a commit when another one has recorded the same identifier
since the version it was based on; what that other run stored is then taken out here, and the rest committed.

Source: Delta Lake protocol, "Transaction Identifiers" and "Conflict checks".
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import DeltaError

from headwater.errors import LakeError
from headwater.ingest.columns import READ_SCHEMA
from headwater.lake.edge_hash import edge_hash
from headwater.lake.parquet_files import FILE_SCHEMA, StagedFile, without_sources
from headwater.lake.staging import Staging
from headwater.lake.tables import FLOWS, Lake, flow_table

_TRANSACTION = 1  # a source file is stored once, so its transaction never has a second version
_RETRIES = 100  # of one commit against others; each takes some milliseconds
_REBASES = 1_000  # of one commit after another run stored a file of ours; each takes at least one file away


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit did.

    Attributes:
        version: the flow table's version that holds it.
        already: digests of files that another run had stored meanwhile; none of their records were added.
    """

    version: int
    already: frozenset[str]


class FlowWriter:
    """Adds source files to a lake's flow table; what is not committed when it closes leaves no trace.

    Args:
        lake: the lake; its flow table is made where there is none.

    Raises:
        LakeError: the table cannot be made, opened or written.
    """

    def __init__(self, lake: Lake) -> None:
        self._folder = lake.path(FLOWS)
        self._table: DeltaTable = flow_table(lake, create=True)
        self._staging = Staging(self._folder)
        self._staged: set[str] = set()
        self._ready: list[StagedFile] = []
        self._committing = False
        self.rows_staged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, where: TracebackType | None
    ) -> None:
        self._abandon()

    @property
    def version(self) -> int:
        """Version of the flow table that this writer builds on."""
        return self._table.version()

    def holds(self, digest: str) -> bool:
        """Whether the lake has the file already, or would after the next commit."""
        return digest in self._staged or self._table.transaction_version(digest) is not None

    def add(self, batch: pa.RecordBatch, *, digest: str) -> None:
        """Stages records of one source file; they become visible by `commit`.

        Args:
            batch: in READ_SCHEMA, without nulls where FLOW forbids them (see `screen`).
            digest: SHA-256 of the source file.

        Raises:
            LakeError: the lake's folder cannot be written.
        """
        try:
            self._staging.add(_stored(batch, digest), source=digest)
        except OSError as why:
            raise self._unwritable(why) from None
        self._staged.add(digest)
        self.rows_staged += batch.num_rows

    def discard(self, digest: str) -> None:
        """Takes a file's staged records back.

        Raises:
            LakeError: the lake's folder cannot be written.
        """
        if digest not in self._staged:
            return
        self._staged.discard(digest)
        try:
            self._ready = _less([*self._ready, *self._staging.take()], {digest})
        except OSError as why:
            raise self._unwritable(why) from None
        self.rows_staged = sum(staged.rows for staged in self._ready)

    def commit(self) -> Commit:
        """Makes everything staged visible at one moment.

        Returns:
            The version, and which of the files another run had stored meanwhile. Without staged files nothing
            is written and the version is the present one.

        Raises:
            LakeError: the folder cannot be written, or the table's log refuses the commit.
        """
        try:
            already = self._commit()
        except OSError as why:
            raise self._unwritable(why) from None
        finally:
            self._abandon()
        return Commit(self._table.version(), already)

    def _commit(self) -> frozenset[str]:
        self._ready += self._staging.take()
        wanted = set(self._staged)
        already: set[str] = set()
        for _ in range(_REBASES):
            if not wanted:
                break
            try:
                self._append(wanted)
            except DeltaError as why:
                if self._is_committed():  # what failed came after the commit, such as a checkpoint
                    break
                found = self._stored_meanwhile(wanted)
                if not found:
                    raise self._refused(why) from None
                already |= found
                wanted -= found
                self._ready = _less(self._ready, found)
            else:
                self._ready = []  # the table's now
                break
        self._table.update_incremental()
        return frozenset(already)

    def _stored_meanwhile(self, digests: set[str]) -> set[str]:
        self._table.update_incremental()
        return {digest for digest in digests if self._table.transaction_version(digest) is not None}

    def _append(self, digests: set[str]) -> None:
        self._committing = True
        self._table.create_write_transaction(
            [staged.add_action() for staged in self._ready],
            "append",
            self._table.schema(),
            partition_by=["day"],
            commit_properties=CommitProperties(
                app_transactions=[Transaction(digest, _TRANSACTION) for digest in sorted(digests)],
                max_commit_retries=_RETRIES,
            ),
        )

    def _abandon(self) -> None:
        """Removes what is staged and not committed; where in doubt the files stay, which is harmless."""
        self._staging.abandon()
        if not (self._committing and self._is_committed()):
            for staged in self._ready:
                staged.path.unlink(missing_ok=True)
        self._ready, self._staged, self.rows_staged = [], set(), 0
        self._committing = False

    def _is_committed(self) -> bool:
        """Whether the log names the ready files: a commit may succeed and be interrupted on its way back."""
        if not self._ready:
            return False
        try:
            named = pa.table(DeltaTable(self._folder).get_add_actions(flatten=True))["path"].to_pylist()
        except DeltaError:
            return True
        return self._ready[0].table_path in named

    def _unwritable(self, why: OSError) -> LakeError:
        return LakeError(
            f"{self._folder}: {why.strerror or why}; check permissions and free space, then repeat"
        )

    def _refused(self, why: Exception) -> LakeError:
        cause = str(why).partition("\n")[0][:200]
        return LakeError(f"{self._folder}: the commit failed ({cause}); nothing of it is visible, repeat it")


def _less(files: list[StagedFile], digests: set[str]) -> list[StagedFile]:
    unwanted = frozenset(digests)
    return [kept for staged in files if (kept := without_sources(staged, sources=unwanted)) is not None]


def _stored(batch: pa.RecordBatch, digest: str) -> pa.RecordBatch:
    """The batch with the columns that the lake fills."""
    rows = batch.num_rows
    filled = {
        "source": pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), [digest]),
        "edge_hash": pa.array(
            edge_hash(**{name: _signed(batch, name) for name in ("src_hi", "src_lo", "dst_hi", "dst_lo")})
        ),
    }
    arrays = [filled[name] if name in filled else batch[name] for name in FILE_SCHEMA.names]
    return pa.record_batch(arrays, schema=FILE_SCHEMA)


def _signed(batch: pa.RecordBatch, name: str) -> npt.NDArray[np.int64]:
    assert batch.schema.field(name).type == READ_SCHEMA.field(name).type  # noqa: S101  # `view` needs 64 bits
    return np.ascontiguousarray(batch[name])
