"""Which stories are there?"""

from headwater.simulate.stories.dridex_emotet import DridexEmotet
from headwater.simulate.stories.story import Story

STORIES: dict[str, Story] = {each.name: each for each in (DridexEmotet(),)}
