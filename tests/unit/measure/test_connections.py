"""Connections put together from records, and how a client comes by them."""

import pyarrow as pa

from headwater.engine.connect import Engine
from headwater.measure.connections import connections, hours, manners
from headwater.measure.scan import CLIENT, SERVER

HOUR_US = 3_600_000_000
Record = tuple[int, int, int, float, float, int]  # role, client port, seed, start and end in hours, packets


def _fetched(engine: Engine, records: list[Record]) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Manners and hours of one candidate by role: 0 is the client on 22, 1 the server on 443."""
    own = {CLIENT: ("b_port", "a_port", 22), SERVER: ("a_port", "b_port", 443)}
    rows = []
    for role, client_port, seed, start, end, packets in records:
        clients, services, port = own[role]
        rows.append(
            {
                "hi": 0, "lo": 9, "role": role, "port": port, "proto": 6, "c2": seed, clients: client_port,
                services: port, "start_us": round(start * HOUR_US), "end_us": round(end * HOUR_US),
                "packets": packets, "met": True, "peer_is_c2": False,
            }
        )  # fmt: skip
    talks = engine.bring("talks", pa.Table.from_pylist(rows))
    keys = [
        {"candidate": number, "hi": 0, "lo": 9, "role": role, "port": own[role][2], "proto": 6}
        for number, role in enumerate((CLIENT, SERVER))
    ]
    candidates = engine.bring("candidates", pa.Table.from_pylist(keys))
    found = engine.keep("connected", connections(talks, candidates), purpose="test")
    told, begun = (engine.fetch(each(found), purpose="test") for each in (manners, hours))
    order = [("candidate", "ascending")]
    return told.sort_by(order).to_pylist(), begun.sort_by([*order, ("hour_us", "ascending")]).to_pylist()


def test_records_of_one_client_port_and_day_are_one_connection(engine: Engine) -> None:
    """Cut after an active time-out, two records of four minutes in all are one long connection."""
    records: list[Record] = [(CLIENT, 50_000, 1, 9, 9.04, 9), (CLIENT, 50_000, 1, 9.05, 9.07, 3)]
    told, begun = _fetched(engine, records)
    assert told == [{"candidate": 0, "pair_days": 1, "connections": 1, "told": 1, "long": 1, "mirrored": 0}]
    assert begun == [{"candidate": 0, "hour_us": 9 * HOUR_US}]


def test_a_connection_of_one_packet_shows_no_length(engine: Engine) -> None:
    """Two seeds, two days: of four connections one shows its length, and it is short."""
    records: list[Record] = [
        (CLIENT, 50_000, 1, 9, 9, 1), (CLIENT, 50_001, 1, 9.5, 9.5, 1), (CLIENT, 50_002, 2, 10, 10.001, 2),
        (CLIENT, 50_003, 1, 33, 33, 1),
    ]  # fmt: skip
    told, begun = _fetched(engine, records)
    assert told == [{"candidate": 0, "pair_days": 3, "connections": 4, "told": 1, "long": 0, "mirrored": 0}]
    assert [row["hour_us"] // HOUR_US for row in begun] == [9, 10, 33]


def test_the_client_port_is_that_of_who_opens(engine: Engine) -> None:
    """Where seeds connect to the candidate their ports tell connections apart."""
    records: list[Record] = [(SERVER, 50_000, 1, 9, 9, 4), (SERVER, 50_001, 1, 9, 9, 4)]
    told, _ = _fetched(engine, records)
    assert told == [{"candidate": 1, "pair_days": 1, "connections": 2, "told": 2, "long": 0, "mirrored": 0}]


def test_one_port_on_both_sides_is_told(engine: Engine) -> None:
    """One of two connections comes from the port that it goes to: who came shows in the other only."""
    records: list[Record] = [(SERVER, 443, 1, 9, 9, 4), (SERVER, 50_001, 2, 9, 9, 4)]
    told, _ = _fetched(engine, records)
    assert [(row["connections"], row["mirrored"]) for row in told] == [(2, 1)]
