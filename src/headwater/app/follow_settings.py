"""Which files of a followed folder count, and when is one taken for finished?"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from headwater.errors import BadSetting

# Names that programs give to files they still write: nfcapd and sfcapd, goflow2 and other Parquet writers,
# rsync (hidden, left out anyhow), browsers and copy tools.
_UNFINISHED_NAME = re.compile(
    r"nfcapd\.current.*|.*\.(?:part|partial|tmp|temp|writing|inprogress|incomplete|filepart|crdownload)|.*~"
)


@dataclass(frozen=True, slots=True)
class FollowSettings:
    """How a folder is followed.

    Attributes:
        only: patterns (shell style) of names that count; none: all.
        skip: patterns of names that do not.
        settle_s: a file counts as finished once size and time of change stood still for so long.
        patience_s: a file whose last line has no end is taken as it is after so long without a change.
        commit_s: finished files are stored once the first of them has waited so long ...
        commit_bytes: ... or they are so large together ...
        commit_files: ... or so many.
        poll_s: the folder is looked through every so many seconds.
        until_idle_s: end once nothing has changed for so long; None: go on until stopped.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    settle_s: float = 10.0
    patience_s: float = 600.0
    commit_s: float = 60.0
    commit_bytes: int = 256 << 20
    commit_files: int = 1_000
    poll_s: float = 2.0
    until_idle_s: float | None = None

    def __post_init__(self) -> None:
        for name in ("settle_s", "patience_s", "commit_s", "poll_s", "until_idle_s"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < float("inf"):
                option = name.removesuffix("_s").replace("_", "-")
                raise BadSetting(f"--{option} {value}: give seconds, 0 or more")

    def counts(self, name: str) -> bool:
        """Whether a file of this name is looked at."""
        if name.startswith(".") or _UNFINISHED_NAME.fullmatch(name):
            return False
        wanted = not self.only or any(fnmatchcase(name, pattern) for pattern in self.only)
        return wanted and not any(fnmatchcase(name, pattern) for pattern in self.skip)
