"""Claims of open sources from CSV, MISP events and STIX bundles. All of these files are made up."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from headwater.errors import FormatUnknown
from headwater.intel.context.reports import looks_like_reports, read_reports
from headwater.intel.labels.feed import Document
from headwater.intel.refusals import Refusals
from headwater.model.claim import Claim
from headwater.model.label import Tlp

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "address,date,claim,actor,malware,source,grade,url\n"


def read(text: str, refusals: Refusals | None = None) -> list[Claim]:
    """The claims in a text."""
    told = refusals if refusals is not None else Refusals()
    return [one for _, one in read_reports(Document("reports.csv", text), now=NOW, refusals=told)]


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_plain_csv() -> None:
    """The columns of the reference; a day is a span of a day."""
    row = "179[.]43.147.77,2019-06-20,spread FlawedAmmyy,TA505,FlawedAmmyy,a blog,b2,https://example.org/x\n"

    assert read(HEAD + row) == [
        Claim(
            "179.43.147.77", at("2019-06-20"), "spread FlawedAmmyy", at("2019-06-21"), "TA505", "FlawedAmmyy",
            "a blog", "B2", "https://example.org/x",
        )
    ]  # fmt: skip


def test_a_statement_about_an_actor() -> None:
    """Without an address; a month wide; the file is the source."""
    (found,) = read(HEAD + ",2017-06,TA505 uses Dridex,TA505,Dridex,,,\n")

    assert (found.address, found.until, found.source, found.grade) == ("", at("2017-07-01"), "reports", "")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("198.18.0.1,,x,,,,,", "no date"),
        ("198.18.0.1,1970-01-01,x,,,,,", "date before 1996"),
        ("198.18.0.1,2019-07-20/2019-06-20,x,,,,,", "end before start"),
        ("198.18.0.1,2019-06-20,,,,,,", "claims nothing"),
        (",2019-06-20,something bad,,,,,", "names no address, actor or malware"),
        ("example.org,2019-06-20,x,,,,,", "host name, not an address"),
        ("198.18.0.1,2019-06-20,x,,,,good,", "no Admiralty grade"),
    ],
)
def test_rows_that_are_refused(row: str, reason: str) -> None:
    """Counted by reason with their line; the rest of the file is taken."""
    refusals = Refusals()

    assert len(read(HEAD + row + "\n198.18.0.1,2019,y,,,,,\n", refusals)) == 1
    assert {why: (one.count, one.place) for why, one in refusals.by_reason.items()} == {reason: (1, 2)}


def event(**more: object) -> str:
    """A MISP event of CERT X."""
    base = {
        "info": "TA505 campaign",
        "date": "2019-07-02",
        "Orgc": {"name": "CERT X", "uuid": "5" * 8 + "-0000-4000-8000-000000000000"},
    }
    return json.dumps({"Event": {**base, **more}})


def address(value: str, **more: object) -> dict[str, object]:
    """A MISP attribute."""
    return {"type": "ip-dst", "category": "Network activity", "value": value, **more}


TAGS = [
    {"name": 'misp-galaxy:threat-actor="TA505"'},
    {"name": 'misp-galaxy:malpedia="FlawedAmmyy"'},
    {"name": "tlp:green"},
    {"name": 'admiralty-scale:source-reliability="b"'},
    {"name": 'admiralty-scale:information-credibility="2"'},
]


def test_misp_event() -> None:
    """An address with its own dates; the event's actor, malware, grade, TLP and first link."""
    seen = {"first_seen": "2019-06-20T10:00:00+00:00", "last_seen": "2019-06-21T10:00:00+00:00"}
    link = {"type": "link", "category": "External analysis", "value": "https://example.org/x"}
    found = read(event(Tag=TAGS, Attribute=[link, address("179.43.147.77", comment="dropper", **seen)]))

    assert found[1] == Claim(
        "179.43.147.77", at("2019-06-20T10:00"), "TA505 campaign; dropper", at("2019-06-21T10:00"), "TA505",
        "FlawedAmmyy", "CERT X", "B2", "https://example.org/x", Tlp.GREEN,
    )  # fmt: skip


def test_misp_event_names_actor_and_malware_together() -> None:
    """A statement about the actor, dated by the event, beside those about addresses."""
    (found,) = read(event(Tag=TAGS))

    assert (found.address, found.actor, found.malware, found.date) == (
        "", "TA505", "FlawedAmmyy", at("2019-07-02"),
    )  # fmt: skip


def test_misp_address_without_dates() -> None:
    """Dated by the event, and the report says what that means."""
    refusals = Refusals()
    (found,) = read(event(Attribute=[address("198.18.0.1")]), refusals)

    assert (found.date, found.until, found.actor) == (at("2019-07-02"), at("2019-07-03"), "")
    assert "not when it happened" in refusals.notes[0]


def test_misp_galaxies() -> None:
    """Clusters that no tag repeats; ATT&CK's number is no part of a name."""
    galaxy = {
        "type": "mitre-intrusion-set",
        "name": "x",
        "GalaxyCluster": [{"value": "TA505 - G0092", "type": "x"}],
    }
    (found,) = read(event(Galaxy=[galaxy], Attribute=[address("198.18.0.1")]))

    assert found.actor == "TA505"


def bundle(*objects: Mapping[str, object]) -> str:
    """A STIX 2.1 bundle."""
    return json.dumps({"type": "bundle", "id": "bundle--" + "0" * 8, "objects": list(objects)})


def thing(kind: str, number: int, **more: object) -> dict[str, object]:
    """A STIX 2.1 object."""
    made = "2020-01-01T00:00:00.000Z"
    return {
        "type": kind, "spec_version": "2.1", "id": f"{kind}--00000000-0000-4000-8000-{number:012}",
        "created": made, "modified": made, **more,
    }  # fmt: skip


def related(
    number: int, source: dict[str, object], kind: str, target: dict[str, object], **more: object
) -> dict[str, object]:
    """A STIX relationship."""
    return thing(
        "relationship",
        number,
        relationship_type=kind,
        source_ref=source["id"],
        target_ref=target["id"],
        **more,
    )


ACTOR = thing("threat-actor", 1, name="TA505")
MALWARE = thing("malware", 2, name="Dridex", is_family=True)
MAKER = thing("identity", 3, name="CERT X", identity_class="organization")
INDICATOR = thing(
    "indicator", 4, name="dropper", pattern="[ipv4-addr:value = '198.18.0.1']", pattern_type="stix",
    valid_from="2019-06-20T10:00:00Z", valid_until="2019-07-20T10:00:00Z", created_by_ref=MAKER["id"],
    external_references=[{"source_name": "x", "url": "https://example.org/x"}],
    object_marking_refs=["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
)  # fmt: skip


def test_stix_indicator() -> None:
    """Its validity, what it indicates, who made it, where to read it, how far it may go."""
    found = read(bundle(ACTOR, MALWARE, MAKER, INDICATOR, related(5, INDICATOR, "indicates", MALWARE)))

    assert found == [
        Claim(
            "198.18.0.1", at("2019-06-20T10:00"), "dropper", at("2019-07-20T10:00"), "", "Dridex", "CERT X",
            "", "https://example.org/x", Tlp.GREEN,
        )
    ]  # fmt: skip


def test_stix_actor_uses_malware() -> None:
    """A statement about the actor, from the relationship's own start, else from its making."""
    found = read(
        bundle(
            ACTOR,
            MALWARE,
            related(5, ACTOR, "uses", MALWARE, start_time="2014-07-01T00:00:00Z"),
            related(6, ACTOR, "uses", MALWARE),
        )
    )

    assert [(one.claim, one.actor, one.malware, one.date.year) for one in found] == [
        ("TA505 uses Dridex", "TA505", "Dridex", 2014),
        ("TA505 uses Dridex", "TA505", "Dridex", 2020),
    ]


def test_stix_report_on_an_observable() -> None:
    """An address among a report's objects, with the actor named beside it, dated by its publication."""
    host = {
        "type": "ipv6-addr",
        "spec_version": "2.1",
        "id": "ipv6-addr--00000000-0000-4000-8000-000000000007",
        "value": "2001:db8::1",
    }
    report = thing(
        "report",
        8,
        name="A look at TA505",
        published="2019-08-01T00:00:00Z",
        object_refs=[host["id"], ACTOR["id"]],
    )

    (found,) = read(bundle(ACTOR, host, report))

    assert (found.address, found.actor, found.claim, found.date) == (
        "2001:db8::1", "TA505", "A look at TA505", at("2019-08-01"),
    )  # fmt: skip


def test_stix_20_observed_data() -> None:
    """STIX 2.0 holds observables inside, with their own dates."""
    seen = {
        "type": "observed-data", "id": "observed-data--00000000-0000-4000-8000-000000000009",
        "first_observed": "2019-06-20T00:00:00Z", "last_observed": "2019-06-22T00:00:00Z",
        "objects": {"0": {"type": "ipv4-addr", "value": "198.18.0.1"}},
    }  # fmt: skip
    report = {
        "type": "report",
        "id": "report--1",
        "name": "x",
        "published": "2019-08-01T00:00:00Z",
        "object_refs": [seen["id"]],
    }

    (found,) = read(bundle(seen, report))

    assert (found.date, found.until) == (at("2019-06-20"), at("2019-06-22"))


def test_stix_what_cannot_be_read() -> None:
    """A pattern that is none is refused with its number, a revoked indicator passed over."""
    refusals = Refusals()
    found = read(
        bundle({**INDICATOR, "pattern": "[ipv4-addr:value = ]"}, {**INDICATOR, "revoked": True}), refusals
    )

    assert found == []
    assert refusals.by_reason["no valid STIX indicator"].place == 1
    assert refusals.passed_over == {"revoked indicator": 1}


def test_hostile_text_is_kept_as_data() -> None:
    """Cut, never interpreted."""
    evil = "\x1b[2J<script>" + "A" * 5000

    (found,) = read(event(info=evil, Attribute=[address("198.18.0.1")]))

    assert found.claim == evil[:1000]


@pytest.mark.parametrize(
    "text", ["prefix,asn,name\n", "[]", "", '{"a": 1}\n{"b": 2}\n', "address,family\n198.18.0.1,x\n"]
)
def test_what_is_none_of_these(text: str) -> None:
    """Recognised by content; forced, it is refused with what would be right."""
    assert not looks_like_reports(Document("x", text))
    with pytest.raises(FormatUnknown, match="address, date, claim"):
        read(text)
