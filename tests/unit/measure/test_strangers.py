"""Unlisted clients of a candidate: their services, their clients, and who checks in at listed C2s."""

from collections.abc import Callable

import pytest

from hand_made_flows import Flow, label_table
from headwater.app.hunt import Hunted
from headwater.model.address import text_of
from headwater.score.statistics import Strangers

UPSTREAM, UNLISTED, ORDINARY = "9.0.0.9", "5.9.0.1", "8.0.0.1"
C2S = ["5.1.0.1", "5.2.0.1", "5.3.0.1"]
BOTS = [f"7.0.0.{n}" for n in range(1, 9)]
PEOPLE = [f"7.1.0.{n}" for n in range(1, 6)]


def _flows() -> list[Flow]:
    """Three listed C2s, an unlisted one and an ordinary server all talk to one upstream.

    Eight bots check in at the unlisted C2 on port 8080 and at two listed ones on 443; five people visit the
    ordinary server on port 80, and three guess passwords at the unlisted C2's port 22.
    """
    flows = [
        Flow(client, 50_000 + n, UPSTREAM, 38_400, at=3600.0 * n)
        for n, client in enumerate([*C2S, UNLISTED, ORDINARY])
    ]
    for n, bot in enumerate(BOTS):
        flows += [Flow(bot, 40_000 + n, c2, 443, at=60.0 * n) for c2 in C2S[:2]]
        flows.append(Flow(bot, 41_000 + n, UNLISTED, 8080, at=60.0 * n))
    flows += [Flow(person, 42_000, ORDINARY, 80, at=10.0) for person in PEOPLE]
    flows += [Flow(f"6.0.0.{n}", 43_000, UNLISTED, 22, at=10.0) for n in range(1, 12)]
    return flows


@pytest.fixture
def strangers(hunted: Callable[..., Hunted]) -> Strangers:
    """What a hunt in those flows measures of them."""
    found = hunted(_flows(), label_table(C2S, port=443)).statistics.strangers
    assert found is not None
    return found


def _row(strangers: Strangers, address: str) -> int:
    keys = zip(strangers.hi.tolist(), strangers.lo.tolist(), strict=True)
    return [text_of(hi, lo) for hi, lo in keys].index(address)


def test_main_service_is_where_most_come_to(strangers: Strangers) -> None:
    """Eight bots on 8080; the eleven who guess passwords on port 22 do not count."""
    row = _row(strangers, UNLISTED)
    assert (strangers.port[row], strangers.fan_in[row]) == (8080, 8)


def test_listed_c2s_are_no_strangers(strangers: Strangers) -> None:
    """Only the two unlisted clients of the upstream are."""
    keys = zip(strangers.hi.tolist(), strangers.lo.tolist(), strict=True)
    assert {text_of(hi, lo) for hi, lo in keys} == {UNLISTED, ORDINARY}


def test_clients_of_a_stranger_are_those_who_check_in(strangers: Strangers) -> None:
    """The unlisted C2's clients are the listed ones' bots, by the same numbers; the server's are nobody's."""
    bots = set(strangers.checkin_bot.tolist())
    of = {
        address: set(strangers.bot[strangers.bot_stranger == _row(strangers, address)].tolist())
        for address in (UNLISTED, ORDINARY)
    }
    assert (of[UNLISTED] == bots, of[ORDINARY] & bots) == (True, set())


def test_check_ins_are_pairs_of_bot_and_c2(strangers: Strangers) -> None:
    """Eight bots at two C2s each."""
    assert len(strangers.checkin_bot) == 16


def test_every_client_is_numbered_once(strangers: Strangers) -> None:
    """Eight bots and five people."""
    assert strangers.bots == 13


def _sampled(hunted: Callable[..., Hunted], **settings: int) -> Hunted:
    """The same flows and more, of which a sample of about 200 tells what may be left out.

    Sixty people visit a web server, the unlisted C2 and the ordinary server among them: calls that say
    nothing about who comes to the two.
    """
    people = [f"7.2.0.{n}" for n in range(1, 201)]
    web = [Flow(person, 44_000, "9.9.9.9", 443, at=30.0) for person in [*people, UNLISTED, ORDINARY]]
    return hunted(_flows() + web, label_table(C2S, port=443), sample_flows=200, hub_hosts=10_000, **settings)


def test_calls_at_busy_services_change_no_fan_in(hunted: Callable[..., Hunted]) -> None:
    """Sampled or not, eight bots and five people come to the two strangers."""
    strangers = _sampled(hunted).statistics.strangers
    assert strangers is not None
    fan_in = {text: int(strangers.fan_in[_row(strangers, text)]) for text in (UNLISTED, ORDINARY)}
    assert fan_in == {UNLISTED: 8, ORDINARY: 5}


def test_calls_at_busy_services_are_not_read(hunted: Callable[..., Hunted]) -> None:
    """Of the 202 visits to the web server none is among the flows that the third pass kept."""
    queries = [q for q in _sampled(hunted).trace.queries if q.purpose.startswith("pass 3")]
    kept = 8 + 5 + 11 + 2  # bots, people, who guess passwords, and the upstream met by the two
    assert queries[0].rows == kept


def test_without_room_strangers_are_left_out_and_told(hunted: Callable[..., Hunted]) -> None:
    """A budget of one flow has no room for either; the hunt warns and goes without."""
    found = _sampled(hunted, stranger_flows=1)
    strangers = found.statistics.strangers
    assert strangers is not None
    assert (len(strangers.hi), strangers.left_out) == (0, 2)
    assert any("2 of 2 unlisted clients were not looked at" in text for text in found.hunt.warnings)
