"""Files of flows as earlier versions of headwater stored them: lz4, addresses and ports plain."""

from typing import Any

import pyarrow.parquet as pq
import pytest

from headwater.lake import parquet_files

_PLAIN = ("src_lo", "dst_lo", "src_port", "dst_port", "edge_hash", "start", "end")


def store_in_earlier_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is stored until the patch is undone has the earlier form and name."""

    def writer(path: Any, schema: Any, **_: Any) -> Any:  # Any: pyarrow ships no types
        return pq.ParquetWriter(
            path,
            schema,
            compression="lz4",
            use_dictionary=[name for name in schema.names if name not in _PLAIN],
            column_encoding=dict.fromkeys(("start", "end"), "DELTA_BINARY_PACKED"),
            store_schema=False,
        )

    monkeypatch.setattr(parquet_files, "SUFFIX", ".parquet")
    monkeypatch.setattr(parquet_files, "pq", _Parquet(writer))


class _Parquet:
    """pyarrow.parquet with another writer."""

    def __init__(self, writer: Any) -> None:  # Any: as above
        self.ParquetWriter = writer

    def __getattr__(self, name: str) -> Any:  # Any: whatever pyarrow has by that name
        return getattr(pq, name)
