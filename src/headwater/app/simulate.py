"""How does a labelled world come into a folder? By name, seed, sampling rate and number of records."""

from collections.abc import Callable
from pathlib import Path

from headwater.errors import BadSetting
from headwater.simulate.presets import PRESETS
from headwater.simulate.scaling import scaled
from headwater.simulate.settings import WorldSettings
from headwater.simulate.world import World
from headwater.simulate.write import Form, Written, write_world

_FORMS: tuple[Form, ...] = ("parquet", "csv")
_TEXT_SESSIONS = 2_000_000  # above, addresses as text would cost more time than everything else


def settings_named(name: str) -> WorldSettings:
    """The settings of a preset world.

    Raises:
        BadSetting: there is none; the message lists those there are.
    """
    if name not in PRESETS:
        raise BadSetting(f"no world is called {name!r}; there are: {', '.join(PRESETS)}")
    return PRESETS[name]


def simulate(
    name: str,
    *,
    out: Path,
    seed: int = 1,
    sampling: int = 100,
    form: str = "parquet",
    records: int | None = None,
    told: Callable[[Written], None] = lambda _: None,
) -> Written:
    """Writes a preset world as files.

    Args:
        name: key of PRESETS.
        out: folder, absent or empty.
        seed: which world of that kind; 0 or more.
        sampling: N of packet sampling 1:N.
        form: "parquet" or "csv".
        records: about how many records; the background is made busier or quieter. None leaves it as it is.
        told: called after each part.

    Returns:
        What was written.

    Raises:
        BadSetting: an argument is impossible, or the folder is not empty or cannot be written.
    """
    settings = settings_named(name)
    chosen = next((each for each in _FORMS if each == form), None)
    if chosen is None:
        raise BadSetting(f"--form {form!r} is unknown; choose parquet or csv")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSetting(f"{out} exists and is not an empty folder; choose another with --out")
    if records is not None:
        settings = scaled(settings, records=records, sampling=sampling)
    world = World(settings, seed)
    return write_world(
        world,
        out,
        sampling=sampling,
        form=chosen,
        text_addresses=world.sessions_per_day(sampling) * settings.days <= _TEXT_SESSIONS,
        told=told,
    )
