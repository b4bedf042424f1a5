"""How does a judgement become STIX? Indicators, techniques, notes, opinions, claims, and one report.

Likelihood and confidence in the basis are two notes. Each hypothesis is a note, and what the evidence makes
of it an opinion on that note:

    strongly-agree     at least .95 (ICD 203: almost certain)
    agree              at least .55 (likely, very likely)
    neutral            at least .45 (roughly even), and wherever the word is "insufficient"
    disagree           at least .05 (very unlikely, unlikely)
    strongly-disagree  below (almost no chance)

OpenCTI knows an opinion by its word and the moment it was created: two of the same word and moment are one
there (opencti-graphql, src/schema/identifier.js). For it, opinions are created a millisecond apart.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from stix2 import v21

from headwater.intel.own_exports import role_tag
from headwater.model.hypothesis import Hypothesis
from headwater.model.label import Tlp
from headwater.model.tenancy import Placing
from headwater.present.export.indicators import Indicator
from headwater.present.export.sharing import Shared
from headwater.present.export.stix_frame import Frame, Thing
from headwater.present.export.stix_hosts import HostIds, address_object, relation, sentence
from headwater.present.export.techniques import Technique
from headwater.present.export.web_address import is_url

_OPINIONS = ((0.95, "strongly-agree"), (0.55, "agree"), (0.45, "neutral"), (0.05, "disagree"))


def opinion_of(one: Hypothesis) -> str:
    """The word of STIX for what the evidence makes of a hypothesis."""
    if one.words == "insufficient":
        return "neutral"
    return next((word for least, word in _OPINIONS if one.posterior >= least), "strongly-disagree")


def indicator_objects(frame: Frame, found: tuple[Indicator, ...]) -> Iterator[Thing]:
    """Each indicator, and what it indicates."""
    for one in found:
        me = frame.id_of("indicator", str(one.service))
        is_service = one.role == "upstream"
        target = (
            HostIds.of(frame).service if is_service else frame.id_of("infrastructure", one.service.address)
        )
        yield v21.Indicator(
            **frame.common(me),
            name=f"{one.role} {one.service}",
            description=f"{sentence(one.why)} Port and protocol: {one.service}.",
            indicator_types=["malicious-activity"],
            labels=[role_tag(one.role)],
            pattern=_pattern(frame, one),
            pattern_type="stix",
            pattern_version="2.1",
            valid_from=one.since,
            valid_until=one.until,
            confidence=frame.confidence,
        )
        yield relation(frame, me, "indicates", target, {})
        if one.family:
            yield relation(frame, me, "indicates", frame.shared_id("malware", one.family), {})


def technique_objects(frame: Frame, found: tuple[Technique, ...]) -> Iterator[Thing]:
    """Each technique, tied to the service or to the C2s."""
    for one in found:
        me = frame.shared_id("attack-pattern", one.id)
        yield v21.AttackPattern(
            **frame.shared(me),
            name=one.name,
            external_references=[{"source_name": "mitre-attack", "external_id": one.id, "url": one.url}],
        )
        yield relation(frame, HostIds.of(frame).service, "related-to", me, {}, description=sentence(one.why))


def note_objects(frame: Frame, shared: Shared) -> Iterator[Thing]:
    """The conclusion, the confidence in its basis, the tenancies, the other clients."""
    case, conclusion = frame.case, frame.case.conclusion
    about = [HostIds.of(frame).service]
    said = [one.text for one in conclusion.sentences if one.about != "basis"]
    said += [f"What would change it: {text}" for text in conclusion.would_change_if]
    said += [shared.withheld.text(frame.settings.tlp)]
    text = "\n".join(part for part in said if part) or "No sentence of the conclusion may be shared here."
    yield _note(frame, "conclusion", "Conclusion: how likely", text, about)
    basis = [f"Confidence in the basis: {conclusion.confidence}."]
    basis += [one.text for one in conclusion.sentences if one.about == "basis"]
    numbers = {name: value for name, value in case.settings.items() if not isinstance(value, str)}  # no paths
    basis += [*case.warnings, *(f"{name}: {value}" for name, value in sorted(numbers.items()))]
    yield _note(frame, "basis", "Basis: how sure of the evidence", "\n".join(basis), about, sure=True)
    if case.tenancy:
        lines = [
            f"{one.id}: held from {_day(one.start_low)} to {_day(one.start_high)}, "
            f"until {_day(one.end_low)} to {_day(one.end_high)}. {one.note}"
            for one in case.tenancy
        ]
        lines += [f"{key.id}: {key.kind} {key.fingerprint}, seen {key.seen} times" for key in case.keys]
        yield _note(
            frame, "tenancy", "Who may have held the address when", "\n".join(lines), [HostIds.of(frame).host]
        )
    others = Counter(one.network or "an unknown network" for one in case.contacts if not one.listed)
    if others:
        lines = [f"{count} in {network}" for network, count in others.most_common()]
        lines += [f"{case.contacts_left_out} more are not listed"] * bool(case.contacts_left_out)
        yield _note(frame, "others", "Clients that are no listed C2s, by network", "\n".join(lines), about)


def hypothesis_objects(frame: Frame) -> Iterator[Thing]:
    """Each hypothesis as a note, with the opinion that the evidence forms of it."""
    for number, one in enumerate(frame.case.hypotheses):
        key = (one.question, one.scope, one.id)
        title = f"Hypothesis {one.id} ({one.question}, {one.scope})"
        # OpenCTI knows a note by its content: the same hypothesis about two groups has to differ in it.
        text = f"{title}: {one.statement}"
        note = _note(frame, "/".join(key), title, text, [HostIds.of(frame).service])
        yield note
        yield v21.Opinion(
            **frame.common(frame.id_of("opinion", *key), later_ms=number + 1 if frame.opencti else 0),
            opinion=opinion_of(one),
            explanation=(
                f"{one.words}: {one.posterior:.2f}, "
                f"from {one.low:.2f} to {one.high:.2f} over priors and settings; "
                f"for it {', '.join(one.for_ids) or 'nothing'}, "
                f"against it {', '.join(one.against_ids) or 'nothing'}"
            ),
            object_refs=[note.id],
        )


def evidence_objects(frame: Frame) -> Iterator[Thing]:
    """Each item of the ledger that may be shared, barred ones too."""
    for one in frame.case.evidence:
        weights = ", ".join(f"{name} {weight:+.2f}" for name, weight in sorted(one.weights.items()))
        grade = f", graded {one.grade}" if one.grade else ""
        barred = f"\nBarred by {one.barred_by}: it does not count." if one.barred_by else ""
        text = (
            f"{one.statement}\n{one.reason}\nSource: {one.source or 'none named'}{grade}. "
            f"Weights (log10 likelihood): {weights or 'none'}.{barred}"
        )
        yield _note(
            frame, f"evidence {one.id}", f"Evidence {one.id} ({one.kind})", text, [HostIds.of(frame).service],
            tlp=one.tlp,
        )  # fmt: skip


def claim_objects(frame: Frame) -> Iterator[Thing]:
    """What open sources say, each with our opinion on whether it speaks of the tenant whom the C2s met."""
    placed = {one.claim: one for one in frame.case.placed}
    for number, claim in enumerate(frame.case.claims):
        grade = f" (graded {claim.grade})" if claim.grade else ""
        named = ", ".join(part for part in (claim.actor, claim.malware) if part)
        text = f"{_day(claim.date)}, {claim.source or 'no source named'}{grade}: {claim.claim}" + (
            f" [{named}]" if named else ""
        )
        reference = {"source_name": claim.source or "unnamed source"}
        reference |= {"url": claim.url} if is_url(claim.url) else {"description": claim.url or claim.claim}
        key = f"claim {number} {claim.date.isoformat()} {claim.claim}"
        note = v21.Note(
            **frame.common(frame.id_of("note", key), tlp=claim.tlp),
            abstract="Claim of an open source",
            content=text,
            external_references=[reference],
            object_refs=[HostIds.of(frame).host],
        )
        yield note
        if number in placed:
            at = placed[number]
            word = {Placing.BEFORE: "disagree", Placing.AFTER: "agree"}.get(at.placing, "neutral")
            yield v21.Opinion(
                **frame.common(
                    frame.id_of("opinion", key),
                    later_ms=len(frame.case.hypotheses) + number + 1 if frame.opencti else 0,
                ),
                opinion=word,
                explanation=(
                    f"That it speaks of tenancy {at.tenancy}, in which the C2s talked to the service: "
                    f"{at.placing.value}; from before its start with probability {at.probability:.2f}. "
                    f"{at.assumption}"
                ),
                object_refs=[note.id],
            )


def report_object(frame: Frame, remarks: tuple[str, ...], things: list[Thing]) -> Thing:
    """The report that holds all other objects together."""
    case = frame.case
    said = [f"Verdict: {case.conclusion.verdict}.", *(sentence(text) for text in remarks)]
    reference = frame.settings.reference
    more = {"external_references": [{"source_name": "report", "url": reference}]} if is_url(reference) else {}
    return v21.Report(
        **frame.common(frame.id_of("report")),
        **more,
        name=f"Case about {case.service}",
        description="\n".join(said),
        report_types=["threat-report"],
        published=frame.modified,
        object_refs=sorted({one.id for one in things}),
        confidence=frame.confidence,
    )


def _pattern(frame: Frame, one: Indicator) -> str:
    """The address, with its port where known; OpenCTI makes no observable of more than an address.

    There (issue 5293) a pattern with dst_ref is passed over when observables are made of indicators.
    """
    address = address_object(frame, one.service.address)[-1]
    if frame.opencti or not one.service.port:
        return f"[{address.type}:value = '{address.value}']"
    return (
        f"[network-traffic:dst_ref.type = '{address.type}' "
        f"AND network-traffic:dst_ref.value = '{address.value}' "
        f"AND network-traffic:dst_port = {one.service.port}]"
    )


def _note(
    frame: Frame,
    key: str,
    abstract: str,
    content: str,
    about: list[str],
    *,
    sure: bool = False,
    tlp: Tlp | None = None,
) -> Thing:
    confidence = {"confidence": frame.confidence} if sure else {}
    return v21.Note(
        **frame.common(frame.id_of("note", key), tlp=tlp),
        **confidence,
        abstract=abstract,
        content=content,
        object_refs=about,
    )


def _day(moment: datetime | None) -> str:
    return "an unknown day" if moment is None else f"{moment:%Y-%m-%d}"
