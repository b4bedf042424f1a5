"""What do all STIX objects of an export share? Producer, times, markings, and ids that stay the same.

An id is a UUIDv5 over what the object is about, so a later export of the same case speaks of the same
objects. `created` is the case's first contact and `modified` its last record.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from headwater.model.case import Case
from headwater.model.label import Tlp
from headwater.present.export.case_moment import first_moment, last_moment
from headwater.present.export.settings import ExportSettings
from headwater.present.export.standing import Standing
from headwater.present.export.stix_markings import pap_marking, tlp_marking

_NAMESPACE = uuid.UUID("2f1b7c56-6c0e-5d0b-9c1f-4d7d4d8f0a3e")  # of this project's exports, drawn once
# STIX 2.1 appendix A, scale None / Low / Med / High; ours has three words (ICD 203).
_CONFIDENCE = {"low": 15, "moderate": 50, "high": 85}
# One version for all cases: two exports must not give one id two moments of creation (STIX 2.1, section 3.6).
_SHARED_AT = datetime(2026, 1, 1, tzinfo=UTC)
Thing = Any  # stix2 ships no types


@dataclass(frozen=True)
class Frame:
    """What stays the same through one bundle.

    Attributes:
        case: what may leave of the case.
        stands: what its conclusion supports.
        settings: choices of the export.
        opencti: whether OpenCTI is to import it.
        used: TLP words that objects were marked with; grows.
    """

    case: Case
    stands: Standing
    settings: ExportSettings
    opencti: bool
    used: set[Tlp] = field(default_factory=set)

    @cached_property
    def created(self) -> datetime:
        """The case's first contact."""
        return first_moment(self.case)

    @cached_property
    def modified(self) -> datetime:
        """The case's last record."""
        return last_moment(self.case)

    @property
    def confidence(self) -> int:
        """Confidence in the basis, from 0 to 100; never a likelihood."""
        return _CONFIDENCE.get(self.case.conclusion.confidence, 0)

    @cached_property
    def producer(self) -> str:
        """Id of the identity that signs."""
        return f"identity--{uuid.uuid5(_NAMESPACE, json.dumps(['producer', self.settings.producer]))}"

    def id_of(self, kind: str, *about: str) -> str:
        """The id of an object of a type about something in this case."""
        name = json.dumps([kind, str(self.case.service), *about])
        return f"{kind}--{uuid.uuid5(_NAMESPACE, name)}"

    def shared_id(self, kind: str, *about: str) -> str:
        """The id of an object that is the same in every case, such as a malware family."""
        return f"{kind}--{uuid.uuid5(_NAMESPACE, json.dumps(['any case', kind, *about]))}"

    def common(self, id_: str, *, tlp: Tlp | None = None, later_ms: int = 0) -> dict[str, Any]:
        """Properties that every object but an observable carries.

        Args:
            id_: its id.
            tlp: its own marking; the document's where None.
            later_ms: milliseconds to put its `created` behind those of its like.
        """
        moved = self.created.replace(microsecond=0).timestamp() + later_ms / 1000
        created = datetime.fromtimestamp(moved, tz=self.created.tzinfo) if later_ms else self.created
        return {
            "id": id_,
            "created": created,
            "modified": max(self.modified, created),
            "created_by_ref": self.producer,
            "object_marking_refs": self.marked(tlp),
        }

    def shared(self, id_: str, *, tlp: Tlp | None = None) -> dict[str, Any]:
        """The same for an object with an id of `shared_id`, which must not differ between cases."""
        return self.common(id_, tlp=tlp) | {"created": _SHARED_AT, "modified": _SHARED_AT}

    def marked(self, tlp: Tlp | None = None) -> list[str]:
        """References to the markings of an object."""
        word = self.settings.tlp if tlp is None else tlp
        self.used.add(word)
        return [
            tlp_marking(word, opencti=self.opencti)["id"],
            pap_marking(self.settings.pap, opencti=self.opencti)["id"],
        ]


def span(start: datetime | None, stop: datetime | None) -> dict[str, datetime]:
    """start_time and stop_time of a relationship; the standard wants the stop later than the start."""
    found = {} if start is None else {"start_time": start}
    if stop is not None and (start is None or stop > start):
        found["stop_time"] = stop
    return found
