import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from headwater.errors import LakeError
from headwater.ingest.columns import LAKE_SCHEMA
from headwater.lake.tables import (
    FORMAT,
    Lake,
    create_lake,
    create_table,
    flow_table,
    is_lake,
    open_lake,
    open_table,
)
from headwater.lake.writer import FlowWriter
from newer_tables import FUTURE, newer_protocol

FlowMaker = Callable[..., pa.RecordBatch]


def test_created_lake_opens(tmp_path: Path) -> None:
    """What `create_lake` makes, parents and all, `open_lake` opens."""
    folder = tmp_path / "deep" / "lake"
    create_lake(folder)
    assert open_lake(folder) == Lake(folder)


def test_absent_lake_names_the_remedy(tmp_path: Path) -> None:
    """A folder without a lake is refused with the command that makes one."""
    with pytest.raises(LakeError, match=r"there is no lake; make one with `headwater ingest PATH`"):
        open_lake(tmp_path / "nothing")


def test_newer_lake_is_refused(tmp_path: Path) -> None:
    """A lake of a later format is not touched."""
    create_lake(tmp_path / "lake")
    (tmp_path / "lake" / "lake.json").write_text(f'{{"format": {FORMAT + 1}}}')
    with pytest.raises(LakeError, match="install a newer headwater"):
        create_lake(tmp_path / "lake")


@pytest.mark.parametrize("content", ["", "no json", "[]", "{}", '{"format": "x"}', '{"format": null}'])
def test_damaged_marker_is_refused(tmp_path: Path, content: str) -> None:
    """A marker that says no format is named with what should be in it."""
    (tmp_path / "lake.json").write_text(content)
    with pytest.raises(LakeError, match=r"lake\.json: damaged; it should hold \{\"format\": 1\}"):
        open_lake(tmp_path)


def test_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder with somebody's files does not become a lake."""
    (tmp_path / "thesis.odt").write_text("x")
    with pytest.raises(LakeError, match="holds other files"):
        create_lake(tmp_path)
    assert not is_lake(tmp_path)


def test_lake_below_a_file_is_refused(tmp_path: Path) -> None:
    """A path that cannot be a folder is an error with a remedy, not a traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(LakeError, match="name a folder that can be written with --lake"):
        create_lake(tmp_path / "file" / "lake")


def test_half_made_lake_is_completed(tmp_path: Path) -> None:
    """What a run killed while it made the lake left behind does not stop the next run."""
    (tmp_path / ".lake.json.0123").write_text("{")
    create_lake(tmp_path)
    assert is_lake(tmp_path)


def test_flow_table_has_flows_columns(lake: Lake) -> None:
    """The flow table's columns are LAKE_SCHEMA, partitioned by day, and its history is kept."""
    table = flow_table(lake, create=True)
    assert pa.schema(table.schema().to_arrow()).names == LAKE_SCHEMA.names
    assert table.metadata().partition_columns == ["day"]
    assert table.metadata().configuration["delta.enableExpiredLogCleanup"] == "false"


def test_no_flows_yet(lake: Lake) -> None:
    """A lake without flows says how to add some."""
    with pytest.raises(LakeError, match="has no flows yet; add some first"):
        flow_table(lake)


def test_unknown_version(lake: Lake) -> None:
    """A version that never was is refused."""
    flow_table(lake, create=True)
    with pytest.raises(LakeError, match="cannot be opened at version 7"):
        flow_table(lake, version=7)


@pytest.fixture
def three_versions(lake: Lake, flows: FlowMaker) -> Lake:
    """A table of flows that was made and added to twice."""
    with FlowWriter(lake) as writer:
        for number in range(2):
            writer.add(flows(10, seed=number), digest=f"d{number}")
            writer.commit()
    return lake


@pytest.mark.parametrize(("version", "fault"), [(1, "gone"), (0, "torn"), (2, "torn")])
def test_damaged_log(three_versions: Lake, version: int, fault: str) -> None:
    """A file of the log that is gone or torn is named, with a remedy."""
    file = three_versions.path("flows") / "_delta_log" / f"{version:020}.json"
    if fault == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(LakeError, match=rf"{file.name} is {fault}.*restore the folder from a backup"):
        open_table(three_versions, "flows")


@pytest.mark.parametrize("create", [False, True])
def test_files_without_a_log_are_not_begun_anew(three_versions: Lake, create: bool) -> None:
    """A new log would take them for leftovers, and a vacuum would remove them."""
    folder = three_versions.path("flows")
    before = sorted(folder.rglob("*.parquet"))
    shutil.rmtree(folder / "_delta_log")
    with pytest.raises(
        LakeError, match=r"_delta_log: the log of this table is gone, and its files are there"
    ):
        flow_table(three_versions, create=create)
    assert sorted(folder.rglob("*.parquet")) == before


@pytest.mark.parametrize("protocol", [{"minReaderVersion": 4, "minWriterVersion": 8}, FUTURE])
def test_a_table_of_a_newer_program_is_not_read(lake: Lake, protocol: dict[str, object]) -> None:
    """Delta's protocol in a version, or with a feature, that is not known here."""
    flow_table(lake, create=True)
    newer_protocol(lake.path("flows"), **protocol)
    with pytest.raises(LakeError, match=r"flows: a newer program wrote .* install a newer headwater"):
        flow_table(lake)


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        ({"minWriterVersion": 8}, "writer version 8"),
        ({"minWriterVersion": 7, "writerFeatures": ["appendOnly", "fromTheFuture"]}, r"\(fromTheFuture\)"),
    ],
)
def test_a_table_that_newer_programs_alone_can_write_is_read(
    lake: Lake, protocol: dict[str, object], said: str
) -> None:
    """And whoever wants to write to it is told before anything is written."""
    flow_table(lake, create=True)
    newer_protocol(lake.path("flows"), **protocol)
    assert flow_table(lake).version() == 0
    with pytest.raises(LakeError, match=f"can be read here but not written .*{said}"):
        flow_table(lake, create=True)


def test_table_of_other_columns(lake: Lake) -> None:
    """A flow table whose columns are not FLOW's is refused, and the difference named."""
    create_table(lake, "flows", schema=LAKE_SCHEMA.append(pa.field("colour", pa.string())))
    with pytest.raises(LakeError, match=r"not those of format 1 \(colour\)"):
        flow_table(lake)


def test_created_by_many_at_once(tmp_path: Path) -> None:
    """Four processes that make the same lake and table at the same moment all succeed."""
    code = (
        "import sys; from pathlib import Path; from headwater.lake.tables import create_lake, flow_table;"
        "sys.stdin.read(); flow_table(create_lake(Path(sys.argv[1])), create=True)"
    )
    folder = tmp_path / "lake"
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE) for _ in range(4)
    ]
    for run in runs:
        assert run.stdin is not None
        run.stdin.close()
    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    assert DeltaTable(folder / "flows").version() == 0
