"""Claims, whom they name, what that actor uses, and the host's keys."""

import math
from collections.abc import Callable

import pytest

from case_facts import SERVICE, at, at_us, c2s, facts
from headwater.investigate.evidence.actor_families import ACTOR_FAMILIES
from headwater.investigate.evidence.claims import CLAIMS
from headwater.investigate.evidence.grades import NUMBERS, trust
from headwater.investigate.evidence.key_order import KEY_ORDER
from headwater.investigate.evidence.named_actor import NAMED_ACTOR
from headwater.investigate.facts import Facts, Held
from headwater.investigate.rule import Finding, Kind, Rule, Scope
from headwater.model.claim import Claim
from headwater.model.label import Tlp
from headwater.model.tenancy import KeyBracket, PlacedClaim, Placing, Tenancy

ScopeOf = Callable[..., Scope]
FULL = dict.fromkeys(NUMBERS, 1.0)
WORDS: dict[str, tuple[str, ...]] = {
    "sinkhole": ("sinkhole",),
    "research": (),
    "exit": (),
    "benign": (),
}
OLD = Claim(SERVICE.address, at(1), "spread Flawed from it", actor="TA1", malware="flawed", grade="B2")
USES = Claim("", at(1), "TA1 uses Dridex", actor="ta1", malware="Dridex", grade="A1")


def _rule(kind: Kind, **numbers: float) -> Rule:
    """Each finding marks one made-up hypothesis of its own name: ten to one."""
    findings = {name: Finding(0.05, {name: 0.5}) for name in kind.findings}
    numbers = {**FULL, "shared_key": 0.4, "least_seen": 2, **numbers}
    return Rule(kind.name, "basis", numbers=numbers, findings=findings, words=WORDS)


def _weights(kind: Kind, case: Facts, scope_of: ScopeOf) -> dict[str, float]:
    return {
        name: weight
        for item in kind.look(case, _rule(kind), scope_of(case))
        if item.counts
        for name, weight in item.weights.items()
    }


def _placed(placing: Placing, probability: float) -> tuple[PlacedClaim, ...]:
    return (PlacedClaim(0, "T2", placing, probability, "by hand"),)


def _tenancy(*, start: bool = True, end: bool = False, probability: float | None = None) -> Tenancy:
    return Tenancy(
        "T2",
        at(5) if start else None,
        at(15),
        at(120),
        at(140) if end else None,
        ("K1",),
        start_probability=probability,
    )


@pytest.mark.parametrize(
    ("grade", "expected"),
    [("A1", 1.0), ("b2", 0.8 * 0.8), ("", 0.3 * 0.3), ("B", 0.8 * 0.3), ("<script>", 0.3 * 0.3)],
)
def test_trust_is_the_product_of_both_grades(grade: str, expected: float) -> None:
    """The source's letter times the statement's digit; what is missing cannot be judged."""
    numbers = {**FULL, "grade_b": 0.8, "grade_2": 0.8, "grade_f": 0.3, "grade_6": 0.3}
    assert trust(grade, Rule("claims", "b", numbers=numbers)) == pytest.approx(expected)


def test_claim_of_the_same_family(scope_of: ScopeOf) -> None:
    """The malware of C2s in contact is named for this address: ten to one."""
    claim = Claim(SERVICE.address, at(50), "served Dridex", malware="Dridex")
    assert _weights(CLAIMS, facts(c2s(2), claims=(claim,)), scope_of) == pytest.approx({"same-family": 1.0})


@pytest.mark.parametrize("kind", [CLAIMS, NAMED_ACTOR], ids=["claims", "named-actor"])
def test_an_item_may_be_shared_no_further_than_its_claim(kind: Kind, scope_of: ScopeOf) -> None:
    """What rests on a RED claim is RED itself: an export leaves it out."""
    claim = Claim(
        SERVICE.address, at(50), "served Dridex", actor="TA1", malware="Dridex", grade="A1", tlp=Tlp.RED
    )
    case = facts(c2s(2), claims=(claim,))
    assert {item.tlp for item in kind.look(case, _rule(kind), scope_of(case))} == {Tlp.RED}


def test_claim_from_before_the_tenancy_is_barred(scope_of: ScopeOf) -> None:
    """It is shown with what bars it, and does not count."""
    case = facts(c2s(2), claims=(OLD,), placed=_placed(Placing.BEFORE, 1.0), held=Held("T2"))
    (item,) = CLAIMS.look(case, _rule(CLAIMS), scope_of(case))
    assert (item.barred_by, item.counts) == ("T2", False)


def test_undecidable_claim_counts_in_part(scope_of: ScopeOf) -> None:
    """Nine times in ten from before: a tenth of the weight."""
    case = facts(c2s(2), claims=(OLD,), placed=_placed(Placing.UNDECIDABLE, 0.9), held=Held("T2"))
    assert _weights(CLAIMS, case, scope_of)["other-malware"] == pytest.approx(0.1)


def test_claim_from_behind_the_tenancy_is_barred(scope_of: ScopeOf) -> None:
    """What is said of the next tenant's time does not count."""
    claim = Claim(SERVICE.address, at(160), "a sinkhole")
    case = facts(c2s(2), claims=(claim,), held=Held("T2", None, at_us(150)))
    assert _weights(CLAIMS, case, scope_of) == {}


def test_claims_about_actors_alone_name_nobody_for_the_address(scope_of: ScopeOf) -> None:
    """A claim without an address: no operator is named."""
    assert _weights(NAMED_ACTOR, facts(c2s(2), claims=(USES,)), scope_of) == pytest.approx({"nobody": 1.0})


def test_named_actor(scope_of: ScopeOf) -> None:
    """Named for the time of the tenancy: both that somebody is named, and who."""
    case = facts(c2s(2), claims=(OLD,))
    assert _weights(NAMED_ACTOR, case, scope_of) == pytest.approx({"somebody": 1.0, "named": 1.0})


def test_nothing_known_says_nothing(scope_of: ScopeOf) -> None:
    """Without keys and claims, that nobody is named means nothing."""
    assert _weights(NAMED_ACTOR, facts(c2s(2)), scope_of) == {}


def test_absent_malware(scope_of: ScopeOf) -> None:
    """Three C2s of the actor's malware are in the flows and none is in contact."""
    case = facts(c2s(2, group="emotet") + c2s(3, group="flawed", sessions=0), claims=(OLD,))
    found = _weights(ACTOR_FAMILIES, case, scope_of)
    assert found == pytest.approx({"absent": 1.0, "mostly-unexplained": 1.0})


def test_malware_that_is_not_visible_is_not_absent(scope_of: ScopeOf) -> None:
    """Listed C2s of it, none of which has a record."""
    case = facts(c2s(2, group="emotet") + c2s(3, group="flawed", sessions=0, seen=False), claims=(OLD,))
    assert "absent" not in _weights(ACTOR_FAMILIES, case, scope_of)


def test_family_that_the_actor_uses(scope_of: ScopeOf) -> None:
    """Another source says that the actor uses Dridex, whatever the case of its letters."""
    found = _weights(ACTOR_FAMILIES, facts(c2s(2), claims=(OLD, USES)), scope_of)
    assert found == pytest.approx({"explained": 1.0})


def test_key_set_between_claim_and_contact(scope_of: ScopeOf) -> None:
    """Certain that the claim is older: the whole weight."""
    case = facts(
        c2s(2), claims=(OLD,), placed=_placed(Placing.BEFORE, 1.0), held=Held("T2"), tenancies=(_tenancy(),)
    )
    assert _weights(KEY_ORDER, case, scope_of) == pytest.approx({"changed-between": 1.0, "kept-since": 1.0})


def test_a_reinstall_weighs_less(scope_of: ScopeOf) -> None:
    """Six times in ten a change of hands: six tenths of the weight."""
    case = facts(
        c2s(2),
        claims=(OLD,),
        placed=_placed(Placing.BEFORE, 1.0),
        held=Held("T2"),
        tenancies=(_tenancy(probability=0.6),),
    )
    assert _weights(KEY_ORDER, case, scope_of)["changed-between"] == pytest.approx(0.6)


def test_key_set_before_the_contact_and_nobody_named(scope_of: ScopeOf) -> None:
    """No claim: the change alone."""
    case = facts(c2s(2), held=Held("T2"), tenancies=(_tenancy(),))
    assert _weights(KEY_ORDER, case, scope_of) == pytest.approx({"changed-before": 1.0, "kept-since": 1.0})


def test_key_changed_since(scope_of: ScopeOf) -> None:
    """Another key after the contact."""
    case = facts(c2s(2), held=Held("T2"), tenancies=(_tenancy(start=False, end=True),))
    assert _weights(KEY_ORDER, case, scope_of) == pytest.approx({"changed-since": 1.0})


def test_one_key_throughout(scope_of: ScopeOf) -> None:
    """Seen before and after the contact, without a change."""
    case = facts(c2s(2), held=Held("T2"), tenancies=(_tenancy(start=False),))
    assert _weights(KEY_ORDER, case, scope_of) == pytest.approx({"one-key": 1.0})


def test_keys_of_an_image_weigh_less(scope_of: ScopeOf) -> None:
    """The tenancy's only key sits on another host as well: 0.4 of the weight."""
    key = KeyBracket("K1", "ssh", "aa", at(5), at(15), at(120), None, 3, elsewhere=("192.0.2.200",))
    case = facts(c2s(2), held=Held("T2"), tenancies=(_tenancy(start=False),), brackets=(key,))
    assert _weights(KEY_ORDER, case, scope_of)["one-key"] == pytest.approx(0.4)


def test_hostile_names_stay_inside_their_statement(scope_of: ScopeOf) -> None:
    """An actor called like a format string is data."""
    claim = Claim(SERVICE.address, at(50), "{0.__class__}", actor="{service!r}%s", source="<b>")
    (_, item) = NAMED_ACTOR.look(facts(c2s(2), claims=(claim,)), _rule(NAMED_ACTOR), scope_of(facts(c2s(2))))
    assert '"{service!r}%s"' in item.statement
    assert math.isfinite(item.weights["named"])
