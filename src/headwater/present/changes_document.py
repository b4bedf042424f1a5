"""What do changes look like as JSON and as rows? The contract's keys first, then what helps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headwater.engine.trace import Query
from headwater.model.address import defang, defanged_text
from headwater.model.change import Change, Changes
from headwater.model.service import Service

_DIGITS = 6  # of probabilities and numbers


def document(
    found: Changes, *, defanged: bool = False, queries: Sequence[Query] = ()
) -> dict[str, Any]:  # Any: JSON
    """The answer for JSON.

    Args:
        found: the changes.
        defanged: write addresses so that nothing links to them.
        queries: what ran; every finding rests on all of it. One that read the copy by host is told as the
            same question asked of the flows, as in a case.
    """
    return {
        "format": 1,
        "lake_version": found.lake_version,
        "window": {"since": _time(found.since), "until": _time(found.until)},
        "upstreams": [_service(one, defanged=defanged) for one in found.upstreams],
        "changes": [_change(one, defanged=defanged) for one in found.changes],
        "outages": [
            {
                "sensor": one.sensor, "since": _time(one.since), "until": _time(one.until),
                "share": round(one.share, _DIGITS),
            }
            for one in found.outages
        ],
        "warnings": [defanged_text(one) if defanged else one for one in found.warnings],
        "queries": [
            {"purpose": one.purpose, "sql": one.means or one.sql, "rows": one.rows} for one in queries
        ],
    }  # fmt: skip


def rows(found: Changes, *, defanged: bool = False) -> list[dict[str, Any]]:  # Any: texts, numbers or None
    """The findings as rows of a table."""
    told = [_change(one, defanged=defanged) for one in found.changes]
    return [
        row | {"alternatives": [f"{one['service']} {one['probability']:.2f}" for one in row["alternatives"]]}
        for row in told
    ]


def _change(one: Change, *, defanged: bool) -> dict[str, Any]:  # Any: JSON
    return {
        "kind": one.kind.value,
        "service": _service(one.service, defanged=defanged),
        "role": one.role.value,
        "other": None if one.other is None else _service(one.other, defanged=defanged),
        "family": list(one.family),
        "since": _time(one.since),
        "until": _time(one.until),
        "probability": None if one.probability is None else round(one.probability, _DIGITS),
        "words": one.words,
        "reasons": [_reason(text, one, defanged=defanged) for text in one.reasons],
        "alternatives": [
            {
                "service": _service(each.service, defanged=defanged),
                "probability": round(each.probability, _DIGITS), "shared_c2s": each.shared,
            }
            for each in one.alternatives
        ],
        "numbers": {name: round(float(value), _DIGITS) for name, value in one.numbers.items()},
    }  # fmt: skip


def _service(service: Service, *, defanged: bool) -> str:
    return defang(str(service)) if defanged else str(service)


def _reason(text: str, one: Change, *, defanged: bool) -> str:
    """A reason; the only addresses that reasons name are those of the finding's own services."""
    if not defanged:
        return text
    for service in (one.service, one.other):
        if service is not None:
            text = text.replace(str(service), defang(str(service)))
    return text


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
