"""How much memory may this process take? A setting, or half of what the machine allows.

The setting bounds the process. An engine is told half of it: DuckDB counts its buffers only, and what it and
Python hold beside them was less than as much again in hunts of 2 M to a billion flows. What else runs here
(readers, the lake's writers, merging) holds less than the least setting, whatever the size of its input.
"""

import os
import re
from pathlib import Path, PurePosixPath

from headwater.errors import BadSetting

VARIABLE = "HEADWATER_MEMORY"
LEAST = 1024**3  # the largest ingest that was measured, a billion flows, took 850 MB
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def memory_setting(text: str | None = None) -> int:
    """Bytes that this process may take.

    Args:
        text: the setting, such as 4GB or 512MiB; else $HEADWATER_MEMORY; else half of the machine's.

    Raises:
        BadSetting: it is no size, or less than anything can run in.
    """
    written = text or os.environ.get(VARIABLE)
    if not written:
        return max(machine_memory() // 2, LEAST)
    name = "--memory " if text else f"${VARIABLE}="
    found = _SIZE.fullmatch(written)
    if found is None:
        raise BadSetting(f"{name}{written}: is no size; write 4GB, say")
    number, power, binary = found.groups()
    size = int(float(number) * (1024 if binary else 1000) ** _POWERS[power.lower()])
    if size < LEAST:
        raise BadSetting(f"{name}{written}: too little to work in; give it {LEAST // 1024**3} GiB or more")
    return size


def engine_share(setting: int) -> int:
    """Bytes that an engine's buffers may take out of a setting."""
    return setting // 2


def machine_memory(*, cgroups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int:
    """Bytes that this process could take: the machine's memory, or less where a control group says so.

    Source: Linux, "Control Group v2", memory.max, which holds for a group and all groups above it; and cgroup
    v1, memory.limit_in_bytes.
    """
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            limits += _limits(cgroups, path, "memory.max") + _limits(cgroups / "unified", path, "memory.max")
        elif "memory" in controllers.split(","):
            limits += _limits(cgroups / "memory", path, "memory.limit_in_bytes")
    return min(limits)


def _limits(root: Path, path: str, name: str) -> list[int]:
    """The limits of a group and of those above it; inside a container only its own root may be seen."""
    found = []
    group = PurePosixPath(path.lstrip("/"))
    for place in (group, *group.parents):
        try:
            written = (root / place / name).read_text(encoding="utf-8").strip()
        except OSError:
            continue
        if written.isdigit():  # "max" means none
            found.append(int(written))
    return found
