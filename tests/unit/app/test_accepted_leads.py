"""Leads that an analyst accepted: they count as C2s, are no feed, and answers that rest on them say so."""

from pathlib import Path

import pyarrow as pa
import pytest

from hand_made_flows import Flow, label_table, lake_of
from headwater.app.hunt import hunt
from headwater.app.investigate import investigate
from headwater.app.listed_c2s import listed_c2s
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.service import Service
from headwater.score.recall import capture_recapture

LISTED = [f"5.{n}.0.1" for n in range(6)]
LEADS = ["5.90.0.1", "5.91.0.1"]
HEADER = "address,family,port,role,first_seen,source\n"


def _of(source: str, *addresses: str) -> pa.Table:
    """Labels of one source."""
    table = label_table(list(addresses))
    place = table.schema.get_field_index("source")
    return table.set_column(place, table.schema.field(place), pa.array([source] * len(addresses)))


def test_accepted_leads_are_no_feed() -> None:
    """Lists are compared with each other alone: what a pivot found was on none of them. One that a list names
    later is on that list.
    """
    feeds = [_of("one", *LISTED[:4]), _of("two", *LISTED[2:], LEADS[1])]
    without = listed_c2s(pa.concat_tables(feeds))
    found = listed_c2s(pa.concat_tables([*feeds, _of(PIVOT_SOURCE, *LEADS)]))
    assert found.accepted.tolist() == [False] * 6 + [True, False]
    assert capture_recapture(found.feeds) == capture_recapture(without.feeds)


@pytest.mark.parametrize(
    ("leads", "of_all", "in_contact"),
    [
        ([], None, None),
        (LEADS[:1], "1 of 7 listed C2s is on no list", "1 C2 in contact is on no list"),
        (LEADS, "2 of 8 listed C2s are on no list", "2 C2s in contact are on no list"),
    ],
)
def test_hunts_and_cases_say_what_is_on_no_list(
    tmp_path: Path, leads: list[str], of_all: str | None, in_contact: str | None
) -> None:
    """A service gains C2s that it brought itself, so whoever reads the answer is told how many."""
    flows = [Flow(c2, 50_000, "9.9.9.9", 8_443, at=3_600.0 * n) for n, c2 in enumerate([*LISTED, *LEADS])]
    rows = [f"{c2},emotet,447,c2,2024-04-25,feed\n" for c2 in LISTED]
    rows += [f"{c2},emotet,447,c2,2024-04-25,{PIVOT_SOURCE}\n" for c2 in leads]
    lake = lake_of(tmp_path, flows, labels=HEADER + "".join(rows))
    case = investigate(lake, Service("9.9.9.9", 8_443, 6)).case
    for said, warnings in ((of_all, hunt(lake).hunt.warnings), (in_contact, case.warnings)):
        told = [text for text in warnings if "on no list" in text]
        assert [text.startswith(said or "") for text in told] == [True] * (said is not None)
