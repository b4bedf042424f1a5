"""Which records stand behind a number: each end, port, role, peer and time."""

from datetime import timedelta

import pytest

from hand_made_flows import BEGIN, Flow, flow_table
from headwater.engine.connect import Engine
from headwater.measure.records import Wanted, counted, in_order, records
from headwater.measure.scan import CLIENT, SERVER, Span
from headwater.model.address import key_of

HOST, PEER, OTHER = "9.9.9.9", "5.0.0.1", "5.0.0.2"
SYN = 0x02
FLOWS = [
    Flow(PEER, 50_000, HOST, 443, at=0),
    Flow(HOST, 443, PEER, 50_000, at=1),
    Flow(HOST, 40_000, OTHER, 443, at=2),
    Flow(OTHER, 50_000, HOST, 22, at=3, flags=SYN),
    Flow(OTHER, 50_000, HOST, 443, at=4, proto=17, flags=None),
    Flow(HOST, 1, HOST, 2, at=5),
    Flow(PEER, 50_000, OTHER, 443, at=6),  # not of the host
    Flow("2a02::1", 50_000, "2a03::1", 443, at=7),
    Flow("2a09::1", 50_000, "2a03::1", 443, at=8),
]
ALL = [0, 1, 2, 3, 4, 5]


def _at(engine: Engine, wanted: Wanted, span: Span = Span(), *, limit: int | None = None) -> list[int]:  # noqa: B008  # frozen
    found = records(engine.bring("flows", flow_table(FLOWS)), wanted, span=span)
    rows = engine.fetch(in_order(found, limit=limit), purpose="test")["start"].to_pylist()
    return [int((start - BEGIN).total_seconds()) for start in rows]


@pytest.mark.parametrize(
    ("port", "proto", "role", "at"),
    [
        (0, 0, None, ALL),
        (443, 6, None, [0, 1, 2]),
        (443, 6, SERVER, [0, 1]),
        (443, 6, CLIENT, [2]),
        (443, 17, None, [4]),
        (9, 6, None, []),
    ],
)
def test_port_and_role(engine: Engine, port: int, proto: int, role: int | None, at: list[int]) -> None:
    """With a port, records in which it is the host's, its peer's, or either's; a flow to itself once."""
    assert _at(engine, Wanted(*key_of(HOST), port, proto, role)) == at


def test_peer(engine: Engine) -> None:
    """Only what the two had to do with each other."""
    assert _at(engine, Wanted(*key_of(HOST), peer=key_of(PEER))) == [0, 1]


def test_both_halves_of_an_address_count(engine: Engine) -> None:
    """Two IPv6 addresses with one lower half are two addresses."""
    assert _at(engine, Wanted(*key_of("2a02::1"))) == [7]


def test_time_is_half_open(engine: Engine) -> None:
    """A record that starts at the end is left out, one that starts at the beginning is not."""
    span = Span(BEGIN + timedelta(seconds=1), BEGIN + timedelta(seconds=3))
    assert _at(engine, Wanted(*key_of(HOST)), span) == [1, 2]


def test_the_limit_takes_the_earliest(engine: Engine) -> None:
    """In order of time."""
    assert _at(engine, Wanted(*key_of(HOST)), limit=2) == [0, 1]


def test_how_many_count_as_contact(engine: Engine) -> None:
    """Six records, one of them an attempt without an answer."""
    found = records(engine.bring("flows", flow_table(FLOWS)), Wanted(*key_of(HOST)), span=Span())
    told = engine.fetch(counted(found), purpose="test").to_pylist()[0]
    assert (told["records"], int(told["contact"]), told["first"]) == (6, 5, BEGIN)
