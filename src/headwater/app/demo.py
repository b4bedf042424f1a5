"""What does headwater do? The main job on a small synthetic world, from nothing to the ranked list."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headwater.app.context import add_context
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.ingest import ingest
from headwater.app.labels import add_labels
from headwater.app.simulate import simulate
from headwater.errors import BadSetting
from headwater.intel.labels.feed import Analyst
from headwater.model.hunt import Hunt
from headwater.model.service import Service

WORLD = "small"
SEED = 1
_MARK = "SYNTHETIC.txt"  # a folder with it was made by a demo, so a demo may replace what is in it
_MADE = ("world", "lake")


@dataclass(frozen=True, slots=True)
class PlantedUpstream:
    """One upstream that the world's truth names.

    Attributes:
        service: where it is.
        role: "server" or "client".
        c2s: how many C2s it has, listed or not.
        listed: how many of them a list names.
        rank: where the hunt put it; None where it is not in the list.
    """

    service: Service
    role: str
    c2s: int
    listed: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo made and found.

    Attributes:
        folder: where everything is.
        hunt: the answer.
        planted: what there was to be found.
    """

    folder: Path
    hunt: Hunt
    planted: tuple[PlantedUpstream, ...]


def demo(folder: Path, *, say: Callable[[str], None] = lambda _: None) -> Demo:
    """Simulates the small world, ingests it and hunts in it.

    Args:
        folder: absent, empty, or made by an earlier demo, whose world and lake are then replaced.
        say: told each step as it begins.

    Returns:
        The answer beside the truth.

    Raises:
        BadSetting: the folder holds something that no demo made, or cannot be written.
    """
    _clear(folder)
    world, lake = folder / "world", folder / "lake"
    say(f"simulating a SYNTHETIC world in {world}")
    simulate(WORLD, out=world, seed=SEED)
    say(f"ingesting its flows into {lake}")
    ingest([str(world / "flows")], lake=lake)
    say("adding its two dated lists of C2s, and who owns which network")
    feeds = [str(path) for path in sorted((world / "feeds").glob("*.csv"))]
    add_labels(feeds, lake=lake, analyst=Analyst(allow_reserved=True))
    add_context([str(world / "networks.csv")], lake=lake, kind="networks")
    say("hunting")
    found = hunt(lake, settings=HuntSettings(allow_reserved=True), say=say).hunt
    return Demo(folder, found, _planted(world / "truth.json", found))


def _clear(folder: Path) -> None:
    mark = folder / _MARK
    try:
        if folder.exists() and not mark.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadSetting(f"{folder} holds something that no demo made; choose another folder with --out")
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(
            "Everything in this folder is synthetic. `headwater demo` replaces it.\n", encoding="utf-8"
        )
        for name in _MADE:
            if (folder / name).exists():
                shutil.rmtree(folder / name)
    except OSError as why:
        raise BadSetting(f"{folder}: {why.strerror}; choose another folder with --out") from None


def _planted(truth: Path, found: Hunt) -> tuple[PlantedUpstream, ...]:
    """The world's upstreams with the rank that the hunt gave each: by address, best rank first."""
    ranks: dict[str, int] = {}
    for one in found.candidates:
        ranks.setdefault(one.address, one.rank)
    planted = [
        PlantedUpstream(
            Service(one["address"], one["port"], one["proto"]),
            one["role"],
            len(one["c2s"]),
            len(one["listed_c2s"]),
            ranks.get(one["address"]),
        )
        for one in json.loads(truth.read_text(encoding="utf-8"))["upstreams"]
    ]
    return tuple(sorted(planted, key=lambda one: (one.rank is None, one.rank, str(one.service))))
