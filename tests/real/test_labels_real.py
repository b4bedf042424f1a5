"""Feeds and context as others published them. Counts were taken from the files with the commands cited."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from headwater.app.context import add_context
from headwater.app.labels import add_labels, listed_labels
from headwater.intel.labels.feed import Analyst
from headwater.lake.context import networks, warning_lists
from headwater.lake.labels import current_labels
from headwater.model.address import key_of
from headwater.model.label import Role


def keys(*addresses: str) -> tuple[np.ndarray, np.ndarray]:
    """Columns of keys."""
    pairs = np.array([key_of(address) for address in addresses], np.int64)
    return pairs[:, 0], pairs[:, 1]


def test_maltrails_dated_c2s(real_data: Path, tmp_path: Path) -> None:
    """Every row becomes a label or is said to repeat one; families are the file's.

    `cut -d, -f1-3 derived_dated_c2.csv | sort -u | cut -d, -f1 | uniq -c`: emotet 2212, dridex 650,
    trickbot 1538; `wc -l`: 5269 rows and a header.
    """
    report = add_labels([str(real_data / "maltrail" / "derived_dated_c2.csv")], lake=tmp_path).files[0]
    assert (report.families, report.taken + report.merged, report.refused) == (
        {"emotet": 2212, "trickbot": 1538, "dridex": 650}, 5269, {},
    )  # fmt: skip


def test_maltrails_earliest_date_is_the_start(real_data: Path, tmp_path: Path) -> None:
    """Of several references to one server the earliest dates it: the first of each is compared."""
    source = real_data / "maltrail" / "derived_dated_c2.csv"
    earliest: dict[tuple[str, int], str] = {}
    for line in source.read_text().splitlines()[1:]:
        family, address, port, date = line.split(",")[:4]
        if family == "dridex":
            place = (address, int(port))
            earliest[place] = min(date, earliest.get(place, date))
    add_labels([str(source)], lake=tmp_path)
    found = {
        (one.address, one.port): f"{one.feed.start:%Y-%m-%d}"
        for one in listed_labels(tmp_path, families=["dridex"])
    }
    assert found == earliest


def test_vmwares_emotet_epochs(real_data: Path, tmp_path: Path) -> None:
    """328 servers, one with two ports and one in both epochs, give 330 labels.

    `cut -d, -f3 ioc_c2_config.csv | sort | uniq -c`, with line 245 ("443,8080", epoch 5) and line 284
    (epochs "5,4") looked at: epoch 4 has 201 labels, epoch 5 has 129.
    """
    report = add_labels(
        [str(real_data / "emotet-2022" / "ioc_c2_config.csv")],
        lake=tmp_path,
        analyst=Analyst(family="emotet"),
    )
    groups = Counter(one.group for one in listed_labels(tmp_path))
    assert (report.refused, groups) == (0, {"epoch4": 201, "epoch5": 129})


def test_two_snapshots_of_one_feed(real_data: Path, tmp_path: Path) -> None:
    """March's file and the full one are snapshots of one feed: the second adds what is new, 330 count.

    All 135 labels of March are in the full file.
    """
    for name in ("ioc_c2_config_2022-03.csv", "ioc_c2_config.csv"):
        add_labels(
            [str(real_data / "emotet-2022" / name)],
            lake=tmp_path,
            analyst=Analyst(family="emotet", source="vmware"),
        )
    assert current_labels(tmp_path).num_rows == 330


@pytest.mark.parametrize(
    ("family", "addresses", "other"),
    [("emotet", 11, 875), ("icedid", 33, 174)],
)
def test_unit_42_bundles(real_data: Path, tmp_path: Path, family: str, addresses: int, other: int) -> None:
    """Each ipv4-addr indicator is taken; `grep -o "ipv4-addr:value" FILE | wc -l` counts them."""
    report = add_labels([str(real_data / "stix" / f"unit42_{family}_stix20.json")], lake=tmp_path).files[0]
    assert (report.taken + report.merged, report.passed_over, list(report.families)) == (
        addresses, {"indicator without an address": other}, [family],
    )  # fmt: skip


def test_misp_event_without_addresses(real_data: Path, tmp_path: Path) -> None:
    """The event's nine attributes are hashes, links and texts: passed over, not refused."""
    report = add_labels([str(real_data / "misp" / "pymisp_57c4445b.json")], lake=tmp_path).files[0]
    assert (report.format, report.taken, report.refused, sum(report.passed_over.values())) == (
        "misp",
        0,
        {},
        9,
    )


def test_every_warning_list_is_read(real_data: Path, tmp_path: Path) -> None:
    """Each entry of each cidr list is found under its own list, and none is refused."""
    files = sorted((real_data / "warninglists").glob("*.json"))
    report = add_context([str(path) for path in files], lake=tmp_path)
    expected = {path.name: json.loads(path.read_text()) for path in files}
    assert sum(file.entries for file in report) == sum(
        len(one["list"]) for one in expected.values() if one["type"] == "cidr"
    )
    assert [file.refused for file in report if file.refused] == []


def test_warning_lists_know_what_they_list(real_data: Path, tmp_path: Path) -> None:
    """Quad One is a public resolver (public-dns-v4), 104.16.1.1 Cloudflare's, 185.1.2.3 nobody's."""
    names = ("public-dns-v4.json", "cloudflare.json", "public-dns-v6.json")
    add_context([str(real_data / "warninglists" / name) for name in names], lake=tmp_path)
    found, titles = warning_lists(tmp_path).match(
        *keys("1.0.0.1", "104.16.1.1", "2001:148f:fffe::1", "185.1.2.3")
    )
    assert [titles[place] if place >= 0 else "" for place in found] == [
        "List of known IPv4 public DNS resolvers",
        "List of known Cloudflare IP ranges",
        "List of known IPv6 public DNS resolvers",
        "",
    ]


def test_asn_database(real_data: Path, tmp_path: Path) -> None:
    """Every network of the database's JSON source is found with its number and name.

    GeoLite2-ASN-Test.json is the file from which MaxMind builds the database.
    """
    add_context([str(real_data / "mmdb" / "GeoLite2-ASN-Test.mmdb")], lake=tmp_path)
    source = json.loads((real_data / "mmdb" / "GeoLite2-ASN-Test.json").read_text())
    wanted = {
        prefix.partition("/")[0]: (
            record["autonomous_system_number"],
            record.get("autonomous_system_organization", ""),
        )
        for entry in source
        for prefix, record in entry.items()
        if not prefix.startswith("::") or prefix.startswith("::ffff")
    }
    asns, names = networks(tmp_path).lookup(*keys(*wanted))
    assert list(zip(asns.tolist(), names, strict=True)) == list(wanted.values())


def test_isp_database_has_as_numbers_too(real_data: Path, tmp_path: Path) -> None:
    """1.128.0.0/11 is AS1221 in GeoIP2-ISP-Test (maxminddb prints it so)."""
    add_context([str(real_data / "mmdb" / "GeoIP2-ISP-Test.mmdb")], lake=tmp_path)
    asns, names = networks(tmp_path).lookup(*keys("1.128.0.1"))
    assert (asns.tolist(), names) == ([1221], ["Telstra Pty Ltd"])


@pytest.mark.parametrize("name", ["GeoLite2-City-Test.mmdb", "GeoLite2-Country-Test.mmdb"])
def test_database_without_as_numbers_is_named(real_data: Path, tmp_path: Path, name: str) -> None:
    """A city database is no source of networks, and the report says which would be."""
    report = add_context([str(real_data / "mmdb" / name)], lake=tmp_path)[0]
    assert "use an ASN or ISP database" in report.error


def test_context_of_real_c2s(real_data: Path, tmp_path: Path) -> None:
    """The hunt's way: C2s of 2020 as columns, asked against a real list at once; a C2 may sit in a cloud."""
    add_labels([str(real_data / "maltrail" / "derived_dated_c2.csv")], lake=tmp_path)
    add_context([str(real_data / "warninglists" / "ovh-cluster.json")], lake=tmp_path)
    rows = current_labels(tmp_path, roles=[Role.C2])
    found, _ = warning_lists(tmp_path).match(np.asarray(rows["hi"]), np.asarray(rows["lo"]))
    assert len(found) == rows.num_rows == 4400
