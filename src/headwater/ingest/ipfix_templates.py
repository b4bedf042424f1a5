"""How do the records of a set lie? Templates, and the bytes of a set as rows of a structured array.

Formats: RFC 7011, section 3.4 (templates, options templates, withdrawals) and section 7 (variable length).
"""

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

VARIABLE = 0xFFFF  # a field's length that says that each record says it
_HEADER = struct.Struct(">HH")
_ENTERPRISE_BIT = 0x8000
_LONGEST_VALUE = 16  # bytes: IPv6 addresses are the longest values that FLOW takes

Element = tuple[int, int]  # enterprise number (0: IANA), number of the element
Rows = npt.NDArray[Any]  # Any: structured


@dataclass(frozen=True, slots=True)
class Template:
    """One template.

    Attributes:
        identifier: of the template and of its sets.
        fields: element and length of each field in order.
        scopes: how many of the first fields are scopes; 0 for templates of data.
        layout: of the fields of fixed length, packed as `rows_of` packs them; one field for each element that
            is at most 16 bytes long, named "enterprise.element", the first where an element comes twice.
        shortest: bytes of the shortest record.
    """

    identifier: int
    fields: tuple[tuple[Element, int], ...]
    scopes: int = 0
    layout: np.dtype[Any] = field(init=False, compare=False)  # Any: structured
    shortest: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        names, types, offsets = [], [], []
        offset = 0
        for (enterprise, number), length in self.fields:
            if length == VARIABLE:
                continue
            name = f"{enterprise}.{number}"
            if 0 < length <= _LONGEST_VALUE and name not in names:
                names.append(name)
                types.append(f">u{length}" if length in {1, 2, 4, 8} else f"{length}u1")
                offsets.append(offset)
            offset += length
        spec = {"names": names, "formats": types, "offsets": offsets, "itemsize": offset}
        variable = sum(length == VARIABLE for _, length in self.fields)
        object.__setattr__(self, "layout", np.dtype(spec))  # type: ignore[call-overload]  # a dict is a layout
        object.__setattr__(self, "shortest", offset + variable)

    @property
    def is_options(self) -> bool:
        """Whether its records describe the exporter instead of flows."""
        return self.scopes > 0

    @property
    def varies(self) -> bool:
        """Whether records have different lengths."""
        return any(length == VARIABLE for _, length in self.fields)

    def has(self, *elements: Element) -> bool:
        """Whether a field of any of these elements has a fixed length."""
        return any(f"{enterprise}.{number}" in (self.layout.names or ()) for enterprise, number in elements)


def templates_in(body: bytes, *, options: bool) -> tuple[list[Template], list[int], bool]:
    """The templates of a set.

    Args:
        body: the set without its header.
        options: whether it is a set of options templates.

    Returns:
        Templates; identifiers of withdrawn ones (2 or 3 stands for all of a kind); whether the set is sound.
    """
    found: list[Template] = []
    withdrawn: list[int] = []
    place = 0
    while place + _HEADER.size <= len(body):
        identifier, count = _HEADER.unpack_from(body, place)
        place += _HEADER.size
        if identifier == 0 and count == 0:
            break  # padding
        if count == 0:
            withdrawn.append(identifier)
            continue
        scopes = 0
        if options:
            if place + 2 > len(body):
                return found, withdrawn, False
            scopes = int.from_bytes(body[place : place + 2])
            place += 2
        fields, place = _fields(body, place, count)
        # an options template has at least one scope (RFC 7011, section 3.4.2.2)
        if fields is None or identifier < 256 or scopes > count or (options and scopes == 0):
            return found, withdrawn, False
        template = Template(identifier, fields, scopes)
        if template.shortest == 0:
            return found, withdrawn, False
        found.append(template)
    return found, withdrawn, True


def _fields(body: bytes, place: int, count: int) -> tuple[tuple[tuple[Element, int], ...] | None, int]:
    fields = []
    for _ in range(count):
        if place + _HEADER.size > len(body):
            return None, place
        number, length = _HEADER.unpack_from(body, place)
        place += _HEADER.size
        enterprise = 0
        if number & _ENTERPRISE_BIT:
            if place + 4 > len(body):
                return None, place
            enterprise = int.from_bytes(body[place : place + 4])
            place += 4
        fields.append(((enterprise, number & ~_ENTERPRISE_BIT), length))
    return tuple(fields), place


def rows_of(template: Template, body: bytes) -> tuple[bytes, npt.NDArray[np.int64], bool]:
    """The records of a set as rows of the template's layout.

    Args:
        template: of the set.
        body: the set without its header; fewer bytes at its end than a record needs are padding.

    Returns:
        Rows, packed without the fields of variable length; the offset of each record in `body`, shape
        (rows,); whether the set is sound.
    """
    if template.varies:
        return _varying_rows(template, body)
    count = len(body) // template.shortest
    return body[: count * template.shortest], np.arange(count, dtype=np.int64) * template.shortest, True


def _varying_rows(template: Template, body: bytes) -> tuple[bytes, npt.NDArray[np.int64], bool]:
    """As rows_of, record by record: only the record itself says where the next one starts."""
    runs = _runs(template)
    packed = bytearray()
    offsets: list[int] = []
    place = 0
    while place + template.shortest <= len(body):
        start, kept = place, len(packed)
        for run in runs:
            if run:
                packed += body[place : place + run]
                place += run
            elif place < len(body):
                length, place = body[place], place + 1
                if length == 0xFF:
                    length, place = int.from_bytes(body[place : place + 2]), place + 2
                place += length
            else:
                place = len(body) + 1
        if place > len(body):
            del packed[kept:]
            return bytes(packed), np.array(offsets, np.int64), False
        offsets.append(start)
    return bytes(packed), np.array(offsets, np.int64), True


def _runs(template: Template) -> list[int]:
    """Lengths of the stretches of fixed fields, with a 0 for each field of variable length."""
    runs: list[int] = []
    for _, length in template.fields:
        if length == VARIABLE:
            runs.append(0)
        elif runs and runs[-1]:
            runs[-1] += length
        elif length:
            runs.append(length)
    return runs
