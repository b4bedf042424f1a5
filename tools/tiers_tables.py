"""Which tables does docs/reference/evaluation-tiers.md hold? Prints them from saved runs.

headwater evaluate --tiers --seeds 5000:5020 --save tiers.json
python tools/tiers_tables.py tiers.json ...
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]  # Any: what JSON can say


def tables(documents: list[Json]) -> Iterator[str]:
    """The lines of all tables.

    Args:
        documents: as saved.
    """
    yield (
        "| sampling | begins with | worlds | any found | all found | planted | found | nodes | false | given "
        "| no upstreams | ends |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for one in (row for document in documents for row in document["figures"]):
        ends = ", ".join(f"{reason} {count}" for reason, count in one["stops"].items())
        numbers = (
            "walks", "worlds_with_any", "worlds_with_all", "planted", "found", "nodes", "false", "given",
            "given_false",
        )  # fmt: skip
        cells = [f"1:{one['sampling']:,}", one["begins"], *(str(one[name]) for name in numbers), ends]
        yield f"| {' | '.join(cells)} |"
    walks = [walk for document in documents for walk in document["walks"]]
    yield ""
    yield "| sampling | begins with | missed, and what the walk says of it | times |"
    yield "|---|---|---|---|"
    missed = Counter((w["sampling"], w["begins"], text) for w in walks for text in w["missed"])
    for (sampling, begins, text), count in sorted(missed.items()):
        yield f"| 1:{sampling:,} | {begins} | {text} | {count} |"
    yield ""
    yield "| sampling | begins with | seed | false node | taken for | tier | links | contacts | posterior |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for walk in walks:
        for node in walk["nodes"]:
            if node["truth"] not in {"planted", "upstream", "upstream in another tier"}:
                cells = [
                    f"1:{walk['sampling']:,}", walk["begins"], str(walk["seed"]), node["truth"], node["kind"],
                    str(node["tier"]), str(node["links"]), str(node["contacts"]), f"{node['posterior']:.2f}",
                ]  # fmt: skip
                yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    saved = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]]
    sys.stdout.write("\n".join(tables(saved)) + "\n")
