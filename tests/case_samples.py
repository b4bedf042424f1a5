"""Cases made up by hand for tests of reports, charts and exports. SYNTHETIC: nothing here was observed.

Addresses of C2s lie in 198.18.0.0/15 (RFC 2544), others in the documentation networks of RFC 5737 and 3849.
"""

import dataclasses
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from headwater.model.candidate import Candidate, PeerRole, Share, Verdict
from headwater.model.case import (
    Case,
    Chance,
    Conclusion,
    Confirmed,
    Contact,
    Counts,
    Coverage,
    Neighbour,
    Sentence,
)
from headwater.model.claim import Claim
from headwater.model.hunt import Examined, Hunt, Recall
from headwater.model.hypothesis import Evidence, Hypothesis, Provenance, Step
from headwater.model.label import Tlp
from headwater.model.service import Service
from headwater.model.source import RanQuery, ReadFile, ReadTable
from headwater.model.tenancy import KeyBracket, PlacedClaim, Placing, Tenancy
from headwater.model.timeline import Interval, Relation, SessionSplit, Timeline

BEGIN = datetime(2019, 11, 1, tzinfo=UTC)
END = datetime(2020, 12, 20, tzinfo=UTC)
SERVICE = Service("203.0.113.77", 38400, 6)
STORY = (
    ("emotet", "epoch2", 10, 5),
    ("emotet", "epoch3", 4, 0),
    ("dridex", "", 7, 0),
)  # and left out of them

# What a feed, a banner or a note may hold to hurt whoever shows it. Each must come out as text.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "${alert(4)}",
    "javascript:alert(5)",
    '=HYPERLINK("http://evil.example/","x")',
    "@SUM(1+1)|cmd",
    "| a | b |\n\n# heading\n\n[link](http://evil.example/) ![i](http://evil.example/i.png) <b>b</b> `c`",
    "\x1b[31mred\x1b[0m\x07",
    "right\u202eleft\u2028line\u2029para\u0000nul",
    "datum.constructor.constructor('alert(6)')()",
    "']]; alert(7); //",
    "https://evil.example/?q=<a href='//evil.example'>x</a>",
    "&lt;b&gt; &amp; &#x3c;",
    "\ud800half",
)  # fmt: skip


QUERIES = (
    RanQuery("q-pass", "flows of the address", 'CREATE OR REPLACE TEMP TABLE "pass1" AS SELECT * FROM flows',
             12, 5120, ("flows",)),
    RanQuery("q-clients", "clients of the service", 'SELECT "hi" FROM "pass1" WHERE "port" <= 38400', 12, 24,
             ("q-pass", "labels")),
    RanQuery("q-sessions", "sessions of C2s", 'SELECT "c2" FROM "pass1" GROUP BY 1', 12, 640, ("q-pass",)),
)  # fmt: skip
TABLES = (
    ReadTable("flows", 12, 90_000, 640),
    ReadTable("labels", 3, 60, 21, "ab" * 32, (ReadFile("feed.csv", "cd" * 32, 60, Tlp.AMBER),)),
    ReadTable("networks", 0, 0),
    ReadTable("host_keys", 1, 40, 11, "ef" * 32, (ReadFile("keys.csv", "01" * 32, 40),)),
    ReadTable("claims", 2, 3, 3, "23" * 32, (
        ReadFile("closed.csv", "45" * 32, 1, Tlp.RED), ReadFile("reports.csv", "67" * 32, 2, Tlp.GREEN))),
)  # fmt: skip


def dridex_case(*, seed: int = 7) -> Case:
    """A case of 21 C2s in three groups, five of them left out, with tenancies, claims and evidence."""
    return _case(STORY, others=3, seed=seed)


def small_case() -> Case:
    """Three clients, one C2 among them, no tenancy, no claim, nothing held out; the answer is open."""
    case = _case((("qakbot", "", 1, 0),), others=2, seed=3)
    return dataclasses.replace(
        case,
        chance=None,
        keys=(),
        tenancy=(),
        claims=(),
        placed=(),
        neighbours=(),
        confirmation=Confirmed((), (), 0, 0.0, None),
    )


def large_case(c2s: int = 300) -> Case:
    """A case of many C2s in nine groups."""
    groups = [(f"family{number // 2}", f"g{number}", c2s // 9, c2s // 60) for number in range(8)]
    groups.append(("lastfamily", "", c2s - 8 * (c2s // 9), 3))
    return _case(tuple(groups), others=400, seed=5)


def empty_case() -> Case:
    """A service that nobody was seen with."""
    case = small_case()
    nothing = Counts(0, 0, {}, {}, {"qakbot": 4}, 0, 0, 0, 0, (0,) * 24, (0,) * 7, (0,) * 24, (0,) * 7)
    return dataclasses.replace(
        case, counts=nothing, contacts=(), timelines=(), evidence=(), hypotheses=(), with_excluded=(),
        waterfall=(), contacts_left_out=0, coverage=Coverage(None, None, (), 0, None, ()),
    )  # fmt: skip


def hostile_case() -> Case:
    """The case of 21 C2s with a hostile string in every field that holds free text."""
    case = dridex_case()
    spoiled: Case = _Texts().spoiled(case)
    return spoiled


def sample_hunt() -> Hunt:
    """A hunt with candidates of every verdict."""
    rng = random.Random(11)  # noqa: S311  # made-up numbers
    verdicts = list(Verdict)
    candidates = []
    for rank in range(1, 31):
        c2s = max(21 - rank, 2)
        clients = c2s + (rank * rank) // 3
        estimate = c2s / clients
        spread = 1 / (clients + 4) ** 0.5
        candidates.append(
            Candidate(
                rank=rank,
                address=f"203.0.113.{70 + rank}" if rank % 7 else f"2001:db8::{rank:x}:77",
                port=rng.choice((443, 38400, 8080, 22)) if rank % 5 else 0,
                proto=6,
                role=PeerRole.CLIENT if rank % 6 == 0 else PeerRole.SERVER,
                verdict=verdicts[0] if rank < 4 else verdicts[rank % len(verdicts)],
                score=8.0 - rank * 0.7,
                posterior=max(0.99 - rank * 0.06, 0.0),
                c2s=c2s,
                clients=clients,
                by_group={"dridex": c2s // 2, "emotet/epoch2": c2s - c2s // 2},
                expected=0.2 * rank,
                p_value=10.0 ** (rank - 25),
                q_value=min(10.0 ** (rank - 22), 1.0),
                exclusivity=Share(estimate, max(estimate - spread, 0.0), min(estimate + spread, 1.0)),
                first_seen=BEGIN,
                last_seen=END,
                flows=900 // rank,
                sessions=300 // rank,
                reasons=("met by C2s of several groups",),
            )
        )
    return Hunt(4, "duckdb 1.0", BEGIN, END, Examined(123456, 456, 789, 60, 44), Recall(), tuple(candidates))


def _case(groups: tuple[tuple[str, str, int, int], ...], *, others: int, seed: int) -> Case:
    rng = random.Random(seed)  # noqa: S311  # made-up numbers
    c2s = _C2s(rng)
    for family, group, count, left_out in groups:
        for number in range(count):
            c2s.add(family, group, excluded=number >= count - left_out)
    contacts = [*c2s.contacts, *(_other(rng, number) for number in range(others))]
    by_group = Counter(_named(one.family, one.group) for one in c2s.contacts)
    by_family = Counter(one.family for one in c2s.contacts)
    sessions = sum(one.sessions for one in c2s.contacts)
    k, expected = max(len(c2s.contacts) - 3, 1), 0.31
    total = len(contacts)
    share = len(c2s.contacts) / total
    counts = Counts(
        c2s=len(c2s.contacts),
        clients=total,
        by_family=dict(by_family),
        by_group=dict(by_group),
        seen_by_group={name: count + 2 for name, count in by_group.items()},
        flows=sum(one.flows for one in c2s.contacts),
        sessions=sessions,
        other_flows=sum(one.flows for one in contacts if not one.listed),
        other_sessions=sum(one.sessions for one in contacts if not one.listed),
        hours=tuple(20 + rng.randrange(12) + (18 if 6 <= hour < 17 else 0) for hour in range(24)),
        weekdays=tuple(150 + rng.randrange(20) - (60 if day > 4 else 0) for day in range(7)),
        other_hours=tuple(1 + rng.randrange(3) for _ in range(24)),
        other_weekdays=tuple(6 + rng.randrange(5) for _ in range(7)),
    )
    evidence = _evidence(by_group)
    return Case(
        service=SERVICE,
        role=PeerRole.SERVER,
        lake_version=12,
        since=None,
        until=None,
        settings={"session_gap_h": 6, "slack_before_d": 7.0, "least_sessions": 4, "engine": "duckdb://"},
        counts=counts,
        coverage=Coverage(
            BEGIN, END,
            ((datetime(2020, 3, 10, tzinfo=UTC), datetime(2020, 3, 19, tzinfo=UTC)),
             (datetime(2020, 8, 1, tzinfo=UTC), datetime(2020, 8, 4, tzinfo=UTC))),
            1000, 0.09, ("border-1",),
        ),
        contacts=tuple(contacts),
        contacts_left_out=0,
        timelines=tuple(c2s.timelines),
        with_excluded=_hypotheses(0.71),
        neighbours=_neighbours(len(c2s.contacts)),
        chance=Chance(k, expected, 3.1e-14, Share(share, max(share - 0.1, 0.0), min(share + 0.07, 1.0))),
        keys=(
            KeyBracket("K1", "ssh", "aa:11:bb:22", None, datetime(2019, 5, 2, tzinfo=UTC),
                       datetime(2019, 6, 20, tzinfo=UTC), datetime(2019, 7, 20, tzinfo=UTC), 2),
            KeyBracket("K2", "ssh", "cc:33:dd:44", datetime(2019, 6, 20, tzinfo=UTC),
                       datetime(2019, 7, 20, tzinfo=UTC), datetime(2020, 11, 30, tzinfo=UTC), None, 9,
                       ("192.0.2.9", "192.0.2.10")),
        ),
        tenancy=(
            Tenancy("T1", None, datetime(2019, 5, 2, tzinfo=UTC), datetime(2019, 6, 20, tzinfo=UTC),
                    datetime(2019, 7, 20, tzinfo=UTC), ("K1",), "one SSH host key throughout"),
            Tenancy("T2", datetime(2019, 6, 20, tzinfo=UTC), datetime(2019, 7, 20, tzinfo=UTC),
                    datetime(2020, 11, 30, tzinfo=UTC), None, ("K2",), "a new SSH host key"),
        ),
        claims=(
            Claim(SERVICE.address, datetime(2019, 6, 20, tzinfo=UTC), "spread FlawedAmmyy from this address",
                  actor="TA505", malware="flawedammyy", source="Example Labs", grade="B2",
                  url="https://labs.example/ta505", tlp=Tlp.CLEAR),
            Claim("", datetime(2019, 1, 1, tzinfo=UTC), "TA505 used Dridex",
                  until=datetime(2019, 12, 31, tzinfo=UTC), actor="TA505", malware="dridex",
                  source="Example Cert", grade="A2",
                  url="https://cert.example/x", tlp=Tlp.GREEN),
            Claim(SERVICE.address, datetime(2020, 9, 1, tzinfo=UTC), "seen in a closed investigation",
                  actor="SECRETACTOR", source="Closed Partner", grade="A1", tlp=Tlp.RED),
        ),
        placed=(
            PlacedClaim(0, "T2", Placing.UNDECIDABLE, 0.98, "a key changes as likely on any day between"),
            PlacedClaim(2, "T2", Placing.AFTER, 0.0, "dated after the last change"),
        ),
        evidence=evidence,
        hypotheses=_hypotheses(0.83),
        waterfall=_waterfall(evidence),
        confirmation=Confirmed(("emotet",), ("dridex",), 7, 0.05, 1.4e-11),
        conclusion=_conclusion(c2s, counts),
        warnings=("SYNTHETIC: made up by hand for tests",),
        queries=QUERIES,
        tables=TABLES,
        origins={
            "counts": ("q-clients", "labels"), "contacts": ("q-clients", "labels"),
            "timelines": ("q-sessions", "labels"), "timelines.contact": ("q-sessions",),
            "keys": ("host_keys",), "claims": ("claims",), "chance": ("q-clients",),
        },
    )  # fmt: skip


def _named(family: str, group: str) -> str:
    return f"{family}/{group}" if group else family


class _C2s:
    """Contacts and timelines of C2s, made up one after the other."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.contacts: list[Contact] = []
        self.timelines: list[Timeline] = []

    def add(self, family: str, group: str, *, excluded: bool) -> None:
        rng, number = self.rng, len(self.contacts)
        address = f"198.18.{number // 200}.{number % 200 + 1}"
        if number % 11 == 9:
            address = f"2001:db8:{number:x}::c2:1"
        start = datetime(2019, 12, 27, tzinfo=UTC) + timedelta(days=rng.expovariate(1 / 60))
        length = timedelta(days=rng.uniform(40, 220))
        end = min(start + length, END - timedelta(days=1))
        sessions = rng.randrange(1, 4) if excluded else rng.randrange(6, 60)
        gap = (end - start) / (sessions + 1)
        first, last = start + gap / 2, end - gap / 2
        flows = sessions * rng.randrange(1, 5)
        contact = Interval(
            start=start, start_low=start - gap, start_high=first, end=end, end_low=last,
            end_high=min(end + gap, END), basis=f"{sessions} sessions with the service",
            first_seen=first, last_seen=last, sessions=sessions, end_censored=end + gap >= END,
        )  # fmt: skip
        before = timedelta(days=rng.uniform(2, 30) * (1 if family == "dridex" else -0.4))
        alive, dead = start - before, end + timedelta(days=rng.uniform(3, 40))
        activity = Interval(
            start=alive, start_low=alive - timedelta(days=4), start_high=alive + timedelta(days=1),
            end=min(dead, END), end_low=min(dead, END) - timedelta(days=2), end_high=min(dead, END),
            basis="label of a feed; 211 sessions of bots on its own port", sessions=211,
            end_censored=dead >= END,
        )  # fmt: skip
        only_once = excluded and number % 3 == 0
        self.timelines.append(
            Timeline(
                address=address, family=family, group=group, activity=activity,
                contact=None if only_once else contact,
                relation=None if only_once else Relation(0.02, 0.1, 0.7, 0.15, 0.03),
                split=SessionSplit(0.25, sessions - 0.5, 0.25, 0.2, 0.6, 0.2),
                included=not excluded,
                excluded_because=f"{sessions} sessions, fewer than 4" if excluded else "",
                log_bayes=(("control", -3.2), ("handoff", -6.1), ("coincidence", -5.5)),
            )
        )  # fmt: skip
        self.contacts.append(
            Contact(
                address=address, family=family, group=group, listed=True,
                network=f"Hoster {number % 5}", asn=64500 + number % 5, first=first, last=last,
                sessions=sessions, flows=flows, packets_out=flows * 9, packets_in=flows * 7,
                bytes_out=flows * 4100, bytes_in=flows * 900, hours=sessions * 2, days=sessions,
                opened_by=("client", "client", "client", "unknown")[number % 4],
                opened_by_reason="many others come to the side that serves",
            )
        )  # fmt: skip


def _other(rng: random.Random, number: int) -> Contact:
    flows = rng.randrange(1, 9)
    return Contact(
        address=f"192.0.2.{number % 250 + 1}" if number < 250 else f"2001:db8:ffff::{number:x}",
        family="", group="", listed=False, network=("Some Access Provider", "")[number % 2],
        asn=(64999, 0)[number % 2], first=BEGIN + timedelta(days=number % 60), last=END - timedelta(days=3),
        sessions=max(flows // 2, 1), flows=flows, packets_out=flows, packets_in=flows, bytes_out=flows * 90,
        bytes_in=flows * 120, hours=flows, days=flows, opened_by="unknown",
        opened_by_reason="nothing in the records tells",
    )  # fmt: skip


def _neighbours(c2s: int) -> tuple[Neighbour, ...]:
    return (
        Neighbour(Service(SERVICE.address, 22, 6), "port", 14, 0, 61),
        Neighbour(Service(SERVICE.address, 80, 6), "port", 3, 1, 4),
        Neighbour(Service("192.0.2.53", 53, 17), "shared", 9120, max(c2s - 3, 1), 4410, "public-dns"),
        Neighbour(Service("192.0.2.123", 123, 17), "shared", 7031, max(c2s // 2, 1), 812),
        Neighbour(Service("203.0.113.200", 8443, 6), "shared", 7, min(6, c2s), 93),
        Neighbour(Service("192.0.2.200", 443, 6), "peer", 1, 0, 12),
        Neighbour(Service("198.18.0.1", 22, 6), "on-c2", 1, 1, 5),
    )


def _evidence(by_group: dict[str, int]) -> tuple[Evidence, ...]:
    def item(
        number: int, kind: str, statement: str, reason: str, weights: dict[str, float], **rest: Any
    ) -> Evidence:
        return Evidence(
            f"E{number}", kind, rest.pop("question", "tie"), rest.pop("scope", "all"), statement, reason,
            weights,
            provenance=rest.pop("provenance", Provenance(
                12, f"item {number} where a < b", 40 + number, "flow records", ("q-clients", "labels")
            )),
            **rest,
        )  # fmt: skip

    total = sum(by_group.values())
    return (
        item(1, "purity", f"{total} of its clients are listed C2s.", "Hardly anybody else comes to it.",
             {"control": 1.4, "handoff": 1.1, "third-party": -1.2, "chance": -6.0}, source="flows"),
        item(2, "timing", "Contact lies within the life of 14 of 16 C2s.",
             "Who controls a C2 talks to it while it works.",
             {"control": 2.1, "handoff": -0.8, "chance": -2.0}, source="flows and labels"),
        item(3, "opener", "C2s open the contact.", "A C2 that reports to its upstream opens the contact.",
             {"control": 0.3, "observer": -2.0}, source="flows"),
        item(4, "families", "No family of TA505 is among the clients, though 3 of them appear in the flows.",
             "An operator of several families would bring them.",
             {"earlier-operator": -0.7, "new-operator": 0.2}, question="tenant", source="flows and labels"),
        item(5, "key-change", "The SSH host key was set between 2019-06-20 and 2019-07-20.",
             "A new tenant sets up a new host.", {"earlier-operator": -0.9, "new-operator": 0.4},
             question="tenant", source="host keys", observed_at=datetime(2019, 7, 20, tzinfo=UTC)),
        item(6, "claim", "TA505 spread FlawedAmmyy from 203.0.113.77.", "It held the address for a time.",
             {"earlier-operator": 0.8}, question="tenant", source="Example Labs", grade="B2",
             observed_at=datetime(2019, 6, 20, tzinfo=UTC), barred_by="T2",
             provenance=Provenance(None, "reports.csv, line 2", 1, "claims", ("claims",))),
        item(7, "claim", "SECRETACTOR was seen there in a closed investigation.", "A closed source.",
             {"new-operator": 0.9}, question="tenant", source="Closed Partner", grade="A1",
             observed_at=datetime(2020, 9, 1, tzinfo=UTC), provenance=Provenance(None, "closed.csv, line 1")),
        item(8, "analyst", "I trust the feed less than its grade; 192.0.2.1 is a customer of ours.",
             "Experience.",
             {"control": -0.2}, source="analyst", provenance=Provenance()),
    )  # fmt: skip


def _hypotheses(control: float) -> tuple[Hypothesis, ...]:
    rest = 1 - control

    def one(  # noqa: PLR0917  # a table of hypotheses, one a line
        name: str, question: str, statement: str, posterior: float, words: str, scope: str = "all"
    ) -> Hypothesis:
        return Hypothesis(
            name, question, scope, statement, 0.125, posterior, max(posterior - 0.11, 0.0),
            min(posterior + 0.08, 1.0), words, ("E1", "E2") if posterior > 0.5 else (), ("E3",),
        )  # fmt: skip

    return (
        one("control", "tie", "One operator runs the C2s and this service.", control, "very likely"),
        one("handoff", "tie", "Access was gained here and handed on.", rest * 0.8, "very unlikely"),
        one(
            "third-party", "tie", "A service of a third party that C2s use.", rest * 0.15, "almost no chance"
        ),
        one("chance", "tie", "They meet by chance.", rest * 0.05, "almost no chance"),
        one("control", "tie", "One operator runs the C2s and this service.", 0.91, "very likely", "dridex"),
        one("handoff", "tie", "Access was gained here and handed on.", 0.05, "very unlikely", "dridex"),
        one(
            "control",
            "tie",
            "One operator runs the C2s and this service.",
            0.52,
            "insufficient",
            "emotet/epoch2",
        ),
        one("handoff", "tie", "Access was gained here and handed on.", 0.41, "insufficient", "emotet/epoch2"),
        one("new-operator", "tenant", "The address changed hands before the contact.", 0.77, "likely"),
        one("earlier-operator", "tenant", "Whom open sources name still ran it.", 0.12, "very unlikely"),
    )


def _waterfall(evidence: tuple[Evidence, ...]) -> tuple[Step, ...]:
    steps = []
    for hypothesis, question, start in (
        ("control", "tie", -0.85), ("handoff", "tie", -0.85), ("third-party", "tie", -0.9),
        ("chance", "tie", -1.0), ("new-operator", "tenant", -0.2), ("earlier-operator", "tenant", 0.0),
    ):  # fmt: skip
        level = start
        steps.append(Step("prior", hypothesis, question, "all", level, level))
        for item in evidence:
            if item.question != question or not item.counts:
                continue
            move = item.weights.get(hypothesis, 0.0)
            steps.append(Step(item.id, hypothesis, question, "all", level, level + move))
            level += move
    return tuple(steps)


def _conclusion(c2s: _C2s, counts: Counts) -> Conclusion:
    used = f"{SERVICE} is a service that {counts.c2s} listed C2s used."
    tied = "One operator very likely runs these C2s and this service."
    return Conclusion(
        sentences=(
            Sentence(used, "service", ("counts.c2s",)),
            Sentence(tied, "tie", ("E1", "E2"), "very likely", 0.83),
            Sentence("The operator is closest to dridex.", "operator", ("E2",)),
            Sentence("SECRETACTOR was seen there, say closed sources.", "operator", ("E7",)),
            Sentence("The tie can be shown from late December 2019.", "since", ("E2",)),
            Sentence("Chance is ruled out.", "chance", ("chance.p_value",)),
            Sentence("Confidence in the basis is moderate.", "basis", ()),
        ),
        verdict="control",
        closest_group="dridex",
        since=min((one.first for one in c2s.contacts), default=None),
        confidence="moderate",
        would_change_if=("A second sensor showed other clients.", "The key of mid 2019 was a shared one."),
    )  # fmt: skip


class _Texts:
    """Puts a hostile string into every field of free text of a record, each time the next one."""

    # Fields that name things in the case itself, and so have to stay as they are.
    KEPT = frozenset({"id", "address", "question", "scope", "hypothesis", "evidence", "tenancy", "relation",
                      "opened_by", "verdict", "confidence", "barred_by", "about", "for_ids", "against_ids",
                      "rests_on", "kind"})  # fmt: skip

    def __init__(self) -> None:
        self.turn = 0

    def next(self) -> str:
        self.turn += 1
        return f"{HOSTILE[self.turn % len(HOSTILE)]} #{self.turn}"

    def spoiled(self, record: Any) -> Any:  # Any: a dataclass of model/ in and out
        changed = {
            field.name: self._value(field.name, getattr(record, field.name))
            for field in dataclasses.fields(record)
        }
        return dataclasses.replace(record, **changed)

    def _value(self, name: str, value: Any) -> Any:  # Any: as above
        if name in self.KEPT or isinstance(value, Enum | datetime | Service):
            return value
        if isinstance(value, str):
            return self.next()
        if isinstance(value, dict):
            keys = name in ("settings", "by_family", "by_group", "seen_by_group", "weights")
            return {(self.next() if keys else key): self._value(name, item) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(self._value(name, item) for item in value)
        return self.spoiled(value) if dataclasses.is_dataclass(value) else value
