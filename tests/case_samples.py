"""Cases made up by hand for tests of reports, charts and exports. SYNTHETIC: nothing here was observed.

Addresses of C2s lie in 198.18.0.0/15 (RFC 2544), others in the documentation networks of RFC 5737 and 3849.
"""

import dataclasses
import random
from collections import Counter
from datetime import UTC, datetime

from case_sample_clients import BEGIN, END, SERVICE, C2s, made_neighbours, other_client
from case_sample_judgement import made_conclusion, made_evidence, made_hypotheses, made_waterfall
from headwater.model.candidate import Candidate, PeerRole, Share, Verdict
from headwater.model.case import Case, Chance, Confirmed, Counts, Coverage
from headwater.model.claim import Claim
from headwater.model.hunt import Examined, Hunt, Recall
from headwater.model.label import Tlp
from headwater.model.source import RanQuery, ReadFile, ReadTable
from headwater.model.tenancy import KeyBracket, PlacedClaim, Placing, Tenancy
from hostile_texts import HostileTexts

STORY = (
    ("emotet", "epoch2", 10, 5),
    ("emotet", "epoch3", 4, 0),
    ("dridex", "", 7, 0),
)  # and left out of them

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
    spoiled: Case = HostileTexts().spoiled(case)
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
    c2s = C2s(rng)
    for family, group, count, left_out in groups:
        for number in range(count):
            c2s.add(family, group, excluded=number >= count - left_out)
    contacts = [*c2s.contacts, *(other_client(rng, number) for number in range(others))]
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
    evidence = made_evidence(by_group)
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
        with_excluded=made_hypotheses(0.71),
        neighbours=made_neighbours(len(c2s.contacts)),
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
        hypotheses=made_hypotheses(0.83),
        waterfall=made_waterfall(evidence),
        confirmation=Confirmed(("emotet",), ("dridex",), 7, 0.05, 1.4e-11),
        conclusion=made_conclusion(c2s, counts),
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
