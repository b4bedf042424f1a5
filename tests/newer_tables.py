"""Tables as a program of the future may write them, for the tests of what this one says to that."""

import json
from pathlib import Path

FUTURE = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["f"], "writerFeatures": ["f"]}


def newer_protocol(table: Path, **protocol: object) -> None:
    """Makes a Delta table say that it needs another version, or features, of Delta's protocol.

    Args:
        table: the table's folder.
        protocol: fields of the log's action `protocol` (Delta protocol, "Protocol Evolution").
    """
    log = table / "_delta_log" / "00000000000000000000.json"
    actions = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    for action in actions:
        action.get("protocol", {}).update(protocol)
    log.write_text("".join(f"{json.dumps(action)}\n" for action in actions), encoding="utf-8")
