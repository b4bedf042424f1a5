"""How does a case leave as STIX 2.1? As one bundle that says the same each time, or as OpenCTI takes it.

The objects are made by the `stix2` library, which checks them as it makes them.
"""

import json

from stix2 import v21

from headwater.model.case import Case
from headwater.present.export.exercise import marked, remark_of
from headwater.present.export.indicators import indicators
from headwater.present.export.settings import Exported, ExportSettings
from headwater.present.export.sharing import shareable
from headwater.present.export.standing import standing
from headwater.present.export.stix_frame import Frame, Thing
from headwater.present.export.stix_hosts import c2_objects, other_objects, service_objects
from headwater.present.export.stix_judgement import (
    claim_objects,
    evidence_objects,
    hypothesis_objects,
    indicator_objects,
    note_objects,
    report_object,
    technique_objects,
)
from headwater.present.export.stix_markings import pap_marking, tlp_marking
from headwater.present.export.techniques import techniques


def stix(case: Case, *, settings: ExportSettings, opencti: bool = False) -> Exported:
    """The case as a STIX 2.1 bundle.

    Args:
        case: the case.
        settings: whom it is for.
        opencti: make the variant that OpenCTI imports whole.

    Returns:
        JSON, ASCII only, the same bytes for the same case and settings.

    Raises:
        BadSetting, UnreadableSource: as `headwater.present.export.sharing.shareable`.
    """
    shared = shareable(case, settings)
    stands = standing(shared.case, settings)
    frame = Frame(shared.case, stands, settings, opencti)
    allowed = indicators(shared.case, stands, settings)
    things = [
        *service_objects(frame),
        *c2_objects(frame),
        *other_objects(frame),
        *indicator_objects(frame, allowed.found),
        *technique_objects(frame, techniques(shared.case, stands)),
        *note_objects(frame, shared),
        *evidence_objects(frame),
        *hypothesis_objects(frame),
        *claim_objects(frame),
    ]
    remarks = tuple(
        text
        for text in (
            *remark_of(shared.case),
            shared.withheld.text(settings.tlp),
            *shared.remarks,
            *allowed.remarks,
        )
        if text
    )
    report = report_object(frame, remarks, [_producer(frame), *things])
    everything = [*_markings(frame), _producer(frame), report, *things]
    once = {one.id: marked(shared.case, json.loads(one.serialize())) for one in everything}
    bundle = {"type": "bundle", "id": frame.id_of("bundle"), "objects": list(once.values())}
    return Exported(json.dumps(bundle, indent=2) + "\n", remarks)


def _producer(frame: Frame) -> Thing:
    common = frame.shared(frame.producer)
    del common["created_by_ref"]
    return v21.Identity(**common, name=frame.settings.producer, identity_class="organization")


def _markings(frame: Frame) -> list[Thing]:
    found = [tlp_marking(word, opencti=frame.opencti) for word in sorted(frame.used)]
    found.append(pap_marking(frame.settings.pap, opencti=frame.opencti))
    return [v21.MarkingDefinition(**marking) for marking in found]
