"""What is known about one service? Case: who talks to it and when, who held it, what explains it, how sure.

A case is what `investigate` answers with, what a report shows and what exports carry. It holds no raw
records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from headwater.model.candidate import PeerRole, Share
from headwater.model.claim import Claim
from headwater.model.hypothesis import Evidence, Hypothesis, Step
from headwater.model.label import Tlp
from headwater.model.service import Service
from headwater.model.source import RanQuery, ReadTable
from headwater.model.tenancy import KeyBracket, PlacedClaim, Tenancy
from headwater.model.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Contact:
    """What one client of the service amounts to.

    Attributes:
        address: the client; in a case about a service in client role, the host that it connects to.
        family, group: of a listed C2; "" for any other host.
        listed: whether it is a listed C2.
        network: name of its network; "" where unknown.
        asn: its AS number; 0 where unknown.
        first, last: first and last record, UTC.
        sessions, flows: counts; a session ends after 6 h of silence.
        packets_out, packets_in, bytes_out, bytes_in: as exported, from the client and to it.
        hours, days: distinct hours and days with contact.
        opened_by: "client", "service" or "unknown": who opens the contact.
        opened_by_reason: why we think so.
        port: its own listening port, of a listed C2; 0 where its labels name none.
        source: feeds that list it, as one text; "" for any other host.
        grade: Admiralty code of its labels, the best of several; "" where none was given.
        tlp: how far its being listed may be shared, the strictest of its labels.
    """

    address: str
    family: str
    group: str
    listed: bool
    network: str
    asn: int
    first: datetime
    last: datetime
    sessions: int
    flows: int
    packets_out: int
    packets_in: int
    bytes_out: int
    bytes_in: int
    hours: int
    days: int
    opened_by: str
    opened_by_reason: str
    port: int = 0
    source: str = ""
    grade: str = ""
    tlp: Tlp = Tlp.AMBER


@dataclass(frozen=True, slots=True)
class Counts:
    """How many.

    Attributes:
        c2s: listed C2s in contact.
        clients: hosts of any kind in contact, listed C2s among them.
        by_family, by_group: listed C2s in contact.
        seen_by_group: listed C2s of each group that appear in the flows at all, in contact or not.
        flows, sessions: of listed C2s with the service.
        other_flows, other_sessions: of all other clients.
        hours: contact of listed C2s by hour of the day (UTC), 24 counts of hours with contact.
        weekdays: the same by weekday, Monday first, 7 counts.
        other_hours, other_weekdays: of all other clients.
    """

    c2s: int
    clients: int
    by_family: Mapping[str, int]
    by_group: Mapping[str, int]
    seen_by_group: Mapping[str, int]
    flows: int
    sessions: int
    other_flows: int
    other_sessions: int
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    other_hours: tuple[int, ...]
    other_weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another service in the picture: another port of the host, a peer of it, or what its C2s also talk to.

    Attributes:
        service: where.
        relation: "port" (another service on the host), "peer" (what the host itself connects to), "shared"
            (what C2s of the case talk to as well) or "on-c2" (the host comes to C2s on their own ports).
        hosts: distinct hosts behind it; for "shared", of any kind.
        c2s: listed C2s among them.
        flows: flows behind it.
        known_as: name of a warning list or of a label's role that names it; "" for none.
        role: which side of that contact it is; a "shared" one may be a client that comes to the C2s.
    """

    service: Service
    relation: str
    hosts: int
    c2s: int
    flows: int
    known_as: str = ""
    role: PeerRole = PeerRole.SERVER


@dataclass(frozen=True, slots=True)
class Chance:
    """What chance would bring, as in a hunt.

    Attributes:
        k: independent groups of co-located C2s in contact inside their windows.
        expected: what chance would give of them.
        p_value: P(Poisson(expected) >= k).
        exclusivity: share of the contacts that are listed C2s, with its Jeffreys interval.
    """

    k: int
    expected: float
    p_value: float
    exclusivity: Share


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the records cover.

    Attributes:
        first, last: first and last record of all, UTC; None where there is none.
        gaps: spans [from, until) without a record of any sensor, whole UTC days put together.
        sampling: the N of 1:N that most records state; 0 where none is stated.
        chance_of_session: chance that a session as those seen leaves a record: 1 - (1 - 1/N)^packets, at the
            median of estimated packets; None where sampling or packets are unknown.
        sensors: names of the sensors that saw the service.
    """

    first: datetime | None
    last: datetime | None
    gaps: tuple[tuple[datetime, datetime], ...]
    sampling: int
    chance_of_session: float | None
    sensors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The test on what was held out.

    Attributes:
        discovered_on: families, or labels of the earlier half, that may have led to the service.
        confirmed_on: what was held out; empty where nothing could be.
        k, expected: independent groups of held-out C2s in contact, and what chance gives of them.
        p_value: P(Poisson(expected) >= k); None where nothing could be held out.
    """

    discovered_on: tuple[str, ...]
    confirmed_on: tuple[str, ...]
    k: int
    expected: float
    p_value: float | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the conclusion, with what it stands on.

    Attributes:
        text: the sentence.
        about: "service", "tie", "operator", "since", "chance", "open", "basis", "change": what it tells.
        rests_on: ids of evidence, or names of numbers of the case ("chance.p_value"), behind it.
        word: its strongest word, "" where it uses none.
        value: the number that the word stands for; None where it uses none.
    """

    text: str
    about: str
    rests_on: tuple[str, ...] = ()
    word: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The answer in plain sentences.

    Attributes:
        sentences: in order; likelihood and confidence in the basis never share one.
        verdict: id of the hypothesis of the question "tie" that stands at the top, or "insufficient".
        closest_group: the group to which the operator is close; "" where none stands out.
        since: from when on the tie can be shown; None where it cannot.
        confidence: "low", "moderate" or "high": in the basis, not in the answer (ICD 203).
        would_change_if: what would change the judgement, in words.
    """

    sentences: tuple[Sentence, ...]
    verdict: str
    closest_group: str
    since: datetime | None
    confidence: str
    would_change_if: tuple[str, ...]

    @property
    def text(self) -> str:
        """All sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one service.

    Attributes:
        service: what is investigated.
        role: which side of the contact it is.
        lake_version: version of the flow table; None for flows from outside a lake.
        since, until: the time looked at; None: no bound.
        settings: name of each setting that matters to its value, for provenance.
        counts: how many.
        coverage: what the records cover.
        contacts: every client, listed C2s first, then by sessions; others may be cut to the largest.
        contacts_left_out: clients that `contacts` does not list.
        timelines: one for each listed C2 in contact.
        with_excluded: the hypotheses as they come out where nothing is excluded.
        neighbours: other ports, other peers, what the same C2s also talk to.
        chance: what chance would bring; None where it could not be reckoned.
        keys: what the host was recognised by, when.
        tenancy: who may have held it when.
        claims: what open sources say about the address or about actors named for it.
        placed: where the claims lie against the tenancies.
        evidence: the ledger, barred items among it.
        hypotheses: of all questions and scopes.
        waterfall: what each item does.
        confirmation: on held-out families.
        conclusion: in words.
        warnings: what stands against the whole answer.
        synthetic: what of its material says that it is simulated, a sentence without its full stop; "" where
            nothing says so.
        queries: what was asked of the flows, in the order in which it ran.
        tables: what of the lake was read, flows first.
        origins: path of a part ("counts", "timelines.activity") to the ids of the queries and tables that
            gave it; the longest path that fits a number counts. Evidence has its own.
    """

    service: Service
    role: PeerRole
    lake_version: int | None
    since: datetime | None
    until: datetime | None
    settings: Mapping[str, float | int | str]
    counts: Counts
    coverage: Coverage
    contacts: tuple[Contact, ...]
    contacts_left_out: int
    timelines: tuple[Timeline, ...]
    with_excluded: tuple[Hypothesis, ...]
    neighbours: tuple[Neighbour, ...]
    chance: Chance | None
    keys: tuple[KeyBracket, ...]
    tenancy: tuple[Tenancy, ...]
    claims: tuple[Claim, ...]
    placed: tuple[PlacedClaim, ...]
    evidence: tuple[Evidence, ...]
    hypotheses: tuple[Hypothesis, ...]
    waterfall: tuple[Step, ...]
    confirmation: Confirmed
    conclusion: Conclusion
    warnings: tuple[str, ...]
    synthetic: str = ""
    queries: tuple[RanQuery, ...] = ()
    tables: tuple[ReadTable, ...] = ()
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def given_by(self, path: str) -> tuple[str, ...]:
        """Ids of the queries and tables that gave a number.

        Args:
            path: "counts.c2s", "contacts.198.18.0.1.sessions", "timelines.198.18.0.1.activity.start";
                "evidence.E1" and what is below it for an item of the ledger.

        Returns:
            The ids; none where nothing tells.
        """
        kind, _, rest = path.partition(".")
        if kind == "evidence":
            mine = [one for one in self.evidence if f"{rest}.".startswith(f"{one.id}.")]
            return max(mine, key=lambda one: len(one.id)).provenance.sources if mine else ()
        fitting = [
            name
            for name in self.origins
            if name == kind or (name.startswith(f"{kind}.") and name.rpartition(".")[2] in rest.split("."))
        ]
        return self.origins[max(fitting, key=len)] if fitting else ()
