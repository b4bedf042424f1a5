"""How do lists of C2s and networks become files? As `labels add` and `context add` read them."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from headwater.model.label import Label
from headwater.simulate.networks import Network

_LABEL_COLUMNS = [
    "address", "port", "family", "group", "role", "first_seen", "last_seen", "source", "grade", "tlp", "note",
]  # fmt: skip


def write_labels(labels: Iterable[Label], path: Path) -> None:
    """Writes the labels of one feed."""
    write_rows(
        path,
        _LABEL_COLUMNS,
        (
            [
                each.address, each.port or "", each.family, each.group, each.role.value,
                time_text(each.feed.start), time_text(each.feed.end), each.source, each.grade,
                each.tlp.value, each.note,
            ]
            for each in labels
        ),
    )  # fmt: skip


def write_networks(networks: Iterable[Network], path: Path) -> None:
    """Writes who owns which addresses."""
    write_rows(
        path,
        ["prefix", "asn", "name"],
        (
            [prefix, each.asn, each.name]
            for each in networks
            for prefix in (each.prefix, each.prefix_v6, *each.more)
        ),
    )


def write_rows(path: Path, header: list[str], rows: Iterable[list[object]]) -> None:
    """Writes a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def time_text(moment: datetime | None) -> str:
    """A moment as ISO 8601, or "" for none."""
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
