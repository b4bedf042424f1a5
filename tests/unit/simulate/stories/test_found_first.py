"""Tests of the published case as a whole: the hunt, told nothing, has its service first."""

from pathlib import Path

import pytest

from headwater.app.evaluate_stories import store_story
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.simulate import simulate


@pytest.mark.slow
def test_the_hunt_has_the_service_first_without_being_told(tmp_path: Path) -> None:
    """Of 2 million records the hunt ranks 179.43.147.77:38400 first, with 10, 4 and 7 C2s among 23 clients.

    Reserved addresses are ranked like others: else the service, the only public address of all, would have
    no rival.
    """
    done = simulate("dridex-emotet", out=tmp_path / "story", seed=1)
    store_story(tmp_path / "story", tmp_path / "lake")
    candidates = hunt(tmp_path / "lake", settings=HuntSettings(allow_reserved=True)).hunt.candidates
    first = candidates[0]
    assert (first.address, first.port, first.c2s, first.clients) == ("179.43.147.77", 38_400, 21, 23)
    assert first.by_group == {"dridex": 7, "emotet/epoch2": 10, "emotet/epoch3": 4}
    assert len(candidates) > 100
    assert 1_000_000 < done.records < 2_500_000
