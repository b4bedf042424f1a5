"""A pivot in Python: leads as rows, and how one becomes a label."""

from pathlib import Path

import pytest

import headwater as hw
from hand_made_flows import Flow, lake_of

UNLISTED, PERSON = "5.9.0.1", "7.2.0.1"
C2S = [f"5.{n}.0.1" for n in range(4)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> hw.Lake:
    """Four listed C2s and an unlisted one at a service, with the same eight bots, and a person."""
    flows = [
        Flow(client, 50_000, "9.9.9.9", 8443, at=3_600.0 * n)
        for n, client in enumerate([*C2S, UNLISTED, PERSON])
    ]
    for n in range(1, 9):
        flows += [Flow(f"7.0.0.{n}", 41_000, c2, 447, at=60.0 * n) for c2 in [*C2S, UNLISTED]]
    labels = "address,family,port,first_seen\n" + "".join(f"{c2},emotet,447,2024-04-25\n" for c2 in C2S)
    return hw.Lake(lake_of(tmp_path_factory.mktemp("pivot"), flows, labels=labels))


@pytest.fixture(scope="module")
def found(lake: hw.Lake) -> hw.PivotResult:
    """Its pivot."""
    return lake.pivot("9.9.9.9:8443/tcp")


def test_leads_are_rows(found: hw.PivotResult) -> None:
    """The unlisted C2 with its port and bots first, then the person, whom nothing speaks for."""
    rows = found.to_dicts()
    told = [(row["address"], row["port"], row["proto"], row["family"]) for row in rows]
    assert told == [(UNLISTED, 447, "tcp", "emotet"), (PERSON, 0, "", "")]
    assert rows[0]["posterior"] > rows[1]["posterior"]
    assert found.aside().columns == ("address", "reason")


def test_a_lead_becomes_a_label_on_my_word(lake: hw.Lake, found: hw.PivotResult, tmp_path: Path) -> None:
    """Only once the list that was written is added."""
    assert len(lake.labels()) == len(C2S)
    added = lake.add_labels(found.accept(UNLISTED, tmp_path / "accepted.csv"))
    assert (added.entries, added.left_out) == (1, 0)
    label = next(row for row in lake.labels().to_dicts() if row["address"] == UNLISTED)
    assert (label["port"], label["family"], label["source"]) == (447, "emotet", "headwater pivot")


@pytest.mark.parametrize(
    ("addresses", "why"), [("192.0.2.1", "no lead"), (PERSON, "no family"), ((), "at least")]
)
def test_what_cannot_be_accepted_is_refused(
    found: hw.PivotResult, addresses: str | tuple[str, ...], why: str, tmp_path: Path
) -> None:
    """And nothing is written."""
    with pytest.raises(hw.BadSetting, match=why):
        found.accept(addresses, tmp_path / "accepted.csv")
    assert list(tmp_path.iterdir()) == []
