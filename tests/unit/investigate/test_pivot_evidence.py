"""What speaks for and against a client, and who is set aside, in tables made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from headwater.investigate.pivot_aside import set_aside
from headwater.investigate.pivot_evidence import PivotEvidence, with_likeness
from headwater.investigate.pivot_settings import PivotSettings
from headwater.investigate.pivot_tables import PivotClients, PivotTables
from headwater.score.settings import Settings
from headwater.score.statistics import C2s, Candidates, Contacts, Exposure, Statistics

LISTED, OTHERS = 8, 6  # rows 0..7 are listed C2s, 8..13 other clients
COUNT = LISTED + OTHERS
SETTINGS = PivotSettings()


def _clients() -> PivotClients:
    """All have one session, at noon; nobody scans or calls at C2s."""
    zeros, hours = np.zeros(COUNT, np.int64), np.zeros((COUNT, 24), np.int64)
    hours[:, 12] = 1
    return PivotClients(
        hi=zeros, lo=np.arange(COUNT), c2=np.r_[np.arange(LISTED), np.full(OTHERS, -1)].astype(np.int32),
        on_c2_port=np.zeros(COUNT, np.bool_), first_us=zeros, last_us=zeros, flows=zeros + 1,
        sessions=zeros + 1, days=zeros + 1, hour_of_day=hours, visited=zeros,
        scanner=np.zeros(COUNT, np.bool_), read=np.arange(COUNT).astype(np.int32), upstreams=zeros,
        known_as=((),) * COUNT, accepted=np.zeros(COUNT, np.bool_),
    )  # fmt: skip


def _tables(clients: PivotClients, *, listed: int = 30) -> PivotTables:
    none, zeros = np.empty(0, np.int64), np.zeros(listed, np.int64)
    ints, floats = np.zeros(listed, np.int32), np.empty(0)
    c2s = C2s(zeros, np.arange(listed), ints, ints, ints, ints, zeros, zeros, zeros, ints, ("a",), ("a",))
    empty = none.astype(np.int32)
    no_keys = Candidates(
        none, none, empty, empty, empty, none, none.astype(bool), none, none, none, none, none, empty, ()
    )
    no_contacts = Contacts(
        empty, empty, none, none, none, none, none, none, none, none, none, none, floats, none.astype(bool)
    )
    nothing = Exposure((), none, 1, np.zeros((0, 0)), none, empty, empty, empty, floats, 1)
    return PivotTables(clients, Statistics(c2s, no_keys, no_contacts, nothing), 0.0, 100, 0)


def _evidence(clients: PivotClients, ordinary: float = 1.0) -> PivotEvidence:
    rows, nothing = np.arange(LISTED, COUNT), np.zeros(OTHERS)
    begun = PivotEvidence(*[nothing] * 7)
    return with_likeness(begun, _tables(clients), rows, np.full(OTHERS, ordinary), settings=SETTINGS)


def test_clients_that_are_all_alike_say_nothing() -> None:
    """The same sessions and hours as everybody's: each ratio is 0 but for what unequal numbers leave."""
    found = _evidence(_clients())
    assert np.abs(found.sessions).max() < 0.05
    assert np.abs(found.hours).max() < 0.05
    assert np.abs(found.checks_in).max() == 0.0


def test_sessions_like_the_c2s_speak_for_a_client() -> None:
    """C2s and client 8 have 20 sessions, the other five one: for it, and against those."""
    sessions = np.r_[np.full(LISTED, 20), 20, np.ones(OTHERS - 1, np.int64)]
    found = _evidence(replace(_clients(), sessions=sessions))
    assert found.sessions[0] > 0.5
    assert found.sessions[1:].max() < -0.5


def test_hours_unlike_the_c2s_speak_against_clients() -> None:
    """C2s come at noon, client 8 too, the others at 03:00."""
    clients = _clients()
    hours = clients.hour_of_day.copy()
    hours[LISTED + 1 :, 12], hours[LISTED + 1 :, 3] = 0, 1
    found = _evidence(replace(clients, hour_of_day=hours))
    assert found.hours[0] > 0.1
    assert found.hours[1:].max() < 0.0


def test_likeness_is_bounded() -> None:
    """However many say it, sessions alone never weigh more than the limit."""
    sessions = np.r_[np.full(LISTED, 40), 40, np.ones(OTHERS - 1, np.int64)]
    found = _evidence(replace(_clients(), sessions=sessions))
    assert np.abs(found.sessions).max() <= SETTINGS.alike_limit


def test_a_client_that_checks_in_is_doubted_where_c2s_do_not() -> None:
    """Three of six others call at C2s, no listed one does; nobody gains by not calling."""
    visited = np.r_[np.zeros(LISTED, np.int64), 2, 1, 1, 0, 0, 0]
    found = _evidence(replace(_clients(), visited=visited))
    assert found.checks_in[:3].max() < -0.5
    assert found.checks_in[3:].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scanner": np.arange(COUNT) == LISTED}, "a scanner"),
        ({"visited": np.where(np.arange(COUNT) == LISTED, 11, 0)}, "it follows the lists"),
        (
            {"known_as": ((),) * LISTED + (("sinkhole",),) + ((),) * (OTHERS - 1)},
            "a label calls it a sinkhole",
        ),
    ],
    ids=["scanner", "more than a third of 30 listed C2s", "label"],
)
def test_who_is_explained_is_set_aside(change: dict[str, object], said: str) -> None:
    """By row, with the reason; nobody else."""
    clients = replace(_clients(), **change)  # type: ignore[arg-type]  # one field each, of its own type
    found = set_aside(_tables(clients), settings=Settings())
    assert list(found) == [LISTED]
    assert said in found[LISTED]


def test_a_third_of_the_lists_is_not_yet_following_them() -> None:
    """Ten of 30: bots of a busy family do that; and warning lists set nobody aside."""
    visited = np.where(np.arange(COUNT) == LISTED, 10, 0)
    named = ((),) * LISTED + (("warning list cdn",),) + ((),) * (OTHERS - 1)
    clients = replace(_clients(), visited=visited, known_as=named)
    assert set_aside(_tables(clients), settings=Settings()) == {}
