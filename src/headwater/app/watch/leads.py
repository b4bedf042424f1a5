"""Which unlisted clients of known upstreams may be C2s? Remembered until a list names them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from headwater.app.case_settings import CaseSettings
from headwater.app.pivot import pivot_service
from headwater.app.watch.release import day_of
from headwater.app.watch.settings import WatchSettings
from headwater.errors import LakeError
from headwater.lake.watch_book import Book
from headwater.model.lead import Leads
from headwater.model.remembered import KnownLead, KnownUpstream, Memory
from headwater.model.service import Service

Say = Callable[[str], None]


def remember_leads(lake_root: Path, book: Book, settings: WatchSettings, *, say: Say) -> int:
    """Looks at other clients of the known upstreams whose turn it is, and writes them into the book.

    Args:
        lake_root: the lake's folder.
        book: the lake's book.
        settings: how often, how many.
        say: told each step as it begins.

    Returns:
        How many upstreams were looked at.

    Raises:
        LakeError: the lake or the book cannot be read, or the book cannot be written.
    """
    memory = book.memory()
    due = _due(memory, settings)
    for known in due:
        at = memory.looked.at if memory.looked else known.told_at
        service = Service(known.address, known.port, known.proto if known.port else 0)
        say(f"looking at the other clients of {service}")
        asked = CaseSettings(
            since=at - settings.schedule.window, until=at, families=settings.alerts.families,
            allow_reserved=settings.alerts.allow_reserved, engine=settings.engine,
            lake_version=memory.looked.lake_version if memory.looked else None,
        )  # fmt: skip
        try:
            found = pivot_service(lake_root, service, settings=asked, say=say).leads
        except LakeError as why:  # no flows any more in the window: nothing to look at, and no reason to stop
            say(str(why))
            found = None
        memory = replace(
            memory, upstreams=memory.upstreams | {known.address: _with(known, found, at, settings)}
        )
    if due:
        book.record(memory, [], day=day_of(memory.looked.at, settings.budget) if memory.looked else "")
    return len(due)


def _due(memory: Memory, settings: WatchSettings) -> list[KnownUpstream]:
    """The upstreams whose turn it is, those looked at longest ago first."""
    if memory.looked is None or settings.leads.every <= timedelta(0):
        return []
    at = memory.looked.at
    due = [
        one
        for one in memory.upstreams.values()
        if one.pivoted_at is None or at - one.pivoted_at >= settings.leads.every
    ]
    due.sort(key=lambda one: (one.pivoted_at is not None, one.pivoted_at or at, one.address))
    return due[: settings.leads.most]


def _with(known: KnownUpstream, found: Leads | None, at: datetime, settings: WatchSettings) -> KnownUpstream:
    leads = dict(known.leads)
    for lead in found.leads if found is not None else ():
        if lead.posterior >= settings.leads.posterior and lead.address not in leads:
            leads[lead.address] = KnownLead(lead.port, lead.posterior, at)
    return replace(known, leads=leads, pivoted_at=at)
