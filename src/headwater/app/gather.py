"""What do all flows amount to, for this list of C2s? The order in which the measuring runs.

    pass 1            flows of listed C2s, and a sample of address pairs              (scan of everything)
    sample            how busy endpoints and networks are, who is a hub, who scans
    possible keys     whom several C2s may have met: upper bounds
    pass 2            all flows of those that are left                               (scan of everything)
    candidates        sides decided, contacts counted, reach of each candidate

Every step is a table of the engine; headwater.app.statistics_of takes the small ones out.
"""

from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from headwater.app.hunt_settings import MeasureSettings
from headwater.app.listed_c2s import ListedC2s
from headwater.engine.connect import Engine
from headwater.engine.primitives import bucket
from headwater.measure import candidates as keys
from headwater.measure import contacts, orientation, reach, scan

Table = Any  # an Ibis table; Ibis ships no types


@dataclass(frozen=True, slots=True)
class Gathered:
    """Tables kept in the engine.

    Attributes:
        c2s: c2, hi, lo.
        touches: as from `contacts.touches`.
        sample: narrow flows of the sample.
        sample_edges, sample_met: edges of the sample, and the same without slots.
        sample_counts: endpoints of the sample.
        own_ports: listening ports of C2s: c2, port, proto (null: any), remotes (0 where a label names the
            port).
        met: as from `candidates.met_keys`.
        candidates: candidate, KEY.
        hubs: KEY of keys that were cut.
        edges, edges_met: edges of the addresses left, scanners' visits to services taken out; without slots.
        fan_out: of addresses left, exact; hubs' part is missing.
        rate: share of address pairs in the sample, in (0, 1].
        slot_us: length of a slot.
    """

    c2s: Table
    touches: Table
    sample: Table
    sample_edges: Table
    sample_met: Table
    sample_counts: Table
    own_ports: Table
    met: Table
    candidates: Table
    hubs: Table
    edges: Table
    edges_met: Table
    fan_out: Table
    rate: float
    slot_us: int


@dataclass(slots=True)
class Gathering:
    """One run of the measuring; `run` does it.

    Attributes:
        engine: where it runs.
        flows: in LAKE_SCHEMA.
        flow_count: how many there are, about: decides the size of the sample.
        listed: the C2s.
        span: which flows to look at.
        slot_us: length of a slot.
        settings: the numbers it stands on.
    """

    engine: Engine
    flows: Table
    flow_count: int
    listed: ListedC2s
    span: scan.Span
    slot_us: int
    settings: MeasureSettings

    def run(self) -> Gathered:
        """Runs all steps."""
        engine, settings = self.engine, self.settings
        c2s = engine.bring("c2s", self.listed.table())
        limit = scan.sample_limit(self.flow_count, wanted=settings.sample_flows)
        rate = limit / scan.EDGE_HASH_RANGE
        pass1 = engine.keep(
            "pass1",
            scan.first_pass(self.flows, c2s=c2s, limit=limit, span=self.span),
            purpose="pass 1: flows of listed C2s, and a sample of address pairs",
        )
        sample = pass1.filter(pass1.edge_hash < limit)
        counts, edges, met = self._sample(sample)
        touches = engine.keep(
            "touches",
            contacts.touches(pass1, c2s=c2s, windows=engine.bring("windows", self.listed.windows())),
            purpose="each flow of a listed C2, seen from the C2",
        )
        pairs = engine.keep(
            "c2_pairs",
            keys.c2_pairs(touches, slot_us=bucket(touches.start_us, self.slot_us)),
            purpose="pairs of endpoints of which one is a listed C2's",
        )
        own_ports = self._own_ports(pairs)
        marked = keys.with_own_port(pairs, own_ports)
        hubs = self._hubs(met, rate)
        left = engine.keep(
            "addresses_left",
            keys.addresses_left(keys.possible_keys(marked, least_c2s=settings.least_c2s), hubs),
            purpose="addresses that several C2s may have met and that are no hubs",
        )
        left_pairs = self._second_pass(pass1, left, hubs, rate)
        oriented = self._oriented(marked, left_pairs, counts, rate)
        met_keys = engine.keep("met_keys", keys.met_keys(oriented), purpose="keys that each C2 met")
        chosen = engine.keep(
            "candidates",
            keys.chosen(met_keys, least_c2s=settings.least_c2s),
            purpose="candidates: keys that several C2s met",
        )
        reached, reached_met, fan_out = self._reach(
            left, left_pairs, oriented=oriented, sample_met=met, c2s=c2s, rate=rate
        )
        return Gathered(
            c2s=c2s, touches=touches, sample=sample, sample_edges=edges, sample_met=met, sample_counts=counts,
            own_ports=own_ports, met=met_keys, candidates=chosen, hubs=hubs, edges=reached,
            edges_met=reached_met, fan_out=fan_out, rate=rate, slot_us=self.slot_us,
        )  # fmt: skip

    def _sample(self, sample: Table) -> tuple[Table, Table, Table]:
        """How busy the sample's endpoints are, its edges, and the hosts that each of its keys met."""
        engine = self.engine
        pairs = engine.keep(
            "sample_pairs", reach.paired(sample, slot_us=self.slot_us), purpose="sample: pairs of endpoints"
        )
        counts = engine.keep(
            "sample_counts", orientation.endpoints(pairs), purpose="sample: how many come to each endpoint"
        )
        edges = engine.keep(
            "sample_edges",
            reach.edges(orientation.oriented(pairs, counts)),
            purpose="sample: services and clients with the hosts they met",
        )
        met = engine.keep("sample_met", reach.met(edges), purpose="sample: the same without time")
        return counts, edges, met

    def _own_ports(self, pairs: Table) -> Table:
        """Listening ports of C2s: what labels name, else where most come to."""
        named = self.engine.bring("named_ports", self.listed.ports())
        with_contact = pairs.filter(pairs.contact)
        busiest = reach.own_ports(
            orientation.endpoints(with_contact), least=self.settings.own_port_hosts, rate=1.0
        )
        c2s = self.engine.backend.table("c2s")
        seen = busiest.inner_join(c2s, ["hi", "lo"]).anti_join(named, "c2")
        by_label = named.select(
            c2=named.c2, port=named.port, proto=ibis.null("int16"), remotes=ibis.literal(0, type="int64")
        )
        return self.engine.keep(
            "own_ports",
            by_label.union(seen.select("c2", "port", "proto", "remotes")),
            purpose="listening ports of listed C2s",
        )

    def _hubs(self, met: Table, rate: float) -> Table:
        """Keys that met too many to be read whole; none where the sample is everything."""
        many = reach.popularity(met)
        above = reach.surely_above(many.hosts_tried, limit=self.settings.hub_hosts, rate=rate)
        hubs = many.filter(above & ibis.literal(rate < 1.0)).select(*reach.KEY)
        return self.engine.keep("hubs", hubs, purpose="keys too popular to be read whole")

    def _second_pass(self, pass1: Table, left: Table, hubs: Table, rate: float) -> Table:
        """Pairs of endpoints of the addresses left."""
        services, clients = (
            hubs.filter(hubs.role == role).drop("role") for role in (reach.SERVER, reach.CLIENT)
        )
        flows = (
            scan.second_pass(self.flows, left=left, hub_servers=services, hub_clients=clients, span=self.span)
            if rate < 1.0
            else scan.of_left(pass1, left=left, hub_servers=services, hub_clients=clients)
        )
        return self.engine.keep(
            "left_pairs",
            reach.paired(flows, slot_us=self.slot_us),
            purpose="pass 2: pairs of endpoints of the addresses left",
        )

    def _oriented(self, marked: Table, left_pairs: Table, sampled: Table, rate: float) -> Table:
        """The C2s' pairs with the side that serves, and why."""
        ends = [f"{side}_{part}" for side in ("a", "b") for part in ("hi", "lo", "port")]
        everywhere = left_pairs.select(*ends, "proto").union(marked.select(*ends, "proto"))
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
        by_sensor = marked.group_by(*keys.PAIR, "sensor").agg(
            for_b=marked.for_b.sum(), for_a=marked.for_a.sum()
        )
        errors = orientation.flag_errors(by_sensor, counts)
        whole = marked.group_by(*keys.PAIR, "c2", "peer_is_c2", "at_own_port").agg(
            met=marked.met.any(), contact=marked.contact.any()
        )
        flagged = whole.inner_join(orientation.with_flag_odds(by_sensor, errors), list(keys.PAIR))
        return self.engine.keep(
            "oriented",
            orientation.oriented(flagged, counts),
            purpose="which side of each pair serves",
        )

    def _reach(
        self, left: Table, left_pairs: Table, *, oriented: Table, sample_met: Table, c2s: Table, rate: float
    ) -> tuple[Table, Table, Table]:
        """Edges of the addresses left, without scanners' visits; the same without time; and fan-out."""
        engine = self.engine
        counts = engine.backend.table("counts")
        pairs = engine.backend.table("c2_pairs")
        sides = oriented.select(*keys.PAIR, "b_serves")
        of_c2s = pairs.inner_join(sides, list(keys.PAIR)).select(*keys.PAIR, "slot_us", "contact", "b_serves")
        of_left = orientation.oriented(left_pairs, counts).select(
            *keys.PAIR, "slot_us", "contact", "b_serves"
        )
        # The C2s' own pairs come with their orientation by flags, which pass 2 does not know.
        others = of_left.anti_join(sides, list(keys.PAIR)).anti_join(
            sides.select(
                a_hi=sides.b_hi, a_lo=sides.b_lo, a_port=sides.b_port, b_hi=sides.a_hi, b_lo=sides.a_lo,
                b_port=sides.a_port, proto=sides.proto,
            ),
            list(keys.PAIR),
        )  # fmt: skip
        every = reach.edges(others.union(of_c2s))
        raw = engine.keep(
            "left_edges",
            every.semi_join(left, ["hi", "lo"]),
            purpose="the addresses left with the hosts they met",
        )
        fan_out = engine.keep(
            "fan_out", reach.fan_out(reach.met(raw)), purpose="how many hosts the addresses left go to"
        )
        sampled = reach.fan_out(sample_met)
        limit = self.settings.scanner_hosts
        scanners = engine.keep(
            "scanners",
            sampled.filter(reach.surely_above(sampled.fan_out, limit=limit, rate=rate))
            .select("hi", "lo")
            .union(fan_out.filter(fan_out.fan_out > limit).select("hi", "lo"))
            .distinct()
            .anti_join(c2s, ["hi", "lo"]),
            purpose="clients that try more hosts than anybody has business with",
        )
        edges = engine.keep(
            "edges", reach.without_visits_of(raw, scanners), purpose="the same without scanners' visits"
        )
        return edges, reach.met(edges), fan_out


def contact_table(engine: Engine, gathered: Gathered) -> pa.Table:
    """What each contact amounts to, out of the engine: as `contacts.by_contact`, with on_c2_port."""
    met, touches = gathered.met, gathered.touches
    keyed = met.filter(~met.peer_is_c2).inner_join(gathered.candidates, list(reach.KEY))
    sides = keyed.select(
        "candidate", "c2", "c2_opened", "on_c2_port",
        a_port=keyed.a_port, b_hi=keyed.b_hi, b_lo=keyed.b_lo, b_port=keyed.b_port, pair_proto=keyed.proto,
    )  # fmt: skip
    inside = touches.filter(touches.in_window, touches.kind == contacts.CONTACT).rename(touch_c2="c2")
    flows = inside.inner_join(
        sides,
        [
            inside.touch_c2 == sides.c2,
            inside.c2_port == sides.a_port,
            inside.peer_lo == sides.b_lo,
            inside.peer_hi == sides.b_hi,
            inside.peer_port == sides.b_port,
            inside.proto == sides.pair_proto,
        ],
    )
    return engine.fetch(contacts.by_contact(flows), purpose="contacts of candidates with C2s")
