"""Which side serves: hand-made cases, with odds by hand arithmetic."""

import math
from typing import Any

import pyarrow as pa
import pytest

from headwater.engine.connect import Engine
from headwater.measure.orientation import endpoints, flag_odds, oriented

Pair = tuple[int, int, int, int, int]  # a, a_port, b, b_port, proto; hosts as small numbers


def _pairs(engine: Engine, rows: list[Pair], **more: list[Any]) -> Any:  # Any: cells; an Ibis table
    a, a_port, b, b_port, proto = zip(*rows, strict=True)
    zeros = [0] * len(rows)
    table = {
        "a_hi": zeros, "a_lo": a, "a_port": a_port, "b_hi": zeros, "b_lo": b, "b_port": b_port,
        "proto": proto, **more,
    }  # fmt: skip
    return engine.bring("pairs", pa.table(table))


def _told(engine: Engine, rows: list[Pair]) -> list[dict[str, Any]]:  # Any: cells
    """Each distinct pair with its answer, in the order given."""
    pairs = _pairs(engine, rows)
    answer = engine.fetch(oriented(pairs.distinct(), endpoints(pairs)), purpose="test").to_pylist()
    by_pair = {(row["a_lo"], row["a_port"], row["b_lo"], row["b_port"], row["proto"]): row for row in answer}
    return [by_pair[row] for row in rows]


def test_fan_in_finds_a_service_in_the_ephemeral_range(engine: Engine) -> None:
    """A service on 38400 is found by its clients, although their own ports are lower."""
    rows = [(client, 33000 + client, 99, 38400, 6) for client in range(1, 5)]
    answer = _told(engine, rows)[0]
    # four clients, one port each: S(b) - S(a) = 2 ln 4 + ln 4; both priors are -1
    assert answer["odds"] == pytest.approx(3 * math.log(4))
    assert (answer["b_serves"], answer["decided_by"]) == (True, "fan-in")


def test_38400_on_both_sides(engine: Engine) -> None:
    """Where both ends use 38400 the one with more visitors serves."""
    rows = [(client, 38400, 99, 38400, 6) for client in (1, 2, 3)]
    answer = _told(engine, rows)[0]
    assert (answer["b_serves"], answer["decided_by"]) == (True, "fan-in")
    assert answer["odds"] == pytest.approx(3 * math.log(3))


def test_ntp_between_servers(engine: Engine) -> None:
    """123 to 123: the ports say nothing, so the one with more peers is the server."""
    rows = [(client, 123, 99, 123, 17) for client in range(1, 9)] + [(1, 123, 98, 123, 17)]
    answer = _told(engine, rows)[0]
    # S(99) = 3 + 2 ln 8 + ln 8; S(1) = 3 + 2 ln 2 + ln 2, for it has two servers
    assert answer["odds"] == pytest.approx(3 * math.log(8) - 3 * math.log(2))
    assert (answer["b_serves"], answer["decided_by"]) == (True, "fan-in")


def test_a_system_port_speaks_where_fan_in_is_silent(engine: Engine) -> None:
    """One flow from a high port to 443: only the ports tell, 3 - (-1) = 4."""
    answer = _told(engine, [(1, 50000, 99, 443, 6)])[0]
    assert (answer["odds"], answer["decided_by"]) == (pytest.approx(4.0), "port")


def test_udp_is_told_like_tcp(engine: Engine) -> None:
    """Fan-in needs no flags: a UDP service is found as a TCP one is."""
    rows = [(client, 40000, 99, 51820, 17) for client in range(1, 4)]
    assert _told(engine, rows)[0]["b_serves"]


def test_the_sender_may_be_the_server(engine: Engine) -> None:
    """Orientation does not ask who sent: here every record came from the server."""
    rows = [(99, 8443, client, 41000 + client, 6) for client in range(1, 6)]
    answer = _told(engine, rows)[0]
    assert (answer["b_serves"], answer["decided_by"]) == (False, "fan-in")


def test_one_flow_between_high_ports_stays_unknown(engine: Engine) -> None:
    """Two ephemeral ports and one flow: nothing is known, and that is said."""
    answer = _told(engine, [(1, 50000, 2, 50001, 17)])[0]
    assert (answer["odds"], answer["decided_by"]) == (0.0, "unknown")


def test_protocols_are_kept_apart(engine: Engine) -> None:
    """Visitors of a TCP port do not make the UDP port of the same number a service."""
    rows = [(client, 40000, 99, 40001, 6) for client in range(1, 9)] + [(50, 40000, 99, 40001, 17)]
    answers = _told(engine, rows)
    assert (answers[0]["decided_by"], answers[-1]["decided_by"]) == ("fan-in", "unknown")


def test_flags_decide_where_they_proved_right(engine: Engine) -> None:
    """A sensor whose lone SYNs agree with clear fan-in is believed where fan-in says nothing."""
    clear = [(client, 50000 + client, 99, 443, 6) for client in range(1, 11)]
    rows = [*clear, (200, 50000, 201, 50001, 6)]
    pairs = _pairs(engine, rows, sensor=["x"] * len(rows), witness=[1] * len(rows))
    counts = endpoints(pairs)
    found = engine.fetch(flag_odds(pairs, counts), purpose="test").to_pylist()
    unclear = next(row for row in found if row["a_lo"] == 200)
    # ten judged, none wrong: e = (0 + 1) / (10 + 2)
    assert unclear["flag_odds"] == pytest.approx(math.log((1 - 1 / 12) / (1 / 12)))


def test_flags_of_a_misleading_sensor_count_against(engine: Engine) -> None:
    """A sensor whose flags are wrong more often than right gets no weight: e is capped at one half."""
    clear = [(client, 50000 + client, 99, 443, 6) for client in range(1, 11)]
    pairs = _pairs(engine, clear, sensor=["x"] * 10, witness=[-1] * 10)
    found = engine.fetch(flag_odds(pairs, endpoints(pairs)), purpose="test").to_pylist()
    assert {row["flag_odds"] for row in found} == {0.0}
