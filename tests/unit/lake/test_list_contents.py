"""Tables of labels and context are told by version, digest and files, and differences entry by entry."""

from collections.abc import Callable
from pathlib import Path

import pytest

from headwater.app.context import add_context
from headwater.app.labels import add_labels
from headwater.errors import LakeError
from headwater.intel.labels.feed import Analyst
from headwater.lake.claims import claims
from headwater.lake.context import networks
from headwater.lake.labels import list_labels
from headwater.lake.list_contents import list_change, list_versions, read_table
from headwater.lake.tables import create_lake
from headwater.model.label import Tlp

HEAD = "address,family,group,port,first_seen,last_seen,tlp\n"
ONE = "5.0.0.1,emotet,epoch2,449,2024-05-01,2024-05-20,green\n"
TWO = "5.0.1.1,dridex,,449,2024-05-02,2024-05-20,amber\n"
CLAIMS = "address,date,claim,source\n9.9.9.9,2024-05-01,seen there,Example Labs\n"


def _added(folder: Path, name: str, text: str, *, context: bool = False) -> Path:
    lake, file = folder / "lake", folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if context:
        add_context([str(file)], lake=lake)
    else:
        add_labels([str(file)], lake=lake, analyst=Analyst(source="mine"))
    return lake


def test_an_empty_lake_has_version_0_of_everything(tmp_path: Path) -> None:
    """What was never stored is version 0, which stays empty whatever is stored later."""
    lake = create_lake(tmp_path / "lake").folder
    assert set(list_versions(lake).values()) == {0}
    _added(tmp_path, "a.csv", HEAD + ONE)
    assert (read_table(lake, "labels", version=0).rows, read_table(lake, "labels").rows) == (0, 1)


def test_a_table_names_its_files_without_their_folders(tmp_path: Path) -> None:
    """A folder may be called after a person or a case."""
    lake = _added(tmp_path, "secret-case/a.csv", HEAD + ONE + TWO)
    found = read_table(lake, "labels")
    assert [(one.name, one.rows, one.tlp) for one in found.files] == [("a.csv", 2, Tlp.AMBER)]


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    """Two lakes with the same files have the same digest, and another file has another."""
    lakes = [_added(tmp_path / name, "a.csv", HEAD + ONE) for name in _folders(tmp_path, "x", "y")]
    first, second = (read_table(lake, "labels").digest for lake in lakes)
    _added(tmp_path / "y", "b.csv", HEAD + TWO)
    assert (first == second, read_table(lakes[1], "labels").digest == first) == (True, False)


def _folders(parent: Path, *names: str) -> tuple[str, ...]:
    for name in names:
        (parent / name).mkdir()
    return names


def test_an_older_version_is_read_as_it_was(tmp_path: Path) -> None:
    """Labels added later are not in it."""
    lake = _added(tmp_path, "a.csv", HEAD + ONE)
    then = list_versions(lake)["labels"]
    _added(tmp_path, "b.csv", HEAD + TWO)
    assert [one.address for one in list_labels(lake, version=then)] == ["5.0.0.1"]
    assert len(list_labels(lake)) == 2


def test_what_came_is_told_entry_by_entry(tmp_path: Path) -> None:
    """With the file that it came in."""
    lake = _added(tmp_path, "a.csv", HEAD + ONE)
    before = list_versions(lake)["labels"]
    _added(tmp_path, "b.csv", HEAD + TWO)
    found = list_change(lake, "labels", before=before, after=list_versions(lake)["labels"])
    assert (found.files_added, found.files_removed, found.removed) == (("b.csv",), (), ())
    assert found.added == (
        "5.0.1.1, c2, dridex, 449, 2024-05-02T00:00:00Z, 2024-05-21T00:00:00Z, mine, amber",
    )


def test_a_newer_list_of_networks_replaces_the_older(tmp_path: Path) -> None:
    """What the newer file of the same source lacks is told as gone."""
    lake = _added(tmp_path, "nets.csv", "prefix,asn,name\n5.0.0.0/16,64500,One\n", context=True)
    before = list_versions(lake)["networks"]
    _added(tmp_path, "nets.csv", "prefix,asn,name\n5.1.0.0/16,64501,Two\n", context=True)
    found = list_change(lake, "networks", before=before, after=list_versions(lake)["networks"])
    assert (found.added, found.removed) == (
        ("5.1.0.0/16, 64501, Two, nets",),
        ("5.0.0.0/16, 64500, One, nets",),
    )
    assert (len(networks(lake)), len(networks(lake, version=before))) == (1, 1)


def test_a_claim_knows_its_place(tmp_path: Path) -> None:
    """File and entry, which make no second claim of the same words."""
    lake = _added(tmp_path, "a.csv", CLAIMS, context=True)
    _added(tmp_path, "b.csv", CLAIMS + "\n", context=True)
    assert [one.place for one in claims(lake, "9.9.9.9")] == ["a.csv, entry 2"]


@pytest.mark.parametrize("read", [read_table, lambda lake, _, version: list_labels(lake, version=version)])
def test_a_version_that_is_not_there_is_refused(tmp_path: Path, read: Callable[..., object]) -> None:
    """With the table and the version in the message."""
    lake = _added(tmp_path, "a.csv", HEAD + ONE)
    with pytest.raises(LakeError, match=r"labels.*version 9"):
        read(lake, "labels", version=9)
