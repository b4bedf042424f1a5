"""How does STIX 2.1 mark what may be shared and done? By TLP 2.0 and PAP, as OASIS publishes them.

STIX 2.1 itself knows TLP 1 only (section 7.2.1.4). The two extensions and the fixed identifiers are those of
the OASIS repository cti-stix-common-objects, folders extension-definition-specifications/tlp-2.0 and
pap-marking-definition-f8d. OpenCTI keeps identifiers of its own for both (opencti-graphql,
src/schema/identifier.js): TLP 1's for four of the words, one of its own for AMBER+STRICT, and for PAP a
UUIDv5 over type and word.
"""

import json
import uuid
from typing import Any

from headwater.model.label import Tlp
from headwater.present.export.settings import Pap

_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP = {
    Tlp.CLEAR: "94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_PAP_EXTENSION = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
_PAP = {
    Pap.CLEAR: "ad15a0cd-55b6-4588-a14c-a66105329b92",
    Pap.GREEN: "c43594d1-4b11-4c59-93ab-1c9b14d53ce9",
    Pap.AMBER: "60f8932b-e51e-4458-b265-a2e8be9a80ab",
    Pap.RED: "740d36e5-7714-4c30-961a-3ae632ceee0e",
}
_CREATED = "2022-10-01T00:00:00.000Z"  # of all nine, as published
_OPENCTI_TLP = {
    Tlp.CLEAR: "613f2e26-407d-48c7-9eca-b8e91df99dc9",
    Tlp.GREEN: "34098fce-860f-48ae-8e50-ebd3cc5e41da",
    Tlp.AMBER: "f88d31f6-486f-44da-b317-01333bde0b82",
    Tlp.AMBER_STRICT: "826578e1-40ad-459f-bc73-ede076f81f37",
    Tlp.RED: "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
_TLP_1 = {Tlp.CLEAR: "white", Tlp.GREEN: "green", Tlp.AMBER: "amber", Tlp.RED: "red"}
_TLP_1_CREATED = "2017-01-20T00:00:00.000Z"  # STIX 2.1, section 7.2.1.4
_OPENCTI_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
Marking = dict[str, Any]  # Any: properties of a marking definition


def tlp_marking(tlp: Tlp, *, opencti: bool = False) -> Marking:
    """The marking definition of a TLP 2.0 word."""
    if opencti and tlp in _TLP_1:
        return {
            "id": f"marking-definition--{_OPENCTI_TLP[tlp]}",
            "created": _TLP_1_CREATED,
            "name": f"TLP:{_TLP_1[tlp].upper()}",
            "definition_type": "tlp",
            "definition": {"tlp": _TLP_1[tlp]},
        }
    marking = _extended(_TLP[tlp], f"TLP:{tlp.value.upper()}", _TLP_EXTENSION, {"tlp_2_0": tlp.value})
    return marking | {"id": f"marking-definition--{_OPENCTI_TLP[tlp]}"} if opencti else marking


def pap_marking(pap: Pap, *, opencti: bool = False) -> Marking:
    """The marking definition of a PAP word."""
    name = f"PAP:{pap.value.upper()}"
    marking = _extended(_PAP[pap], name, _PAP_EXTENSION, {"pap": pap.value})
    if not opencti:
        return marking
    contributing = json.dumps({"definition": name, "definition_type": "PAP"}, separators=(",", ":"))
    return marking | {"id": f"marking-definition--{uuid.uuid5(_OPENCTI_NAMESPACE, contributing)}"}


def _extended(number: str, name: str, extension: str, content: dict[str, str]) -> Marking:
    return {
        "id": f"marking-definition--{number}",
        "created": _CREATED,
        "name": name,
        "extensions": {extension: {"extension_type": "property-extension", **content}},
    }
