"""What do leads look like as JSON and as rows? The contract's keys first, then what helps."""

from dataclasses import asdict
from typing import Any

from headwater.model.address import defang, defanged_text
from headwater.model.lead import Lead, Leads

_LOGS = 3  # digits of natural logarithms


def document(found: Leads, *, top: int | None = None, defanged: bool = False) -> dict[str, Any]:  # Any: JSON
    """The answer for JSON.

    Args:
        found: the leads.
        top: only so many, the likeliest; None: all.
        defanged: write addresses so that nothing links to them.
    """
    service = str(found.service)
    return {
        "service": defang(service) if defanged else service,
        "leads": [_lead(one, defanged=defanged) for one in found.leads[:top]],
        "role": found.role.value,
        "listed": found.listed,
        "clients": found.clients,
        "confirmed_upstreams": found.confirmed,
        "aside": [
            {"address": defang(one.address) if defanged else one.address, "reason": one.reason}
            for one in found.aside
        ],
        "not_read": found.not_read,
        "left_out": max(len(found.leads) - (len(found.leads) if top is None else top), 0),
        "lake_version": found.lake_version,
        "warnings": [defanged_text(one) if defanged else one for one in found.warnings],
    }


def rows(found: Leads, *, top: int | None = None, defanged: bool = False) -> list[dict[str, Any]]:
    """The leads as rows of a table; arguments as for `document`."""
    return [_lead(one, defanged=defanged) for one in found.leads[:top]]


def _lead(lead: Lead, *, defanged: bool) -> dict[str, Any]:  # Any: JSON
    address = defang(lead.address) if defanged else lead.address
    first = {
        "address": address,
        "port": lead.port,
        "posterior": lead.posterior,
        "words": lead.words,
        "sessions": lead.sessions,
        "reasons": list(lead.reasons),
    }
    rest = {name: value for name, value in asdict(lead).items() if name not in first}
    return first | rest | {"evidence": {name: round(v, _LOGS) for name, v in lead.evidence.items()}}
