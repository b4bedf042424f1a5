"""Accepted leads in answers: weighed in hunts, no C2s in cases, walks and changes, and no feed anywhere."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from hand_made_flows import BEGIN, Flow, label_table, lake_of
from headwater.app.hunt import Hunted, hunt, known_of
from headwater.app.investigate import investigate
from headwater.app.listed_c2s import listed_c2s
from headwater.errors import LakeError
from headwater.model.candidate import Candidate, Verdict
from headwater.model.case import Case
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.service import Service
from headwater.model.window import OPEN_US
from headwater.score.recall import capture_recapture

LISTED = [f"5.{n}.0.1" for n in range(6)]
LEADS = ["5.90.0.1", "5.91.0.1"]
WAY = Service("9.9.9.9", 8_443, 6)
HEADER = "address,family,port,role,first_seen,source,grade\n"
HOUR = 3_600.0


def _lake(folder: Path, *, leads: str = "", source: str = PIVOT_SOURCE) -> Path:
    """Six listed C2s and two others at 9.9.9.9:8443, those two alone at 9.8.8.8:443; bots at all their ports.

    `leads` is the grade with which the two are accepted; "" for not at all.
    """
    folder.mkdir(exist_ok=True)
    flows = []
    for n, c2 in enumerate([*LISTED, *LEADS]):
        flows += [Flow(c2, 50_000, "9.9.9.9", 8_443, at=(n + 9 * k) * HOUR) for k in range(8)]
        flows += [Flow(f"7.0.{n}.{bot}", 41_000, c2, 447, at=(n + bot) * HOUR) for bot in range(1, 40)]
    for n, c2 in enumerate(LEADS):
        flows += [Flow(c2, 51_000, "9.8.8.8", 443, at=(n + 9 * k) * HOUR) for k in range(8)]
    flows += [Flow("7.5.0.1", 50_000, "9.9.9.9", 8_443, at=2 * HOUR)]
    rows = [f"{c2},emotet,447,c2,2024-04-25,feed,B2\n" for c2 in LISTED]
    rows += [f"{c2},emotet,447,c2,2024-05-01,{source},{leads}\n" for c2 in LEADS if leads]
    return lake_of(folder, flows, labels=HEADER + "".join(rows))


def _candidate(found: Hunted, address: str) -> Candidate:
    return next(one for one in found.hunt.candidates if one.address == address)


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


def test_a_lead_weighs_what_its_grade_says() -> None:
    """F2 from .95 on; of two labels of one address the better grade; what a list names, 1."""
    two = _of(PIVOT_SOURCE, *LEADS)
    graded = [two.set_column(two.schema.get_field_index("grade"), two.schema.field("grade"), pa.array(both))
              for both in (["F4", "F4"], ["F2", "F5"])]  # fmt: skip
    found = listed_c2s(pa.concat_tables([_of("one", *LISTED[:1]), *graded]))
    assert found.weight.tolist() == [1.0, 0.95, 0.45]


def test_once_a_list_names_a_lead_its_own_dates_count_alone() -> None:
    """The lead's window was that of its contact with a service, and the list knows when it was a C2."""
    day = timedelta(days=1)
    of_feed = label_table(LEADS[:1], window=(BEGIN, BEGIN + 3 * day))
    place = of_feed.schema.get_field_index("source")
    of_lead = label_table(LEADS[:1], window=(BEGIN - 90 * day, BEGIN + 90 * day)).set_column(
        place, of_feed.schema.field(place), pa.array([PIVOT_SOURCE])
    )
    found = listed_c2s(pa.concat_tables([of_lead, of_feed]), slack_before=0 * day, slack_after=0 * day)
    assert found.feeds.any()
    assert found.weight.tolist() == [1.0]
    width = found.window_until_us - found.window_from_us
    assert width.tolist() == [3 * 86_400_000_000]
    assert found.window_from_us.min() > -OPEN_US


@pytest.mark.parametrize(
    ("grade", "weight", "k"), [("F2", 7.9, 7), ("F3", 7.6, 7), ("F4", 6.9, 6), ("F5", 6.0, 6), ("", 6.0, 6)]
)
def test_a_hunt_counts_leads_by_their_grade(tmp_path: Path, grade: str, weight: float, k: int) -> None:
    """Six listed C2s and two leads: two of .95 make one C2, two of .45 none, and none makes a listed one."""
    found = hunt(_lake(tmp_path, leads=grade))
    row = found.ranking.rows[found.hunt.candidates.index(_candidate(found, WAY.address))]
    counted = found.ranking.reckoning.tallies
    assert counted.weight[row] == pytest.approx(weight)
    assert counted.k[row] == k
    assert (int(counted.groups[row]), int(counted.listed[row])) == (8 if grade else 6, 6)


def test_leads_move_the_share_by_less_than_listed_c2s(tmp_path: Path) -> None:
    """Of nine clients six are listed; two more weigh 1.9 as leads of .95, and 2 where a list names them."""
    shares = []
    for name, grade, source in (("a", "", ""), ("b", "F2", PIVOT_SOURCE), ("c", "F2", "feed")):
        one = _candidate(hunt(_lake(tmp_path / name, leads=grade, source=source)), WAY.address)
        shares.append(one.exclusivity.estimate * one.clients)
    assert shares == pytest.approx([6.0, 7.9, 8.0])


def test_leads_alone_make_no_upstream_of_a_service(tmp_path: Path) -> None:
    """At 9.8.8.8 are two leads and nobody else: chance is asked about listed C2s, of which there is none."""
    weighed, named = (
        _candidate(hunt(_lake(tmp_path / source, leads="F2", source=source)), "9.8.8.8")
        for source in (PIVOT_SOURCE, "feed")
    )
    assert (weighed.c2s, weighed.p_value, named.c2s) == (2, 1.0, 2)
    assert named.p_value is not None
    assert named.p_value < 1.0
    assert weighed.verdict is not Verdict.UPSTREAM


def _told(case: Case) -> Case:
    """A case without its warnings, and without which queries ran on which versions of the lake's tables."""
    sentences = tuple(one for one in case.conclusion.sentences if one.rests_on != ("warnings",))
    conclusion = replace(case.conclusion, sentences=sentences)
    return replace(case, warnings=(), conclusion=conclusion, queries=(), tables=(), origins={})


def test_a_case_is_what_it_was_before_leads_were_accepted(tmp_path: Path) -> None:
    """Timelines, ledger, answers, counts: a lead's window is its contact with the service, which would prove
    itself by it.
    """
    without, weighed, named = (
        investigate(_lake(tmp_path / name, leads=grade, source=source), WAY).case
        for name, grade, source in (("a", "", ""), ("b", "F2", PIVOT_SOURCE), ("c", "F2", "feed"))
    )
    assert {one.address for one in without.timelines} == set(LISTED)
    assert {one.address for one in named.timelines} == {*LISTED, *LEADS}
    assert _told(weighed) == _told(without)


@pytest.mark.parametrize("grade", ["", "F2"])
def test_hunts_and_cases_say_what_is_on_no_list(tmp_path: Path, grade: str) -> None:
    """Whoever reads the answer is told how many, and what became of them."""
    lake = _lake(tmp_path, leads=grade)
    hunted, case = (
        [text for text in warnings if "on no list" in text]
        for warnings in (hunt(lake).hunt.warnings, investigate(lake, WAY).case.warnings)
    )
    assert [len(hunted), len(case)] == [bool(grade)] * 2
    assert all(text.startswith("2 of 8 labelled C2s are on no list") for text in hunted)
    assert all(text.startswith("2 clients are on no list") and "without a timeline" in text for text in case)


def test_walks_and_changes_start_from_listed_c2s(tmp_path: Path) -> None:
    """Both take labels without leads, and a lake that knows nothing else has nothing for them."""
    lake = _lake(tmp_path / "both", leads="F2")
    assert known_of(lake).c2s.num_rows == 8
    assert known_of(lake, leads=False).c2s.num_rows == 6
    only = lake_of(tmp_path, [], labels=f"{HEADER}{LEADS[0]},emotet,447,c2,,{PIVOT_SOURCE},F2\n")
    with pytest.raises(LakeError, match="but accepted leads"):
        known_of(only, leads=False)
