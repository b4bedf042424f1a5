"""What does one hunt show a watch? Services with their C2s and numbers, and what labels say of every C2."""

import hashlib
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from headwater.app.hunt import Hunted, Known
from headwater.intel.labels.names import strictest
from headwater.model.address import text_of
from headwater.model.candidate import Candidate, PeerRole, Verdict
from headwater.model.event import Basis, EventHost, Measured
from headwater.model.label import Tlp
from headwater.model.remembered import Key, key_text
from headwater.model.window import moment_of
from headwater.score.statistics import SERVER

_DIGEST = 16
_SAYING = ("role", "family", "group", "port", "start", "end", "source", "tlp")


@dataclass(frozen=True, slots=True)
class C2Labels:
    """What labels say of one address.

    Attributes:
        host: as an event names it.
        digest: of all that its C2 labels say; changes with them.
    """

    host: EventHost
    digest: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A service that listed C2s met.

    Attributes:
        address, port, proto, role: its key.
        measured: its numbers; those of no candidate are empty.
        reasons: of its rank.
        c2s: listed C2s in contact with it, off their own ports, to their last contact.
        independent: how many of them stand apart: those of one block count once.
        c2_like: how many of its unlisted clients look like C2s, counted likewise; both as in the score.
    """

    address: str
    port: int
    proto: int
    role: str
    measured: Measured
    reasons: tuple[str, ...]
    c2s: dict[str, datetime]
    independent: int = 0
    c2_like: int = 0

    @property
    def key(self) -> Key:
        """Its key as one text."""
        return key_text(self.address, self.port, self.proto, self.role)

    @property
    def is_upstream(self) -> bool:
        """Whether the hunt takes it for one."""
        return self.measured.verdict == Verdict.UPSTREAM.value


@dataclass(frozen=True, slots=True)
class Sight:
    """What a hunt shows.

    Attributes:
        now: the cycle's "now".
        lake_version: version of the flow table.
        since, until: the window; None: no bound.
        services: by key, those taken for upstreams in the hunt's order, then those that are known.
        labels: of C2s, by address, whether seen or not.
        doubts: other roles that labels give an address ("sinkhole"), by address.
    """

    now: datetime
    lake_version: int
    since: datetime | None
    until: datetime | None
    services: dict[Key, Seen]
    labels: dict[str, C2Labels]
    doubts: dict[str, str]


def sight(
    hunted: Hunted | None, known: Known, *, now: datetime, basis: Basis, remembered: frozenset[Key]
) -> Sight:
    """What a hunt shows.

    Args:
        hunted: the hunt; None where nothing is labelled to hunt with, so that it shows no service.
        known: the labels that it was run with.
        now: the cycle's "now".
        basis: version of the flow table, and the window.
        remembered: keys of known upstreams and candidates, shown whatever the hunt says of them.
    """
    labels = labels_by_address(known.c2s)
    return Sight(
        now=now, lake_version=basis.lake_version, since=basis.since, until=basis.until,
        services={} if hunted is None else _services(hunted, labels, remembered), labels=labels,
        doubts=_doubts(known.roles),
    )  # fmt: skip


def _services(hunted: Hunted, labels: dict[str, C2Labels], remembered: frozenset[Key]) -> dict[Key, Seen]:
    services: dict[Key, Seen] = {}
    candidates = zip(hunted.ranking.candidates, hunted.ranking.rows, strict=True)
    ranked = {row: candidate for candidate, row in candidates}
    keys = hunted.statistics.candidates
    met = _met(hunted, labels)
    rows = [row for row, one in ranked.items() if one.verdict is Verdict.UPSTREAM]
    taken = frozenset(rows)
    rows += [row for row in met if row not in taken and _key(keys, row) in remembered]
    for row in rows:
        seen = _seen(hunted, row, ranked.get(row), met.get(row, {}))
        services[seen.key] = seen
    return services


def labels_by_address(labels: pa.Table) -> dict[str, C2Labels]:
    """What the C2 labels say, address by address; of several the strictest TLP counts."""
    rows: dict[str, list[dict[str, object]]] = {}
    for row in labels.to_pylist():
        rows.setdefault(text_of(row["hi"], row["lo"]), []).append(row)
    found = {}
    for address, said in rows.items():
        lines = sorted("|".join(str(row[name]) for name in _SAYING) for row in said)
        digest = hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:_DIGEST]
        host = EventHost(
            address, str(said[0]["family"]), str(said[0]["group"]),
            strictest(Tlp(str(row["tlp"])) for row in said) or Tlp.AMBER,
            tuple(sorted({str(row["source"]) for row in said})),
        )  # fmt: skip
        found[address] = C2Labels(host, digest)
    return found


def _doubts(roles: pa.Table) -> dict[str, str]:
    return {text_of(row["hi"], row["lo"]): str(row["role"]) for row in roles.to_pylist()}


def _met(hunted: Hunted, labelled: Container[str]) -> dict[int, dict[str, datetime]]:
    """For each row of the candidates: the C2s in contact off their own ports, with the last contact.

    One whose label came while the hunt ran is left to the next cycle, which sees that labels are new.
    """
    contacts, c2s = hunted.statistics.contacts, hunted.statistics.c2s
    found: dict[int, dict[str, datetime]] = {}
    for place in np.flatnonzero(~contacts.on_c2_port).tolist():
        c2 = int(contacts.c2[place])
        address = text_of(int(c2s.hi[c2]), int(c2s.lo[c2]))
        if address in labelled:
            last = moment_of(int(contacts.last_us[place]))
            found.setdefault(int(contacts.candidate[place]), {})[address] = last
    return found


def _key(keys: object, row: int) -> Key:
    values = {name: int(getattr(keys, name)[row]) for name in ("hi", "lo", "port", "proto", "role")}
    role = PeerRole.SERVER if values["role"] == SERVER else PeerRole.CLIENT
    return key_text(text_of(values["hi"], values["lo"]), values["port"], values["proto"], role.value)


def _seen(hunted: Hunted, row: int, ranked: Candidate | None, c2s: dict[str, datetime]) -> Seen:
    address, port, proto, role = _key(hunted.statistics.candidates, row).split(" ")
    measured, reckoning = Measured(c2s=len(c2s)), hunted.ranking.reckoning
    if ranked is not None:
        measured = Measured(
            verdict=ranked.verdict.value, posterior=ranked.posterior, p_value=ranked.p_value,
            q_value=ranked.q_value, expected=ranked.expected, c2s=ranked.c2s, clients=ranked.clients,
            flows=ranked.flows, sessions=ranked.sessions, first_seen=ranked.first_seen,
            last_seen=ranked.last_seen,
        )  # fmt: skip
    return Seen(
        address, int(port), int(proto), role, measured, ranked.reasons if ranked is not None else (), c2s,
        independent=int(reckoning.tallies.k[row]), c2_like=int(reckoning.strong[row]),
    )  # fmt: skip
