"""How long are an exporter's records, and which of them tell its sampling? Its templates, kept small.

Formats: RFC 3954, sections 5.2 and 6.1 (version 9); RFC 7011, section 3.4 (IPFIX). Of a template only the
length of its records is kept; of one whose records describe the exporter also its fields, where one of them
is about sampling. So a thousand templates of an exporter take some hundred kilobytes, whoever made them up.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from headwater.exporters.packets import FIRST_DATA, IPFIX, V9
from headwater.exporters.sampling import ELEMENTS, FIELD

VARIABLE = 0xFFFF  # a field's length that says that each record says it (RFC 7011, section 7)
TEMPLATES = {V9: 0, IPFIX: 2}  # identifiers of the sets
OPTIONS = {V9: 1, IPFIX: 3}
_MAX_FIELDS = 128  # of a template about sampling; the longest that vendors send have some 50
_HEADER, _OPTIONS = struct.Struct(">HH"), struct.Struct(">HHH")
_ENTERPRISE_BIT = 0x8000

_Fields = list[tuple[int, int]]  # element and length


class Template(NamedTuple):
    """What is kept of one template.

    Attributes:
        shortest: octets of its shortest record.
        varies: whether records have different lengths.
        options: whether its records describe the exporter instead of flows.
        fields: of records about sampling, in order, scopes first, each as FIELD; else none.
        scopes: how many of the fields say what the record is about.
    """

    shortest: int
    varies: bool
    options: bool = False
    fields: bytes = b""
    scopes: int = 0

    def records(self, size: int) -> tuple[int, int]:
        """How many records lie in so many octets: at least, at most."""
        most = size // self.shortest
        return (min(1, most), most) if self.varies else (most, most)


def templates_in(body: bytes, *, version: int, options: bool) -> Iterator[tuple[int, Template | None]]:
    """The templates of a set until its end or its first damage, each with its identifier.

    Args:
        body: the set without its header.
        version: 9 or 10 (IPFIX).
        options: whether it is a set of options templates.

    Yields:
        Identifier and template; None where it is withdrawn (identifier 2 or 3: all of a kind).
    """
    place = 0
    while place + _HEADER.size <= len(body):
        identifier, count = _HEADER.unpack_from(body, place)
        if version == IPFIX and count == 0:
            if identifier == 0:
                return  # padding
            yield identifier, None
            place += _HEADER.size
            continue
        scopes = 0
        if options:
            if place + _OPTIONS.size > len(body):
                return
            _, count, scopes = _OPTIONS.unpack_from(body, place)
            if version == V9:  # octets of the scopes, octets of the others
                count, scopes = (count + scopes) // _HEADER.size, count // _HEADER.size
            place += _OPTIONS.size
        else:
            place += _HEADER.size
        fields, place = _fields(body, place, count, enterprises=version == IPFIX)
        if fields is None or identifier < FIRST_DATA or scopes > count:
            return
        template = _template(fields, scopes if options else -1)
        if template.shortest:
            yield identifier, template


def _fields(
    body: bytes, place: int, count: int, *, enterprises: bool
) -> tuple[list[tuple[int, int]] | None, int]:
    fields: list[tuple[int, int]] = []
    for _ in range(count):
        if place + _HEADER.size > len(body):
            return None, place
        number, length = _HEADER.unpack_from(body, place)
        place += _HEADER.size
        if enterprises and number & _ENTERPRISE_BIT:
            if place + 4 > len(body):
                return None, place
            number, place = 0, place + 4  # of a vendor's own: never one of ours
        fields.append((number, length))
    return fields, place


def _template(fields: _Fields, scopes: int) -> Template:
    """`scopes` is -1 for templates of flows."""
    varies = any(length == VARIABLE for _, length in fields)
    shortest = sum(1 if length == VARIABLE else length for _, length in fields)
    about_sampling = (
        scopes >= 0
        and len(fields) <= _MAX_FIELDS
        and any(number in ELEMENTS for number, _ in fields[scopes:])
    )
    if not about_sampling:
        return Template(shortest, varies, scopes >= 0)
    # fields of no octets say nothing: a packet has no more values to read than octets, whoever made it up
    kept = b"".join(FIELD.pack(*each) for each in fields if each[1])
    return Template(shortest, varies, True, kept, sum(length > 0 for _, length in fields[:scopes]))
