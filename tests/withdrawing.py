"""Hand-made feeds that take back what they said: STIX bundles and MISP events, as a maker publishes them."""

import json
from collections.abc import Sequence
from typing import Any

Thing = dict[str, Any]  # Any: whatever JSON can say

MAKER = "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff"
FAMILY = "malware--31b940d4-6f7f-459a-80ea-9c1f17b5891b"
SAID, REVOKED = "2020-01-10T08:00:00.000Z", "2020-03-05T09:30:00.000Z"


def stix(kind: str, number: int, *, modified: str = SAID, **more: object) -> Thing:
    """A STIX 2.1 object; the same kind and number are the same object."""
    return {
        "type": kind, "spec_version": "2.1", "id": f"{kind}--00bee051-edc1-4fcf-a285-{number:012d}",
        "created": SAID, "modified": modified, "created_by_ref": MAKER, **more,
    }  # fmt: skip


def indicator(number: int, address: str, **more: Any) -> Thing:  # Any: as above
    """An indicator on an address that was a C2 from 2019 on, with an open end."""
    return stix("indicator", number, **{
        "pattern": f"[ipv4-addr:value = '{address}']", "pattern_type": "stix",
        "valid_from": "2019-01-01T00:00:00Z", **more,
    })  # fmt: skip


def indicates(number: int, **more: Any) -> Thing:  # Any: as above
    """The relationship by which the indicator of this number indicates Emotet."""
    source = indicator(number, "")["id"]
    told = {"relationship_type": "indicates", "source_ref": source, "target_ref": FAMILY}
    return stix("relationship", number, **{**told, **more})


def bundle(*objects: Thing) -> str:
    """A bundle of these objects alone, as an increment of a feed is."""
    return json.dumps({
        "type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", "objects": list(objects),
    })  # fmt: skip


def listing(*addresses: str, also: Sequence[Thing] = ()) -> str:
    """A whole bundle: maker, malware, for each address an indicator and its relationship, and what else."""
    maker = {**stix("identity", 0), "id": MAKER, "name": "Example CERT", "identity_class": "organization"}
    family = {**stix("malware", 0), "id": FAMILY, "name": "Emotet", "is_family": True}
    other = stix("malware", 1, name="Dridex", is_family=True)  # so that the bundle is about no single one
    said = [part for n, one in enumerate(addresses) for part in (indicator(n, one), indicates(n))]
    return bundle(maker, family, other, *said, *also)


def attribute(number: int, value: str, *, timestamp: int = 1578643200, **more: object) -> Thing:
    """A MISP attribute of 2020-01-10; the same number is the same attribute."""
    return {
        "type": "ip-dst", "category": "Network activity", "value": value, "to_ids": True, "deleted": False,
        "uuid": f"57c5300c-0560-4146-bfaa-{number:012d}", "timestamp": str(timestamp), **more,
    }  # fmt: skip


def address_object(*attributes: Thing, timestamp: int = 1578643200, **more: object) -> Thing:
    """A MISP object ip-port."""
    return {
        "name": "ip-port", "uuid": "57c5310b-dc34-43cb-8b8e-4846950d2100", "meta-category": "network",
        "template_uuid": "9f8cea74-16fe-4968-a2b4-026676949ac6", "template_version": "9",
        "timestamp": str(timestamp),
        "Attribute": [{**one, "object_relation": "ip"} for one in attributes], **more,
    }  # fmt: skip


def event(*attributes: Thing, timestamp: int = 1578643200, **more: object) -> str:
    """A MISP event on Emotet, as an instance exports it."""
    return json.dumps({"Event": {
        "info": "Emotet C2s", "date": "2020-01-10", "uuid": "57c4445b-c548-4654-af0b-4be3950d210f",
        "timestamp": str(timestamp),
        "Orgc": {"name": "CIRCL", "uuid": "55f6ea5e-2c60-40e5-964f-47a8950d210f"},
        "Attribute": list(attributes), "Tag": [{"name": 'misp-galaxy:malpedia="Emotet"'}], **more,
    }})  # fmt: skip
