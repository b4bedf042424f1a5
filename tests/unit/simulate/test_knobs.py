"""Tests of simulate/knobs.py, settings.py and presets.py: every number behind a world is documented."""

import pytest

from headwater.simulate.knobs import ORIGINS, knob, knobs
from headwater.simulate.presets import PRESET_NOTES, PRESETS
from headwater.simulate.settings import WorldSettings
from headwater.simulate.stories.catalogue import STORIES


def test_every_setting_says_what_it_means_and_where_it_comes_from() -> None:
    """No knob without a sentence and a known origin; numbers that are no plain shares have a unit."""
    found = knobs(WorldSettings())
    assert len(found) > 80
    assert all(each.meaning.endswith(".") and each.origin in ORIGINS for each in found)


def test_every_origin_is_used() -> None:
    """The list of origins holds none that no setting of a world or a story refers to."""
    used = {each.origin for settings in (WorldSettings(), *STORIES.values()) for each in knobs(settings)}
    assert used == set(ORIGINS)


def test_an_unknown_origin_is_refused() -> None:
    """A knob cannot claim a source that nobody can look up."""
    with pytest.raises(ValueError, match="hearsay"):
        knob(1, "", "hearsay", "A number.")


def test_every_preset_has_its_name_and_a_note() -> None:
    """Presets are found under their own names, each with one line about it."""
    assert {name: settings.name for name, settings in PRESETS.items()} == {name: name for name in PRESETS}
    assert set(PRESET_NOTES) == set(PRESETS)
