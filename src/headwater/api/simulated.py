"""How is a world or a story with a known answer made in Python? SYNTHETIC files to try things on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headwater.api.arrow_rows import arrow_of
from headwater.api.part import Part
from headwater.app.simulate import simulate as write_files
from headwater.simulate.flow_files import Written
from headwater.simulate.presets import PRESET_NOTES
from headwater.simulate.stories.catalogue import STORIES


@dataclass(frozen=True, slots=True)
class Simulated:
    """SYNTHETIC files: nothing in them was observed anywhere.

    Attributes:
        name: of the world or story.
        seed: which of that name.
        folder: where the files are.
        files: flow files.
        records: flow records in them.
    """

    name: str
    seed: int
    folder: Path
    files: int
    records: int

    @property
    def flows(self) -> Path:
        """The folder of flow records, for `Lake.ingest`."""
        return self.folder / "flows"

    @property
    def feeds(self) -> tuple[Path, ...]:
        """The lists of C2s, for `Lake.add_labels`: late, incomplete and wrong in places."""
        return tuple(sorted((self.folder / "feeds").glob("*.csv")))

    @property
    def context(self) -> tuple[Path, ...]:
        """Networks, host keys and reports, as far as there are any, for `Lake.add_context`."""
        known = (self.folder / name for name in ("networks.csv", "host_keys.csv", "reports.csv"))
        return tuple(path for path in known if path.is_file())

    @property
    def truth(self) -> Path:
        """What is true in this world, as JSON: to be read after the answer."""
        return self.folder / "truth.json"


def write_simulation(
    name: str,
    out: str | Path,
    *,
    seed: int = 1,
    sampling: int | None = None,
    form: str = "parquet",
    records: int | None = None,
    told: Callable[[Written], None] | None = None,
) -> Simulated:
    """Writes SYNTHETIC flows, lists of C2s, networks and the truth: a world with upstreams, or a story.

    Args:
        name: of a world or story; `hw.simulations()` lists them.
        out: folder, absent or empty.
        seed: which of that name; 0 or more.
        sampling: the N of 1:N packet sampling; None: 100, for a story its own.
        form: "parquet" or "csv".
        records: about so many records, by a busier or quieter background; worlds only.
        told: called after each part with how far it is.

    Returns:
        Where the files are. Addresses in them belong to nobody: reserved ranges, so give
        `allow_reserved` when you add the lists and hunt.

    Raises:
        BadSetting: an argument is impossible, or the folder is not empty or cannot be written.
    """
    folder = Path(out)
    done = write_files(
        name, out=folder, seed=seed, sampling=sampling, form=form, records=records, told=told or _silent
    )
    return Simulated(name, seed, folder, done.files, done.records)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    kind: str
    note: str


def simulations() -> Part:
    """What `write_simulation` can write: stories, each with another explanation, and worlds to hunt in."""
    rows = [_Row(name, "story", story.note) for name, story in STORIES.items()]
    rows += [_Row(name, "world", note) for name, note in PRESET_NOTES.items()]
    return Part(title="SYNTHETIC stories and worlds", table=arrow_of(rows, _Row))


def _silent(_: Written) -> None:
    """Says nothing."""
