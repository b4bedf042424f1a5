"""Who may have held an address, and when? Tenancies, from brackets of keys.

Keys tell when a host was set up, not who did it: a boundary is a possible change of hands, with the
probability that headwater.investigate.boundaries states. Where nothing marks a boundary, the same tenant is
not proven either.
"""

from collections.abc import Sequence
from datetime import datetime

from headwater.investigate.boundaries import Boundary, boundaries
from headwater.investigate.key_brackets import contradictions, key_brackets
from headwater.investigate.placing import placed, tenancy_of
from headwater.investigate.tenancy_settings import TenancySettings
from headwater.model.tenancy import KeyBracket, Tenancy

__all__ = [
    "TenancySettings",
    "contradictions",
    "key_brackets",
    "placed",
    "tenancies",
    "tenancy_of",
]

_SAME_TRACES = "a reinstall by the same tenant leaves the same traces"


def tenancies(
    brackets: Sequence[KeyBracket], *, settings: TenancySettings | None = None
) -> tuple[Tenancy, ...]:
    """The tenancies that keys suggest.

    Args:
        brackets: of one address, as `key_brackets` gives them.
        settings: rates, and from which probability on a change bounds a tenancy; the usual ones unless given.

    Returns:
        In order of time, "T1" first; none where there are no brackets. `start_probability` and
        `end_probability` are those of the boundary being a change of hands; the first tenancy has no marked
        start and the last no marked end.
    """
    if not brackets:
        return ()
    marked, ordinary = boundaries(brackets, settings=settings or TenancySettings())
    first = min(one.set_high for one in brackets)
    last = max(one.gone_low for one in brackets)
    found = []
    for number in range(len(marked) + 1):
        begins = marked[number - 1] if number else None
        ends = marked[number] if number < len(marked) else None
        start_low, start_high = (begins.low, begins.high) if begins else (None, first)
        end_low, end_high = (ends.low, ends.high) if ends else (max(last, start_high), None)
        found.append(
            Tenancy(
                id=f"T{number + 1}",
                start_low=start_low,
                start_high=start_high,
                end_low=end_low,
                end_high=end_high,
                evidence=tuple(
                    one.id for one in brackets if one.set_high <= end_low and one.gone_low >= start_high
                ),
                note=_note(begins, ends, _within(ordinary, start_high, end_low)),
                start_probability=begins.probability if begins else None,
                end_probability=ends.probability if ends else None,
            )
        )
    return tuple(found)


def _within(ordinary: Sequence[Boundary], since: datetime, until: datetime) -> list[Boundary]:
    return [one for one in ordinary if since <= one.low and one.high <= until]


def _note(begins: Boundary | None, ends: Boundary | None, ordinary: Sequence[Boundary]) -> str:
    said = [_marked("begins", begins) if begins else "nothing tells when it began"]
    said.append(_marked("ends", ends) if ends else "nothing tells of an end")
    if ordinary:
        kinds = sorted({kind for one in ordinary for kind in one.changed})
        said.append(f"changes of {' and '.join(kinds)} within it ({len(ordinary)}) are taken for routine")
    return "; ".join(said)


def _marked(verb: str, boundary: Boundary) -> str:
    kept = f", though {' and '.join(boundary.kept)} stayed" if boundary.kept else ""
    scans = f"the scans of {boundary.low.date().isoformat()} and {boundary.high.date().isoformat()}"
    return (
        f"{verb} where {' and '.join(boundary.changed)} changed between {scans}{kept}: a possible change of "
        f"hands, probability {boundary.probability:.2f} at these settings, for {_SAME_TRACES}"
    )
