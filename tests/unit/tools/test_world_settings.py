import subprocess
import sys
from pathlib import Path

from headwater.simulate.knobs import knobs
from headwater.simulate.presets import PRESETS
from headwater.simulate.settings import WorldSettings

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "reference" / "worlds.md"


def test_page_is_what_the_generator_gives() -> None:
    """The page says what the settings say; else run `python tools/world_settings.py --write`."""
    generated = subprocess.run(
        [sys.executable, PROJECT / "tools" / "world_settings.py"], capture_output=True, check=True
    )
    assert PAGE.read_text(encoding="utf-8") == generated.stdout.decode()


def test_every_setting_and_every_preset_is_on_the_page() -> None:
    """Each knob and each named world has its row."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = sorted(line.split("`")[1] for line in lines if line.startswith("| `") and line.count("|") == 6)
    assert rows == sorted(each.name.rpartition(".")[2] for each in knobs(WorldSettings()))
    assert all(any(line.startswith(f"| {name} |") for line in lines) for name in PRESETS)
