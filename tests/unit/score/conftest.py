"""Hand-made statistics: a few rows in words, everything else neutral."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from headwater.score.statistics import C2s, Candidates, Contacts, Exposure, Statistics

DAY_US = 86_400_000_000
Row = dict[str, Any]  # Any: cells are integers, floats, booleans
Build = Callable[..., Statistics]

_C2 = {
    "hi": 0, "lo": 0, "family": 0, "group": 0, "network": 0, "cluster": -1, "start_us": 0,
    "end_us": 28 * DAY_US, "edges": 10, "port": 443,
}  # fmt: skip
_CANDIDATE = {
    "hi": 0, "lo": 0, "role": 0, "port": 38400, "proto": 6, "hosts": 10, "hosts_estimated": False,
    "fan_out": 0, "flows": 0, "sessions": 0, "first_us": 0, "last_us": 20 * DAY_US, "warning": -1,
}  # fmt: skip
_CONTACT = {
    "candidate": 0, "c2": 0, "flows": 20, "sessions": 8, "packets_out": 200, "packets_in": 200,
    "bytes_out": 40_000, "bytes_in": 40_000, "first_us": DAY_US, "last_us": 15 * DAY_US, "hours": 16,
    "days": 8, "opened_by_c2": 1.0, "on_c2_port": False,
}  # fmt: skip
_FLOAT = {"opened_by_c2"}
_BOOL = {"on_c2_port", "hosts_estimated"}
_INT32 = {"family", "group", "network", "cluster", "port", "role", "proto", "warning", "candidate", "c2"}


def _columns(rows: Sequence[Row], neutral: Row) -> Row:
    kinds: dict[str, type] = dict.fromkeys(_FLOAT, np.float64)
    kinds |= dict.fromkeys(_BOOL, np.bool_) | dict.fromkeys(_INT32, np.int32)
    return {
        name: np.array([row.get(name, value) for row in rows], dtype=kinds.get(name, np.int64))
        for name, value in neutral.items()
    }


@pytest.fixture
def build() -> Build:
    """A function that makes Statistics: lists of rows, each row the cells that are not neutral.

    reach: (candidate, network, slot, hosts) rows; edges: M_gw as nested lists (network by slot of a day).
    Optional columns go into `c2_extra` and `candidate_extra`.
    """

    def make(
        *,
        c2s: Sequence[Row],
        candidates: Sequence[Row],
        contacts: Sequence[Row],
        reach: Sequence[tuple[int, int, int, float]] = (),
        edges: Sequence[Sequence[float]] = ((10_000.0,) * 28,),
        families: Sequence[str] = ("dridex",),
        groups: Sequence[str] = ("dridex",),
        warnings: Sequence[str] = (),
        keys_observed: int = 100_000,
        c2_extra: Row | None = None,
        candidate_extra: Row | None = None,
    ) -> Statistics:
        c2 = _columns(c2s, _C2)
        own = np.arange(len(c2s), dtype=np.int32)
        c2["cluster"] = np.where(c2["cluster"] < 0, own + 1000, c2["cluster"]).astype(np.int32)
        c2["lo"] = np.where(c2["lo"] == 0, own + 1, c2["lo"])
        candidate = _columns(candidates, _CANDIDATE)
        peers = np.arange(len(candidates)) + 100_001
        candidate["lo"] = np.where(candidate["lo"] == 0, peers, candidate["lo"])
        totals = np.array(edges, dtype=np.float64)
        met = np.array(reach, dtype=np.float64).reshape(-1, 4)
        return Statistics(
            c2s=C2s(**c2, families=tuple(families), groups=tuple(groups), **(c2_extra or {})),
            candidates=Candidates(**candidate, warnings=tuple(warnings), **(candidate_extra or {})),
            contacts=Contacts(**_columns(contacts, _CONTACT)),
            exposure=Exposure(
                networks=tuple(f"AS{64500 + g}" for g in range(len(totals))),
                slot_start_us=np.arange(totals.shape[1], dtype=np.int64) * DAY_US,
                slot_us=DAY_US,
                edges=totals,
                hosts=np.full(len(totals), 1000, dtype=np.int64),
                reach_candidate=met[:, 0].astype(np.int32),
                reach_network=met[:, 1].astype(np.int32),
                reach_slot=met[:, 2].astype(np.int32),
                reach_hosts=met[:, 3],
                keys_observed=keys_observed,
            ),
        )

    return make
