"""What does an event look like to programs? A JSON object, and the same on one line."""

import json
from datetime import datetime
from typing import Any

from headwater.model.event import EventHost, Measured
from headwater.present.events.sharing import Shared
from headwater.present.events.words import said

FORMAT = 1


def document(found: Shared, *, again: bool = False) -> dict[str, Any]:  # Any: what JSON can say
    """The event as a JSON object.

    Args:
        found: the event as it may leave.
        again: whether it may have arrived before, because an attempt was cut off; `id` tells.
    """
    event = found.event
    told = {
        "format": FORMAT,
        "id": event.id,
        "kind": event.kind.value,
        "level": "notice" if event.is_notice else "alert",
        "at": _time(event.at),
        "mark": event.mark or None,
        "said": said(found),
        "subject": event.subject,
        "role": event.role or None,
        "measured": None if event.measured is None else _measured(event.measured),
        "hosts": [_host(host) for host in event.hosts],
        "facts": event.facts,
        "reasons": list(event.reasons),
        "lake_version": event.basis.lake_version,
        "window": {"since": _time(event.basis.since), "until": _time(event.basis.until)},
        "command": event.command or None,
        "tlp": found.tlp.value,
        "left_out": {"hosts": found.hosts, "whole": found.whole, "why": found.remark or None},
        "again": again,
    }
    if found.events:
        told["events"] = [document(each) for each in found.events]
    return told


def line(told: dict[str, Any]) -> str:  # Any: as above
    """A document as one line of JSON, in ASCII: a terminal can show it, whatever is in its strings."""
    return json.dumps(told, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"


def _host(host: EventHost) -> dict[str, Any]:  # Any: as above
    return {
        "address": host.address,
        "family": host.family,
        "group": host.group,
        "tlp": host.tlp.value,
        "sources": list(host.sources),
        "why": host.why or None,
    }


def _measured(numbers: Measured) -> dict[str, Any]:  # Any: as above
    return {
        "verdict": numbers.verdict or None,
        "posterior": numbers.posterior,
        "p_value": numbers.p_value,
        "q_value": numbers.q_value,
        "expected": numbers.expected,
        "c2s": numbers.c2s,
        "clients": numbers.clients,
        "flows": numbers.flows,
        "sessions": numbers.sessions,
        "first_seen": _time(numbers.first_seen),
        "last_seen": _time(numbers.last_seen),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
