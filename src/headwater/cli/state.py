"""What every verb knows: which lake."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """Settings that stand before the verb.

    Attributes:
        lake: the lake's folder, which need not exist yet.
    """

    lake: Path


def chosen_lake(option: Path | None) -> Path:
    """The lake's folder: the option, else $HEADWATER_LAKE, else ./headwater.lake."""
    if option is not None:
        return option
    return Path(os.environ.get("HEADWATER_LAKE") or "headwater.lake")
