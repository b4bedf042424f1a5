"""What many tests share: where the real data is; and that what some share is made once."""

import gc
import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data by others: $HEADWATER_TEST_DATA, else ../shared/data beside the project."""
    folder = Path(os.environ.get("HEADWATER_TEST_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set HEADWATER_TEST_DATA to a folder that has it")
    return folder


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a fixture of their file or folder go to one process, which makes it once.

    Only `--dist loadgroup` looks at it; a group that a file names itself stays.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None and (places := _shared_places(item)):
            item.add_marker(pytest.mark.xdist_group(min(places, key=len)))


def _shared_places(item: pytest.Item) -> set[str]:
    """Files and folders whose fixtures a test shares with others there."""
    if not isinstance(item, pytest.Function):
        return set()
    known = item._fixtureinfo.name2fixturedefs.values()
    wide = {fixture.baseid for each in known for fixture in each if fixture.scope != "function"}
    return {place for place in wide if "/" in place}  # what lies above costs nothing


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """At the end all of it is given back, as an extension module that counts its objects expects."""
    gc.unfreeze()
