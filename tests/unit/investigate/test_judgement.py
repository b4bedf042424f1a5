"""Whole cases by hand: each explanation comes out as itself, with the shipped template."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from case_facts import C2, SERVICE, Host, at, at_us, c2s, facts, hosts
from headwater.app.hypothesis_template import shipped_template
from headwater.investigate.facts import Facts, Held
from headwater.investigate.judgement import Judgement, judge
from headwater.investigate.measurements import OPENED_BY_SERVICE
from headwater.model.candidate import PeerRole, Share
from headwater.model.case import Chance
from headwater.model.claim import Claim
from headwater.model.tenancy import KeyBracket, PlacedClaim, Placing, Tenancy

Kept = dict[str, Any]  # Any: fields of C2
TEMPLATE = shipped_template()


def _contact(first: float, last: float, **log_bayes: float) -> Kept:
    """C2s listed from day 50 to 90, in contact from one day to another."""
    return {"first": first, "last": last, "log_bayes": log_bayes}


CONTROL = _contact(52, 88, control=0, handoff=-3, coincidence=-3)
WEAKER = _contact(52, 130, control=0, handoff=-3, coincidence=-1.5)
HANDOFF = _contact(30, 50, control=-3, handoff=0, coincidence=-2)
NO_ORDER = _contact(15, 180, control=-1.5, handoff=-3, coincidence=0)
HELD = Held("T2", at_us(5), None)
TENANCY = Tenancy("T2", at(5), at(15), at(190), None, ("K2",), start_probability=0.7)
KEY = KeyBracket("K2", "ssh", "aa", at(5), at(15), at(190), None, 4)
OLD = Claim(SERVICE.address, at(4), "spread Flawed from it", actor="TA1", malware="flawed", grade="B2")
USES = Claim("", at(4), "TA1 uses Dridex", actor="TA1", malware="dridex", grade="B2")


def _chance(k: int, expected: float) -> Chance:
    return Chance(k, expected, 0.001, Share(0.5, 0.4, 0.6))


def _crowd(size: int) -> list[Host]:
    """People of twenty networks."""
    return [replace(one, network=place % 20) for place, one in enumerate(hosts(size, fan_in=0))]


def _judged(case: Facts) -> Judgement:
    return judge(case, TEMPLATE)


def _verdict(case: Facts) -> str:
    return _judged(case).conclusion.verdict


def _posterior(judged: Judgement, question: str, name: str, scope: str = "all") -> float:
    return next(
        one.posterior
        for one in judged.hypotheses
        if (one.question, one.id, one.scope) == (question, name, scope)
    )


@pytest.fixture(scope="module")
def published() -> Judgement:
    """A case of the published one's make: two families, an older claim, a key set in between."""
    members = c2s(7, **CONTROL) + c2s(5, group="emotet/epoch2", **WEAKER)
    rare = c2s(3, group="emotet/epoch3", **WEAKER, included=False, sessions=2)
    absent = c2s(6, group="flawed", sessions=0)
    return _judged(
        facts(
            [*members, *rare, *absent],
            hosts(3),
            chance=_chance(15, 0.3),
            brackets=(KEY,),
            tenancies=(TENANCY,),
            held=HELD,
            claims=(OLD, USES),
            placed=(PlacedClaim(0, "T2", Placing.BEFORE, 1.0, "by hand"),),
        )
    )


def test_control(published: Judgement) -> None:
    """C2s alone, in contact as long as they are C2s: one operator."""
    assert published.conclusion.verdict == "control"


def test_closest_group(published: Judgement) -> None:
    """The contact follows the lives of the Dridex C2s best."""
    assert published.conclusion.closest_group == "dridex"


def test_since_is_the_first_record_of_a_c2_that_counts(published: Judgement) -> None:
    """The 52nd day."""
    assert published.conclusion.since == at(52)


def test_the_earlier_operator_does_not_explain_it(published: Judgement) -> None:
    """A key set between claim and contact, and none of that actor's own malware among the clients."""
    earlier, new = (_posterior(published, "tenant", name) for name in ("earlier-operator", "new-operator"))
    assert new > 3 * earlier


def test_the_older_claim_is_barred(published: Judgement) -> None:
    """Shown, and without effect."""
    items = [item for item in published.evidence if item.kind == "claims"]
    assert [item.barred_by for item in items] == ["T2"]


def test_chance_is_ruled_out(published: Judgement) -> None:
    """Fifteen where less than one was expected."""
    sentences = published.conclusion.sentences
    ruled_out = next(one for one in sentences if one.text.startswith("These have almost no chance"))
    assert "hypotheses.tie.chance" in ruled_out.rests_on


def test_the_excluded_are_open_points(published: Judgement) -> None:
    """Three C2s of fifteen."""
    texts = [one.text for one in published.conclusion.sentences if one.about == "open"]
    assert any(text.startswith("3 C2s of 15 count for no timing") for text in texts)


def test_a_run_with_the_excluded_stands_beside(published: Judgement) -> None:
    """The same questions and scopes, reckoned with every timeline."""
    here, there = (
        {(one.question, one.scope, one.id) for one in made}
        for made in (published.hypotheses, published.with_excluded)
    )
    assert here == there


def test_handoff() -> None:
    """Contact that stops as the C2s' lives begin."""
    assert _verdict(facts(c2s(6, **HANDOFF), hosts(2))) == "handoff"


def test_third_party() -> None:
    """A hundred servers of one hosting network, whose C2s come as often as chance brings."""
    case = facts(
        c2s(6, **NO_ORDER, network=0),
        hosts(120, network=0, fan_in=20),
        networks=("AS1 hosting",),
        chance=_chance(6, 5.0),
    )
    assert _verdict(case) == "third-party"


def test_victims() -> None:
    """Hundreds of people and servers of many networks at an address listed as another family's C2."""
    crowd = [
        each for at_ in range(20) for each in hosts(200, network=at_, fan_in=0)[at_ * 10 : at_ * 10 + 10]
    ]
    case = facts(
        c2s(6, **NO_ORDER),
        crowd,
        networks=tuple(f"AS{number}" for number in range(20)),
        measured={"is_listed_c2": ("qakbot",)},
        chance=_chance(6, 1.0),
    )
    assert _verdict(case) == "victims"


def test_sinkhole() -> None:
    """A crowd of bots, and a label that says so."""
    crowd = hosts(200, fan_in=0, checks_in=True)
    case = facts(c2s(6, **NO_ORDER), crowd, measured={"known_as": ("sinkhole",)})
    assert _verdict(case) == "sinkhole"


def test_observer() -> None:
    """An address that comes to the C2s' own ports after they were listed, and to thousands of other hosts."""
    seen = c2s(6, first=60.0, last=70.0, on_c2_port=True, opened=OPENED_BY_SERVICE)
    also = [replace(one, on_c2_port=False) for one in c2s(4, group="emotet", first=60.0, opened=1)]
    case = replace(
        facts([*seen, *also], measured={"c2_ports_hit": 10, "fan_out": 5_000, "fan_out_ports": 6}),
        role=PeerRole.CLIENT,
    )
    assert _verdict(case) == "observer"


def test_egress() -> None:
    """A client with services of all kinds, which comes to C2s now and then."""
    seen = c2s(6, **NO_ORDER, opened=OPENED_BY_SERVICE)
    case = replace(
        facts(seen, hosts(40), measured={"c2_ports_hit": 2, "fan_out": 800, "fan_out_ports": 90}),
        role=PeerRole.CLIENT,
        network="Example VPN exit",
    )
    assert _verdict(case) == "egress"


def test_chance_explains_a_popular_service() -> None:
    """As many C2s as chance brings among people and servers of many networks."""
    crowd = [
        each for at_ in range(20) for each in hosts(600, network=at_, fan_in=0)[at_ * 30 : at_ * 30 + 30]
    ]
    case = facts(
        c2s(14, **NO_ORDER),
        crowd,
        networks=tuple(f"AS{number}" for number in range(20)),
        chance=_chance(14, 14.0),
    )
    assert _verdict(case) == "chance"


def test_artefact() -> None:
    """One of several sensors saw it, and all sessions begin in the same seconds."""
    case = facts(
        c2s(6, **NO_ORDER), hosts(30), sensors=("a",), all_sensors=("a", "b", "c"),
        chance=_chance(6, 1.0),
    )  # fmt: skip
    sessions = case.measurements.contact
    sessions.start_us[:] = sessions.start_us - sessions.owner.astype(np.int64) * 7_000_000
    assert _verdict(case) == "artefact"


@pytest.mark.parametrize(
    "case",
    [
        facts(c2s(1, **CONTROL, sessions=40)),
        facts(c2s(3, **CONTROL, sessions=2, included=False)),
        facts([], hosts(30)),
        facts([]),
    ],
    ids=["one C2", "six sessions", "no C2", "nobody"],
)
def test_insufficient(case: Facts) -> None:
    """Too few C2s or sessions: no answer, whatever the odds."""
    assert _verdict(case) == "insufficient"


def test_insufficient_says_what_is_missing() -> None:
    """In words, and as what would change the judgement."""
    found = _judged(facts(c2s(3, **CONTROL, sessions=2, included=False))).conclusion
    assert "only 6 sessions of 3 listed C2s" in found.text
    assert found.would_change_if[0].endswith("only 6 sessions of 3 listed C2s.")


def test_a_later_tenants_crowd_does_not_turn_the_answer() -> None:
    """C2s alone until the key changes; then hundreds of ordinary hosts."""
    crowd = hosts(400, first=110.0, last=190.0, fan_in=0)
    ended = Tenancy("T1", None, at(2), at(90), at(100), ("K1",), end_probability=0.8)
    case = facts(
        c2s(7, **CONTROL),
        crowd,
        tenancies=(ended,),
        held=Held("T1", None, at_us(90)),
        brackets=(KEY,),
    )
    found = _judged(case)
    assert found.conclusion.verdict == "control"
    assert max(_tenants(found), key=lambda name: _tenants(found)[name]) == "passed-on"
    assert "400 more hosts came after that tenancy's end" in found.conclusion.sentences[0].text


def _tenants(judged: Judgement) -> dict[str, float]:
    return {one.id: one.posterior for one in judged.hypotheses if one.question == "tenant"}


def test_without_an_observation_the_tenant_stays_open() -> None:
    """No key, no report: nobody can say who held the address."""
    found = _judged(facts(c2s(6, **CONTROL))).conclusion
    assert "Who held the address then stays open" in found.text


def test_nothing_turns_into_the_same_answer_twice() -> None:
    """A pure function: the same facts, the same judgement."""
    case = facts(c2s(6, **CONTROL), hosts(3))
    assert _judged(case) == _judged(case)


def test_one_c2_is_no_group_of_its_own() -> None:
    """A group with one C2 is not looked at alone, and told so."""
    case = facts([*c2s(6, **CONTROL), C2("198.18.250.9", group="qakbot", **CONTROL)])
    assert 'The data are too few to look at "qakbot" alone.' in _judged(case).conclusion.text
