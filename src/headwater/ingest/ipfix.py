"""Which flows does an IPFIX file hold? Messages one behind the other (RFC 5655), read as RFC 7011 says.

Templates, options templates and withdrawals count from where they stand in the file, for their observation
domain. Data sets are collected by template over many messages and decoded as structured arrays; only
templates with fields of variable length cost a loop over records. Options records are no flows: they give
the sampling interval, the exporter's address and the time from which uptimes count.

The sensor is the exporter's address where a record names it, else the name given at ingest, else the address
that options records name, else "domain N" for an observation domain other than 0 (0 says that there is none).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from headwater.errors import UnreadableSource
from headwater.ingest.addresses import text_from_keys
from headwater.ingest.ipfix_flows import WHOLE_DOMAIN, Surroundings, flows_of, is_flow_template
from headwater.ingest.ipfix_messages import (
    OPTIONS_TEMPLATES,
    TEMPLATES,
    Message,
    Set,
    looks_like_messages,
    messages,
)
from headwater.ingest.ipfix_templates import Template, rows_of, templates_in
from headwater.ingest.ipfix_values import addresses, is_uptime_only, number, sampling_interval
from headwater.ingest.reader import Chunk, PositionUnit, ReadOptions, register
from headwater.ingest.rejects import Rejects
from headwater.ingest.source import SourceFile

_PENDING_BYTES = 4 << 20  # of records held back so that they are decoded together
_SET_OVERHEAD_BYTES = 512  # what Python needs to keep one set apart
_TEMPLATES_MAX = 1 << 16  # an exporter has some tens; more are a hostile file's


@dataclass(slots=True)
class Domain:
    """What an observation domain's options records have said so far.

    Attributes:
        started_ms: when the exporter started, milliseconds since 1970, or None.
        sampling: packet sampling interval by selector; under -1 the one of the whole domain.
        exporter: address of the exporter as text, or None.
    """

    started_ms: int | None = None
    sampling: dict[int, int] = field(default_factory=dict)
    exporter: str | None = None


@dataclass(slots=True)
class Pending:
    """Records of one template and domain that wait to be decoded."""

    template: Template
    domain: int
    rows: list[bytes] = field(default_factory=list)
    export_s: list[npt.NDArray[np.int64]] = field(default_factory=list)
    offsets: list[npt.NDArray[np.int64]] = field(default_factory=list)


class IpfixReader:
    """IPFIX files."""

    name = "ipfix"
    title = "IPFIX file (RFC 5655)"
    position_unit: PositionUnit = "byte"
    rank = 0

    def sniff(self, source: SourceFile) -> bool:
        """Whether the file starts with an IPFIX message that its sets fill."""
        return looks_like_messages(source.head)

    def read(self, source: SourceFile, options: ReadOptions, rejects: Rejects) -> Iterator[Chunk]:
        """The file's flows, some megabytes of records of one template at a time.

        Raises:
            UnreadableSource: the file holds no IPFIX message.
        """
        state = _File(options, rejects)
        seen = False
        with source.open(rejects) as stream:
            for message in messages(stream, rejects):
                seen = True
                for part in message.sets:
                    yield from state.take(message, part)
        yield from state.flush()
        if not seen:
            raise UnreadableSource(
                f"{source.name}: no IPFIX message in it; a file of them starts with the bytes 00 0a"
            )


class _File:
    """The state of reading one file."""

    def __init__(self, options: ReadOptions, rejects: Rejects) -> None:
        self._options, self._rejects = options, rejects
        self._templates: dict[tuple[int, int], Template] = {}
        self._domains: dict[int, Domain] = {}
        self._pending: dict[tuple[int, Template], Pending] = {}
        self._held = 0

    def take(self, message: Message, part: Set) -> Iterator[Chunk]:
        """Takes one set; gives flows where it makes older records due."""
        if part.identifier in {TEMPLATES, OPTIONS_TEMPLATES}:
            self._learn(message, part)
            return
        template = self._templates.get((message.domain, part.identifier))
        if template is None:
            self._rejects.add(
                "data set without template", offset=part.offset, detail=f"template {part.identifier}"
            )
            return
        rows, offsets, sound = rows_of(template, part.body)
        if not sound:
            self._rejects.add("damaged record", offset=part.offset, detail="longer than its set")
        if not len(offsets):
            return
        if template.is_options:
            yield from self._obey(message, template, rows)
        elif is_flow_template(template):
            yield from self._keep(message, template, rows, offsets + part.offset)
        else:
            self._rejects.add(
                "no addresses in template",
                offset=part.offset,
                count=len(offsets),
                detail=f"template {part.identifier}",
            )

    def _learn(self, message: Message, part: Set) -> None:
        found, withdrawn, sound = templates_in(part.body, options=part.identifier == OPTIONS_TEMPLATES)
        for identifier in withdrawn:
            for key in list(self._templates):
                of_kind = self._templates[key].is_options == (identifier == OPTIONS_TEMPLATES)
                every = identifier in {TEMPLATES, OPTIONS_TEMPLATES} and of_kind
                if key[0] == message.domain and (key[1] == identifier or every):
                    del self._templates[key]
        for template in found:
            key = message.domain, template.identifier
            if key in self._templates or len(self._templates) < _TEMPLATES_MAX:
                self._templates[key] = template
            else:
                self._rejects.add("too many templates", offset=part.offset)
        if not sound:
            self._rejects.add("damaged template", offset=part.offset)

    def _keep(
        self, message: Message, template: Template, rows: bytes, offsets: npt.NDArray[np.int64]
    ) -> Iterator[Chunk]:
        if is_uptime_only(template.layout.names or ()) and self._domain(message.domain).started_ms is None:
            self._rejects.note(
                "times count from the exporter's start, which it never told (no systemInitTimeMilliseconds)"
            )
        key = message.domain, template
        pending = self._pending.setdefault(key, Pending(template, message.domain))
        pending.rows.append(rows)
        pending.export_s.append(np.full(len(offsets), message.export_s, np.int64))
        pending.offsets.append(offsets)
        self._held += len(rows) + 16 * len(offsets) + _SET_OVERHEAD_BYTES
        if self._held >= _PENDING_BYTES:
            yield from self.flush()

    def flush(self) -> Iterator[Chunk]:
        """The flows of all records held back, by template."""
        for pending in self._pending.values():
            domain = self._domain(pending.domain)
            told = domain.exporter or (f"domain {pending.domain}" if pending.domain else None)
            around = Surroundings(
                export_us=np.concatenate(pending.export_s) * 1_000_000,
                offsets=np.concatenate(pending.offsets),
                started_ms=domain.started_ms,
                sampling=domain.sampling,
                sampling_given=self._options.sampling,
                sensor=self._options.sensor or told,
            )
            rows = np.frombuffer(b"".join(pending.rows), pending.template.layout)
            yield flows_of(pending.template, rows, around)
        self._pending.clear()
        self._held = 0

    def _domain(self, number_of: int) -> Domain:
        if number_of not in self._domains and len(self._domains) >= _TEMPLATES_MAX:
            return Domain()
        return self._domains.setdefault(number_of, Domain())

    def _obey(self, message: Message, template: Template, raw: bytes) -> Iterator[Chunk]:
        """Takes over what options records say; records before them keep what held until then."""
        rows = np.frombuffer(raw, template.layout)
        domain = self._domain(message.domain)
        interval = sampling_interval(rows)
        selector = number(rows, (0, 302), (0, 48))
        started = number(rows, (0, 160)).nonzero()
        exporter = addresses(rows, 130, 131)
        keys = np.where(selector.ok, selector.values, WHOLE_DOMAIN)[interval.ok].tolist()
        changes = dict(zip(keys, interval.values[interval.ok].tolist(), strict=True))
        told = int(started.values[-1]) if started.ok.any() else domain.started_ms
        named = exporter.ok & (exporter.lo & 0xFFFFFFFF != 0)
        name = (
            text_from_keys(exporter.hi[named], exporter.lo[named])[-1].as_py()
            if named.any()
            else domain.exporter
        )
        sampling = domain.sampling | changes
        if (told, sampling, name) != (domain.started_ms, domain.sampling, domain.exporter):
            yield from self.flush()
            domain.started_ms, domain.sampling, domain.exporter = told, sampling, name


register(IpfixReader())
