"""What may be detected and blocked, from when until when? The service, and C2s where asked for.

Nothing else ever becomes an indicator: clients may be victims, other services may be anybody's.
"""

from dataclasses import dataclass
from datetime import datetime

from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.model.service import Service
from headwater.present.export.settings import ExportSettings
from headwater.present.export.sharing import contacts_by_address
from headwater.present.export.standing import Standing


@dataclass(frozen=True, slots=True)
class Indicator:
    """One address that may be detected or blocked within a window.

    Attributes:
        service: address, and port and protocol where known.
        role: "upstream" or "c2".
        family, group: of a C2; "" for the service.
        since: from when.
        until: until when, excluded.
        why: what it rests on, one sentence.
        opens: it connects to others; where False, others connect to it.
    """

    service: Service
    role: str
    family: str
    group: str
    since: datetime
    until: datetime
    why: str
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Indicators:
    """What may be blocked, and why the rest may not.

    Attributes:
        found: indicators, the service first.
        remarks: why there is none for the service, or how many C2s have none.
    """

    found: tuple[Indicator, ...]
    remarks: tuple[str, ...]


def indicators(case: Case, stands: Standing, settings: ExportSettings) -> Indicators:
    """The indicators of a case.

    Args:
        case: what may leave of it.
        stands: what its conclusion supports.
        settings: whether the C2s get indicators, and how long one holds.
    """
    found, remarks = [], []
    if stands.hostile and stands.since is not None and stands.until is not None:
        opens = case.role is PeerRole.CLIENT  # then its port is that of the C2s it connects to
        where = Service(case.service.address) if opens else case.service
        found.append(Indicator(where, "upstream", "", "", stands.since, stands.until, stands.why, opens))
        if stands.passed_on:
            remarks.append(
                f"{case.service} has changed hands since: its indicator ends at {stands.until:%Y-%m-%d}, and "
                "whoever holds it now is not who the C2s met"
            )
    else:
        remarks.append(f"no indicator for {case.service}: {stands.why}")
    if settings.with_c2s:
        c2s = _c2s(case, settings)
        found += c2s
        undated = sum(one.listed for one in case.contacts) - len(c2s)
        if undated:
            remarks.append(f"no indicator for {undated} listed C2s: nothing tells when they were C2s")
    return Indicators(tuple(found), tuple(remarks))


def _c2s(case: Case, settings: ExportSettings) -> list[Indicator]:
    contacts = contacts_by_address(case)
    found = []
    for one in case.timelines:
        contact = contacts.get(one.address)
        if contact is None or one.activity is None or one.activity.end <= one.activity.start:
            continue
        found.append(
            Indicator(
                Service(one.address, contact.port, 6 if contact.port else 0),  # lists of C2s name TCP ports
                "c2",
                contact.family,
                contact.group,
                one.activity.start,
                one.activity.end + settings.valid_for,
                f"listed as C2 of {contact.family or 'an unnamed family'}",
            )
        )
    return found
