import subprocess
import sys
from pathlib import Path

from headwater.model.flow import FLOW

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "reference" / "flow-columns.md"


def test_page_is_what_the_generator_gives() -> None:
    """The column reference says what model/flow.py says; else run `python tools/flow_columns.py --write`."""
    generated = subprocess.run(
        [sys.executable, PROJECT / "tools" / "flow_columns.py"], capture_output=True, check=True
    )
    assert PAGE.read_text(encoding="utf-8") == generated.stdout.decode()


def test_every_column_is_on_the_page() -> None:
    """Each column of FLOW has its row."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(column.name for column in FLOW)
