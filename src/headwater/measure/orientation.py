"""Which side of a flow serves?

Not "the lower port": 38400 lies inside the range that many systems take client ports from (Linux: 32768 to
60999, net.ipv4.ip_local_port_range), and an upstream may well listen there. An endpoint
x = (address, port, protocol) is a service as far as many others come to it:

    S(x)  = prior(port) + 2 ln n_ip(x) + ln n_rp(x)
    odds  = S(b) - S(a), plus what TCP flags say       above 0.5: b serves; below -0.5: a serves; else unknown

n_ip: distinct remote addresses; n_rp: distinct remote (address, port) pairs. Read odds as natural log odds
without exact calibration: what matters is the sign, and that near zero nothing is claimed.
"""

from typing import Any

import ibis

from headwater.engine.primitives import endpoint_id, host_id, steady, whole

Table = Any  # an Ibis table; Ibis ships no types
Column = Any  # an Ibis column

WELL_KNOWN_BELOW = 1024  # RFC 6335, section 6: system ports
EPHEMERAL_FROM = 32_768  # where Linux begins; IANA's own dynamic range begins at 49152
UNDECIDED = 0.5  # |odds| up to here: unknown
LEAST_ERROR, MOST_ERROR = 0.001, 0.5  # bounds of a sensor's share of misleading flags
SURE = 3.0  # |odds| from which fan-in is taken as the truth when flags are judged

PAIR = ("a_hi", "a_lo", "a_port", "b_hi", "b_lo", "b_port", "proto")
FAN_IN, PORT, FLAGS, UNKNOWN = "fan-in", "port", "flags", "unknown"  # what decided


def prior(port: Column) -> Column:
    """What a port alone says for "this endpoint serves", in natural log units; 0 for no port."""
    return ibis.cases(
        (port == 0, 0.0), (port < WELL_KNOWN_BELOW, 3.0), (port < EPHEMERAL_FROM, 1.0), else_=-1.0
    )


def _ends(pairs: Table, own: str, far: str) -> Table:
    """One side of each pair: its endpoint, and who is remote to it."""
    return pairs.select(
        endpoint=_endpoint(pairs, own),
        remote=host_id(hi=pairs[f"{far}_hi"], lo=pairs[f"{far}_lo"]),
        remote_port=pairs[f"{far}_port"],
    )


def _endpoint(pairs: Table, side: str) -> Column:
    return endpoint_id(
        hi=pairs[f"{side}_hi"], lo=pairs[f"{side}_lo"], port=pairs[f"{side}_port"], proto=pairs.proto
    )


def endpoints(pairs: Table) -> Table:
    """How many others come to each endpoint.

    Args:
        pairs: columns a_hi, a_lo, a_port, b_hi, b_lo, b_port, proto; pairs may repeat, in either order.

    Returns:
        endpoint (an `endpoint_id`), remotes (n_ip), remote_ports (n_rp). Endpoints with one remote port are
        left out: `oriented` assumes one where it finds none.
    """
    ends = _ends(pairs, "a", "b").union(_ends(pairs, "b", "a"))
    # Most ends are client ports that occur once: left out first, they need not be told from each other.
    often = ends.group_by("endpoint").agg(times=ends.count())
    seen = ends.semi_join(often.filter(often.times > 1), "endpoint").distinct()
    by_remote = seen.group_by("endpoint", "remote").agg(ports=seen.count())
    counted = by_remote.group_by("endpoint").agg(
        remotes=by_remote.count(), remote_ports=by_remote.ports.sum().cast("int64")
    )
    return counted.filter(counted.remote_ports > 1)


def scaled(sampled: Table, *, rate: float, least: int) -> Table:
    """Endpoints of the sample as estimates for all flows; fewer than `least` remotes say too little."""
    kept = sampled.filter(sampled.remotes >= least)
    return kept.mutate(remotes=whole(kept.remotes / rate), remote_ports=whole(kept.remote_ports / rate))


def merged(*counts: Table) -> Table:
    """One row an endpoint from several counts, the highest: none is too high but by chance."""
    everything = ibis.union(*counts) if len(counts) > 1 else counts[0]
    return everything.group_by("endpoint").agg(
        remotes=everything.remotes.max(), remote_ports=everything.remote_ports.max()
    )


def _looked_up(pairs: Table, counts: Table, side: str) -> Table:
    """The pairs with n_ip and n_rp of one side."""
    named = counts.select(
        **{
            f"{side}_known": counts.endpoint,
            f"{side}_remotes": counts.remotes,
            f"{side}_remote_ports": counts.remote_ports,
        }
    )
    joined = pairs.left_join(named, [_endpoint(pairs, side) == named[f"{side}_known"]])
    return joined.mutate(
        **{
            f"{side}_{name}": ibis.coalesce(joined[f"{side}_{name}"], 1)
            for name in ("remotes", "remote_ports")
        }
    ).drop(f"{side}_known")


def _fan_in(table: Table, side: str) -> Column:
    return 2 * table[f"{side}_remotes"].ln() + table[f"{side}_remote_ports"].ln()


def oriented(pairs: Table, counts: Table) -> Table:
    """Pairs of endpoints with the side that serves, and why.

    Args:
        pairs: columns a_hi, a_lo, a_port, b_hi, b_lo, b_port, proto; and, where flags were judged,
            `flag_odds`: natural log odds for "b serves" from TCP flags. Other columns pass through.
        counts: as from `endpoints` or `merged`.

    Returns:
        The pairs with a_remotes, b_remotes, odds (for "b serves"), b_serves (the favoured side even where
        unknown), and decided_by: "fan-in", "port", "flags" (the strongest part that points the way of the
        answer) or "unknown".
    """
    known = _looked_up(_looked_up(pairs, counts, "a"), counts, "b")
    fan_in = _fan_in(known, "b") - _fan_in(known, "a")
    port = prior(known.b_port) - prior(known.a_port)
    flags = known.flag_odds if "flag_odds" in pairs.columns else ibis.literal(0.0)
    parts = known.mutate(by_fan_in=fan_in, by_port=port, by_flags=flags)
    parts = parts.mutate(odds=steady(parts.by_fan_in + parts.by_port + parts.by_flags))
    way = parts.odds.sign()
    # the longer name wins a tie by coming first: fan-in is the best witness
    best = ibis.greatest(parts.by_fan_in * way, parts.by_port * way, parts.by_flags * way)
    decided = ibis.cases(
        (parts.odds.abs() <= UNDECIDED, UNKNOWN),
        (parts.by_fan_in * way == best, FAN_IN),
        (parts.by_port * way == best, PORT),
        else_=FLAGS,
    )
    return parts.mutate(b_serves=parts.odds >= 0, decided_by=decided).drop(
        "by_fan_in", "by_port", "by_flags", "a_remote_ports", "b_remote_ports"
    )


def flag_witness(flows: Table, *, sent_by_a: Column) -> Column:
    """What a record's TCP flags say: 1 for "b serves", -1 for "a serves", 0 for nothing.

    Only a lone SYN (its sender is the client) and a lone SYN-ACK (its sender serves) speak (RFC 9293, section
    3.5): the flags of a whole connection are the same from both sides.
    """
    seen = flows.tcp_flags & 0x17  # FIN, SYN, RST, ACK
    by_sender = ibis.cases(
        ((flows.proto == 6) & (seen == 0x02), 1), ((flows.proto == 6) & (seen == 0x12), -1), else_=0
    )
    return ibis.ifelse(sent_by_a, by_sender, -by_sender)


def flag_errors(pairs: Table, counts: Table) -> Table:
    """How often each sensor's flags contradict clear fan-in.

    Args:
        pairs: as for `oriented`, with `sensor`, `for_b` and `for_a`: records whose flags say b, or a, serves.
        counts: as for `oriented`.

    Returns:
        sensor, flag_weight: ln((1 - e) / e) with e = (wrong + 1) / (judged + 2) kept within
        [LEAST_ERROR, MOST_ERROR]; a sensor whose flags were never judged is missing.
    """
    judged = oriented(pairs, counts)
    judged = judged.filter(judged.odds.abs() >= SURE)
    right = ibis.ifelse(judged.b_serves, judged.for_b, judged.for_a).sum()
    wrong = ibis.ifelse(judged.b_serves, judged.for_a, judged.for_b).sum()
    counted = judged.group_by("sensor").agg(right=right, wrong=wrong)
    error = (counted.wrong + 1) / (counted.wrong + counted.right + 2)
    error = ibis.least(ibis.greatest(error, LEAST_ERROR), MOST_ERROR)
    return counted.select(sensor=counted.sensor, flag_weight=((1 - error) / error).ln())


def flag_odds(flows: Table, counts: Table) -> Table:
    """What flags say about each pair of endpoints that has any that speak.

    Records of one pair are no independent witnesses, so a sensor's word counts once: for the side that more
    of its records speak for. A sensor that was never judged has no say.

    Args:
        flows: columns a_hi, a_lo, a_port, b_hi, b_lo, b_port, proto, sensor, witness.
        counts: as for `oriented`.

    Returns:
        PAIR, flag_odds: natural log odds for "b serves".
    """
    speaking = flows.filter(flows.witness != 0)
    pairs = speaking.group_by(*PAIR, "sensor").agg(
        for_b=(speaking.witness == 1).sum(), for_a=(speaking.witness == -1).sum()
    )
    errors = flag_errors(pairs, counts)
    weights = errors.select(weighed=errors.sensor, flag_weight=errors.flag_weight)
    said = pairs.inner_join(weights, pairs.sensor.identical_to(weights.weighed))
    said = said.mutate(said=said.flag_weight * (said.for_b - said.for_a).sign())
    return said.group_by(*PAIR).agg(flag_odds=said.said.sum())
