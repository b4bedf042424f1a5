"""What is in a STIX bundle? Its objects, which points at which, their markings and makers.

STIX 2.0 and 2.1 (OASIS), read with the `stix2` library; a TAXII envelope (an object with `objects`) is
understood too.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.intel.labels.endpoints import Unusable
from headwater.intel.labels.names import strictest, tlp_of
from headwater.model.label import Tlp

_TLP_1 = {  # STIX 2.1 section 7.2.1.4: the fixed identifiers of TLP 1 markings
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
_WORDS_AROUND = re.compile(r"\b(?:malware|trojan|botnet|family|campaign)\b", re.IGNORECASE)
Thing = Mapping[str, Any]  # Any: a STIX object's properties are whatever JSON can say


@dataclass(slots=True)
class Bundle:
    """The objects of a bundle.

    Attributes:
        objects: identifier to object.
        relationships: identifier and type to the relationships that leave from there; not the revoked ones.
        listed: the objects in the file's order.
        version: "2.0" or "2.1".
    """

    objects: dict[str, Thing] = field(default_factory=dict)
    relationships: dict[tuple[str, str], list[Thing]] = field(default_factory=lambda: defaultdict(list))
    listed: list[Thing] = field(default_factory=list)
    version: str = "2.1"

    def related(self, source: str, *, by: str) -> list[Thing]:
        """The objects that `source` points at by a relationship of this type."""
        return [target for _, target in self.links(source, by=by)]

    def links(self, source: str, *, by: str) -> list[tuple[Thing, Thing]]:
        """The relationships of this type that leave from `source`, each with the object that it points at."""
        found = [(one, str(one.get("target_ref", ""))) for one in self.relationships.get((source, by), ())]
        return [(one, self.objects[ref]) for one, ref in found if ref in self.objects]

    def of_type(self, *kinds: str) -> list[Thing]:
        """All objects of these types."""
        return [found for found in self.objects.values() if found.get("type") in kinds]


def is_bundle(found: Any) -> bool:  # Any: whatever JSON can say
    """Whether a JSON value is a bundle, or an envelope of objects with STIX identifiers."""
    if not isinstance(found, Mapping):
        return False
    if found.get("type") == "bundle":
        return True
    objects = found.get("objects")
    first = objects[0] if isinstance(objects, list) and objects else None
    return isinstance(first, Mapping) and "--" in str(first.get("id", ""))


def bundle_of(found: Any) -> Bundle:  # Any: as above
    """The objects in a JSON value; empty where it is no bundle."""
    objects = found.get("objects") if isinstance(found, Mapping) else None
    listed = [one for one in objects if isinstance(one, Mapping)] if isinstance(objects, list) else []
    versions = {"2.1" if "spec_version" in one else "2.0" for one in listed}
    bundle = Bundle(listed=listed, version="2.0" if versions == {"2.0"} else "2.1")
    # A bundle may hold older versions of what it revokes.
    revoked = {str(one.get("id", "")) for one in listed if is_revoked(one)}
    for one in listed:
        bundle.objects[str(one.get("id", ""))] = one
        if one.get("type") == "relationship" and str(one.get("id", "")) not in revoked:
            key = (str(one.get("source_ref", "")), str(one.get("relationship_type", "")))
            bundle.relationships[key].append(one)
    return bundle


def is_revoked(one: Thing) -> bool:
    """Whether its creator no longer holds an object valid (STIX 2.1 section 3.2)."""
    return one.get("revoked") is True


def check(indicator: Thing, *, version: str) -> None:
    """Refuses an indicator that the standard does not allow.

    Raises:
        Unusable: a required property is absent or a value is of the wrong form.
    """
    import stix2  # noqa: PLC0415  # takes a third of a second to load: only who reads STIX waits for it

    try:
        stix2.parse(json.dumps(dict(indicator)), allow_custom=True, version=version)
    except Exception:  # noqa: BLE001  # stix2 raises a dozen kinds for what a file contains
        raise Unusable("no valid STIX indicator") from None


def tlp_marked(one: Thing, bundle: Bundle) -> Tlp | None:
    """The strictest TLP marking of an object, or None."""
    found = []
    for ref in words_of(one, "object_marking_refs"):
        if ref in _TLP_1:
            found.append(_TLP_1[ref])
            continue
        marking = bundle.objects.get(ref, {})
        definition = marking.get("definition")
        word = str(definition.get("tlp", "")) if isinstance(definition, Mapping) else ""
        # TLP 2.0 has no fixed definition in STIX 2.1: its markings carry the word in their name.
        name = str(marking.get("name", ""))
        word = word or (name if name.lower().startswith("tlp") else "")
        try:
            found.append(tlp_of(word))
        except ValueError:
            continue  # a statement marking, such as a copyright
    return strictest(found)


def creator_of(one: Thing, bundle: Bundle) -> str:
    """Who made an object; "" where the bundle does not say."""
    return str(bundle.objects.get(str(one.get("created_by_ref", "")), {}).get("name", ""))


def words_of(thing: Thing, name: str) -> tuple[str, ...]:
    """The texts in a list of an object; none where it has no such list."""
    found = thing.get(name)
    return tuple(str(word) for word in found) if isinstance(found, list) else ()


def is_malware_name(name: str) -> bool:
    """Whether a group is called malware: some bundles have an intrusion set "X Malware"."""
    return bool(_WORDS_AROUND.search(name))


def plain_name(name: str) -> str:
    """The name without words such as "malware" and "family" around it."""
    return _WORDS_AROUND.sub("", name).strip()


def family_of_bundle(bundle: Bundle) -> str:
    """The family a whole bundle is about: its only malware, or its only group if that is called malware."""
    malware = {str(one.get("name", "")) for one in bundle.of_type("malware")}
    groups = {str(one.get("name", "")) for one in bundle.of_type("intrusion-set")}
    if not malware:
        malware = {name for name in groups if is_malware_name(name)} if len(groups) == 1 else set()
    if len(malware) != 1:
        return ""
    return plain_name(malware.pop())
