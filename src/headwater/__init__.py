"""headwater finds the servers behind a botnet's servers, from flow records.

    import headwater as hw

    lake = hw.Lake("headwater.lake")
    lake.ingest("flows/")
    lake.add_labels("feodo.csv")
    found = lake.hunt(since="2020-11-01")
    case = lake.investigate(found.service(1))
    case.timeline().to_polars()
    case.report("report")

This is the whole public interface; docs/reference/python.md describes it. A name is imported when it is first
used, so that `import headwater` and the command line cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headwater.api.added import Added
    from headwater.api.case_result import CaseResult, read_case
    from headwater.api.changes_result import ChangesResult
    from headwater.api.choices import choices_from
    from headwater.api.compact_result import CompactResult
    from headwater.api.evaluated import evaluate
    from headwater.api.explained import Explained
    from headwater.api.flows_result import FlowsResult
    from headwater.api.hunt_result import HuntResult
    from headwater.api.lake import Lake
    from headwater.api.part import Part
    from headwater.api.pivot_result import PivotResult
    from headwater.api.simulated import Simulated, simulations, write_simulation
    from headwater.api.tiers_result import TiersResult
    from headwater.api.verified import VerifyResult
    from headwater.app.case_settings import CaseSettings
    from headwater.app.compact_settings import CompactSettings
    from headwater.app.hunt_settings import HuntSettings, MeasureSettings
    from headwater.app.investigate import Choices
    from headwater.app.report import Reported
    from headwater.errors import (
        BadSetting,
        FormatUnknown,
        HeadwaterError,
        LakeError,
        ToolMissing,
        UnreadableSource,
    )
    from headwater.ingest.reader import ReadOptions
    from headwater.intel.labels.feed import Analyst
    from headwater.investigate.tenancy_settings import TenancySettings
    from headwater.investigate.tiers_settings import TierSettings
    from headwater.investigate.timeline_settings import TimelineSettings
    from headwater.lake.vacuum import Vacuumed
    from headwater.model.candidate import PeerRole
    from headwater.model.label import Tlp
    from headwater.model.service import Service
    from headwater.present.export.settings import Exported, ExportSettings, ListSettings, Pap, SidRange

__version__ = "0.1.0"

# Each public name, and the module that has it; the imports above say the same to type checkers and editors.
_WHERE = {
    "Lake": "api.lake",
    "HuntResult": "api.hunt_result",
    "Explained": "api.explained",
    "CaseResult": "api.case_result",
    "read_case": "api.case_result",
    "FlowsResult": "api.flows_result",
    "PivotResult": "api.pivot_result",
    "ChangesResult": "api.changes_result",
    "TiersResult": "api.tiers_result",
    "VerifyResult": "api.verified",
    "CompactResult": "api.compact_result",
    "Vacuumed": "lake.vacuum",
    "Added": "api.added",
    "Part": "api.part",
    "simulations": "api.simulated",
    "write_simulation": "api.simulated",
    "Simulated": "api.simulated",
    "evaluate": "api.evaluated",
    "Service": "model.service",
    "PeerRole": "model.candidate",
    "Tlp": "model.label",
    "HuntSettings": "app.hunt_settings",
    "CaseSettings": "app.case_settings",
    "CompactSettings": "app.compact_settings",
    "MeasureSettings": "app.hunt_settings",
    "Choices": "app.investigate",
    "choices_from": "api.choices",
    "TimelineSettings": "investigate.timeline_settings",
    "TenancySettings": "investigate.tenancy_settings",
    "TierSettings": "investigate.tiers_settings",
    "ReadOptions": "ingest.reader",
    "Analyst": "intel.labels.feed",
    "Reported": "app.report",
    "ExportSettings": "present.export.settings",
    "Exported": "present.export.settings",
    "ListSettings": "present.export.settings",
    "Pap": "present.export.settings",
    "SidRange": "present.export.settings",
    "HeadwaterError": "errors",
    "FormatUnknown": "errors",
    "ToolMissing": "errors",
    "UnreadableSource": "errors",
    "LakeError": "errors",
    "BadSetting": "errors",
}

__all__ = [
    "Added", "Analyst", "BadSetting", "CaseResult", "CaseSettings", "ChangesResult", "Choices",
    "CompactResult", "CompactSettings", "Explained", "ExportSettings", "Exported", "FlowsResult",
    "FormatUnknown", "HeadwaterError", "HuntResult", "HuntSettings", "Lake", "LakeError", "ListSettings",
    "MeasureSettings", "Pap", "Part", "PeerRole", "PivotResult", "ReadOptions", "Reported", "Service",
    "SidRange", "Simulated", "TenancySettings", "TierSettings", "TiersResult", "TimelineSettings", "Tlp",
    "ToolMissing", "UnreadableSource", "Vacuumed", "VerifyResult", "__version__", "choices_from",
    "evaluate", "read_case", "simulations", "write_simulation",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # Any: each name has its own type, which the imports above tell
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"headwater.{_WHERE[name]}"), name)
    globals()[name] = found  # asked for once
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
