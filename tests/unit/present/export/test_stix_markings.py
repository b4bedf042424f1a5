"""Tests of headwater.present.export.stix_markings."""

import pytest

from headwater.model.label import Tlp
from headwater.present.export.settings import Pap
from headwater.present.export.stix_markings import pap_marking, tlp_marking

# oasis-open/cti-stix-common-objects, extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d.json
OASIS_TLP = {
    "clear": "94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "e828b379-4e03-4974-9ac4-e53a884c97c1",
}


@pytest.mark.parametrize("tlp", Tlp)
def test_tlp_2_as_oasis_publishes_it(tlp: Tlp) -> None:
    """Identifier, name and extension of each of the five words."""
    assert tlp_marking(tlp) == {
        "id": f"marking-definition--{OASIS_TLP[tlp.value]}",
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{tlp.value.upper()}",
        "extensions": {
            "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                "extension_type": "property-extension",
                "tlp_2_0": tlp.value,
            }
        },
    }


def test_pap_as_oasis_publishes_it() -> None:
    """Identifier and extension of PAP:GREEN, from the repository's pap-marking-definition-f8d."""
    found = pap_marking(Pap.GREEN)
    assert found["id"] == "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9"
    assert found["extensions"]["extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"]["pap"] == "green"


@pytest.mark.parametrize(
    ("tlp", "number"),
    [
        (Tlp.CLEAR, "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
        (Tlp.GREEN, "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
        (Tlp.AMBER, "f88d31f6-486f-44da-b317-01333bde0b82"),
        (Tlp.AMBER_STRICT, "826578e1-40ad-459f-bc73-ede076f81f37"),
        (Tlp.RED, "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
    ],
)
def test_tlp_as_opencti_keeps_it(tlp: Tlp, number: str) -> None:
    """Identifiers of opencti-graphql, src/schema/identifier.js (STATIC_STANDARD_IDS)."""
    assert tlp_marking(tlp, opencti=True)["id"] == f"marking-definition--{number}"


def test_pap_as_opencti_keeps_it() -> None:
    """What pycti 7.261026.0 gives for MarkingDefinition.generate_id("PAP", "PAP:GREEN")."""
    assert (
        pap_marking(Pap.GREEN, opencti=True)["id"]
        == "marking-definition--89484dde-e3d2-547f-a6c6-d14824429eb1"
    )
