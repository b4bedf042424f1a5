"""How is a case handed to another system? Found, read, and written in the format asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from headwater.app.case_files import found_case, read_case
from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.present.export.settings import Exported, ExportSettings, ListSettings

_HERE = "headwater.present.export"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written.

    Attributes:
        to: one of FORMATS.
        settings: whom it is for.
        rules: what only rules and block lists need.
        form: of a block list.
    """

    to: str
    settings: ExportSettings
    rules: ListSettings
    form: str = "plain"


def export(named: str, *, lake_root: Path, wanted: Wanted) -> Exported:
    """A case in the format of another system.

    Args:
        named: a case.json, a folder that holds one, or a service that was investigated in the lake.
        lake_root: the lake's folder.
        wanted: format and choices.

    Raises:
        BadSetting: no such case or format, or choices that exclude each other.
        UnreadableSource: the case is damaged, no case, or of a newer format.
    """
    if wanted.to not in FORMATS:
        raise BadSetting(f"--to {wanted.to}: there are {', '.join(FORMATS)}")
    return exported(read_case(found_case(named, lake_root=lake_root)), wanted)


def exported(case: Case, wanted: Wanted) -> Exported:
    """A case in hand in the format of another system.

    Raises:
        BadSetting, UnreadableSource: as `export`.
    """
    return FORMATS[wanted.to](case, wanted)


# The libraries of STIX and MISP take a second to load: only who writes these formats waits for them.
def _stix(case: Case, wanted: Wanted) -> Exported:
    found: Exported = import_module(f"{_HERE}.stix").stix(case, settings=wanted.settings)
    return found


def _stix_opencti(case: Case, wanted: Wanted) -> Exported:
    found: Exported = import_module(f"{_HERE}.stix").stix(case, settings=wanted.settings, opencti=True)
    return found


def _misp(case: Case, wanted: Wanted) -> Exported:
    found: Exported = import_module(f"{_HERE}.misp").misp(case, settings=wanted.settings)
    return found


def _csv(case: Case, wanted: Wanted) -> Exported:
    found: Exported = import_module(f"{_HERE}.csv_rows").csv_rows(case, settings=wanted.settings)
    return found


def _suricata(case: Case, wanted: Wanted) -> Exported:
    write = import_module(f"{_HERE}.suricata").suricata
    found: Exported = write(case, settings=wanted.settings, rules=wanted.rules)
    return found


def _blocklist(case: Case, wanted: Wanted) -> Exported:
    write = import_module(f"{_HERE}.blocklist").blocklist
    found: Exported = write(case, settings=wanted.settings, rules=wanted.rules, form=wanted.form)
    return found


FORMATS: dict[str, Callable[[Case, Wanted], Exported]] = {
    "stix": _stix,
    "stix-opencti": _stix_opencti,
    "misp": _misp,
    "csv": _csv,
    "suricata": _suricata,
    "blocklist": _blocklist,
}
