"""Tests of headwater.present.export.stix."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import stix2
from stix2validator import ValidationOptions, validate_instance

from case_samples import dridex_case, empty_case, hostile_case, large_case, small_case
from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.model.label import Tlp
from headwater.present.export.settings import ExportSettings
from headwater.present.export.stix import stix

SETTINGS = ExportSettings()
FULL = ExportSettings(with_c2s=True, name_others=True, reference="https://reports.example/case")
CASES = {"dridex": dridex_case, "small": small_case, "empty": empty_case, "hostile": hostile_case}


def _objects(
    case: Case, settings: ExportSettings = SETTINGS, *, opencti: bool = False
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(stix(case, settings=settings, opencti=opencti).text)["objects"]
    return found  # Any: what JSON can say


def _of(objects: list[dict[str, Any]], kind: str, **wanted: object) -> list[dict[str, Any]]:
    return [
        one
        for one in objects
        if one["type"] == kind and all(one.get(name) == value for name, value in wanted.items())
    ]


@pytest.mark.parametrize("opencti", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_the_bundle_is_valid(name: str, *, opencti: bool) -> None:
    """OASIS's validator finds no error, whatever the case holds."""
    bundle = json.loads(stix(CASES[name](), settings=FULL, opencti=opencti).text)
    result = validate_instance(bundle, ValidationOptions(version="2.1"))
    assert (result.is_valid, [str(error) for error in result.errors]) == (True, [])


@pytest.mark.parametrize("opencti", [False, True])
def test_the_library_reads_it_again(*, opencti: bool) -> None:
    """The stix2 library takes the bundle without custom content, and every reference leads somewhere."""
    text = stix(dridex_case(), settings=FULL, opencti=opencti).text
    bundle = stix2.parse(text, allow_custom=False)
    ids = {one.id for one in bundle.objects}
    refs = {
        ref
        for one in json.loads(text)["objects"]
        for name, value in one.items()
        if name.endswith(("_ref", "_refs"))
        for ref in (value if isinstance(value, list) else [value])
    }
    assert refs - ids == set()


def test_the_same_bytes_each_time() -> None:
    """Nothing comes from the clock or from chance."""
    assert stix(dridex_case(), settings=FULL) == stix(dridex_case(), settings=FULL)


def test_what_the_case_of_21_c2s_becomes() -> None:
    """Service, host and 21 C2s as infrastructure; a contact, a record of it and what carried it for each C2.

    By hand: two families; three techniques (T1090.002, T1571, T1583); hypotheses 10, each with an opinion,
    and opinions on two claims less the one that is RED.
    """
    counts = Counter(one["type"] for one in _objects(dridex_case()))
    kinds = (
        "infrastructure", "malware", "observed-data", "network-traffic", "indicator", "attack-pattern",
        "report", "identity", "opinion",
    )  # fmt: skip
    assert {kind: counts[kind] for kind in kinds} == {
        "infrastructure": 23,
        "malware": 2,
        "observed-data": 21,
        "network-traffic": 21,
        "indicator": 1,
        "attack-pattern": 3,
        "report": 1,
        "identity": 1,
        "opinion": 11,
    }


def test_contact_carries_its_times() -> None:
    """start_time and stop_time are the interval's, and the bounds stand in the description."""
    case = dridex_case()
    met = case.timelines[0].contact
    assert met is not None
    found = _of(_objects(case), "relationship", relationship_type="communicates-with")[0]
    assert (found["start_time"], found["stop_time"]) == (
        met.start.isoformat().replace("+00:00", "Z"),
        met.end.isoformat().replace("+00:00", "Z"),
    )
    assert f"{met.start_low:%Y-%m-%d %H:%M} to {met.start_high:%Y-%m-%d %H:%M}" in found["description"]


def test_a_client_role_turns_contact_round() -> None:
    """Where the service connects to the C2s, contact goes from it to them, and its own port is unknown."""
    case = replace(dridex_case(), role=PeerRole.CLIENT)
    objects = _objects(case, replace(SETTINGS, access_node=True))
    service = next(one["id"] for one in objects if one.get("name") == f"upstream {case.service}")
    contacts = _of(objects, "relationship", relationship_type="communicates-with")
    assert {one["source_ref"] for one in contacts} == {service}
    assert _of(objects, "indicator")[0]["pattern"] == f"[ipv4-addr:value = '{case.service.address}']"


def test_the_indicator_ends() -> None:
    """Pattern of address and port, valid from the tie to 30 days behind the last contact."""
    case = dridex_case()
    one = _of(_objects(case), "indicator")[0]
    assert one["pattern"] == (
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.77' "
        "AND network-traffic:dst_port = 38400]"
    )
    assert (one["valid_from"][:10], one["valid_until"][:10]) == ("2020-01-01", "2020-09-11")


def test_no_indicator_for_a_sinkhole_and_the_report_says_so() -> None:
    """The infrastructure stays, of unknown kind."""
    case = dridex_case()
    case = replace(case, conclusion=replace(case.conclusion, verdict="sinkhole"))
    objects = _objects(case)
    said = _of(objects, "report")[0]["description"]
    kinds = [one["infrastructure_types"] for one in objects if one.get("name") == f"service {case.service}"]
    assert (_of(objects, "indicator"), "No indicator for" in said, kinds) == ([], True, [["unknown"]])


def test_control_is_said_only_of_groups_that_carry_it() -> None:
    """Control is likely for all and for Dridex (.91), not for Emotet epoch 2 (.52, insufficient).

    Seven Dridex C2s and four of epoch 3, which was not asked for by itself, get the relationship.
    """
    found = _of(_objects(dridex_case()), "relationship", relationship_type="controls")
    said = [one for one in found if one["target_ref"].startswith("infrastructure--")]
    assert len(said) == 11


def test_likelihood_and_confidence_are_two_notes() -> None:
    """The conclusion's note has no confidence, the basis's has the moderate one of STIX (50)."""
    notes = {one["abstract"]: one for one in _of(_objects(dridex_case()), "note")}
    likely, basis = notes["Conclusion: how likely"], notes["Basis: how sure of the evidence"]
    assert (likely.get("confidence"), basis.get("confidence")) == (None, 50)
    assert "onfidence" not in likely["content"]


def test_opinions_follow_the_words_of_icd_203() -> None:
    """.83 agrees, .034 strongly disagrees beside .136 that disagrees, and "insufficient" is neutral."""
    objects = _objects(dridex_case())
    notes = {one["id"]: one["abstract"] for one in _of(objects, "note")}
    found = {notes[one["object_refs"][0]]: one["opinion"] for one in _of(objects, "opinion")}
    assert found["Hypothesis control (tie, all)"] == "agree"
    assert found["Hypothesis handoff (tie, all)"] == "disagree"
    assert found["Hypothesis third-party (tie, all)"] == "strongly-disagree"
    assert found["Hypothesis control (tie, emotet/epoch2)"] == "neutral"


def test_what_is_above_the_tlp_stays_out_and_is_counted() -> None:
    """The RED claim appears nowhere; the report counts it; every object carries TLP and PAP."""
    found = stix(dridex_case(), settings=SETTINGS)
    objects = json.loads(found.text)["objects"]
    unmarked = [
        one["id"]
        for one in objects
        if one["type"] != "marking-definition" and len(one.get("object_marking_refs", [])) != 2
    ]
    assert ("SECRETACTOR" in found.text, unmarked) == (False, [])
    assert "1 claim, 1 item of evidence" in _of(objects, "report")[0]["description"]


def test_marks_of_parts_stay_their_own() -> None:
    """A C2 that a CLEAR feed lists is CLEAR in an AMBER document; its contact, which we saw, is AMBER."""
    case = dridex_case()
    clear = replace(case.contacts[0], tlp=Tlp.CLEAR)
    objects = _objects(replace(case, contacts=(clear, *case.contacts[1:])))
    names = {one["id"]: one["name"] for one in _of(objects, "marking-definition")}
    c2 = next(one for one in objects if one.get("name") == "C2 198.18.0.1")
    contact = next(one for one in _of(objects, "relationship", relationship_type="communicates-with")
                   if one["source_ref"] == c2["id"])  # fmt: skip
    marks = [names[one["object_marking_refs"][0]] for one in (c2, contact)]
    assert marks == ["TLP:CLEAR", "TLP:AMBER"]


def test_others_are_counted_by_network_and_named_only_on_request() -> None:
    """Two of three other clients sit with an access provider; no address of theirs is in the bundle."""
    case = dridex_case()
    others = [one.address for one in case.contacts if not one.listed]
    text = stix(case, settings=SETTINGS).text
    values = {one.get("value") for one in _objects(case, replace(SETTINGS, name_others=True))}
    assert [one for one in others if one in text] == []
    assert "2 in Some Access Provider" in text
    assert set(others) <= values


def test_no_sensor_of_another_kind_is_told_of() -> None:
    """Hosts beside the case (shared services, peers) are nobody's suspects and stay out."""
    text = stix(dridex_case(), settings=SETTINGS).text
    assert [one for one in ("192.0.2.53", "203.0.113.200", "192.0.2.200") if one in text] == []


def test_opencti_gets_no_network_traffic() -> None:
    """Its importer merges those objects; what they say stands in the relationship."""
    objects = _objects(dridex_case(), opencti=True)
    contacts = _of(objects, "relationship", relationship_type="communicates-with")
    assert _of(objects, "network-traffic") == []
    assert [one for one in contacts if "packets" not in one["description"]] == []
    assert len(_of(objects, "observed-data")) == 21


def test_opencti_would_merge_nothing() -> None:
    """By the properties that it makes its own ids of, every object of the bundle is another one.

    The properties are those of opencti-graphql, src/schema/identifier.js; a relationship is known by its
    ends and kind, since times within 30 days are taken for the same.
    """
    keys = {
        "infrastructure": ("name",),
        "malware": ("name",),
        "indicator": ("pattern",),
        "note": ("content", "created"),
        "opinion": ("opinion", "created"),
        "observed-data": ("object_refs",),
        "relationship": ("relationship_type", "source_ref", "target_ref"),
        "attack-pattern": ("name",),
        "report": ("name", "published"),
    }
    found = Counter(
        (one["type"], json.dumps([one[name] for name in keys[one["type"]]]))
        for one in _objects(dridex_case(), FULL, opencti=True)
        if one["type"] in keys
    )
    assert [key for key, times in found.items() if times > 1] == []


def test_the_plain_bundle_would_lose_opinions_there() -> None:
    """The same count on the plain bundle finds several of one word and moment: the variant is needed."""
    found = Counter((one["opinion"], one["created"]) for one in _of(_objects(dridex_case()), "opinion"))
    assert max(found.values()) > 1


def test_500_c2s() -> None:
    """A large case has an infrastructure, a contact and a record for each."""
    counts = Counter(one["type"] for one in _objects(large_case(500)))
    assert (counts["infrastructure"], counts["observed-data"]) == (502, 500)
