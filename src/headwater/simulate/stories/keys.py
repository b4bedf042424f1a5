"""By what is a host recognised? Made-up SSH and TLS keys, and the scans that see them."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np

from headwater.simulate.stories.planted import KeySeen
from headwater.simulate.stories.stage import Stage

_CHANGES = 0.15  # of ordinary servers, share whose key changes once within the scans


def fingerprint(*parts: str | int) -> str:
    """A made-up fingerprint in OpenSSH's way of writing: it belongs to no key anywhere."""
    digest = sha256("/".join(("synthetic", *map(str, parts))).encode()).digest()
    return "SHA256:" + b64encode(digest).decode().rstrip("=")


def monthly_scans(start: datetime, *, first: datetime, until: datetime, hour: float) -> list[float]:
    """Days from `start` of scans on one day of every month, from `first` until `until`."""
    found, at = [], first
    while at < until:
        found.append((at + timedelta(hours=hour) - start) / timedelta(days=1))
        year, month = divmod(at.year * 12 + at.month, 12)
        at = datetime(year, month + 1, at.day, tzinfo=UTC)
    return found


def of_bystanders(stage: Stage, scans: list[float], *, hosts: int, kind: str = "ssh", port: int = 22) -> None:
    """Observations of ordinary servers and of the story's C2s by the same scans; a few keys change."""
    pool = stage.some(stage.population.servers, hosts).tolist() + [c2.host for c2 in stage.planted]
    for host in dict.fromkeys(int(each) for each in pool):
        change = stage.rng.uniform(scans[0], scans[-1]) if stage.rng.random() < _CHANGES else np.inf
        minutes = float(stage.rng.uniform(0, 90))
        for day in scans:
            if stage.rng.random() < 0.9:  # some scans miss a host
                name = fingerprint(stage.population.seed, host, kind, int(day >= change))
                stage.keys.append(KeySeen(host, port, kind, name, day + minutes / 1_440))
