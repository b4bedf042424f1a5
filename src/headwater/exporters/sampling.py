"""How does an exporter say that it samples? N of 1:N from records of its options, sampler by sampler.

Elements: 34 samplingInterval; 48 to 50 samplerId, samplerMode, samplerRandomInterval (Cisco, NetFlow v9);
302, 304 to 306, 309 to 311 (RFC 5477, section 8). A record with a selectorAlgorithm (304) that does not count
packets (by time, filters) says no N.
"""

import math
import struct
from collections.abc import Iterator

# Element (0: a vendor's own) and length in octets (65535: each record says it).
FIELD = struct.Struct(">HH")
Sampler = tuple[bytes, int]  # what a record is about (its scope), and the sampler's number there
ELEMENTS = frozenset({34, 50, 305, 309, 311})  # one of them is in every record that says an N
LARGEST = 2**31 - 1  # FLOW's column is a signed 32-bit integer
_BY_COUNT, _RANDOM, _PROBABILITY = 1, 3, 4  # RFC 5477, section 8.2.1; others give no N
_ALGORITHMS = frozenset({_BY_COUNT, _RANDOM, _PROBABILITY})
_MAX_SCOPE_BYTES = 64
_MAX_RECORDS = 256  # of a set
_VARIABLE, _LONG = 0xFFFF, 0xFF


def announced(fields: bytes, scopes: int, body: bytes, *, shortest: int) -> Iterator[tuple[Sampler, int]]:
    """What the records of a set say.

    Args:
        fields: of each record, in order, each as FIELD.
        scopes: how many of the first ones are scopes.
        body: the set without its header.
        shortest: octets of the shortest record; fewer at the end are padding.

    Yields:
        Which sampler, and its N (1: every packet). Records that say none are passed over.
    """
    place = 0
    for _ in range(_MAX_RECORDS):
        if place + shortest > len(body):
            return
        values: dict[int, bytes] = {}
        scope = b""
        for index, (number, size) in enumerate(FIELD.iter_unpack(fields)):
            length = size
            if size == _VARIABLE:
                length, place = _length(body, place)
            if place + length > len(body):
                return
            value = body[place : place + length]
            place += length
            if index < scopes:
                scope += number.to_bytes(2) + value
            else:
                values.setdefault(number, value)
        if interval := _interval(values):
            which = values.get(48, b"") or values.get(302, b"")
            yield (scope[:_MAX_SCOPE_BYTES], int.from_bytes(which[:8])), interval


def _length(body: bytes, place: int) -> tuple[int, int]:
    """The length of a value that says it itself, and where it begins (RFC 7011, section 7)."""
    if place >= len(body):
        return 1, place  # beyond the end: the caller stops
    if body[place] < _LONG:
        return body[place], place + 1
    return int.from_bytes(body[place + 1 : place + 3]), place + 3


def _interval(values: dict[int, bytes]) -> int | None:
    """N of one record, in the order in which headwater's reader of IPFIX files takes the elements."""
    if 304 in values and _whole(values, 304) not in _ALGORITHMS:
        return None
    found = _whole(values, 34) or _whole(values, 50)
    taken, left = _whole(values, 305), _whole(values, 306)
    if not found and taken and 306 in values:
        found = (taken + left) // taken
    if not found and (size := _whole(values, 309)):
        found = round(_whole(values, 310) / size)
    if not found:
        found = _by_probability(values.get(311, b""))
    if not found and 306 not in values:
        found = taken  # some exporters send 305 alone and mean N by it
    return found if 1 <= found <= LARGEST else None


def _whole(values: dict[int, bytes], element: int) -> int:
    """A whole number of at most 8 octets, possibly fewer than usual (RFC 7011, section 6.2); else 0."""
    value = values.get(element, b"")
    return int.from_bytes(value) if len(value) <= 8 else 0


def _by_probability(value: bytes) -> int:
    if len(value) not in {4, 8}:
        return 0
    chance: float = struct.unpack(">f" if len(value) == 4 else ">d", value)[0]
    return round(1 / chance) if math.isfinite(chance) and 1e-9 < chance <= 1 else 0
