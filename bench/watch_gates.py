"""Which gate tells upstreams how soon, and how often is it wrong? On saved replays, without new hunts.

python bench/watch.py 31:35 --world reference --save FILE
python bench/watch_gates.py FILE ...

"Seen": upstreams that a hunt took for one on some day. Days of delay are counted from there, so a gate that
tells all that a hunt takes for an upstream has none.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater.app.watch.gate import passes
from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Seen
from headwater.model.event import Measured
from headwater.simulate.evaluate.metrics import UPSTREAM

Saved = dict[str, Any]  # a line of JSON
Gate = Callable[[list[Saved], int], bool]  # notes of an address up to now, days between hunts
NEVER = 1.01  # no posterior reaches it


def now(*, c2s: int = 1, sure: float = 0.0, chance: float = 0.0) -> Gate:
    """What passes by what this hunt says, as the watch does it."""
    alerts = Alerts(c2s=c2s, sure=sure, chance=chance)
    return lambda notes, _: passes(_seen(notes[-1]), alerts)


def twice(*, least: float, sure: float) -> Gate:
    """What passes from one posterior on at once, and from a lower one where the hunt before said so, too."""

    def gate(notes: list[Saved], every: int) -> bool:
        *before, note = notes
        held = any(
            one["day"] == note["day"] - every and one["port"] == note["port"] and one["posterior"] >= least
            for one in before
        )
        return bool(note["posterior"] >= (least if held else sure))

    return gate


GATES = {
    "all that a hunt takes for an upstream": now(),
    "posterior .85": now(sure=0.85),
    "posterior .90": now(sure=0.9),
    "posterior .95": now(sure=0.95),
    "posterior .95, or .80 twice": twice(least=0.8, sure=0.95),
    "posterior .95, or .90 twice": twice(least=0.9, sure=0.95),
    "3 listed C2s, q .01": now(c2s=3, sure=NEVER, chance=0.01),
    "3 C2s": now(c2s=3),
    "3 C2s, posterior .90": now(c2s=3, sure=0.9),
    "3 C2s, posterior .90 or 3 listed, q .01": now(c2s=3, sure=0.9, chance=0.01),
    "3 C2s, posterior .95 or 3 listed, q .01": now(c2s=3, sure=0.95, chance=0.01),
    "4 C2s": now(c2s=4),
    "4 C2s, posterior .90 or 4 listed, q .01": now(c2s=4, sure=0.9, chance=0.01),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One address that a hunt took for an upstream on some day, under one gate.

    Attributes:
        replay: where.
        kind: what it is.
        seen, told: days of the first such hunt and of the first that passes; None: never.
        at: the note that passed.
    """

    replay: str
    kind: str
    seen: int
    told: int | None
    at: Saved | None


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--wrong", action="store_true", help="name what was told wrongly")
    chosen = parser.parse_args()
    replays = [json.loads(line) for file in chosen.files for line in file.read_text().splitlines()]
    quiet = sum(one["world"] == "quiet" for one in replays)
    print(f"{len(replays)} replays, {quiet} of them quiet")
    print(
        "gate | seen | told | same cycle | next | mean delay, days | longest | wrong, quiet | wrong, others"
    )
    for name, gate in GATES.items():
        _tell(name, [one for replay in replays for one in outcomes(replay, gate)], named=chosen.wrong)


def outcomes(replay: Saved, gate: Gate) -> Iterator[Outcome]:
    """What the gate does in one replay, address by address."""
    by_address: dict[str, list[Saved]] = {}
    for note in replay["notes"]:
        if note["verdict"] == "upstream":
            by_address.setdefault(note["address"], []).append(note)
    for notes in by_address.values():
        every = replay["every"]
        at = next((note for place, note in enumerate(notes, 1) if gate(notes[:place], every)), None)
        yield Outcome(
            f"{replay['world']} {replay['seed']}", notes[0]["kind"], notes[0]["day"],
            None if at is None else at["day"], at,
        )  # fmt: skip


def _seen(note: Saved) -> Seen:
    numbers = Measured(
        verdict=note["verdict"], posterior=note["posterior"], p_value=note["p_value"], q_value=note["q_value"]
    )
    return Seen(
        note["address"], note["port"], note["proto"], note["role"], numbers, (), {},
        independent=note["reckoning"]["k"], c2_like=note["reckoning"]["strong"],
    )  # fmt: skip


def _tell(name: str, every: list[Outcome], *, named: bool) -> None:
    true = [one for one in every if one.kind == UPSTREAM]
    delays = [one.told - one.seen for one in true if one.told is not None]
    wrong = [one for one in every if one.kind != UPSTREAM and one.told is not None]
    quiet = sum(one.replay.startswith("quiet") for one in wrong)
    mean = sum(delays) / len(delays) if delays else 0.0
    print(
        f"{name} | {len(true)} | {len(delays)} | {delays.count(0)} | {delays.count(1)} | {mean:.1f} | "
        f"{max(delays, default=0)} | {quiet} | {len(wrong) - quiet}"
    )
    for one in wrong if named else ():
        at = one.at or {}
        print(
            f"    {one.replay}: {one.kind}, day {one.told}, posterior {at['posterior']:.2f}, "
            f"{at['reckoning']['k']} C2s of {at['reckoning']['d']} clients, q {at['q_value']:.1g}"
        )


if __name__ == "__main__":
    main()
