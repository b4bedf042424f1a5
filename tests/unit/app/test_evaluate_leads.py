"""What lists knew on a day, and a small run of the whole harness."""

from dataclasses import replace
from datetime import timedelta

import pytest

from headwater.app.evaluate_leads import LeadsPlan, evaluate_leads, labels_at, leads_document
from headwater.errors import BadSetting
from headwater.model.window import Window
from headwater.simulate.presets import PRESETS
from headwater.simulate.world import World


def test_lists_know_nothing_of_what_is_to_come() -> None:
    """On day 5: no entry made later, no end that lies ahead, and an end that has passed stays."""
    world = World(PRESETS["small"], 1)
    truth, label = world.truth(), world.labels()[0]
    days = [timedelta(days=each) for each in range(10)]
    labels = [
        replace(label, feed=Window(truth.start + days[first], truth.start + days[last]))
        for first, last in ((1, 3), (1, 8), (6, 8))
    ]
    found = labels_at(labels, truth, day=5)
    assert [one.feed.end for one in found] == [truth.start + days[3], None]


def test_seeds_are_not_mixed() -> None:
    """A run is for tuning or for reporting."""
    with pytest.raises(BadSetting, match="do not mix"):
        LeadsPlan(seeds=(999, 1000))


def test_worlds_exist() -> None:
    """A name that is no world is refused before anything runs."""
    with pytest.raises(BadSetting, match="no world is called"):
        LeadsPlan(seeds=(1000,), worlds=("nowhere",))


@pytest.mark.slow
def test_leads_of_a_small_world() -> None:
    """Unlisted C2s of a world with dense records are found, and hardly anything else."""
    plan = LeadsPlan(seeds=(1000,), worlds=("small",), samplings=(100,))
    found = evaluate_leads(plan)
    (figures,) = found.figures
    assert figures.visible > 0
    assert (figures.recall or 0.0) >= 0.7
    assert (figures.precision or 0.0) >= 0.9
    assert len(leads_document(found)["clients"]) == figures.clients
