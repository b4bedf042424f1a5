"""Whatever a feed's file holds, adding it ends in a report: damaged bytes never become a traceback."""

import contextlib
import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from headwater.errors import HeadwaterError
from headwater.intel.context.networks import read_networks_csv
from headwater.intel.context.warninglists import looks_like_warning_list, read_warning_list
from headwater.intel.labels.feed import Analyst, Document
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


@pytest.mark.parametrize("sample", SAMPLES, ids=["feodo", "threatfox", "plain", "stix", "misp", "feodo-json"])
def test_mutated_feeds(sample: str) -> None:
    """Real layouts with characters changed, cut out and doubled, seeded."""
    chance = random.Random(sample)  # noqa: S311  # no secret
    for _ in range(120):
        text = list(sample)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(text))
            end = at + chance.randrange(8)
            text[at:end] = chance.choice(
                ["", '"', ",", "\n", "\0", "9", "\\", "{", "]", "٣", "'", text[at] * 3]
            )
        survives("".join(text))


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
