"""Each simulated story, from files to the conclusion, comes out as itself. All of it is SYNTHETIC.

One seed each: that the whole way works. How often a story comes out, over many seeds, is measured by
`headwater evaluate --stories`.
"""

import pytest

from headwater.app.evaluate_stories import MAIN, run_story
from headwater.simulate.stories.catalogue import STORIES

SEED = 1
QUICK = ("insufficient", "access-sold")  # those that are simulated and measured fastest


@pytest.mark.parametrize("story", QUICK)
def test_a_quick_story_comes_out_as_itself(story: str) -> None:
    """Files, lake, labels, context, investigation: every point that the story's truth asks for is right."""
    assert run_story(story, seed=SEED).outcome.text.startswith("right (")


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(set(STORIES) - {MAIN, *QUICK}))
def test_a_counter_story_comes_out_as_itself(story: str) -> None:
    """What looks like an upstream is told as what it is, and as nothing else in strong words."""
    assert run_story(story, seed=SEED).outcome.text.startswith("right (")


@pytest.mark.slow
def test_the_published_case_comes_out_as_itself() -> None:
    """The hunt has it first; counts, the five left out, since when, the closest group, the claim's place."""
    assert run_story(MAIN, seed=SEED).outcome.text.startswith("right (")
