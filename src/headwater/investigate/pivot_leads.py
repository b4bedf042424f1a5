"""What is to be said of each lead? Its numbers, and the reasons in words, strongest first."""

import numpy as np

from headwater.investigate.pivot import Pivot
from headwater.investigate.pivot_evidence import PivotEvidence
from headwater.investigate.pivot_tables import PivotTables
from headwater.model.address import text_of
from headwater.model.lead import Lead, SetAside
from headwater.model.window import moment_of
from headwater.score.statistics import Strangers
from headwater.score.words import icd203

_TOLD = 0.3  # natural log; likeness below that is not worth a sentence


def leads_of(tables: PivotTables, found: Pivot) -> tuple[Lead, ...]:
    """The leads, the likeliest first.

    Args:
        tables: what was measured.
        found: what is made of it.
    """
    return tuple(_lead(tables, found, place) for place in range(len(found.rows)))


def aside_of(tables: PivotTables, found: Pivot) -> tuple[SetAside, ...]:
    """Who was set aside, by address key."""
    clients = tables.clients
    return tuple(
        SetAside(text_of(int(clients.hi[row]), int(clients.lo[row])), reason)
        for row, reason in sorted(found.aside.items())
    )


def _lead(tables: PivotTables, found: Pivot, place: int) -> Lead:
    clients, row = tables.clients, int(found.rows[place])
    strangers, read = _strangers(tables), int(clients.read[row])
    family, bots = int(found.family[place]), float(found.ratios.bots[read])
    evidence = {
        name: float(getattr(found.evidence, name)[place]) for name in PivotEvidence.__dataclass_fields__
    }
    known = np.flatnonzero((clients.c2 >= 0) & ~clients.on_c2_port)
    posterior = float(found.posterior[place])
    lead = Lead(
        address=text_of(int(clients.hi[row]), int(clients.lo[row])),
        port=int(strangers.port[read]), proto=int(strangers.proto[read]), posterior=posterior,
        words=icd203(posterior),
        family=tables.statistics.c2s.families[family] if bots >= 0.5 else "",
        sessions=int(clients.sessions[row]), days=int(clients.days[row]),
        first_seen=moment_of(int(clients.first_us[row])), last_seen=moment_of(int(clients.last_us[row])),
        fan_in=int(strangers.fan_in[read]), bots=bots,
        bots_by_chance=float(found.ratios.clients[read] * found.ratios.prevalence[family]),
        upstreams=int(clients.upstreams[row]),
        before=int((clients.first_us[known] > clients.first_us[row]).sum()),
        accepted=bool(clients.accepted[row]), evidence=evidence, reasons=(),
    )  # fmt: skip
    named = int((tables.statistics.c2s.port[clients.c2[known]] == lead.port).sum())
    return _with_reasons(lead, tables, row, listed=len(known), named=named)


def _strangers(tables: PivotTables) -> Strangers:
    if tables.statistics.strangers is None:
        raise ValueError("a pivot needs the clients' own services: statistics without strangers")
    return tables.statistics.strangers


def _with_reasons(lead: Lead, tables: PivotTables, row: int, *, listed: int, named: int) -> Lead:
    weight = lead.evidence
    said = [
        (weight["fan_in"] + weight["peers"], _of_port(lead, listed=listed, named=named)),
        (weight["sessions"], _of_sessions(lead)),
        (weight["hours"], _of_hours(lead)),
        (weight["upstreams"], _of_upstreams(lead)),
        (weight["checks_in"], _of_visits(int(tables.clients.visited[row]))),
        (weight["doubted"], _of_warnings(tables.clients.known_as[row])),
    ]
    told = [text for _, text in sorted(said, key=lambda each: -abs(each[0])) if text]
    when = f"first seen at the service {lead.first_seen:%Y-%m-%d %H:%M} UTC"
    told.append(f"{when}, before {lead.before} of {listed} listed C2s")
    if lead.accepted:
        told.append("an analyst accepted it after an earlier pivot; that counts for nothing here")
    values = {name: getattr(lead, name) for name in Lead.__dataclass_fields__}
    return Lead(**(values | {"reasons": tuple(told)}))


def _of_port(lead: Lead, *, listed: int, named: int) -> str:
    if not lead.fan_in:
        return "nobody is seen to come to a port of its own: so look people, victims and access nodes, too"
    come = f"{lead.fan_in} hosts come to its port {lead.port}"
    if named:  # told and not weighed: families change ports, and 443 is everybody's
        come += f" (lists name it for {named} of the {listed} C2s here)"
    if lead.bots < 0.5:
        return f"{come}, none of them known to check in at listed C2s"
    chance = f"{lead.bots_by_chance:.1f}" if lead.bots_by_chance >= 0.05 else "less than 0.1"
    return (
        f"{come}, about {lead.bots:.0f} of which check in at listed C2s of {lead.family}; "
        f"at an ordinary host {chance} would"
    )


def _of_sessions(lead: Lead) -> str:
    seen = f"{lead.sessions} session{'s' * (lead.sessions != 1)} on {lead.days} day{'s' * (lead.days != 1)}"
    if lead.evidence["sessions"] > _TOLD:
        return f"{seen}, as listed C2s have at this service"
    if lead.evidence["sessions"] < -_TOLD:
        return f"{seen}, as the other clients of this service have"
    return seen


def _of_hours(lead: Lead) -> str:
    if lead.evidence["hours"] > _TOLD:
        return "it comes at the hours of the day at which listed C2s come"
    if lead.evidence["hours"] < -_TOLD:
        return "it comes at other hours of the day than listed C2s"
    return ""


def _of_upstreams(lead: Lead) -> str:
    if not lead.upstreams:
        return ""
    return f"in contact with {lead.upstreams} other confirmed upstream{'s' * (lead.upstreams != 1)}"


def _of_visits(visited: int) -> str:
    if not visited:
        return ""
    return f"it calls at the own port of {visited} listed C2{'s' * (visited != 1)}, as victims do"


def _of_warnings(known_as: tuple[str, ...]) -> str:
    named = [name for name in known_as if name.startswith("warning list ")]
    return f"{named[0]} names it" if named else ""
