"""What of a case may leave, under a given TLP? The case without what is marked above, and how much that was.

A contact is marked by its labels, a claim by its source, an item of the ledger by what it rests on. A
sentence can repeat what a marked record says, so every text that holds a word known only from what is left
out (an address, a source, an actor, a family) is left out with it. Numbers stay: a probability that rests on
marked evidence too is given, as numbers do not name a source.
"""

from collections.abc import Mapping, Sized
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address

from headwater.errors import BadSetting
from headwater.intel.labels.names import STRICTNESS
from headwater.model.candidate import PeerRole
from headwater.model.case import Case, Conclusion, Contact, Counts, Sentence
from headwater.model.claim import Claim
from headwater.model.hypothesis import Evidence, Hypothesis
from headwater.model.label import Tlp
from headwater.model.source import RanQuery, ReadTable
from headwater.model.tenancy import PlacedClaim
from headwater.model.timeline import Timeline
from headwater.present.export.harmless import each_text, harmless_record
from headwater.present.export.settings import ExportSettings
from headwater.present.export.telling import Telling
from headwater.present.export.unnamed import Named

LEFT_OUT = "[left out: marked above the TLP of this document]"
_NAMED = frozenset({"address", "service", "url"})  # fields that name what may be named


@dataclass(frozen=True, slots=True)
class Withheld:
    """How much stays out because it is marked above the TLP asked for.

    Attributes:
        c2s: listed C2s, with their timelines.
        claims: open-source claims.
        evidence: items of the ledger.
        sentences: sentences of the conclusion and other texts.
    """

    c2s: int = 0
    claims: int = 0
    evidence: int = 0
    sentences: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, field.name) for field in fields(self))

    def text(self, tlp: Tlp) -> str:
        """One sentence: how much was left out; "" where nothing was."""
        if not self.total:
            return ""
        parts = [
            f"{count} {one if count == 1 else many}"
            for count, one, many in (
                (self.c2s, "listed C2", "listed C2s"),
                (self.claims, "claim", "claims"),
                (self.evidence, "item of evidence", "items of evidence"),
                (self.sentences, "sentence", "sentences"),
            )
            if count
        ]
        return f"left out because marked above TLP:{tlp.value.upper()}: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Shared:
    """What may leave.

    Attributes:
        case: the case without what may not; every text in it is harmless.
        withheld: how much stayed out.
        remarks: what else was left out, one sentence each.
    """

    case: Case
    withheld: Withheld
    remarks: tuple[str, ...]


def may_leave(marked: Tlp | None, settings: ExportSettings) -> bool:
    """Whether something so marked may be shared; None is unmarked."""
    return marked is None or STRICTNESS.index(marked) <= STRICTNESS.index(settings.tlp)


def shareable(case: Case, settings: ExportSettings) -> Shared:
    """The case as it may leave.

    Raises:
        BadSetting: the case is about a host that connects to C2s, and --access-node was not given.
        UnreadableSource: a time in the case has no zone.
    """
    if case.role is PeerRole.CLIENT and not settings.access_node:
        raise BadSetting(
            f"{case.service} connects to C2s (an access node), and may be a person's connection; give "
            "--access-node to export the case all the same"
        )
    read = (case.queries, case.tables)
    case = harmless_record(replace(case, queries=(), tables=()))
    sound = tuple(_in_range(one) for one in case.contacts if _is_sound(one))
    unsound = len(case.contacts) - len(sound)
    contacts = tuple(one for one in sound if not one.listed or may_leave(one.tlp, settings))
    claims = tuple(one for one in case.claims if may_leave(one.tlp, settings))
    telling = Telling.of(
        (one for one in sound if one.listed and not may_leave(one.tlp, settings)),
        contacts,
        (one for one in case.claims if not may_leave(one.tlp, settings)),
        claims,
    )
    evidence = tuple(
        one
        for one in case.evidence
        if may_leave(one.tlp, settings) and not telling.in_any(one.statement, one.reason, one.source)
    )
    listed = {one.address for one in contacts if one.listed}
    shared = replace(
        case,
        counts=_counts(case.counts, telling),
        neighbours=tuple(one for one in case.neighbours if not telling.in_any(one.service.address)),
        confirmation=replace(
            case.confirmation,
            discovered_on=tuple(name for name in case.confirmation.discovered_on if not telling.in_any(name)),
            confirmed_on=tuple(name for name in case.confirmation.confirmed_on if not telling.in_any(name)),
        ),
        with_excluded=(),  # no export carries it, nor the waterfall
        waterfall=(),
        contacts=contacts,
        timelines=tuple(one for one in case.timelines if one.address in listed),
        claims=claims,
        placed=_placed(case, claims, telling),
        evidence=evidence,
        hypotheses=_hypotheses(case, evidence, telling),
        tenancy=tuple(replace(one, note=_said(one.note, telling)) for one in case.tenancy),
        conclusion=_conclusion(case, evidence, telling),
        warnings=tuple(text for text in case.warnings if not telling.in_any(text)),
        queries=tuple(_query(one, telling) for one in read[0]),
        tables=tuple(_table(one, telling, settings) for one in read[1]),
    )
    if not settings.name_others:
        shared = each_text(shared, Named.of(shared).only, but=_NAMED)
    remarks = (f"{unsound} contacts left out: their address is none, or their counts are below 0",) * bool(
        unsound
    )
    return Shared(shared, _withheld(case, shared, len(sound) - len(contacts)), remarks)


def contacts_by_address(case: Case) -> dict[str, Contact]:
    """Contacts of listed C2s by their address."""
    return {one.address: one for one in case.contacts if one.listed}


def timelines_by_address(case: Case) -> dict[str, Timeline]:
    """Timelines by the C2's address."""
    return {one.address: one for one in case.timelines}


def _withheld(case: Case, shared: Case, c2s: int) -> Withheld:
    def fewer(texts: Sized, left: Sized) -> int:
        return len(texts) - len(left)

    return Withheld(
        c2s=c2s,
        claims=fewer(case.claims, shared.claims),
        evidence=fewer(case.evidence, shared.evidence),
        sentences=fewer(case.conclusion.sentences, shared.conclusion.sentences)
        + fewer(case.conclusion.would_change_if, shared.conclusion.would_change_if)
        + fewer(case.warnings, shared.warnings),
    )


def _counts(counts: Counts, telling: Telling) -> Counts:
    """The counts without families and groups that only what is left out knows of."""

    def named(found: Mapping[str, int]) -> dict[str, int]:
        return {name: count for name, count in found.items() if not telling.in_any(name)}

    return replace(
        counts,
        by_family=named(counts.by_family),
        by_group=named(counts.by_group),
        seen_by_group=named(counts.seen_by_group),
    )


def _hypotheses(case: Case, evidence: tuple[Evidence, ...], telling: Telling) -> tuple[Hypothesis, ...]:
    kept = {one.id for one in evidence}
    return tuple(
        replace(
            one,
            statement=_said(one.statement, telling),
            for_ids=tuple(id_ for id_ in one.for_ids if id_ in kept),
            against_ids=tuple(id_ for id_ in one.against_ids if id_ in kept),
        )
        for one in case.hypotheses
        if not telling.in_any(one.scope)
    )


def _conclusion(case: Case, evidence: tuple[Evidence, ...], telling: Telling) -> Conclusion:
    """The conclusion without what tells, and without sentences whose evidence is all left out."""
    whole, kept = {one.id for one in case.evidence}, {one.id for one in evidence}
    found = case.conclusion

    def stands(one: Sentence) -> bool:
        named = whole.intersection(one.rests_on)
        return not telling.in_any(one.text) and (not named or bool(named & kept))

    return replace(
        found,
        sentences=tuple(one for one in found.sentences if stands(one)),
        would_change_if=tuple(text for text in found.would_change_if if not telling.in_any(text)),
        closest_group="" if telling.in_any(found.closest_group) else found.closest_group,
    )


def _query(one: RanQuery, telling: Telling) -> RanQuery:
    """A query, its text whole and as it ran: who shows it escapes it, and no export carries it."""
    return replace(harmless_record(replace(one, sql="")), sql=_said(one.sql, telling))


def _table(one: ReadTable, telling: Telling, settings: ExportSettings) -> ReadTable:
    """A table, its files without names where these may not leave."""
    files = tuple(
        file
        if may_leave(file.tlp, settings) and not telling.in_any(file.name)
        else replace(file, name=LEFT_OUT, digest="")
        for file in one.files
    )
    return harmless_record(replace(one, files=files))


def _said(text: str, telling: Telling) -> str:
    return LEFT_OUT if telling.in_any(text) else text


def _is_sound(one: Contact) -> bool:
    """Whether the address is one as this program writes it, and no count is below 0."""
    try:
        written = str(ip_address(one.address)) == one.address
    except ValueError:
        return False
    counts = (one.sessions, one.flows, one.packets_out, one.packets_in, one.bytes_out, one.bytes_in)
    return written and "%" not in one.address and min(counts) >= 0


def _in_range(one: Contact) -> Contact:
    """The contact, without a port that is none."""
    return one if 0 <= one.port <= 65535 else replace(one, port=0)


def _placed(case: Case, claims: tuple[Claim, ...], telling: Telling) -> tuple[PlacedClaim, ...]:
    """Placings of the claims that stay, with their new numbers."""
    number = {id(claim): at for at, claim in enumerate(claims)}
    found = []
    for one in case.placed:
        claim = case.claims[one.claim] if 0 <= one.claim < len(case.claims) else None
        if claim is not None and id(claim) in number:
            found.append(replace(one, claim=number[id(claim)], assumption=_said(one.assumption, telling)))
    return tuple(found)
