"""What do the exporters write of what happens? Sessions become one-way sampled flow records.

In this order: packet sampling of both directions, visibility of each direction by pair of networks, a second
exporter on some paths, time-outs that split flows, TCP flags of the packets seen, clock errors, milliseconds.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from headwater.ingest.columns import flow_batch
from headwater.simulate.hosts import Hosts
from headwater.simulate.profiles import Atoms, Shape, sampled
from headwater.simulate.randomness import Bools, Floats, Ints, hashed, salt
from headwater.simulate.sessions import DAY_S, TCP, Sessions
from headwater.simulate.settings import View

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
_EXACT_PACKETS = 64  # flows of more packets than this are split evenly, not packet by packet
# Ephemeral ports: Linux; Windows since Vista, as IANA says; translated ports behind NAT (RFC 6056)
_EPHEMERAL = np.array([[32_768, 60_999], [49_152, 65_535], [1_024, 65_535]])


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a world's records.

    Attributes:
        day: day that they lie in, counted from 0.
        number: number of the part within the day.
        batch: the records in READ_SCHEMA, ordered by start.
        dst_serves: whether the receiver of each record is the side that serves, shape (rows,).
        population: place in World.populations of what each record belongs to, shape (rows,).
    """

    day: int
    number: int
    batch: pa.RecordBatch
    dst_serves: Bools
    population: Ints


@dataclass(frozen=True, slots=True)
class _Seen:
    """Directions of sessions of which packets were seen: one row each."""

    session: Ints
    forward: Bools
    packets: Ints
    of_packets: Ints
    sensor: Ints

    def keep(self, mask: Bools) -> "_Seen":
        return _Seen(
            self.session[mask],
            self.forward[mask],
            self.packets[mask],
            self.of_packets[mask],
            self.sensor[mask],
        )


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Flow records: rows of _Seen cut by time-outs. Times in seconds from the session's start."""

    row: Ints
    packets: Ints
    first_s: Floats
    last_s: Floats
    is_first: Bools
    is_last: Bools


def directions_seen(view: View, networks: int, *, seed: int) -> Bools:
    """Which directions between networks any exporter sees, shape (networks, networks): from row to column."""
    row, column = np.arange(networks)[:, None], np.arange(networks)[None, :]
    seen: Bools = hashed(salt(seed, "visible"), row, column) < view.visible
    return seen


class Exporters:
    """All exporters of a world.

    Args:
        view: what they see.
        hosts: the world's hosts.
        seed: the world's seed.
        start: the world's first moment.
        sampling: N of packet sampling 1:N.
    """

    def __init__(self, view: View, hosts: Hosts, *, seed: int, start: datetime, sampling: int) -> None:
        self._view, self._hosts, self._sampling = view, hosts, sampling
        self._start_us = int(start.timestamp()) * 1_000_000
        count = len(hosts.described)
        row, column = np.arange(count)[:, None], np.arange(count)[None, :]
        self._visible = directions_seen(view, count, seed=seed)
        pair_low, pair_high = np.minimum(row, column), np.maximum(row, column)
        self._sensor = (hashed(salt(seed, "sensor"), pair_low, pair_high) * view.sensors).astype(np.int64)
        self._doubled = hashed(salt(seed, "doubled"), pair_low, pair_high) < view.doubled
        self._doubled &= view.sensors > 1
        # clock errors: Box and Muller 1958, from hashes, so that they belong to the world
        number = np.arange(view.sensors)
        u, v = hashed(salt(seed, "skew"), number), hashed(salt(seed, "skew angle"), number)
        self._skew_s = view.skew_spread_s * np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
        self._v6_salt = salt(seed, "family")
        self._system_salt = salt(seed, "system")

    def observe(
        self,
        rng: np.random.Generator,
        sessions: Sessions,
        atoms: Atoms,
        population: Ints,
        *,
        day: int,
        number: int,
    ) -> Part:
        """The records of some sessions.

        Args:
            rng: source of chance.
            sessions: at least one packet of each is sampled.
            atoms: tables of the same sampling.
            population: what each session belongs to, shape (n,).
            day: for Part.
            number: for Part.
        """
        atom = atoms.draw(rng, sessions.shape)
        seen = self._directions(rng, sessions, atoms, atom)
        length = atoms.seconds.ravel()[atom]
        pieces = self._pieces(rng, seen, length)
        row = pieces.row
        session, forward = seen.session[row], seen.forward[row]
        start_us = self._start_us + (
            (sessions.at[session] * DAY_S + self._skew_s[seen.sensor[row]]) * 1e6
        ).astype(np.int64)
        first = start_us + (pieces.first_s * 1e6).astype(np.int64)
        last = start_us + (pieces.last_s * 1e6).astype(np.int64)
        order = np.argsort(first, kind="stable")
        columns = self._ends(rng, sessions, session[order], forward[order])
        flags = self._flags(rng, sessions, seen, pieces)
        columns |= {
            "start": first[order] // 1_000 * 1_000,  # exporters count milliseconds
            "end": last[order] // 1_000 * 1_000,
            "proto": sessions.proto[session[order]],
            "packets": pieces.packets[order],
            "bytes": self._bytes(rng, sessions, atoms, seen, pieces)[order],
            "tcp_flags": pa.array(flags[order], mask=(flags < 0)[order]),
            "sensor": self._sensor_names(seen.sensor[row][order]),
            "sampling": np.full(len(row), self._sampling, np.int32),
        }
        return Part(day, number, flow_batch(columns), forward[order], population[session[order]])

    def _directions(self, rng: np.random.Generator, sessions: Sessions, atoms: Atoms, atom: Ints) -> _Seen:
        sent, answered = atoms.sent.ravel()[atom], atoms.answered.ravel()[atom]
        seen_sent, seen_answered = sampled(rng, sent=sent, answered=answered, chance=atoms.chance)
        client, server = self._hosts.network[sessions.client], self._hosts.network[sessions.server]
        number = np.arange(len(sessions))
        sensor = self._sensor[client, server]
        there = (seen_sent > 0) & self._visible[client, server]
        back = (seen_answered > 0) & self._visible[server, client]
        lots = [
            _Seen(
                number[there],
                np.ones(int(there.sum()), np.bool_),
                seen_sent[there],
                sent[there],
                sensor[there],
            ),
            _Seen(
                number[back],
                np.zeros(int(back.sum()), np.bool_),
                seen_answered[back],
                answered[back],
                sensor[back],
            ),
        ]
        doubled = self._doubled[client, server]
        for lot in tuple(lots):
            twice = lot.keep(doubled[lot.session])
            if len(twice.session):
                # the second exporter samples for itself; sessions that the first one missed stay missed
                again = rng.binomial(twice.of_packets, atoms.chance)
                other = (twice.sensor + 1) % self._view.sensors
                lots.append(
                    _Seen(twice.session, twice.forward, again, twice.of_packets, other).keep(again > 0)
                )
        return _Seen(
            *(np.concatenate(column) for column in zip(*(_columns(lot) for lot in lots), strict=True))
        )

    def _pieces(self, rng: np.random.Generator, seen: _Seen, length: Floats) -> _Pieces:
        """Packets are seen at uniform moments of the session; gaps and long flows end a record."""
        seconds = length[seen.session]
        long = (seconds > self._view.inactive_s) & (seen.packets > 1)
        cut = np.flatnonzero(long & (seen.packets <= _EXACT_PACKETS))
        even = np.flatnonzero(long & (seen.packets > _EXACT_PACKETS))
        whole = np.flatnonzero(~long)
        lots = [
            _uncut(rng, whole, seen.packets[whole], seconds[whole]),
            _cut_exactly(rng, cut, seen.packets[cut], seconds[cut], self._view),
            _cut_evenly(rng, even, seen.packets[even], seconds[even], self._view),
        ]
        columns = zip(
            *((p.row, p.packets, p.first_s, p.last_s, p.is_first, p.is_last) for p in lots), strict=True
        )
        return _Pieces(*(np.concatenate(column) for column in columns))

    def _flags(self, rng: np.random.Generator, sessions: Sessions, seen: _Seen, pieces: _Pieces) -> Ints:
        """TCP flags of the packets seen; -1 where there are none to give."""
        row, size = pieces.row, len(pieces.row)
        session, forward = seen.session[row], seen.forward[row]
        shape = sessions.shape[session]
        share = pieces.packets / np.maximum(seen.of_packets[row], 1)
        opening = (rng.random(size) < share) & pieces.is_first
        closing = (rng.random(size) < share) & pieces.is_last
        single = pieces.packets == 1
        middle = ~single | ~(opening | closing)
        pushed = rng.random(size) < 1.0 - 0.5 ** np.minimum(pieces.packets, 30)
        flags = np.where(opening, np.where(forward, SYN, SYN | ACK), 0)
        flags |= np.where(closing & ~(single & opening), FIN | ACK, 0)
        flags |= np.where(middle, np.where(pushed, ACK | PSH, ACK), 0)
        flags = np.where(np.isin(shape, (Shape.NO_ANSWER, Shape.PROBE_SILENT, Shape.FLOOD)), SYN, flags)
        flags = np.where(shape == Shape.PROBE_CLOSED, np.where(forward, SYN, RST | ACK), flags)
        reset = np.where(opening | ~single, SYN, 0) | np.where(~opening | ~single, RST, 0)
        flags = np.where(shape == Shape.PROBE_OPEN, np.where(forward, reset, SYN | ACK), flags)
        flags = np.where(shape == Shape.BACKSCATTER, SYN | ACK, flags)
        none = sessions.proto[session] != TCP
        if self._view.flagless:
            none |= seen.sensor[row] == self._view.sensors - 1
        return np.where(none, -1, flags)

    def _bytes(
        self, rng: np.random.Generator, sessions: Sessions, atoms: Atoms, seen: _Seen, pieces: _Pieces
    ) -> Ints:
        shape = sessions.shape[seen.session[pieces.row]]
        mean = np.where(seen.forward[pieces.row], atoms.sent_bytes[shape], atoms.answered_bytes[shape])
        # packets of one session differ by about half their mean; the mean of several differs less
        spread = 1.0 + 0.5 * rng.standard_normal(len(mean)) / np.sqrt(pieces.packets)
        size = np.clip(mean * np.where(mean > 100, spread, 1.0), 40, 1_500)
        total: Ints = np.rint(size * pieces.packets).astype(np.int64)
        return total

    def _ends(
        self, rng: np.random.Generator, sessions: Sessions, session: Ints, forward: Bools
    ) -> dict[str, Ints]:
        """Addresses and ports of both sides, turned round for the direction back."""
        hosts, client, server = self._hosts, sessions.client, sessions.server
        port = _ephemeral(rng, client, self._system_salt)
        client_port = np.where(sessions.client_port > 0, sessions.client_port, port)[session]
        server_port = sessions.server_port[session]
        only = hosts.v6_only[client] | hosts.v6_only[server]
        both = (
            hosts.dual[client]
            & hosts.dual[server]
            & (hashed(self._v6_salt, client, server) < hosts.ipv6_preferred)
        )
        v6 = (only | both)[session]
        client, server = client[session], server[session]
        out = {}
        for side, this, that in (("src", client, server), ("dst", server, client)):
            host = np.where(forward, this, that)
            out[f"{side}_hi"] = np.where(v6, hosts.v6_hi[host], 0)
            out[f"{side}_lo"] = np.where(v6, hosts.v6_lo[host], hosts.v4[host])
        out["src_port"] = np.where(forward, client_port, server_port)
        out["dst_port"] = np.where(forward, server_port, client_port)
        return out

    def _sensor_names(self, sensor: Ints) -> pa.Array:
        names = pa.array([f"exporter-{number + 1}" for number in range(self._view.sensors)])
        return pa.DictionaryArray.from_arrays(pa.array(sensor.astype(np.int8)), names)


def _columns(seen: _Seen) -> tuple[Ints, Bools, Ints, Ints, Ints]:
    return seen.session, seen.forward, seen.packets, seen.of_packets, seen.sensor


def _ephemeral(rng: np.random.Generator, client: Ints, salt_value: int) -> Ints:
    """Ports that clients' systems choose: one range per host."""
    low, high = _EPHEMERAL[(hashed(salt_value, client) * len(_EPHEMERAL)).astype(np.int64)].T
    chosen: Ints = low + (rng.random(len(client)) * (high - low + 1)).astype(np.int64)
    return chosen


def _uncut(rng: np.random.Generator, row: Ints, packets: Ints, seconds: Floats) -> _Pieces:
    """One record each: first and last of `packets` uniform moments (David, Nagaraja 2003, section 2.2)."""
    size = len(row)
    first = 1.0 - rng.random(size) ** (1.0 / packets)
    last = np.where(
        packets > 1, first + (1.0 - first) * rng.random(size) ** (1.0 / np.maximum(packets - 1, 1)), first
    )
    yes = np.ones(size, np.bool_)
    return _Pieces(row, packets, first * seconds, last * seconds, yes, yes)


def _cut_exactly(rng: np.random.Generator, row: Ints, packets: Ints, seconds: Floats, view: View) -> _Pieces:
    """Every packet gets its moment; a gap beyond the inactive time-out or a full active time-out cuts."""
    flow = np.repeat(np.arange(len(row)), packets)
    # whole part: which flow; fraction: when. One sort orders all packets of all flows
    place = np.sort(flow + rng.random(len(flow)))
    at = (place - flow) * seconds[flow]
    new_flow = np.diff(flow, prepend=-1) > 0
    gap = np.diff(at, prepend=0.0) > view.inactive_s
    term = np.diff(np.floor(at / view.active_s), prepend=0.0) > 0
    begins = np.flatnonzero(new_flow | gap | term)
    ends = np.append(begins[1:], len(flow)) - 1 if len(begins) else begins
    first = new_flow[begins]
    return _Pieces(
        row[flow[begins]],
        ends - begins + 1,
        at[begins],
        at[ends],
        first,
        np.append(first[1:], True)[: len(first)],
    )


def _cut_evenly(rng: np.random.Generator, row: Ints, packets: Ints, seconds: Floats, view: View) -> _Pieces:
    """Long flows with many packets: only the active time-out cuts, and packets are shared out evenly."""
    count = np.minimum(np.ceil(seconds / view.active_s).astype(np.int64), packets)
    flow = np.repeat(np.arange(len(row)), count)
    turn = np.arange(len(flow)) - np.repeat(np.cumsum(count) - count, count)
    share = packets[flow] // count[flow] + (turn < packets[flow] % count[flow])
    width = seconds[flow] / count[flow]
    inner = _uncut(rng, flow, share, width)
    begin = turn * width
    return _Pieces(
        row[flow], share, begin + inner.first_s, begin + inner.last_s, turn == 0, turn == count[flow] - 1
    )
