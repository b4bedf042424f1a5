"""Leads of a service, from hand-made flows to labels that a hunt uses."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from hand_made_flows import BEGIN, Flow, lake_of
from headwater.app.case_settings import CaseSettings
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.labels import add_labels, listed_labels
from headwater.app.pivot import labels_of, pivot_service
from headwater.cli.output import csv_text
from headwater.errors import BadSetting, LakeError
from headwater.intel.labels.feed import Analyst
from headwater.model.lead import PIVOT_SOURCE, Lead, Leads
from headwater.model.service import Service

HOUR = 3_600.0
UPSTREAM, OTHER = "9.9.9.9", "9.9.8.8"
C2S = [f"5.{n}.0.1" for n in range(6)]
UNLISTED, ORDINARY, PERSON, VICTIM, RESEARCH = "5.9.0.1", "8.0.0.1", "7.2.0.1", "7.0.0.1", "6.6.6.6"
BOTS = [f"7.0.0.{n}" for n in range(1, 25)]
PEOPLE = [f"7.1.0.{n}" for n in range(1, 25)]
HEADER = "address,family,port,role,first_seen,last_seen,source\n"
LABELS = HEADER + "".join(f"{c2},emotet,447,c2,2024-04-25,,feed\n" for c2 in C2S)
OTHERS = f"{RESEARCH},emotet,0,research,,,lists\n{OTHER},emotet,8443,upstream,,,case\n"


def _flows() -> list[Flow]:
    """Six listed C2s, an unlisted one, and four others at one service; bots at each C2's port 447."""
    flows = []
    for n, client in enumerate([*C2S, UNLISTED, ORDINARY, PERSON, VICTIM, RESEARCH]):
        flows += [Flow(client, 50_000 + n, UPSTREAM, 8443, at=(n + 10 * day) * HOUR) for day in range(3)]
    for n, bot in enumerate(BOTS):
        flows += [Flow(bot, 40_000 + n, c2, 447, at=60.0 * n) for c2 in [C2S[n % 6], C2S[(n + 1) % 6]]]
        flows.append(Flow(bot, 41_000 + n, UNLISTED, 447, at=60.0 * n))
    # the unlisted C2's ordinary business is busier than its port of a C2
    flows += [Flow(f"7.3.{n}.1", 42_000, UNLISTED, 80, at=10.0) for n in range(40)]
    for number in range(12):  # ordinary servers, one of them a client of the service
        flows += [Flow(person, 43_000, f"8.0.0.{number + 1}", 443, at=10.0) for person in PEOPLE]
    flows += [Flow(UNLISTED, 44_000, OTHER, 8443, at=5 * HOUR)]
    return flows


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-made lake."""
    return lake_of(tmp_path_factory.mktemp("pivot"), _flows(), labels=LABELS + OTHERS)


@pytest.fixture(scope="module")
def leads(lake: Path) -> Callable[[], Leads]:
    """The leads of the hand-made service, found once."""
    return cache(lambda: _leads(lake))


def _leads(lake: Path) -> Leads:
    return pivot_service(lake, Service.parse(f"{UPSTREAM}:8443/tcp")).leads


def _lead(leads: Leads, address: str) -> Lead:
    return next(one for one in leads.leads if one.address == address)


def test_the_unlisted_c2_comes_first(leads: Callable[[], Leads]) -> None:
    """On its port 447 with 24 bots, although 40 people come to its port 80."""
    first = leads().leads[0]
    assert (first.address, first.port, first.fan_in, first.family) == (UNLISTED, 447, 24, "emotet")
    assert first.posterior > 0.9


def test_a_port_that_listed_c2s_have_is_told(leads: Callable[[], Leads]) -> None:
    """Lists name 447 for all six; an ordinary server's 443 they name for none, so nothing is said of it."""
    found = leads()
    (ours,) = (text for text in _lead(found, UNLISTED).reasons if "come to its port" in text)
    (other,) = (text for text in _lead(found, ORDINARY).reasons if "come to its port" in text)
    assert ours.startswith("24 hosts come to its port 447 (lists name it for 6 of the 6 C2s here), about ")
    assert other.startswith("24 hosts come to its port 443, none of them")


def test_others_are_unlikely(leads: Callable[[], Leads]) -> None:
    """An ordinary server, a person without a service, and a victim."""
    found = leads()
    assert max(_lead(found, address).posterior for address in (ORDINARY, PERSON, VICTIM)) < 0.5


def test_a_victim_is_told_by_its_calls(leads: Callable[[], Leads]) -> None:
    """It calls at two listed C2s, and that counts against it."""
    victim = _lead(leads(), VICTIM)
    assert victim.evidence["checks_in"] < 0
    assert "it calls at the own port of 2 listed C2s, as victims do" in victim.reasons


def test_contact_with_another_confirmed_upstream_counts(leads: Callable[[], Leads]) -> None:
    """The label of role upstream names 9.9.8.8; only the unlisted C2 met it."""
    met = {one.address: one.upstreams for one in leads().leads}
    assert met == {UNLISTED: 1, ORDINARY: 0, PERSON: 0, VICTIM: 0}
    assert _lead(leads(), UNLISTED).evidence["upstreams"] > 0


def test_research_is_set_aside_by_name(leads: Callable[[], Leads]) -> None:
    """Its label says what it is; it is no lead and does not disappear."""
    assert [(one.address, one.reason) for one in leads().aside] == [(RESEARCH, "a label calls it research")]


def test_first_contact_is_told_beside_the_listed_ones(leads: Callable[[], Leads]) -> None:
    """The unlisted C2 came sixth hour, after all six listed ones, which came in hours 0 to 5."""
    lead = _lead(leads(), UNLISTED)
    assert (lead.before, lead.first_seen.hour, lead.sessions) == (0, 6, 3)


def test_words_are_those_of_the_posterior(leads: Callable[[], Leads]) -> None:
    """From .95 on "almost certain" (ICD 203)."""
    lead = leads().leads[0]
    assert (lead.words == "almost certain") == (lead.posterior >= 0.95)


def test_a_service_that_nobody_met_has_no_leads(lake: Path) -> None:
    """No error: the answer says so."""
    found = pivot_service(lake, Service.parse("9.1.1.1:443/tcp")).leads
    assert (found.leads, found.clients) == ((), 0)
    assert found.warnings == ("9.1.1.1:443/tcp was in contact with nobody in these records",)


def test_reserved_addresses_are_set_aside_unless_allowed(tmp_path: Path) -> None:
    """A client in 10.0.0.0/8 is no host on the Internet."""
    flows = [*_flows(), Flow("10.1.1.1", 50_100, UPSTREAM, 8443, at=HOUR)]
    lake = lake_of(tmp_path, flows, labels=LABELS)
    service = Service.parse(f"{UPSTREAM}:8443/tcp")
    strict = pivot_service(lake, service).leads
    loose = pivot_service(lake, service, settings=CaseSettings(allow_reserved=True)).leads
    assert "10.1.1.1" in {one.address for one in strict.aside}
    assert "10.1.1.1" in {one.address for one in loose.leads}


def test_only_what_is_a_lead_can_be_accepted(leads: Callable[[], Leads]) -> None:
    """Neither another host nor one without a family becomes a label."""
    with pytest.raises(BadSetting, match="no lead of"):
        labels_of(leads(), ["1.2.3.4"])
    with pytest.raises(BadSetting, match="no family can be named"):
        labels_of(leads(), [PERSON])


def test_label_tells_what_it_is(leads: Callable[[], Leads]) -> None:
    """Role, family, port, source, a grade whose source cannot be judged, and the window of the contact."""
    (row,) = labels_of(leads(), [UNLISTED, UNLISTED])
    told = (row["address"], row["port"], row["family"], row["role"], row["source"], row["grade"])
    assert told == (UNLISTED, 447, "emotet", "c2", PIVOT_SOURCE, "F2")
    assert row["first_seen"] == BEGIN.replace(hour=6)
    assert "accepted by an analyst" in row["note"]


def test_pivot_stores_nothing(lake: Path, leads: Callable[[], Leads]) -> None:
    """Leads are no labels until somebody says so."""
    leads()
    assert not [label for label in listed_labels(lake) if label.source == PIVOT_SOURCE]


def test_accepted_leads_are_met_in_a_hunt_and_count_for_nothing_in_a_pivot(tmp_path: Path) -> None:
    """A hunt then meets seven C2s instead of six; the next pivot judges the lead as before."""
    lake = lake_of(tmp_path, _flows(), labels=LABELS + OTHERS)
    before, met_before = _leads(lake), _c2s_met(lake)
    accepted = tmp_path / "accepted.csv"
    accepted.write_text(csv_text(labels_of(before, [UNLISTED])))
    assert len(list(csv.DictReader(accepted.open()))) == 1
    report = add_labels([str(accepted)], lake=lake)
    assert (report.added, report.refused) == (1, 0)
    after = _leads(lake)
    assert (met_before, _c2s_met(lake)) == (6, 7)
    assert (after.listed, _lead(after, UNLISTED).accepted) == (6, True)
    assert _lead(after, UNLISTED).posterior == pytest.approx(_lead(before, UNLISTED).posterior)


def _c2s_met(lake: Path) -> int:
    found = hunt(lake, settings=HuntSettings(allow_reserved=True)).hunt.candidates
    return next(one.c2s for one in found if (one.address, one.port) == (UPSTREAM, 8443))


def test_accepted_leads_alone_are_no_list(tmp_path: Path) -> None:
    """A lake that knows nothing but leads has nothing to compare with."""
    lake = lake_of(tmp_path, _flows(), labels=f"{HEADER}{C2S[0]},emotet,447,c2,,,{PIVOT_SOURCE}\n")
    with pytest.raises(LakeError, match="every labelled C2 is an accepted lead"):
        _leads(lake)


def test_the_same_lake_gives_the_same_leads(lake: Path, leads: Callable[[], Leads]) -> None:
    """Ordinary hosts to compare with are drawn, but always the same ones."""
    assert _leads(lake) == leads()


def test_labels_of_analysts_are_found_by_pivot(tmp_path: Path) -> None:
    """A lead that a feed lists, too, is a listed C2."""
    lake = lake_of(tmp_path, _flows(), labels=f"{LABELS}{UNLISTED},emotet,447,c2,2024-04-25,,feed\n")
    extra = tmp_path / "accepted.csv"
    extra.write_text(f"{HEADER}{UNLISTED},emotet,447,c2,2024-05-01,,{PIVOT_SOURCE}\n")
    add_labels([str(extra)], lake=lake, analyst=Analyst())
    found = _leads(lake)
    assert (found.listed, UNLISTED in {one.address for one in found.leads}) == (7, False)
