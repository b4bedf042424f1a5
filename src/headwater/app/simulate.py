"""How does a labelled world or a story come into a folder? By name, seed, sampling rate, size."""

from collections.abc import Callable
from pathlib import Path

from headwater.errors import BadSetting
from headwater.simulate.flow_files import Form, Written
from headwater.simulate.presets import PRESETS
from headwater.simulate.scaling import scaled
from headwater.simulate.settings import WorldSettings
from headwater.simulate.stories.catalogue import STORIES
from headwater.simulate.stories.story import Story, tell
from headwater.simulate.stories.write import write_story
from headwater.simulate.world import World
from headwater.simulate.write import write_world

SAMPLING = 100  # of a world, where nobody says otherwise; a story has its own
_FORMS: tuple[Form, ...] = ("parquet", "csv")
_TEXT_SESSIONS = 2_000_000  # above, addresses as text would cost more time than everything else


def settings_named(name: str) -> WorldSettings:
    """The settings of a preset world.

    Raises:
        BadSetting: there is none; the message lists those there are.
    """
    if name not in PRESETS:
        raise BadSetting(
            f"no world is called {name!r}; there are: {', '.join(PRESETS)}; "
            f"and no story; there are: {', '.join(STORIES)}"
        )
    return PRESETS[name]


def sampling_named(name: str, *, seed: int) -> int:
    """The N of 1:N packet sampling of a world or story where nobody says otherwise."""
    return STORIES[name].sampling_of(seed) if name in STORIES else SAMPLING


def simulate(
    name: str,
    *,
    out: Path,
    seed: int = 1,
    sampling: int | None = None,
    form: str = "parquet",
    records: int | None = None,
    told: Callable[[Written], None] = lambda _: None,
) -> Written:
    """Writes a preset world or a story as files.

    Args:
        name: key of PRESETS or of STORIES.
        out: folder, absent or empty.
        seed: which world of that kind; 0 or more.
        sampling: N of packet sampling 1:N; None: see `sampling_named`.
        form: "parquet" or "csv".
        records: about how many records; the background is made busier or quieter. None leaves it as it is.
            Worlds only.
        told: called after each part.

    Returns:
        What was written.

    Raises:
        BadSetting: an argument is impossible, or the folder is not empty or cannot be written.
    """
    chosen = next((each for each in _FORMS if each == form), None)
    if chosen is None:
        raise BadSetting(f"--form {form!r} is unknown; choose parquet or csv")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSetting(f"{out} exists and is not an empty folder; choose another with --out")
    rate = sampling_named(name, seed=seed) if sampling is None else sampling
    if name in STORIES:
        if records is not None:
            raise BadSetting(f"the story {name!r} has its own size; leave --records out")
        return _write_story(STORIES[name], out, seed=seed, sampling=rate, form=chosen, told=told)
    settings = settings_named(name)
    if records is not None:
        settings = scaled(settings, records=records, sampling=rate)
    world = World(settings, seed)
    return write_world(
        world,
        out,
        sampling=rate,
        form=chosen,
        text_addresses=world.sessions_per_day(rate) * settings.days <= _TEXT_SESSIONS,
        told=told,
    )


def _write_story(
    story: Story, out: Path, *, seed: int, sampling: int, form: Form, told: Callable[[Written], None]
) -> Written:
    return write_story(tell(story, seed), out, sampling=sampling, form=form, say=told)
