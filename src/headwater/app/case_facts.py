"""What is known about a service beside its flows, and what do both amount to as facts?"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from headwater.app.case_measuring import Measured
from headwater.app.case_parts import never_seen
from headwater.app.case_settings import CaseSettings
from headwater.intel.context.networks import Networks
from headwater.investigate.chance import chance_of, confirmed_of, within
from headwater.investigate.facts import Facts, Held
from headwater.investigate.held import held_of
from headwater.investigate.measurements import Measurements
from headwater.investigate.rule import number
from headwater.investigate.template import Template
from headwater.investigate.tenancy import contradictions, key_brackets, placed, tenancies
from headwater.investigate.tenancy_settings import TenancySettings
from headwater.investigate.timeline_settings import TimelineSettings
from headwater.lake.claims import addressed_claims, claims
from headwater.lake.host_keys import host_keys
from headwater.lake.list_contents import NEWEST, Versions
from headwater.model.address import key_of
from headwater.model.case import Chance
from headwater.model.claim import Claim
from headwater.model.special_use import special_use
from headwater.model.tenancy import KeyBracket, PlacedClaim, Tenancy
from headwater.model.timeline import Timeline
from headwater.model.window import moment_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known about the address beside the flows.

    Attributes:
        brackets: what it was recognised by, when.
        tenancies: who may have held it when.
        claims: what open sources say of it, and of actors named for it.
        placed: where the claims lie.
        network_reports: claims about other addresses of its network from before the contact's end.
        contradictions: observations that cannot all be true, each a sentence.
    """

    brackets: tuple[KeyBracket, ...] = ()
    tenancies: tuple[Tenancy, ...] = ()
    claims: tuple[Claim, ...] = ()
    placed: tuple[PlacedClaim, ...] = ()
    network_reports: int = 0
    contradictions: tuple[str, ...] = ()


def gathered_of(
    lake_root: Path,
    found: Measured,
    *,
    known: Networks,
    tenancy: TenancySettings,
    versions: Versions = NEWEST,
) -> Gathered:
    """What the lake's context says of the service's address.

    Args:
        lake_root: the lake's folder.
        found: what the flows say.
        known: the lake's networks.
        tenancy: what is taken for granted about tenants.
        versions: of the tables of context; the newest unless given.

    Raises:
        LakeError: a table is damaged.
    """
    address = found.service.address
    observed = host_keys(lake_root, address, version=versions.get("host_keys"))
    brackets = key_brackets(observed, address)
    spans = tenancies(brackets, settings=tenancy)
    told = versions.get("claims")
    said = tuple(claims(lake_root, address, version=told))
    contact = found.measurements.contact
    where: tuple[PlacedClaim, ...] = ()
    until = None
    if len(contact.start_us):
        start, until = moment_of(int(contact.start_us.min())), moment_of(int(contact.end_us.max()))
        where = placed(said, spans, address=address, contact_start=start, contact_end=until, settings=tenancy)
    neighbours = [
        one for one in addressed_claims(lake_root, version=told) if until is None or one.date < until
    ]
    return Gathered(
        brackets, spans, said, where, _of_network(neighbours, found, known), contradictions(observed, address)
    )


def _of_network(said: list[Claim], found: Measured, known: Networks) -> int:
    """How many claims are about other addresses of the service's network; none where nobody knows it."""
    asn, own = found.measurements.service_asn, found.service.address
    others = [one for one in said if one.address != own]
    if not asn or not others:
        return 0
    keys = np.array([key_of(one.address) for one in others], np.int64)
    return int((known.lookup(keys[:, 0], keys[:, 1])[0] == asn).sum())


def facts_of(found: Measured, outside: Gathered, drawn: tuple[Timeline, ...]) -> Facts:
    """Everything that evidence may rest on."""
    tables = found.measurements
    held = held_of(outside.tenancies, tables.contact)
    chance, by_group, confirmation = None, {}, None
    if tables.statistics is not None:
        cut = within(tables.statistics, held)
        chance, confirmation = chance_of(cut), confirmed_of(cut)
        by_group = _by_group(tables, held)
    return Facts(
        service=found.service, role=found.role, measurements=tables, timelines=drawn, chance=chance,
        chance_by_group=by_group, confirmation=confirmation, brackets=outside.brackets,
        tenancies=outside.tenancies, held=held, claims=outside.claims, placed=outside.placed,
        network=tables.service_network, network_reports=outside.network_reports, sensors=found.sensors,
        all_sensors=found.all_sensors, lake_version=found.lake_version,
    )  # fmt: skip


def _by_group(tables: Measurements, held: Held) -> dict[str, Chance]:
    """What chance would bring of each group alone."""
    if tables.statistics is None:
        return {}
    cut = within(tables.statistics, held)
    return {
        name: chance_of(cut, members=cut.c2s.group == number) for number, name in enumerate(cut.c2s.groups)
    }


def warnings_of(found: Measured, outside: Gathered, settings: CaseSettings) -> tuple[str, ...]:
    """What stands against the whole answer, each a sentence without its full stop."""
    tables = found.measurements
    said = [*outside.contradictions, *found.clocks]
    kind = special_use(found.service.address)
    if kind and not settings.allow_reserved:
        said.append(f"{found.service.address} lies in a range that is no part of the Internet ({kind})")
    if not len(tables.clients.hi):
        said.append(never_seen(tables, str(found.service), since=settings.since, until=settings.until))
    elif found.others:
        other = ", ".join(str(key.service(found.service.address)) for key in found.others[:3])
        said.append(f"listed C2s also met the address elsewhere: {other}; investigate each by its own name")
    if found.disputed:
        said.append(
            f"labels name different families for {number(found.disputed, 'C2')} in contact; the oldest label "
            "counts, and the group of each may be wrong"
        )
    if found.accepted:
        are = "is" if found.accepted == 1 else "are"
        said.append(
            f"{number(found.accepted, 'client')} {are} on no list, but accepted after a pivot: counted among "
            "the other clients and without a timeline, because what a service led to is no witness for it"
        )
    if tables.days.sampling_unknown > 0.5:
        said.append("most records state no sampling interval, so nothing can be said of what was missed")
    return tuple(said)


def case_settings(
    settings: CaseSettings, lines: TimelineSettings, tenancy: TenancySettings, template: Template
) -> dict[str, float | int | str]:
    """Every setting behind a case, by name: what is needed to make it again."""
    told: dict[str, float | int | str] = {"template": template.title, "template_file": template.name}
    parts = {"": asdict(settings), "timelines.": asdict(lines), "tenancy.": _plain_tenancy(tenancy)}
    for prefix, values in parts.items():
        for name, value in values.items():
            if name in ("since", "until", "lake_version"):
                continue  # fields of the case
            if isinstance(value, dict):
                told |= {f"{prefix}{name}.{key}": inner for key, inner in value.items()}
            elif isinstance(value, int | float | str):
                told[f"{prefix}{name}"] = value
            else:
                told[f"{prefix}{name}"] = ", ".join(value) if isinstance(value, tuple) else str(value)
    return told


def _plain_tenancy(tenancy: TenancySettings) -> dict[str, float | str | tuple[str, ...]]:
    rates = ", ".join(
        f"{kind} {rate.routine_a_year:g}/{rate.on_reinstall:g}/{rate.on_new_tenant:g}"
        for kind, rate in sorted(tenancy.rates.items())
    )
    return {
        "new_tenants_a_year": tenancy.new_tenants_a_year,
        "reinstalls_a_year": tenancy.reinstalls_a_year,
        "rates": rates,
        "boundary_from": tenancy.boundary_from,
        "narrow_below": tenancy.narrow_below,
        "least_ratio": tenancy.least_ratio,
    }
