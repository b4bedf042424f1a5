"""Pipes that lie in a folder to be ingested."""

import os
from pathlib import Path

from headwater.app.named_files import named_files


def test_a_pipe_inside_a_folder_is_passed_over(tmp_path: Path) -> None:
    """Reading it would wait for a writer that may never come; the files beside it are read."""
    (tmp_path / "flows.csv").write_text("start\n")
    os.mkfifo(tmp_path / "pipe")
    with named_files([str(tmp_path)]) as sources:
        assert [source.path.name for source in sources] == ["flows.csv"]
