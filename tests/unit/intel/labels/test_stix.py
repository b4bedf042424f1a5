"""STIX 2.0 and 2.1: patterns, windows, families, roles and markings."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from headwater.intel.labels.endpoints import Unusable
from headwater.intel.labels.stix_patterns import endpoints_of
from headwater.model.label import FeedEntry, Role, Tlp
from headwater.model.window import Window

Take = Callable[..., Any]  # Any: what came of a text, see conftest.py
Thing = dict[str, Any]  # Any: a STIX object's properties are whatever JSON can say

INDICATOR: Thing = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--00bee051-edc1-4fcf-a285-a98708b62aac",
    "created": "2022-05-18T09:50:36.595Z",
    "modified": "2022-05-18T14:48:44.051Z",
    "pattern": "[ipv4-addr:value = '122.129.203.163']",
    "pattern_type": "stix",
    "valid_from": "2022-05-18T09:50:36Z",
    "valid_until": "2022-06-18T00:00:00Z",
}
MALWARE: Thing = {
    "type": "malware",
    "spec_version": "2.1",
    "id": "malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b",
    "created": "2022-05-18T09:50:36.595Z",
    "modified": "2022-05-18T09:50:36.595Z",
    "name": "Emotet",
    "is_family": True,
}
INDICATES: Thing = {
    "type": "relationship",
    "spec_version": "2.1",
    "id": "relationship--57b56a43-b8b0-4cba-9deb-34e3e1faed9e",
    "created": "2022-05-18T09:50:36.595Z",
    "modified": "2022-05-18T09:50:36.595Z",
    "relationship_type": "indicates",
    "source_ref": INDICATOR["id"],
    "target_ref": MALWARE["id"],
}
OTHER_MALWARE = {**MALWARE, "id": "malware--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061", "name": "Dridex"}
BOTH = [("185.1.2.3", ""), ("185.1.2.4", "")]


def bundle(*objects: Thing) -> str:
    """A STIX bundle as text."""
    return json.dumps(
        {"type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", "objects": objects}
    )


@pytest.mark.parametrize(
    ("pattern", "endpoints"),
    [
        ("[ipv4-addr:value = '185.1.2.3']", [("185.1.2.3", "")]),
        ("[ipv6-addr:value = '2a01:4f8::1']", [("2a01:4f8::1", "")]),
        ("[ipv4-addr:value = '185.1.2.3'] AND [ipv4-addr:value = '185.1.2.4']", BOTH),
        ("[ipv4-addr:value = '185.1.2.3' OR ipv4-addr:value = '185.1.2.4']", BOTH),
        ("[ipv4-addr:value IN ('185.1.2.3', '185.1.2.4')]", BOTH),
        (
            (
                "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '185.1.2.3' "
                "AND network-traffic:dst_port = 447]"
            ),
            [("185.1.2.3", "447")],
        ),
        (
            (
                "[(network-traffic:dst_ref.value = '185.1.2.3' "
                "OR network-traffic:dst_ref.value = '185.1.2.4') "
                "AND network-traffic:dst_port IN (443, 8080)]"
            ),
            [("185.1.2.3", "443"), ("185.1.2.3", "8080"), ("185.1.2.4", "443"), ("185.1.2.4", "8080")],
        ),
        ("[ipv4-addr:value != '185.1.2.3']", []),
        ("[ipv4-addr:value NOT = '185.1.2.3']", []),
        (
            "[file:name = 'a'] FOLLOWEDBY [ipv4-addr:value = '185.1.2.3'] WITHIN 300 SECONDS",
            [("185.1.2.3", "")],
        ),
    ],
)  # fmt: skip
def test_patterns(pattern: str, endpoints: list[tuple[str, str]]) -> None:
    """A pattern's addresses are found, with the ports that stand beside them."""
    assert endpoints_of(pattern, version="2.1").endpoints == endpoints


def test_broken_pattern_is_unusable() -> None:
    """A pattern that is none has its reason."""
    with pytest.raises(Unusable, match="no STIX pattern"):
        endpoints_of("[ipv4-addr:value = ]", version="2.1")


def test_window_is_half_open_as_the_standard_says(take: Take) -> None:
    """valid_until is the first moment at which the indicator no longer holds (STIX 2.1 section 4.7)."""
    assert take(bundle(INDICATOR, MALWARE, INDICATES)).labels[0].feed == Window(
        datetime(2022, 5, 18, 9, 50, 36, tzinfo=UTC), datetime(2022, 6, 18, tzinfo=UTC)
    )


def test_family_by_relationship(take: Take) -> None:
    """`indicates` names the family even where the bundle holds several."""
    assert take(bundle(INDICATOR, OTHER_MALWARE, MALWARE, INDICATES)).labels[0].family == "emotet"


def test_family_by_a_campaign_that_uses_it(take: Take) -> None:
    """Indicator to campaign to malware, in two steps."""
    campaign = {
        **MALWARE,
        "type": "campaign",
        "id": "campaign--6a997f51-ba69-4bb7-af2c-9fd3bdf8a46f",
        "name": "c",
    }
    del campaign["is_family"]
    to_campaign = {**INDICATES, "target_ref": campaign["id"]}
    uses = {
        **INDICATES,
        "id": "relationship--57b56a43-b8b0-4cba-9deb-34e3e1faed9f",
        "relationship_type": "uses",
        "source_ref": campaign["id"],
    }
    taken = take(bundle(INDICATOR, MALWARE, OTHER_MALWARE, campaign, to_campaign, uses))
    assert [one.family for one in taken.labels] == ["emotet"]


@pytest.mark.parametrize("words", [{"labels": ["malware:Emotet"]}, {"name": "Emotet C2 122.129.203.163"}])
def test_family_by_the_indicators_own_words(take: Take, words: Thing) -> None:
    """Without relationships a label or the name may say it."""
    assert take(bundle({**INDICATOR, **words})).labels[0].family == "emotet"


def test_family_of_the_only_malware_is_said(take: Take) -> None:
    """A bundle about one malware lends its name, and the report says so."""
    taken = take(bundle(INDICATOR, MALWARE))
    assert (taken.labels[0].family, taken.notes[0]) == (
        "emotet",
        "indicators that name no malware are taken as Emotet, as the bundle is about it",
    )


def test_no_family_is_refused(take: Take) -> None:
    """Two malwares and no relationship: nobody knows which."""
    assert "no family named" in take(bundle(INDICATOR, MALWARE, OTHER_MALWARE)).refused


def test_role_by_kill_chain(take: Take) -> None:
    """The phase `delivery` is a loader's."""
    phases = [{"kill_chain_name": "lockheed-martin-cyber-kill-chain", "phase_name": "delivery"}]
    assert take(bundle({**INDICATOR, "kill_chain_phases": phases}, MALWARE)).labels[0].role is Role.LOADER


@pytest.mark.parametrize(
    ("ref", "marking", "tlp"),
    [
        ("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", None, Tlp.RED),
        (
            "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            {"type": "marking-definition", "name": "TLP:AMBER+STRICT"},
            Tlp.AMBER_STRICT,
        ),
    ],
)
def test_tlp_by_marking(take: Take, ref: str, marking: Thing | None, tlp: Tlp) -> None:
    """TLP 1 has fixed identifiers, TLP 2.0 a name."""
    objects = [{**INDICATOR, "object_marking_refs": [ref]}, MALWARE]
    assert take(bundle(*objects, *([{**marking, "id": ref}] if marking else []))).labels[0].tlp is tlp


def test_what_is_no_address_is_passed_over(take: Take) -> None:
    """Hashes, other rule languages and revoked indicators are counted."""
    taken = take(
        bundle(
            {**INDICATOR, "pattern": "[file:name = 'a.exe']"},
            {**INDICATOR, "pattern_type": "snort", "pattern": "alert tcp any any"},
            {**INDICATOR, "revoked": True},
        )
    )
    assert (taken.labels, taken.passed_over) == (
        [], {"indicator without an address": 1, "snort rule": 1, "revoked indicator": 1},
    )  # fmt: skip


def test_a_revoked_indicator_is_withdrawn_in_its_version(take: Take) -> None:
    """By its identifier and maker, here nobody who is named; one without an address carries no label."""
    revoked = {**INDICATOR, "revoked": True}
    files = {**revoked, "pattern": "[file:name = 'a.exe']"}
    made = datetime(2022, 5, 18, 14, 48, 44, 51_000, tzinfo=UTC)
    assert take(bundle(revoked, files)).withdrawn == (FeedEntry(INDICATOR["id"], "", made),)


def test_what_a_label_rests_on(take: Take) -> None:
    """The indicator and the relationship that names its family, each with its maker and its version."""
    by = {"created_by_ref": "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff"}
    label = take(bundle({**INDICATOR, **by}, MALWARE, {**INDICATES, **by})).labels[0]
    assert [(one.id, one.maker) for one in label.rests_on[0]] == [
        (INDICATOR["id"], by["created_by_ref"]), (INDICATES["id"], by["created_by_ref"]),
    ]  # fmt: skip


def test_a_revoked_relationship_names_no_family(take: Take) -> None:
    """Nor does an older version of it that stands in the same bundle."""
    taken = take(bundle(INDICATOR, MALWARE, OTHER_MALWARE, INDICATES, {**INDICATES, "revoked": True}))
    assert (taken.labels, list(taken.refused), taken.passed_over) == (
        [], ["no family named"], {"revoked relationship": 1},
    )  # fmt: skip


def test_invalid_indicator_is_refused(take: Take) -> None:
    """An indicator whose valid_until is before its valid_from is no STIX."""
    bad = {**INDICATOR, "valid_until": "2020-01-01T00:00:00Z"}
    assert take(bundle(bad, MALWARE)).refused == {"no valid STIX indicator": (1, 1)}


def test_objects_of_other_types_do_no_harm(take: Take) -> None:
    """Numbers and nulls where objects should be are stepped over."""
    text = json.dumps({"type": "bundle", "objects": [1, None, [], {"type": "indicator"}, INDICATOR, MALWARE]})
    assert len(take(text).labels) == 1
