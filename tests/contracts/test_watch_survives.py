"""A watch that is killed between any two steps tells each event once all the same."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent.parent
STEPS = 29  # every so manieth step in the fast suite; a prime, so that loops are not met at one place


@pytest.mark.parametrize(
    ("first", "step"), [(1, STEPS), pytest.param(1, 1, marks=pytest.mark.slow)], ids=["some", "every step"]
)
def test_each_event_arrives_once_wherever_the_watch_is_killed(tmp_path: Path, first: int, step: int) -> None:
    """File and mail (fetched at once) hold each of two events once, in whole lines and whole messages.

    A webhook that was cut off may get one twice: then under the same name, and marked.
    """
    trials = _trials(tmp_path, first, step)
    killed = [trial for trial in trials if trial["killed"]]
    assert len(killed) > 100 / step
    for trial in trials:
        ids = sorted(trial["file"])
        names = sorted(f"20240520T120000Z-{one}.eml" for one in ids)
        told = (len(set(ids)), len(ids), sorted(trial["mail"]), trial["hidden"], sorted(set(trial["posts"])))
        assert told == (2, 2, names, [], ids), trial
        assert max(Counter(trial["first_posts"]).values()) == 1, trial


def _trials(folder: Path, first: int, step: int) -> list[dict[str, Any]]:  # Any: JSON
    paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, str(TESTS / "watch_killed.py"), str(folder), str(first), str(step)],
        check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths},
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
