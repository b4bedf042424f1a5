"""Which addresses and ports does a STIX pattern name? Its own grammar, one observation after the other.

Grammar: STIX 2.0 part 5 and STIX 2.1 section 9 (OASIS), parsed by the `stix2` library.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from headwater.intel.labels.endpoints import Unusable

MOST_ALTERNATIVES = 10_000  # a pattern that multiplies out to more is an attack, not an indicator
_ADDRESSES = frozenset({"ipv4-addr:value", "ipv6-addr:value"})
_SIDES = {  # of a network-traffic object: its address, its port
    "dst": ("network-traffic:dst_ref.value", "network-traffic:dst_port"),
    "src": ("network-traffic:src_ref.value", "network-traffic:src_port"),
}


@dataclass(frozen=True, slots=True)
class _Match:
    """One way to satisfy an observation: the values that each property must have."""

    values: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class PatternContent:
    """What a pattern names.

    Attributes:
        endpoints: address and port as text, port "" where the pattern names none; each once, in order.
        qualified: whether the pattern also asks for a time or a count, which no label can say.
    """

    endpoints: list[tuple[str, str]] = field(default_factory=list)
    qualified: bool = False


def endpoints_of(pattern: str, *, version: str) -> PatternContent:
    """Addresses and ports in a pattern.

    Observations joined by AND, OR and FOLLOWEDBY each give their own; inside one observation, alternatives
    are multiplied out, so a port belongs to the addresses it stands beside.

    Args:
        pattern: the pattern's text.
        version: "2.0" or "2.1", the grammar.

    Raises:
        Unusable: the text is no pattern, or is too large to multiply out.
    """
    # stix2 brings ANTLR and takes a third of a second to load: only who reads STIX waits for it.
    from stix2.pattern_visitor import create_pattern_object  # noqa: PLC0415

    try:
        tree = create_pattern_object(pattern, version=version)
    except RecursionError:
        raise Unusable("pattern too large") from None
    except Exception:  # noqa: BLE001  # stix2 and ANTLR raise a dozen kinds, some of them bare Exceptions
        raise Unusable("no STIX pattern") from None
    content = PatternContent()
    for observation in _observations(tree, content):
        for match in _matches(observation):
            for endpoint in _endpoints(dict(match.values), match):
                if endpoint not in content.endpoints:
                    content.endpoints.append(endpoint)
    return content


def _observations(node: Any, content: PatternContent) -> Iterator[Any]:  # Any: stix2's classes have no types
    """The comparison expression of every observation in the tree."""
    kind = type(node).__name__
    if kind == "ObservationExpression":
        yield node.operand
    elif kind == "QualifiedObservationExpression":
        content.qualified = True
        yield from _observations(node.observation_expression, content)
    elif kind == "ParentheticalExpression":
        yield from _observations(node.expression, content)
    else:
        for operand in getattr(node, "operands", ()):
            yield from _observations(operand, content)


def _matches(node: Any) -> list[_Match]:  # Any: as above
    """The ways to satisfy a comparison expression."""
    kind = type(node).__name__
    if kind == "ParentheticalExpression":
        return _matches(node.expression)
    if kind == "OrBooleanExpression":
        return [match for operand in node.operands for match in _matches(operand)]
    if kind == "AndBooleanExpression":
        ways = [_Match()]
        for operand in node.operands:
            more = _matches(operand)
            if len(ways) * len(more) > MOST_ALTERNATIVES:
                raise Unusable("pattern too large")
            ways = [_Match(one.values + other.values) for one in ways for other in more]
        return ways
    return [_Match(((str(node.lhs), value),)) for value in _values(node)] or [_Match()]


def _values(comparison: Any) -> list[str]:  # Any: as above
    """The values that a comparison demands; none for one that demands no particular value."""
    if comparison.negated:
        return []
    if comparison.operator == "IN":
        return [str(constant.value) for constant in comparison.rhs.value]
    if comparison.operator in ("=", "ISSUBSET"):  # a subset of a single address is that address
        return [str(comparison.rhs.value)]
    return []


def _endpoints(last: dict[str, str], match: _Match) -> Iterator[tuple[str, str]]:
    """The endpoints in one way to satisfy an observation."""
    for name, value in match.values:
        if name in _ADDRESSES:
            yield value, ""
    for address, port in _SIDES.values():
        if address in last:
            yield last[address], last.get(port, "")
