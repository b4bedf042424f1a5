"""Who may have held the address, and where do the claims of open sources lie against that?"""

from headwater.model.case import Case
from headwater.model.tenancy import PlacedClaim
from headwater.present.report.content import Block, Row, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, linked, row
from headwater.present.report.wording import between, day, said, share


def holders(frame: Frame) -> Section:
    """The section on tenancies and claims."""
    case = frame.case
    blocks: list[Block] = []
    if case.tenancy:
        blocks += [_tenancies(frame), _keys(frame)]
    else:
        blocks.append(
            Statement(
                "No dated observation of the host (SSH keys, certificates, banners) is known, so nothing "
                "tells whether the address changed hands.",
                frame.given("keys"),
            )
        )
    if case.claims:
        blocks.append(_claims(frame))
    return Section("holders", "Who held the address, and what open sources say", tuple(blocks))


def _tenancies(frame: Frame) -> Table:
    rows = tuple(
        row(
            said(one.id), between(one.start_low, one.start_high),
            "goes on" if one.end_high is None else between(one.end_low, one.end_high),
            said(one.note), _rests(frame, one.evidence), id=frame.anchors[one.id],
        )
        for one in frame.case.tenancy
    )  # fmt: skip
    heads = columns("Tenancy", "Began", "Ended", "Why", "Rests on")
    return Table(
        "tenancies",
        "Spans in which, as far as is known, one tenant held the address",
        heads,
        rows,
        frame.given("tenancy"),
    )


def _rests(frame: Frame, ids: tuple[str, ...]) -> str:
    return ", ".join(said(text) for _, text in linked(ids, frame.anchors))


def _keys(frame: Frame) -> Table:
    rows = tuple(
        row(
            said(one.id), said(one.kind), said(one.fingerprint), between(one.set_low, one.set_high),
            "not gone" if one.gone_high is None else between(one.gone_low, one.gone_high), f"{one.seen:,}",
            _elsewhere(one.elsewhere, named=frame.settings.name_others), _places(one.places),
            id=frame.anchors[one.id],
        )
        for one in frame.case.keys
    )  # fmt: skip
    heads = columns(
        "Key",
        "Kind",
        "Fingerprint",
        "Set",
        "Gone",
        "#Observations",
        "Also on",
        "First and last entry",
    )
    return Table("keys", "What the host was recognised by", heads, rows, frame.given("keys"))


def _places(places: tuple[str, ...]) -> str:
    return "; ".join(said(one) for one in places) or "not recorded"


def _elsewhere(addresses: tuple[str, ...], *, named: bool) -> str:
    if not addresses:
        return "no other host known"
    if named:
        return ", ".join(said(one) for one in addresses)
    return f"{len(addresses):,} other {'host' if len(addresses) == 1 else 'hosts'}"


def _claims(frame: Frame) -> Table:
    case = frame.case
    placed: dict[int, list[PlacedClaim]] = {}
    for one in case.placed:
        placed.setdefault(one.claim, []).append(one)
    rows = tuple(_claim(case, number, placed.get(number, [])) for number in range(len(case.claims)))
    heads = columns(
        "Claim",
        "Date",
        "Source",
        "Grade",
        "What it says",
        "Against the tenancies",
        "TLP",
        "File and entry",
    )
    return Table(
        "claims",
        "What open sources say; none of it was checked by this program",
        heads,
        rows,
        frame.given("claims", "placed"),
    )


def _claim(case: Case, number: int, placed: list[PlacedClaim]) -> Row:
    one = case.claims[number]
    dated = day(one.date) if one.until is None else f"{day(one.date)} to {day(one.until)}"
    told = [said(one.claim)]
    told += [f"actor: {said(one.actor)}"] if one.actor else []
    told += [f"malware: {said(one.malware)}"] if one.malware else []
    told += [said(one.url)] if one.url else []
    against = [
        f"{place.placing.value} against {said(place.tenancy)}: {share(place.probability)} that it is from "
        f"before ({said(place.assumption)})"
        for place in placed
    ]
    return row(
        str(number + 1), dated, said(one.source) or "not named", said(one.grade) or "none", "; ".join(told),
        "; ".join(against) or "not placed", f"TLP:{one.tlp.value.upper()}",
        said(one.place) or "not recorded", id=f"claim-{number + 1}",
    )  # fmt: skip
