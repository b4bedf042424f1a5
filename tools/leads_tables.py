"""Which tables does docs/reference/evaluation-leads.md hold? Prints them from saved runs.

headwater evaluate --leads --seeds 2000:2003 --save leads.json
python tools/leads_tables.py leads.json ...
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from headwater.simulate.evaluate.leads import Judged, head_start, lead_figures

Rows = list[Judged]


def tables(files: list[str]) -> Iterator[str]:
    """The lines of both tables, worlds and sampling rates in the order of the runs."""
    judged = [one for name in files for one in _judged(json.loads(Path(name).read_text()))]
    by_key: dict[tuple[str, int], Rows] = {}
    for one in judged:
        by_key.setdefault((one.world, one.sampling), []).append(one)
    yield (
        "| world | sampling | seeds | services | clients | visible unlisted C2s | leads | false | precision "
        "| recall | recall from .5 on | C2s among leads from .5 on | calibration error |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    for (world, sampling), mine in by_key.items():
        last = max(one.day for one in mine)
        end = [one for one in mine if one.day == last]
        f = lead_figures(end)
        yield (
            f"| {world} | 1:{sampling:,} | {len({one.seed for one in end})} | {f.services} | {f.clients} | "
            f"{f.visible} | {f.leads} | {f.false} | {_share(f.precision)} | {_share(f.recall)} | "
            f"{_share(f.found_even / f.visible if f.visible else None)} | {f.found_even}/{f.leads_even} | "
            f"{f.calibration_error:.3f} |"
        )
    late = {key: mine for key, mine in by_key.items() if len({one.day for one in mine}) > 1}
    if not late:
        return
    yield ""
    yield (
        "| world | sampling | C2s listed later | leads before that | days before: median | least | most "
        "| leads on no list ever | false | precision |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for (world, sampling), mine in late.items():
        h = head_start(mine)
        days = [_days(each) for each in (h.median_days, h.least_days, h.most_days)]
        yield (
            f"| {world} | 1:{sampling:,} | {h.c2s} | {h.early} | {' | '.join(days)} | "
            f"{h.never_listed} | {h.false} | {_share(h.precision)} |"
        )


def _judged(saved: dict[str, Any]) -> Rows:  # Any: JSON
    return [
        Judged(**(one | {"log_odds": float("-inf") if one["log_odds"] is None else one["log_odds"]}))
        for one in saved["clients"]
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _days(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables(sys.argv[1:])) + "\n")
