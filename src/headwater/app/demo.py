"""What does headwater do? The published case on synthetic records, from nothing to the conclusion."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.app.case_files import write_case
from headwater.app.evaluate_stories import store_story
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.investigate import investigate
from headwater.app.report import write_report
from headwater.app.simulate import simulate
from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.model.hunt import Hunt
from headwater.model.service import Service
from headwater.present.report.frame import ReportSettings

STORY = "dridex-emotet"
SEED = 1
_MARK = "SYNTHETIC.txt"  # a folder with it was made by a demo, so a demo may replace what is in it
_SYNTHETIC = "SYNTHETIC: the records are simulated, and nothing here was observed anywhere"
_MADE = ("story", "lake", "case", "report", "live")


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo made and found.

    Attributes:
        folder: where everything is.
        hunt: the ranked list; nobody had told it what to find.
        case: about the best candidate of that list.
        case_file: where that case lies.
        report: its report, for a browser.
    """

    folder: Path
    hunt: Hunt
    case: Case
    case_file: Path
    report: Path


def demo(
    folder: Path, *, story: str = STORY, seed: int = SEED, say: Callable[[str], None] = lambda _: None
) -> Demo:
    """Simulates the story, ingests it, hunts, and investigates what the hunt found first.

    Args:
        folder: absent, empty, or made by an earlier demo, whose files are then replaced.
        story: which one.
        seed: which one of its kind.
        say: told each step as it begins.

    Returns:
        The ranked list, the case and its report.

    Raises:
        BadSetting: the folder holds something that no demo made, or cannot be written; or the hunt found
            nothing to investigate.
    """
    clear(folder)
    files, lake = folder / "story", folder / "lake"
    say(f"simulating the SYNTHETIC story {story} in {files}")
    simulate(story, out=files, seed=seed)
    say(f"ingesting its flows into {lake}, with lists of C2s, networks, host keys and open-source claims")
    store_story(files, lake)
    say("hunting: which services do the listed C2s have in common?")
    # the story's background lives in reserved ranges, and is to have the same chance as the service
    found = hunt(lake, settings=HuntSettings(allow_reserved=True), say=say).hunt
    if not found.candidates:
        raise BadSetting(f"the hunt in {lake} found no candidate; choose another story or seed")
    best = found.candidates[0]
    service = Service(best.address, best.port, best.proto if best.port else 0)
    say(f"investigating {service}, the best candidate")
    case = investigate(lake, service, say=say).case
    if not case.synthetic:  # the lake says so itself, file by file
        case = replace(case, warnings=(_SYNTHETIC, *case.warnings))
    case_file = write_case(case, folder / "case")
    written = write_report(case, folder / "report", settings=ReportSettings(), say=say)
    return Demo(folder, found, case, case_file, written.html)


def clear(folder: Path) -> None:
    """Makes the folder of a demo, and takes away what an earlier one left there.

    Raises:
        BadSetting: it holds something that no demo made, or cannot be written.
    """
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
