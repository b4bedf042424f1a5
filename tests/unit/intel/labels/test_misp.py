"""MISP events: attributes, objects, tags."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from headwater.model.label import FeedEntry, Role, Tlp
from headwater.model.window import Window

Take = Callable[..., Any]  # Any: what came of a text, see conftest.py
Thing = dict[str, Any]  # Any: a MISP object's fields are whatever JSON can say

EMOTET_TAG = {"name": 'misp-galaxy:malpedia="Emotet"'}
C2: Thing = {
    "type": "ip-dst|port",
    "category": "Network activity",
    "value": "185.1.2.3|8080",
    "to_ids": True,
    "uuid": "57c5300c-0560-4146-bfaa-40e802de0b81",
    "timestamp": "1472540684",
    "first_seen": "2020-01-02T03:04:05.000000+00:00",
    "last_seen": "2020-02-02T00:00:00.000000+00:00",
}


def event(*attributes: Thing, tags: tuple[Thing, ...] = (EMOTET_TAG,), **more: object) -> str:
    """An event as MISP exports it."""
    return json.dumps(
        {
            "Event": {
                "info": "Emotet epoch 2",
                "date": "2020-01-10",
                "uuid": "57c4445b-c548-4654-af0b-4be3950d210f",
                "timestamp": "1580601600",
                "Orgc": {"name": "CIRCL", "uuid": "55f6ea5e-2c60-40e5-964f-47a8950d210f"},
                "Attribute": list(attributes),
                "Tag": list(tags),
                **more,
            }
        }
    )


def test_attribute_with_port_and_dates(take: Take) -> None:
    """Address, port and both dates come from the attribute, the source from the event's maker."""
    label = take(event(C2)).labels[0]
    assert (label.address, label.port, label.family, label.source, label.feed) == (
        "185.1.2.3", 8080, "emotet", "CIRCL",
        Window(datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2020, 2, 2, 0, 0, 1, tzinfo=UTC)),
    )  # fmt: skip


def test_without_dates_the_events_date_is_the_start(take: Take) -> None:
    """An address without any start would match flows of any age."""
    bare = {key: value for key, value in C2.items() if key not in {"first_seen", "last_seen"}}
    assert take(event(bare)).labels[0].feed == Window(datetime(2020, 1, 10, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("attribute", "role"),
    [
        ({**C2, "type": "ip-dst", "value": "185.1.2.3"}, Role.C2),
        ({**C2, "type": "ip-dst", "value": "185.1.2.3", "category": "Payload delivery"}, Role.LOADER),
        ({**C2, "type": "ip-src", "value": "185.1.2.3"}, Role.SCANNER),
        ({**C2, "type": "ip-src", "value": "185.1.2.3", "comment": "Emotet C2"}, Role.C2),
    ],
)
def test_role(take: Take, attribute: Thing, role: Role) -> None:
    """A destination is a C2, a source of an attack is not, unless a comment says so."""
    assert take(event(attribute)).labels[0].role is role


def test_ip_port_object(take: Take) -> None:
    """The object's port belongs to its address; its other attributes are no entries."""
    made = {
        "name": "ip-port",
        "uuid": "57c5310b-dc34-43cb-8b8e-4846950d2100",
        "meta-category": "network",
        "template_uuid": "9f8cea74-16fe-4968-a2b4-026676949ac6",
        "template_version": "9",
        "Attribute": [
            {**C2, "type": "ip-dst", "value": "185.1.2.3", "object_relation": "ip"},
            {
                "type": "port",
                "category": "Network activity",
                "value": "447",
                "object_relation": "dst-port",
                "uuid": "57c5310b-dc34-43cb-8b8e-4846950d2111",
            },
        ],
    }
    taken = take(event(Object=[made]))
    assert ([(one.address, one.port) for one in taken.labels], taken.passed_over) == (
        [("185.1.2.3", 447)],
        {},
    )


def test_tags_give_tlp_and_grade(take: Take) -> None:
    """The strictest TLP and both halves of the Admiralty grade are read; attribute tags join the event's."""
    tags = (
        EMOTET_TAG,
        {"name": "tlp:white"},
        {"name": 'admiralty-scale:source-reliability="b"'},
        {"name": 'admiralty-scale:information-credibility="2"'},
    )
    label = take(event({**C2, "Tag": [{"name": "tlp:green"}]}, tags=tags)).labels[0]
    assert (label.tlp, label.grade) == (Tlp.GREEN, "B2")


def test_half_a_grade_says_that_the_rest_cannot_be_judged(take: Take) -> None:
    """6 is the Admiralty code's "truth cannot be judged"."""
    tags = (EMOTET_TAG, {"name": 'admiralty-scale:source-reliability="a"'})
    assert take(event(C2, tags=tags)).labels[0].grade == "A6"


def test_attributes_own_family_comes_first(take: Take) -> None:
    """An event about several families tags each attribute."""
    own = {**C2, "Tag": [{"name": 'misp-galaxy:mitre-malware="Dridex - S0384"'}]}
    assert take(event(own)).labels[0].family == "dridex"


def test_old_indicators_are_taken_and_said(take: Take) -> None:
    """to_ids off often means old, and old C2s are what a hunt in old flows needs."""
    taken = take(event({**C2, "to_ids": False}))
    assert (len(taken.labels), taken.notes[0][:39]) == (1, "1 addresses are not meant for detection")


def test_search_answers_and_lists_are_events_too(take: Take) -> None:
    """A REST search wraps its events in `response`."""
    one = json.loads(event(C2))
    assert len(take(json.dumps({"response": [one]})).labels) == 1


@pytest.mark.parametrize("mark", [True, "1", 1])
def test_a_deleted_attribute_is_withdrawn_in_its_version(take: Take, mark: object) -> None:
    """By its identifier and the organisation that made the event."""
    taken = take(event({**C2, "deleted": mark}))
    made = datetime(2016, 8, 30, 7, 4, 44, tzinfo=UTC)
    assert (taken.labels, taken.withdrawn) == (
        [], (FeedEntry(C2["uuid"], "55f6ea5e-2c60-40e5-964f-47a8950d210f", made),),
    )  # fmt: skip


def test_not_deleted_is_written_in_several_ways(take: Take) -> None:
    """Older instances export numbers in quotes."""
    assert len(take(event({**C2, "deleted": "0"})).labels) == 1


def test_broken_event_is_refused(take: Take) -> None:
    """What PyMISP does not accept is counted, without a traceback."""
    taken = take(json.dumps({"Event": {"info": "x", "Attribute": [{"type": "no-such-type", "value": "1"}]}}))
    assert (taken.labels, list(taken.refused)) == ([], ["no valid MISP event"])
