"""Is what open sources say older than the tenant whom the C2s met? Claims, placed against a boundary."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from headwater.investigate.before import DAY, day_end
from headwater.investigate.beyond import chance_after_end, chance_before_start
from headwater.investigate.boundaries import YEAR_S
from headwater.investigate.tenancy_settings import TenancySettings
from headwater.model.claim import Claim
from headwater.model.tenancy import PlacedClaim, Placing, Tenancy


def tenancy_of(
    tenancies: Sequence[Tenancy], *, contact_start: datetime, contact_end: datetime | None = None
) -> Tenancy | None:
    """The tenancy in which most of the contact lies.

    Boundaries are taken at the middle of their bracket; before the first observation and behind the last one
    the nearest tenancy is taken to go on, which nothing proves.

    Args:
        tenancies: as `tenancies` gives them.
        contact_start: first contact.
        contact_end: last one; the first unless given.

    Returns:
        The tenancy; None where there are none.
    """
    until = max(contact_end or contact_start, contact_start) + timedelta(microseconds=1)
    best: Tenancy | None = None
    longest = timedelta(0)
    for one in tenancies:
        since = contact_start
        if one.start_low is not None:
            since = max(since, one.start_low + (one.start_high - one.start_low) / 2)
        ends = until
        if one.end_high is not None:
            ends = min(until, one.end_low + (one.end_high - one.end_low) / 2)
        if ends - since > longest:
            best, longest = one, ends - since
    return best


def placed(
    claims: Sequence[Claim],
    tenancies: Sequence[Tenancy],
    *,
    address: str,
    contact_start: datetime,
    contact_end: datetime | None = None,
    settings: TenancySettings | None = None,
) -> tuple[PlacedClaim, ...]:
    """Where each claim about the address lies against the start of the tenancy in which the contact lies.

    "Before" and "after" are said only where claim and bracket do not overlap; else the claim is undecidable,
    and its probability is the share of the bracket behind it: the boundary is taken to lie anywhere between
    the two scans, the claimed event anywhere in the claim's own span, each place as likely as another.

    Args:
        claims: the case's list; those about actors alone (no address) or other addresses are passed over.
        tenancies: of the address; where there are none, nothing is placed.
        address: the service's address, as in the claims.
        contact_start: first contact with C2s.
        contact_end: last one; the first unless given.
        settings: the usual ones unless given.

    Returns:
        One for each claim about the address, in the order of the claims, with its number from 0.
    """
    tenancy = tenancy_of(tenancies, contact_start=contact_start, contact_end=contact_end)
    if tenancy is None:
        return ()
    chosen = settings or TenancySettings()
    return tuple(
        _placed(number, claim, tenancy, chosen)
        for number, claim in enumerate(claims)
        if claim.address and claim.address == address
    )


def _placed(number: int, claim: Claim, tenancy: Tenancy, settings: TenancySettings) -> PlacedClaim:
    span = (claim.date, claim.until or claim.date)
    after_end = chance_after_end(span, tenancy)
    if tenancy.start_low is None:
        placing, probability, assumption = _without_start(span, tenancy, settings)
    else:
        probability = chance_before_start(span, tenancy)
        placing, assumption = _against(span, tenancy.start_low, tenancy.start_high)
    return PlacedClaim(
        claim=number,
        tenancy=tenancy.id,
        placing=placing,
        probability=probability,
        assumption=assumption,
        after_end=after_end,
    )


def _against(span: tuple[datetime, datetime], low: datetime, high: datetime) -> tuple[Placing, str]:
    scans = f"the scans of {low.date().isoformat()} and {high.date().isoformat()}"
    if span[1] <= low:
        return Placing.BEFORE, f"it ends before the last scan without the key: no assumption beside {scans}"
    if span[0] >= day_end(high):
        return Placing.AFTER, f"it begins after the first scan with the key: no assumption beside {scans}"
    edge = ""
    if span[0] <= low:
        edge = "it lies at the edge of the bracket, before the boundary or on the same day: "
    elif span[1] >= high:
        edge = "it lies at the edge of the bracket, after the boundary or on the same day: "
    wide = " and the event anywhere within the claim's dates" if span[1] > span[0] else ""
    return (
        Placing.UNDECIDABLE,
        f"{edge}the boundary lies anywhere between {scans}{wide}, each moment as likely as another",
    )


def _without_start(
    span: tuple[datetime, datetime], tenancy: Tenancy, settings: TenancySettings
) -> tuple[Placing, float, str]:
    """Against a tenancy of which nothing tells when it began: the address may have changed hands unseen."""
    first = tenancy.start_high
    if span[0] >= first:
        return Placing.AFTER, 0.0, f"the host was first observed on {first.date().isoformat()}, before it"
    gap_years = max((first - (span[0] + (span[1] - span[0]) / 2)).total_seconds(), 0.0) / YEAR_S
    assumption = (
        f"no scan is older than {first.date().isoformat()}; addresses of hosters are taken to change hands "
        f"{settings.new_tenants_a_year:g} times a year, and {gap_years * YEAR_S / DAY.total_seconds():.0f} "
        "days lie between"
    )
    return Placing.UNDECIDABLE, 1.0 - math.exp(-settings.new_tenants_a_year * gap_years), assumption
