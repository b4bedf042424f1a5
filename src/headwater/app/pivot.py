"""Which other clients of a confirmed service may be C2s? From the lake to leads, and from leads to labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from headwater.app.case_listed import case_labels
from headwater.app.case_settings import CaseSettings
from headwater.app.flow_source import FlowSource
from headwater.app.pivot_measuring import PivotKnown, PivotMeasured, pivot_measured
from headwater.app.statistics_of import Context
from headwater.app.synthetic import synthetic_notes
from headwater.engine.connect import connect
from headwater.engine.trace import Trace
from headwater.errors import BadSetting, LakeError
from headwater.investigate.pivot import pivot
from headwater.investigate.pivot_leads import aside_of, leads_of
from headwater.lake.context import networks, warning_lists
from headwater.lake.coverage import logged_days
from headwater.lake.covered import covered
from headwater.lake.snapshot import snapshot
from headwater.lake.tables import open_lake
from headwater.model.address import key_of
from headwater.model.lead import PIVOT_SOURCE, Lead, Leads, lead_grade
from headwater.model.service import Service
from headwater.model.window import Window

Say = Callable[[str], None]

FEW_LISTED = 2  # listed C2s in contact; below, there is little to compare with


@dataclass(frozen=True, slots=True)
class Pivoted:
    """Leads with what they stand on.

    Attributes:
        leads: the answer.
        trace: every query that ran.
    """

    leads: Leads
    trace: Trace


def pivot_service(
    lake_root: Path, service: Service, *, settings: CaseSettings | None = None, say: Say | None = None
) -> Pivoted:
    """Looks for unlisted C2s among the clients of a confirmed service.

    Args:
        lake_root: the lake's folder.
        service: an address with port and protocol, or an address alone: then the key of that address which
            most listed C2s met.
        settings: what to look at.
        say: told each step as it begins.

    Returns:
        The leads. A service that was never seen has none; a warning says so.

    Raises:
        LakeError: there is no lake, it holds no flows for that time, or no labelled C2 but accepted leads.
        BadSetting: a setting is impossible, or the engine refuses it.
    """
    settings = settings or CaseSettings()
    known = _known(lake_root, service, settings)
    lake, window = open_lake(lake_root), Window(settings.since, settings.until)
    found = snapshot(lake, version=settings.lake_version, window=window)
    flow_count = int(logged_days(lake, found, window=window).flows.sum())
    if not flow_count:
        raise LakeError("there are no flows in that time; ingest some first, or widen --since and --until")
    with connect(settings.engine) as engine:
        engine.trace.lake_version = found.version
        measured = pivot_measured(
            engine, FlowSource.in_lake(engine, found.files, covered(lake, found)), service,
            flow_count=flow_count, known=known,
            settings=settings, say=say or _silent,
        )  # fmt: skip
        leads = _leads(measured, lake_version=found.version)
    notes = synthetic_notes(lake_root, lake_version=found.version)
    return Pivoted(replace(leads, warnings=(*notes, *leads.warnings)), engine.trace)


def _silent(text: str) -> None:
    """Says nothing."""


def _known(lake_root: Path, service: Service, settings: CaseSettings) -> PivotKnown:
    """Labels and context; leads accepted before are no listed C2s here, so that no pivot proves itself."""
    hi, lo = key_of(service.address)
    labels = case_labels(lake_root, hi=hi, lo=lo, settings=settings)
    return PivotKnown(
        listed=labels.listed,
        context=Context(networks(lake_root), warning_lists(lake_root), labels.roles),
        accepted=labels.accepted,
        allow_reserved=settings.allow_reserved,
    )


def _leads(measured: PivotMeasured, *, lake_version: int) -> Leads:
    tables = measured.tables
    found = pivot(tables)
    return Leads(
        service=measured.service, role=measured.role, lake_version=lake_version, listed=found.listed,
        clients=len(tables.clients.hi) + tables.clients_left_out, leads=leads_of(tables, found),
        aside=aside_of(tables, found), not_read=found.not_read + tables.clients_left_out,
        confirmed=tables.confirmed,
        warnings=_warnings(measured, listed=found.listed, not_read=found.not_read),
    )  # fmt: skip


def _warnings(measured: PivotMeasured, *, listed: int, not_read: int) -> tuple[str, ...]:
    said = []
    if not len(measured.tables.clients.hi):
        said.append(f"{measured.service} was in contact with nobody in these records")
    elif listed < FEW_LISTED:
        said.append(
            f"{listed} listed C2{'s' * (listed != 1)} in contact with the service: it is no confirmed "
            "upstream by these records, and its other clients are judged as if it were"
        )
    if not_read:
        said.append(f"the flows of {not_read} clients were not read; nothing is said of them")
    return tuple(said)


def labels_of(leads: Leads, accepted: Sequence[str]) -> list[dict[str, Any]]:  # Any: texts and times
    """Leads as rows of a plain list for `headwater labels add`, on an analyst's word.

    Args:
        leads: as found.
        accepted: addresses that the analyst takes for C2s.

    Returns:
        One row an address, with source PIVOT_SOURCE, a grade by its posterior (F: the source's reliability
        cannot be judged) and a note that says where it comes from.

    Raises:
        BadSetting: an address is no lead, or no family is known for it.
    """
    by_address = {lead.address: lead for lead in leads.leads}
    unknown = [address for address in accepted if address not in by_address]
    if unknown:
        raise BadSetting(
            f"--accept {unknown[0]!a}: no lead of {leads.service}; take addresses from `headwater pivot`"
        )
    chosen = [by_address[address] for address in dict.fromkeys(accepted)]
    without = [lead.address for lead in chosen if not lead.family]
    if without:
        raise BadSetting(
            f"--accept {without[0]}: none of its clients is known to check in at listed C2s, so no family "
            "can be named; label it by hand if you know better"
        )
    return [_label(lead, leads) for lead in chosen]


def _label(lead: Lead, leads: Leads) -> dict[str, Any]:  # Any: texts and times
    return {
        "address": lead.address, "port": lead.port, "family": lead.family, "role": "c2",
        "first_seen": lead.first_seen, "last_seen": lead.last_seen, "source": PIVOT_SOURCE,
        "grade": lead_grade(lead.posterior), "tlp": "amber",
        "note": (
            f"lead from {leads.service} at lake version {leads.lake_version}, posterior "
            f"{lead.posterior:.3f}, accepted by an analyst"
        ),
    }  # fmt: skip
