"""Which stories are there?"""

from headwater.simulate.stories.access_sold import AccessSold
from headwater.simulate.stories.coincidence import Coincidence
from headwater.simulate.stories.dridex_emotet import DridexEmotet
from headwater.simulate.stories.hosting_panel import HostingPanel
from headwater.simulate.stories.insufficient import Insufficient
from headwater.simulate.stories.research_tracker import ResearchTracker
from headwater.simulate.stories.reused_address import ReusedAddress
from headwater.simulate.stories.sinkhole import Sinkhole
from headwater.simulate.stories.story import Story
from headwater.simulate.stories.victims_of_another import VictimsOfAnother

_ALL: tuple[Story, ...] = (
    DridexEmotet(), AccessSold(), HostingPanel(), ResearchTracker(), Sinkhole(), VictimsOfAnother(),
    ReusedAddress(), Coincidence(), Insufficient(),
)  # fmt: skip
STORIES: dict[str, Story] = {each.name: each for each in _ALL}
