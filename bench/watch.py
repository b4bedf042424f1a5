"""How well does a watch tell? Replays labelled worlds day by day and prints what was told and what was not.

python bench/watch.py 1:3                         tuning seeds
python bench/watch.py 5000:5003 --sampling 1000 --world quiet --save FILE

A replay of 30 days is 30 hunts, each about 3 core seconds however little lies in the lake: most of that goes
into writing queries. What a hunt sees does not depend on what is told, so each replay is saved with what its
hunts thought of every service that they took seriously, and bench/watch_gates.py tries other gates on that.
"""

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path

from headwater.app.evaluate_watch import WORLDS, Replay, WatchPlan, evaluate_watch
from headwater.simulate.evaluate.metrics import UPSTREAM


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", metavar="A:B")
    parser.add_argument("--sampling", type=int, action="append")
    parser.add_argument("--world", action="append")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--every", type=int, default=1, help="days from one cycle to the next")
    parser.add_argument(
        "--panels", type=int, help="panels of resellers in each world, instead of its own number"
    )
    parser.add_argument("--no-changes", dest="changes", action="store_false", help="of known upstreams")
    parser.add_argument("--save", type=Path, help="append each replay as a line of JSON")
    chosen = parser.parse_args()
    first, last = map(int, chosen.seeds.split(":"))
    worlds, samplings = tuple(chosen.world or WORLDS), tuple(chosen.sampling or [1_000])
    plan = WatchPlan(
        tuple(range(first, last)), worlds, samplings, chosen.days, chosen.every, chosen.panels, chosen.changes
    )
    for found in evaluate_watch(plan, told=lambda text: print(f"... {text}", flush=True)):
        _tell(found)
        if chosen.save:
            with chosen.save.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(found)) + "\n")


def _tell(found: Replay) -> None:
    true = [one for one in found.services if one.kind == UPSTREAM]
    visible, told, noticed = (
        sum(getattr(one, name) is not None for one in true) for name in ("visible", "told", "noticed")
    )
    at_once = sum(
        one.visible is not None and min(_day(one.told), _day(one.noticed)) <= one.visible for one in true
    )
    print(
        f"{found.world} {found.seed} 1:{found.sampling}: {found.flows:,} flows; upstreams {len(true)}, "
        f"visible {visible}, told {told}, noticed before {noticed}, told or noticed at once {at_once}; "
        f"false {len(found.false)}, false notices {len(found.false_notices)}; repeated {found.repeated}; "
        f"most a day {found.most}; {found.events}"
    )
    for one in found.services:
        days = (
            f"visible {one.visible}, noticed {one.noticed}, dropped {one.dropped}, told {one.told}, "
            f"posterior {one.posterior}"
        )
        print(f"    {one.address} {one.kind}: {days}", flush=True)


def _day(day: int | None) -> float:
    return math.inf if day is None else day


if __name__ == "__main__":
    main()
