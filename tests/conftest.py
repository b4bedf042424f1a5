"""What many tests share: where the real data is."""

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
