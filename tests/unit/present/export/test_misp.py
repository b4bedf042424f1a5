"""Tests of headwater.present.export.misp."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pymisp import MISPEvent

from case_samples import dridex_case, empty_case, hostile_case, small_case
from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.model.hypothesis import Hypothesis
from headwater.model.label import Tlp
from headwater.present.export.misp import misp
from headwater.present.export.settings import ExportSettings

SETTINGS = ExportSettings()
FULL = ExportSettings(with_c2s=True, name_others=True)
CASES = {"dridex": dridex_case, "small": small_case, "empty": empty_case, "hostile": hostile_case}


def _event(case: Case, settings: ExportSettings = SETTINGS) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(misp(case, settings=settings).text)["Event"]
    return found  # Any: what JSON can say


def _tags(thing: dict[str, Any]) -> set[str]:
    return {tag["name"] for tag in thing.get("Tag", [])}


def _detected(event: dict[str, Any]) -> list[str]:
    return [one["value"] for group in event["Object"] for one in group["Attribute"] if one["to_ids"]]


def _objects(event: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in event["Object"] if one["name"] == name]


@pytest.mark.parametrize("name", CASES)
def test_pymisp_loads_it_again(name: str) -> None:
    """What PyMISP reads and writes again is what we wrote: nothing was dropped, nothing made up."""
    text = misp(CASES[name](), settings=FULL).text
    event = MISPEvent()
    event.from_json(text)
    again = json.loads(event.to_json())
    assert again == json.loads(text)["Event"]


def test_the_same_bytes_each_time() -> None:
    """Ids and times come from the case."""
    assert misp(dridex_case(), settings=FULL) == misp(dridex_case(), settings=FULL)


def test_objects_of_the_case_of_21_c2s() -> None:
    """The service and 21 C2s, 21 connections, two claims of three (one is RED)."""
    event = _event(dridex_case())
    found = {name: len(_objects(event, name)) for name in ("ip-port", "network-connection", "report")}
    assert found == {"ip-port": 22, "network-connection": 21, "report": 2}


def test_a_connection_carries_its_times() -> None:
    """The interval as first_seen and last_seen; the records as first and last packet."""
    case = dridex_case()
    met, contact = case.timelines[0].contact, case.contacts[0]
    assert met is not None
    one = _objects(_event(case), "network-connection")[0]
    values = {part["object_relation"]: part["value"] for part in one["Attribute"]}
    assert (one["first_seen"], one["last_seen"]) == (met.start.isoformat(), met.end.isoformat())
    assert (values["ip-src"], values["ip-dst"], values["dst-port"]) == ("198.18.0.1", "203.0.113.77", "38400")
    assert values["first-packet-seen"].startswith(f"{contact.first:%Y-%m-%dT%H:%M}")


def test_a_client_role_turns_the_connection_round() -> None:
    """Where the service connects to the C2s, it is the source."""
    case = replace(dridex_case(), role=PeerRole.CLIENT)
    one = _objects(_event(case, replace(SETTINGS, access_node=True)), "network-connection")[0]
    values = {part["object_relation"]: part["value"] for part in one["Attribute"]}
    assert (values["ip-src"], values["ip-dst"]) == ("203.0.113.77", "198.18.0.1")


def test_only_the_service_is_for_detection() -> None:
    """With C2s 22 addresses, without them one; other clients never."""
    case = dridex_case()
    others = {one.address for one in case.contacts if not one.listed}
    assert _detected(_event(case)) == ["203.0.113.77"]
    assert len(_detected(_event(case, FULL))) == 22
    assert set(_detected(_event(case, FULL))) & others == set()


@pytest.mark.parametrize("verdict", ["insufficient", "third-party", "chance", "observer", "sinkhole"])
def test_nothing_is_for_detection_where_the_verdict_supports_nothing(verdict: str) -> None:
    """And the event says why."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict=verdict))
    event = _event(case)
    assert (_detected(event), "no indicator for" in json.dumps(event)) == ([], True)


def test_a_host_that_changed_hands_is_not_for_detection() -> None:
    """MISP hands such attributes to sensors whatever their dates, so the present holder would be hit."""
    case = dridex_case()
    since = Hypothesis("passed-on", "tenant", "all", "made up", 0.25, 0.9, 0.8, 0.95, "very likely")
    assert _detected(_event(replace(case, hypotheses=(*case.hypotheses, since)))) == []


def test_tags_of_the_event() -> None:
    """TLP and PAP, likelihood and confidence apart, families, techniques."""
    assert _tags(_event(dridex_case())) == {
        "tlp:amber",
        "PAP:GREEN",
        'estimative-language:likelihood-probability="very-likely"',
        'estimative-language:confidence-in-analytic-judgment="moderate"',
        'misp-galaxy:malpedia="Emotet"',
        'misp-galaxy:malpedia="Dridex"',
        'misp-galaxy:mitre-attack-pattern="External Proxy - T1090.002"',
        'misp-galaxy:mitre-attack-pattern="Non-Standard Port - T1571"',
        'misp-galaxy:mitre-attack-pattern="Acquire Infrastructure - T1583"',
    }


def test_a_grade_becomes_its_two_tags() -> None:
    """The claim is graded B2."""
    claim = _objects(_event(dridex_case()), "report")[0]
    tags = _tags(claim["Attribute"][0])
    assert {
        'admiralty-scale:source-reliability="b"',
        'admiralty-scale:information-credibility="2"',
        "tlp:clear",
    } <= tags


def test_what_is_above_the_tlp_stays_out_and_is_counted() -> None:
    """Under CLEAR, all 21 C2s (AMBER) go; the event says how many."""
    text = misp(dridex_case(), settings=replace(SETTINGS, tlp=Tlp.CLEAR)).text
    assert ("198.18." in text, "SECRETACTOR" in text, "21 listed C2s, 2 claims" in text) == (
        False,
        False,
        True,
    )


def test_others_are_counted_by_network() -> None:
    """No address of theirs without --name-others, a connection for each with it."""
    case = dridex_case()
    others = [one.address for one in case.contacts if not one.listed]
    text = misp(case, settings=SETTINGS).text
    assert [one for one in others if f'"{one}"' in text] == []
    assert "2 in Some Access Provider" in text
    assert len(_objects(_event(case, FULL), "network-connection")) == 24
