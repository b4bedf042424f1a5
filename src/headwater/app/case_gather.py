"""What do all flows amount to, for one service and the listed C2s? The order in which a case is measured.

    pass 1        flows of the service's address and of listed C2s, and a sample     (scan of everything)
    sample        how busy endpoints and networks are, as in a hunt
    dealings      whom the address met on which key, who opened it
    key           which of the keys is investigated
    reach         everybody whom that key met, by network and slot of time

A hunt has to find the candidates before it can read their flows. Here the candidate is known, so its flows
come with the first scan, and no number of it is estimated.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from headwater.app.case_key import CaseKey
from headwater.app.gather import Gathered, Gathering, sample_of
from headwater.measure import candidates as keys
from headwater.measure import contacts, dealings, reach, scan
from headwater.model.window import OPEN_US

Table = Any  # an Ibis table; Ibis ships no types


@dataclass(frozen=True, slots=True)
class Around:
    """Tables about the service's address, kept in the engine, before a key is chosen.

    Attributes:
        address: hi, lo: one row.
        c2s: c2, hi, lo.
        pass1: narrow flows of the address, of listed C2s, and of the sample.
        touches: as from `contacts.touches`, of listed C2s.
        own_ports: listening ports of C2s.
        on_port: touches on them.
        visits: as from `candidates.visit_keys`.
        talks: as from `candidates.keyed`.
        dealings: as from `dealings.dealings`.
        near_pairs: pairs of endpoints of the address.
        sample: narrow flows of the sample.
        sample_edges: edges of the sample.
        popularity: hosts of each key in the sample.
        rate: share of address pairs in the sample, in (0, 1].
    """

    address: Table
    c2s: Table
    pass1: Table
    touches: Table
    own_ports: Table
    on_port: Table
    visits: Table
    talks: Table
    dealings: Table
    near_pairs: Table
    sample: Table
    sample_edges: Table
    popularity: Table
    rate: float


class CaseGathering(Gathering):
    """The steps of a hunt in the order of a case: `around`, then `gathered` for the key that was chosen."""

    def around(self, hi: int, lo: int) -> Around:
        """Reads everything, once.

        Args:
            hi: upper half of the service's address.
            lo: lower half; the address must not be among the listed C2s.
        """
        engine = self.engine
        c2s = engine.bring("c2s", self.listed.table())
        address = engine.bring("address", _integers(hi=[hi], lo=[lo]))
        limit = scan.sample_limit(self.flow_count, wanted=self.settings.sample_flows)
        rate = limit / scan.EDGE_HASH_RANGE
        pass1, of_copy = self._first_pass(
            c2s.select("lo").union(address.select("lo")),
            np.append(self.listed.lo, lo),
            limit=limit,
            whose="flows of the service's address and of listed C2s",
        )
        touches = engine.keep(
            "touches",
            contacts.touches(pass1, c2s=c2s, windows=engine.bring("windows", self.listed.windows())),
            purpose="each flow of a listed C2, seen from the C2",
        )
        own_ports = self._own_ports(touches)
        on_port = engine.keep(
            "on_port",
            contacts.at_own_port(touches, own_ports),
            purpose="flows on the C2s' own listening ports",
        )
        visits = engine.keep(
            "visits",
            keys.visit_keys(contacts.visits(on_port)),
            purpose="who came to the C2s' own listening ports",
        )
        talks = engine.keep(
            "talks",
            contacts.off_own_port(touches, own_ports),
            purpose="flows of C2s off their own listening ports",
        )
        sample = sample_of(pass1, of_copy, limit)
        if limit < scan.EDGE_HASH_RANGE:
            means = None if of_copy is None else sample_of(pass1, None, limit)
            sample = engine.keep("sample", sample, purpose="sample: its flows alone", means=means)
        counts, edges, popular = self._sample(sample)
        near_pairs = engine.keep(
            "left_pairs",
            reach.paired(
                scan.of_left(pass1, left=address, hubs=popular.select(*reach.KEY).limit(0)),
                slot_us=self.slot_us,
            ),
            purpose="pairs of endpoints of the service's address",
        )
        oriented = self._oriented(talks, near_pairs, counts, rate)
        return Around(
            address=address, c2s=c2s, pass1=pass1, touches=touches, own_ports=own_ports, on_port=on_port,
            visits=visits, talks=oriented, dealings=self._dealings(pass1, address, oriented, on_port),
            near_pairs=near_pairs, sample=sample, sample_edges=edges, popularity=popular, rate=rate,
        )  # fmt: skip

    def _dealings(self, pass1: Table, address: Table, talks: Table, on_port: Table) -> Table:
        """Whom the address met, sides decided."""
        engine = self.engine
        always = _integers(c2=[0], from_us=[-OPEN_US], until_us=[OPEN_US])
        touched = contacts.touches(pass1, c2s=address.mutate(c2=0), windows=engine.bring("always", always))
        others = engine.keep(
            "others",
            dealings.touches_of_others(touched, c2s=self._c2s()),
            purpose="each flow of the service's address with a host that nobody listed, seen from the host",
        )
        sided = dealings.oriented_others(others, talks=engine.kept("talks"), counts=engine.kept("counts"))
        return engine.keep(
            "dealings",
            dealings.dealings(sided, talks=talks, on_port=on_port, address=address),
            purpose="each flow of the service's address, its key, and who opened it",
        )

    def gathered(self, around: Around, key: CaseKey, *, hi: int, lo: int) -> Gathered:
        """What a hunt would have gathered, with this key as its only candidate and nothing of it estimated.

        Args:
            around: as from `around`.
            key: the one to investigate.
            hi: as in `around`.
            lo: as in `around`.
        """
        chosen = self.engine.bring(
            "candidates",
            pa.table(
                {
                    "candidate": pa.array([0], pa.int32()), "hi": [hi], "lo": [lo],
                    "role": pa.array([key.role], pa.int32()), "port": pa.array([key.port], pa.int32()),
                    "proto": pa.array([key.proto], pa.int16()),
                }
            ),
        )  # fmt: skip
        reached, fan_out = self._reach(
            around.near_pairs, chosen, talks=around.talks, visits=around.visits,
            sample_edges=around.sample_edges, rate=around.rate,
        )  # fmt: skip
        return Gathered(
            c2s=around.c2s, touches=around.touches, own_ports=around.own_ports, visits=around.visits,
            talks=around.talks, sample=around.sample, sample_edges=around.sample_edges,
            popularity=around.popularity, candidates=chosen,
            hubs=around.popularity.select(*reach.KEY).limit(0), edges=reached, fan_out=fan_out,
            rate=around.rate, slot_us=self.slot_us,
        )  # fmt: skip


def _integers(**columns: list[int]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})
