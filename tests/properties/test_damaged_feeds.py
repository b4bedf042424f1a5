"""Whatever a feed's file holds, adding it ends in a report: damaged bytes never become a traceback."""

import contextlib
import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from headwater.errors import HeadwaterError
from headwater.intel.context.host_keys import read_host_keys
from headwater.intel.context.networks import read_networks_csv
from headwater.intel.context.reports import read_reports
from headwater.intel.context.warninglists import looks_like_warning_list, read_warning_list
from headwater.intel.labels.feed import Analyst, Document
from headwater.intel.labels.moments import EARLIEST, FUTURE_SLACK
from headwater.intel.labels.registry import FEEDS, recognise
from headwater.intel.labels.screen import screen
from headwater.intel.refusals import Refusals

NOW = datetime(2026, 1, 1, tzinfo=UTC)

FEODO = '# x\n"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"\n' + (
    '"2021-01-17 07:30:05","67.213.75.205","443","offline","2021-08-18","Dridex"\n' * 3
)
THREATFOX = '# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware"\n' + (
    '"2024-07-16 05:25:36", "1", "8.134.12.90:7777", "ip:port", "botnet_cc", "win.x"\n' * 3
)
PLAIN = "address,family,port,first_seen\n" + "185.1.2.3,emotet,80,2020-01-01\n" * 3
STIX = json.dumps(
    {
        "type": "bundle",
        "objects": [
            {
                "type": "indicator",
                "id": "indicator--00bee051-edc1-4fcf-a285-a98708b62aac",
                "created": "2022-05-18T09:50:36.595Z",
                "modified": "2022-05-18T14:48:44.051Z",
                "labels": ["malicious-activity"],
                "name": "Emotet C2",
                "pattern": "[ipv4-addr:value = '122.129.203.163']",
                "valid_from": "2022-05-18T09:50:36Z",
            }
        ],
    }
)
MISP = json.dumps(
    {
        "Event": {
            "info": "x",
            "date": "2020-01-01",
            "Attribute": [{"type": "ip-dst", "category": "Network activity", "value": "185.1.2.3"}],
            "Tag": [{"name": "tlp:green"}],
        }
    }
)
JSON_FEODO = json.dumps([{"ip_address": "185.1.2.3", "port": 80, "malware": "x", "first_seen": "2020-01-01"}])
WARNING_LIST = json.dumps({"name": "x", "type": "cidr", "version": 1, "list": ["185.1.2.0/24"]})
SAMPLES = (FEODO, THREATFOX, PLAIN, STIX, MISP, JSON_FEODO)
HOST_KEYS = "address,port,kind,fingerprint,seen_at,source\n" + "185.1.2.3,22,ssh,aa:bb,2019-06-20,x\n" * 3
REPORTS = "address,date,claim,actor,malware,source,grade,url\n" + "185.1.2.3,2019-06,x,a,b,c,B2,d\n" * 3
BANNER = {
    "ip_str": "185.1.2.3", "port": 22, "timestamp": "2019-06-20T04:05:06.000007", "data": "SSH-2.0-x\ny",
    "ssh": {"type": "ssh-rsa", "key": "AAAA"}, "ssl": {"cert": {"fingerprint": {"sha256": "01"}}},
    "http": {"html_hash": 1},
}  # fmt: skip
SHODAN = json.dumps({"ip_str": "185.1.2.3", "data": [BANNER, BANNER]})
SHODAN_LINES = "\n".join([json.dumps(BANNER)] * 3) + "\n"
PASSIVE_SSH = json.dumps({"hosts": "185.1.2.3", "history": {"1561003200": ["ssh-rsa;aa:bb"]}})
PASSIVE_KEY = json.dumps(
    {
        "type": "a",
        "base64": "b AAAA",
        "first_seen": "20190620",
        "last_seen": "20190720",
        "hosts": ["185.1.2.3"],
    }
)
CONTEXT_SAMPLES = (HOST_KEYS, REPORTS, SHODAN, SHODAN_LINES, PASSIVE_SSH, PASSIVE_KEY, STIX, MISP)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def survives(text: str) -> None:
    """Reads the text as every feed; only our own errors may come out, and whatever is taken is sound."""
    document = Document("x", text)
    with contextlib.suppress(HeadwaterError):
        recognise(document)
    for feed in FEEDS:
        refusals = Refusals()
        try:
            screened = screen(feed.read(document, refusals), analyst=Analyst(), now=NOW, refusals=refusals)
        except HeadwaterError:
            continue
        assert all(label.family and 0 <= label.port <= 65535 for _, label in screened.labels)


def survives_as_context(text: str) -> None:
    """Reads the text as observations and as claims; only our own errors may come out, all taken is sound."""
    document, refusals = Document("x", text), Refusals()
    with contextlib.suppress(HeadwaterError):
        for _, key in read_host_keys(document, now=NOW, refusals=refusals):
            assert key.kind
            assert key.fingerprint
            assert 0 <= key.port <= 65535
            assert EARLIEST <= key.seen_at <= NOW + FUTURE_SLACK
    with contextlib.suppress(HeadwaterError):
        for _, claim in read_reports(document, now=NOW, refusals=refusals):
            assert claim.claim
            assert EARLIEST <= claim.date <= NOW + FUTURE_SLACK
            assert claim.until is None or claim.until > claim.date


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=400))
@example(text='"')
@example(text="[" * 100_000)
@example(text='{"a":' * 100_000)
@example(text="[" + "9" * 5000 + "]")
@example(text="address,family\n" + "1" * 200_000 + ",x\n")
@example(text="address,family\n\ud800,x\n")
def test_any_text(text: str) -> None:
    """Any text at all."""
    survives(text)
    survives_as_context(text)


def mutated(sample: str, chance: random.Random) -> str:
    """The sample with up to five places changed."""
    text = list(sample)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(text))
        end = at + chance.randrange(8)
        text[at:end] = chance.choice(["", '"', ",", "\n", "\0", "9", "\\", "{", "]", "٣", "'", text[at] * 3])
    return "".join(text)


@pytest.mark.parametrize("sample", SAMPLES, ids=["feodo", "threatfox", "plain", "stix", "misp", "feodo-json"])
def test_mutated_feeds(sample: str) -> None:
    """Real layouts with characters changed, cut out and doubled, seeded."""
    chance = random.Random(sample)  # noqa: S311  # no secret
    for _ in range(120):
        survives(mutated(sample, chance))


@pytest.mark.parametrize(
    "sample",
    CONTEXT_SAMPLES,
    ids=["host-keys", "reports", "shodan", "shodan-lines", "passive-ssh", "passive-key", "stix", "misp"],
)
def test_mutated_context(sample: str) -> None:
    """The same with observations and claims."""
    chance = random.Random(sample)  # noqa: S311  # no secret
    for _ in range(120):
        survives_as_context(mutated(sample, chance))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=JSON, place=st.sampled_from(["objects", "Event", "data", "response", "list", "Attribute", "id"]))
def test_json_of_any_shape(value: object, place: str) -> None:
    """Keys that feeds use, holding anything."""
    for holder in (
        {place: value},
        {"type": "bundle", "objects": [value, {"type": "indicator", place: value}]},
    ):
        survives(json.dumps(holder))
    survives(json.dumps({"Event": {"info": "x", "Attribute": value, "Tag": value, "Object": [value]}}))
    survives(json.dumps([{"ip_address": value, "malware": value, "first_seen": value, "port": value}]))
    survives(json.dumps({"1": [{"ioc_value": value, "ioc_type": "ip:port", "threat_type": "botnet_cc"}]}))


@settings(max_examples=80, deadline=None)
@given(value=JSON)
def test_context_of_any_shape(value: object) -> None:
    """Warning lists and networks holding anything."""
    text = json.dumps({"name": value, "type": "cidr", "version": value, "category": value, "list": [value]})
    if looks_like_warning_list(text):
        found = read_warning_list(text, name="x", refusals=Refusals())
        assert found is None or len(found.entries) == len(found.ranges)
    networks = read_networks_csv(f"prefix,asn,name\n{value},{value},{value}\n", name="x", refusals=Refusals())
    assert len(networks) <= 1


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    value=JSON,
    place=st.sampled_from([*BANNER, "data", "hosts", "history", "keys", "first_seen", "last_seen"]),
)
def test_observations_and_claims_of_any_shape(value: object, place: str) -> None:
    """Keys that their formats use, holding anything."""
    for holder in (
        {**BANNER, place: value},
        {"ip_str": "185.1.2.3", "data": [value, {**BANNER, place: value}]},
        {"hosts": "185.1.2.3", "history": {"1561003200": value}},
        {"host": "185.1.2.3", "first_seen": value, "last_seen": value, "keys": [value, {"type": value}]},
        {**json.loads(PASSIVE_KEY), place: value},
    ):
        survives_as_context(json.dumps(holder))
        survives_as_context(json.dumps([holder, value]))
    for kind in ("indicator", "relationship", "report", "observed-data", "malware"):
        one = {
            "type": kind,
            "id": "x--1",
            "object_refs": [value, "x--1"],
            "source_ref": "x--1",
            "target_ref": value,
        }
        survives_as_context(
            json.dumps({"type": "bundle", "objects": [value, {**one, "objects": {"0": value}}]})
        )
    survives_as_context(json.dumps({"Event": {"info": value, "date": "2020-01-01", "Attribute": value}}))
    survives_as_context(
        json.dumps({"Event": {"info": "x", "Galaxy": value, "Tag": value, "Object": [value]}})
    )
