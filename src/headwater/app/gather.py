"""What do all flows amount to, for this list of C2s? The order in which the measuring runs.

    pass 1            flows of listed C2s, and a sample of address pairs              (scan of everything)
    sample            how busy endpoints and networks are, who is a hub, who scans
    possible keys     whom several C2s may have met: upper bounds
    pass 2            all flows of those that are left                               (scan of everything)
    candidates        sides decided, contacts counted, reach of each candidate

Where the flows have the copy by host, headwater.app.flow_source reads that instead of everything.

Every step is a table of the engine; headwater.app.statistics_of takes the small ones out.
"""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt

from headwater.app.flow_source import FlowSource, Touching
from headwater.app.hunt_settings import MeasureSettings
from headwater.app.listed_c2s import ListedC2s
from headwater.engine.connect import Engine
from headwater.engine.primitives import DAY_US, bucket, micros
from headwater.measure import candidates as keys
from headwater.measure import contacts, orientation, reach, scan

Table = Any  # an Ibis table; Ibis ships no types


@dataclass(frozen=True, slots=True)
class Gathered:
    """Tables kept in the engine.

    Attributes:
        c2s: c2, hi, lo.
        touches: as from `contacts.touches`.
        own_ports: listening ports of C2s: c2, port, proto (null: any).
        visits: as from `candidates.visit_keys`.
        talks: as from `candidates.keyed`.
        sample: narrow flows of the sample.
        sample_edges: edges of the sample.
        popularity: hosts of each key in the sample.
        candidates: candidate, KEY.
        hubs: KEY of keys that were left to the sample.
        edges: edges of the candidates that are no hubs, without scanners' visits to services.
        fan_out: of the candidates' addresses, exact but for hubs.
        rate: share of address pairs in the sample, in (0, 1].
        slot_us: length of a slot.
    """

    c2s: Table
    touches: Table
    own_ports: Table
    visits: Table
    talks: Table
    sample: Table
    sample_edges: Table
    popularity: Table
    candidates: Table
    hubs: Table
    edges: Table
    fan_out: Table
    rate: float
    slot_us: int

    @property
    def met(self) -> Table:
        """Visits inside the windows: `visits` with on_c2_port."""
        return self.visits.filter(self.visits.met).mutate(on_c2_port=ibis.literal(True))


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is.

    Attributes:
        flows: how many.
        start_us: start of the first and of the last of them, microseconds since 1970; 0 and 0 for none.
    """

    flows: int
    start_us: tuple[int, int]


def extent_of(engine: Engine, flows: Table) -> Extent:
    """How many flows there are, and from when to when; mostly told by the files' statistics.

    Args:
        engine: where it runs.
        flows: in LAKE_SCHEMA.
    """
    asked = flows.agg(n=flows.count(), first=micros(flows.start.min()), last=micros(flows.start.max()))
    found = engine.fetch(asked, purpose="how many flows there are, from when to when").to_pylist()[0]
    return Extent(found["n"], (found["first"] or 0, found["last"] or 0))


@dataclass(slots=True)
class Gathering:
    """One run of the measuring; `run` does it.

    Attributes:
        engine: where it runs.
        flows: a table in LAKE_SCHEMA, or the source of one.
        flow_count: how many there are, about: decides the size of the sample.
        listed: the C2s.
        span: which flows to look at.
        settings: the numbers it stands on.
        extent_us: start of the first and of the last flow, microseconds since 1970.
    """

    engine: Engine
    flows: Table | FlowSource
    flow_count: int
    listed: ListedC2s
    span: scan.Span
    settings: MeasureSettings
    extent_us: tuple[int, int]

    @property
    def slot_us(self) -> int:
        """Length of a slot: whole days, about as many slots over the data as the settings say."""
        days = -(-(self.extent_us[1] - self.extent_us[0]) // DAY_US)
        return max(1, -(-days // self.settings.slots)) * DAY_US

    def run(self) -> Gathered:
        """Runs all steps."""
        engine, settings = self.engine, self.settings
        c2s = engine.bring("c2s", self.listed.table())
        limit = scan.sample_limit(self.flow_count, wanted=settings.sample_flows)
        rate = limit / scan.EDGE_HASH_RANGE
        pass1, of_copy = self._first_pass(
            c2s.select("lo"), self.listed.lo, limit=limit, whose="flows of listed C2s"
        )
        touches = engine.keep(
            "touches",
            contacts.touches(pass1, c2s=c2s, windows=engine.bring("windows", self.listed.windows())),
            purpose="each flow of a listed C2, seen from the C2",
        )
        own_ports = self._own_ports(touches)
        visits = engine.keep(
            "visits",
            keys.visit_keys(contacts.visits(contacts.at_own_port(touches, own_ports))),
            purpose="who came to the C2s' own listening ports",
        )
        talks = engine.keep(
            "talks",
            contacts.off_own_port(touches, own_ports),
            purpose="flows of C2s off their own listening ports",
        )
        sample = self._of_sample(pass1, of_copy, limit)
        counts, edges, popular = self._sample(sample)
        possible = engine.keep(
            "possible_keys",
            keys.possible_keys(
                orientation.oriented(talks, self._known_before(talks, counts, rate)),
                least_c2s=settings.least_c2s,
            ),
            purpose="keys that several C2s may have met",
        )
        hubs = engine.keep(
            "hubs",
            reach.cut(possible, popular, hub_hosts=settings.hub_hosts, budget=settings.read_flows, rate=rate),
            purpose="keys that are left to the sample",
        )
        left_pairs = self._second_pass(sample, possible, hubs, rate)
        oriented = self._oriented(talks, left_pairs, counts, rate)
        chosen = engine.keep(
            "candidates",
            keys.chosen(oriented, visits, least_c2s=settings.least_c2s),
            purpose="candidates: keys that several C2s met",
        )
        reached, fan_out = self._reach(
            left_pairs, chosen, talks=oriented, visits=visits, sample_edges=edges, rate=rate
        )
        return Gathered(
            c2s=c2s, touches=touches, own_ports=own_ports, visits=visits, talks=oriented, sample=sample,
            sample_edges=edges, popularity=popular, candidates=chosen, hubs=hubs, edges=reached,
            fan_out=fan_out, rate=rate, slot_us=self.slot_us,
        )  # fmt: skip

    def _first_pass(
        self, addresses: Table, lows: npt.NDArray[np.int64], *, limit: int, whose: str
    ) -> tuple[Table, Table | None]:
        """Pass 1, kept; and those flows of the sample that cannot be told in it, as a query."""
        first = FlowSource.of(self.engine, self.flows).first_pass(
            addresses=addresses, lows=lows, limit=limit, span=self.span
        )
        kept = self.engine.keep(
            "pass1",
            first.flows,
            purpose=f"pass 1: {whose}, and a sample of address pairs",
            means=first.means,
        )
        return kept, first.sample

    def _of_sample(self, pass1: Table, of_copy: Table | None, limit: int) -> Table:
        """The flows of the sample, for which pass 1 is kept no longer than it takes."""
        if limit == scan.EDGE_HASH_RANGE:
            return pass1
        without = ("end_us", "packets", "bytes", "sensor")
        sample = self.engine.keep(
            "sample",
            sample_of(pass1, of_copy, limit).drop(*without),
            purpose="sample: its flows alone",
            means=None if of_copy is None else sample_of(pass1, None, limit).drop(*without),
        )
        self.engine.forget("pass1")
        return sample

    def _own_ports(self, touches: Table) -> Table:
        """Listening ports of C2s: what labels name, else where most come to."""
        named = self.engine.bring("named_ports", self.listed.ports())
        nameless = touches.anti_join(named, "c2")
        busiest = reach.own_ports(keys.visitors(nameless), least=self.settings.own_port_hosts, rate=1.0)
        by_label = named.select(c2=named.c2, port=named.port, proto=ibis.null("int16"))
        seen = busiest.inner_join(self._c2s(), ["hi", "lo"]).select("c2", "port", "proto")
        return self.engine.keep("own_ports", by_label.union(seen), purpose="listening ports of listed C2s")

    def _c2s(self) -> Table:
        return self.engine.kept("c2s")

    def _sample(self, sample: Table) -> tuple[Table, Table, Table]:
        """How busy the sample's endpoints are, its edges, and how many hosts each of its keys met."""
        engine = self.engine
        pairs = engine.keep(
            "sample_pairs", reach.paired(sample, slot_us=self.slot_us), purpose="sample: pairs of endpoints"
        )
        counts = engine.keep(
            "sample_counts", orientation.endpoints(pairs), purpose="sample: how many come to each endpoint"
        )
        links = engine.keep(
            "sample_links",
            reach.links(orientation.oriented(pairs, counts)),
            purpose="sample: which client met which service",
        )
        popular = engine.keep("popularity", reach.popularity(links), purpose="sample: hosts of each key")
        return counts, reach.ends(links), popular

    def _known_before(self, talks: Table, sampled: Table, rate: float) -> Table:
        """How many come to each endpoint, as far as the first pass knows."""
        least = self.settings.endpoint_remotes
        return orientation.merged(
            orientation.endpoints(talks.select(*orientation.PAIR)),
            orientation.scaled(sampled, rate=rate, least=1 if rate == 1.0 else least),
        )

    def _second_pass(self, sample: Table, possible: Table, hubs: Table, rate: float) -> Table:
        """Pairs of endpoints of the addresses left; a sample that holds every flow is not read again."""
        left = self.engine.keep(
            "addresses_left",
            keys.addresses_left(possible, hubs),
            purpose="addresses that several C2s may have met and that are no hubs",
        )
        read = Touching(sample, None)
        if rate < 1.0:
            read = FlowSource.of(self.engine, self.flows).touching(left, span=self.span, what="pass 2")
        pairs = read.through(
            lambda flows: reach.paired(scan.of_left(flows, left=left, hubs=hubs), slot_us=self.slot_us)
        )
        return self.engine.keep(
            "left_pairs",
            pairs.flows,
            purpose="pass 2: pairs of endpoints of the addresses left",
            means=pairs.means,
        )

    def _oriented(self, talks: Table, left_pairs: Table, sampled: Table, rate: float) -> Table:
        """Talks with the side that serves, and why."""
        everywhere = left_pairs.select(*orientation.PAIR).union(talks.select(*orientation.PAIR))
        counts = self.engine.keep(
            "counts",
            sampled
            if rate == 1.0
            else orientation.merged(
                orientation.endpoints(everywhere),
                orientation.scaled(sampled, rate=rate, least=self.settings.endpoint_remotes),
            ),
            purpose="how many come to each endpoint",
        )
        flags = self.engine.keep(
            "flag_odds", orientation.flag_odds(talks, counts), purpose="what TCP flags say about who serves"
        )
        told = talks.left_join(flags, list(orientation.PAIR))
        told = told.mutate(flag_odds=ibis.coalesce(told.flag_odds, 0.0))
        told = told.drop(*(f"{name}_right" for name in orientation.PAIR))
        return self.engine.keep(
            "oriented",
            keys.keyed(orientation.oriented(told, counts)),
            purpose="which side of each of the C2s' flows serves",
        )

    def _reach(
        self,
        left_pairs: Table,
        chosen: Table,
        *,
        talks: Table,
        visits: Table,
        sample_edges: Table,
        rate: float,
    ) -> tuple[Table, Table]:
        """Edges of the candidates without scanners' visits; and fan-out."""
        engine = self.engine
        c2s = self._c2s()
        # The C2s' own flows come with their orientation by flags and ports, which pass 2 does not know.
        others = left_pairs.anti_join(c2s, [("a_lo", "lo"), ("a_hi", "hi")])
        others = others.anti_join(c2s, [("b_lo", "lo"), ("b_hi", "hi")])
        links = reach.links(orientation.oriented(others, engine.kept("counts")))
        slots = talks.mutate(slot_us=bucket(talks.start_us, self.slot_us))
        of_talks = reach.edges(
            slots.select(*reach.KEY, "slot_us", "contact", host_hi=slots.a_hi, host_lo=slots.a_lo)
        )
        near = reach.ends(links).union(of_talks).drop("pairs")
        peers = chosen.select("hi", "lo").distinct()
        wanted = engine.keep(
            "candidate_ends",
            near.filter(near.role == scan.CLIENT)
            .semi_join(peers, ["hi", "lo"])
            .union(near.filter(near.role == scan.SERVER).semi_join(chosen, reach.KEY)),
            purpose="the candidates with the hosts they met, and their other business as clients",
        )
        visited = visits.select(*reach.KEY, host_hi="a_hi", host_lo="a_lo", contact="contact")
        tried = wanted.select(*reach.KEY, "host_hi", "host_lo").union(
            visited.semi_join(peers, ["hi", "lo"]).drop("contact")
        )
        fan_out = engine.keep("fan_out", reach.fan_out(tried), purpose="how many hosts the candidates go to")
        scanners = self._scanners(sample_edges, fan_out, rate)
        # A visit carries no slot: the hosts are C2s, whose exposure is not counted by what they are visited
        # for.
        evidence = visited.semi_join(chosen, reach.KEY).mutate(slot_us=ibis.literal(0, type="int64"))
        keyed = wanted.semi_join(chosen, reach.KEY).union(
            evidence.select(*reach.KEY, "host_hi", "host_lo", "slot_us", "contact")
        )
        edges = engine.keep(
            "edges",
            reach.without_visits_of(keyed, scanners),
            purpose="the candidates with the hosts they met, without scanners' visits",
        )
        return edges, fan_out

    def _scanners(self, sample_edges: Table, fan_out: Table, rate: float) -> Table:
        """Clients that try more hosts than anybody has business with; listed C2s are none."""
        limit = self.settings.scanner_hosts
        above = reach.roaming(sample_edges, hosts=limit, rate=rate)
        found = above.union(fan_out.filter(fan_out.fan_out > limit).select("hi", "lo"))
        return self.engine.keep(
            "scanners",
            found.distinct().anti_join(self._c2s(), ["hi", "lo"]),
            purpose="clients that try more hosts than anybody has business with",
        )


def sample_of(pass1: Table, of_copy: Table | None, limit: int) -> Table:
    """The flows of the sample.

    Args:
        pass1: kept; flows from the copy by host have no edge_hash there.
        of_copy: flows of the sample that cannot be told in pass 1; None for none.
        limit: as from `scan.sample_limit`.
    """
    with_pass1 = pass1.filter(pass1.edge_hash < limit)
    return with_pass1 if of_copy is None else with_pass1.union(of_copy)


def contact_table(gathered: Gathered) -> Table:
    """What each contact amounts to: as `contacts.by_contact`."""
    talks, visits = gathered.talks, contacts.at_own_port(gathered.touches, gathered.own_ports)
    columns = ("c2", "outward", "start_us", "end_us", "packets", "bytes")
    met = talks.filter(talks.met, ~talks.peer_is_c2).inner_join(gathered.candidates, reach.KEY)
    talked = met.select(*columns, "candidate", "c2_opened", on_c2_port=ibis.literal(False))
    came = keys.visit_keys(visits.filter(visits.met, ~visits.peer_is_c2))
    came = came.inner_join(gathered.candidates, reach.KEY)
    visited = came.select(*columns, "candidate", c2_opened=ibis.literal(False), on_c2_port=ibis.literal(True))
    return contacts.by_contact(talked.union(visited))
