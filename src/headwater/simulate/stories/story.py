"""What is a story? A name, a world to play in, and a function that puts the story on a stage in it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from numpy.random import Generator

from headwater.errors import BadSetting
from headwater.simulate.botnet import FAMILY_NAMES, Botnet, make_botnet
from headwater.simulate.listing import Entry
from headwater.simulate.planting import Planting
from headwater.simulate.population import Population
from headwater.simulate.randomness import stream
from headwater.simulate.sessions import Source
from headwater.simulate.settings import WorldSettings
from headwater.simulate.stories.facts import Family
from headwater.simulate.stories.stage import Stage
from headwater.simulate.world import World


class Story(ABC):
    """A story; subclasses are frozen dataclasses whose fields are knobs.

    Attributes:
        name: what the command line calls it.
        note: what it is for, in one line.
    """

    name: str
    note: str

    @abstractmethod
    def world(self, seed: int) -> WorldSettings:
        """The world that it plays in."""

    @abstractmethod
    def sampling_of(self, seed: int) -> int:
        """The N of packet sampling 1:N for which its numbers hold."""

    @abstractmethod
    def families(self, seed: int) -> tuple[Family, ...]:
        """Names of the families of the world's botnet, by number."""

    @abstractmethod
    def play(self, stage: Stage) -> None:
        """Puts hosts, C2s and their contact on the stage, and says what must come out."""

    def follow(self, stage: Stage, entries: list[Entry]) -> None:
        """Adds contact that depends on what the feeds say; most stories have none."""
        del stage, entries


@dataclass(slots=True)
class Played(Planting):
    """A story as a planting.

    Attributes:
        story: what is played.
        stage: where, once the world has asked for its botnet.
    """

    story: Story
    stage: Stage | None = None

    def botnet(self, population: Population) -> Botnet:
        """The background's botnet with the story's C2s."""
        seed = population.seed
        stage = Stage(
            population=population,
            base=make_botnet(population),
            families=self.story.families(seed),
            sampling=self.story.sampling_of(seed),
            rng=stream(seed, "story", self.story.name),
        )
        self.story.play(stage)
        self.stage = stage
        return stage.botnet()

    def listing(self, entries: list[Entry]) -> list[Entry]:
        """The feeds' entries with the story's C2s."""
        return self.set_up.listing(entries)

    def sources(self, entries: list[Entry]) -> list[Source]:
        """The story's contacts."""
        self.story.follow(self.set_up, entries)
        return self.set_up.sources()

    @property
    def set_up(self) -> Stage:
        """The stage with the story on it."""
        if self.stage is None:
            raise RuntimeError("the world asks for its botnet first")
        return self.stage


@dataclass(frozen=True, slots=True)
class Told:
    """A story in its world.

    Attributes:
        story: the story.
        world: the world with everything in it.
        stage: what the story put there.
    """

    story: Story
    world: World
    stage: Stage


def tell(story: Story, seed: int, *, world: WorldSettings | None = None) -> Told:
    """A story with one seed: a pure function of story, seed and world.

    Args:
        story: which story, with its settings.
        seed: 0 or more.
        world: where it plays; the story's own world unless given.

    Raises:
        BadSetting: a negative seed.
    """
    if seed < 0:
        raise BadSetting(f"seed {seed} is negative; use 0 or more")
    played = Played(story)
    made = World(world or story.world(seed), seed, planting=played)
    return Told(story, made, played.set_up)


def between(rng: Generator, low: float, high: float) -> float:
    """A uniform draw."""
    return float(rng.uniform(low, high))


def invented_families(seed: int, count: int, *, groups: int = 2) -> tuple[Family, ...]:
    """`count` invented family names in an order of the seed, each with groups g1, g2, ..."""
    order = stream(seed, "story", "families").permutation(len(FAMILY_NAMES))[:count]
    names = tuple(f"g{number + 1}" for number in range(groups)) if groups > 1 else ("",)
    return tuple(Family(FAMILY_NAMES[place], names) for place in order)
