"""Which tables does docs/reference/evaluation-tiers.md hold? Prints them from saved runs.

headwater evaluate --tiers --seeds 5020:5040 --save tiers.json
python tools/tiers_tables.py tiers.json ...
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from headwater.simulate.evaluate.tiers import JudgedNode, JudgedWalk, tier_figures

Key = tuple[str, int, str]  # world, sampling, beginning


def tables(files: list[str]) -> Iterator[str]:
    """The lines of all tables; several files of one world and sampling rate are put together.

    Args:
        files: as saved.
    """
    by_key: dict[Key, list[JudgedWalk]] = {}
    for walk in (walk for name in files for walk in _walks(Path(name))):
        by_key.setdefault((walk.world, walk.sampling, walk.begins), []).append(walk)
    yield (
        "| world | sampling | begins with | worlds | any found | all found | planted | found | nodes | false "
        "| sideways | false | given | no upstreams | ends |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    order = {"two-tiers": 0, "by-vpn": 1}
    for key in sorted(by_key, key=lambda each: (order.get(each[0], 2), each[1], each[2] != "truth")):
        f = tier_figures(by_key[key])
        beside = [node for walk in by_key[key] for node in walk.nodes if node.tier == 1]
        sideways = (len(beside), sum(node.false for node in beside))
        ends = ", ".join(f"{reason} {count}" for reason, count in f.stops.items())
        found = (f.worlds_with_any, f.worlds_with_all, f.planted, f.found) if f.planted else ("-",) * 4
        cells = (f.walks, *found, f.nodes, f.false, *sideways, f.given, f.given_false)
        yield f"| {f.world} | 1:{f.sampling:,} | {f.begins} | {' | '.join(map(str, cells))} | {ends} |"
    yield from (
        "",
        "| world | sampling | begins with | missed: what the walk says of it | times |",
        "|---|---|---|---|---|",
    )
    missed = Counter((*key, text) for key in by_key for walk in by_key[key] for text in walk.missed)
    for (world, sampling, begins, text), count in sorted(missed.items()):
        yield f"| {world} | 1:{sampling:,} | {begins} | {text} | {count} |"
    yield ""
    yield "| world | sampling | begins with | seed | false node | taken for | tier | links | of | posterior |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for walk in (walk for key in sorted(by_key) for walk in by_key[key]):
        for node in (node for node in walk.nodes if node.false):
            cells = (
                walk.world, f"1:{walk.sampling:,}", walk.begins, walk.seed, node.truth, node.kind, node.tier,
                node.links, node.contacts, "-" if node.posterior is None else f"{node.posterior:.2f}",
            )  # fmt: skip
            yield f"| {' | '.join(map(str, cells))} |"


def _walks(file: Path) -> Iterator[JudgedWalk]:
    for walk in json.loads(file.read_text(encoding="utf-8"))["walks"]:
        nodes = tuple(JudgedNode(**node) for node in walk["nodes"])
        rest = {name: value for name, value in walk.items() if name not in {"nodes", "missed", "found"}}
        yield JudgedWalk(**rest, nodes=nodes, missed=tuple(walk["missed"]))


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables(sys.argv[1:])) + "\n")
