"""Tests of headwater.present.export.techniques: each rule both ways."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from case_samples import dridex_case
from headwater.model.case import Case, Neighbour
from headwater.model.hypothesis import Hypothesis
from headwater.model.service import Service
from headwater.model.tenancy import KeyBracket
from headwater.model.timeline import Relation
from headwater.present.export.settings import ExportSettings
from headwater.present.export.standing import standing
from headwater.present.export.techniques import techniques

SEEN = datetime(2020, 2, 1, tzinfo=UTC)


def _carried(case: Case) -> list[str]:
    return [one.id for one in techniques(case, standing(case, ExportSettings()))]


def _answered(case: Case, tie: str, *, tenant: str = "same-holder") -> Case:
    found = tuple(
        Hypothesis(name, question, "all", "made up", 0.1, 0.9, 0.8, 0.95, "very likely")
        for question, name in (("tie", tie), ("tenant", tenant))
    )
    return replace(case, hypotheses=found, conclusion=replace(case.conclusion, verdict=tie), keys=())


def _at_port(case: Case, port: int, *kinds: str) -> Case:
    keys = tuple(KeyBracket("K1", kind, "x", None, SEEN, SEEN, None, 1, port=port) for kind in kinds)
    return replace(case, service=Service(case.service.address, port, 6), keys=keys)


def test_nothing_is_carried_by_an_innocent_verdict() -> None:
    """A third party's service carries no technique, whatever its port and its clients."""
    assert _carried(_answered(dridex_case(), "third-party", tenant="new-operator")) == []


def test_c2s_in_front_of_a_controlled_service_are_external_proxies() -> None:
    """16 C2s in contact during their life, control likely: T1090.002; with a sale instead of control: not."""
    case = dridex_case()
    assert "T1090.002" in _carried(_answered(case, "control"))
    assert "T1090.002" not in _carried(_answered(case, "handoff"))


def test_contact_before_c2_life_is_no_proxy() -> None:
    """One C2 in contact during its life is not enough; the others were in contact before."""
    case = dridex_case()
    before = Relation(0.9, 0.1, 0.0, 0.0, 0.0)
    kept, *others = case.timelines
    moved = tuple(replace(one, relation=before) for one in others)
    assert "T1090.002" not in _carried(_answered(replace(case, timelines=(kept, *moved)), "control"))


@pytest.mark.parametrize(
    ("known_as", "relation", "carried"),
    [
        ("upstream", "peer", True),
        ("", "peer", False),
        ("upstream", "shared", False),
        ("public-dns", "peer", False),
    ],
)
def test_a_tier_behind_the_service_is_multi_hop(known_as: str, relation: str, *, carried: bool) -> None:
    """T1090.003 needs a peer of the service itself that a label calls an upstream."""
    peer = Neighbour(Service("192.0.2.99", 443, 6), relation, 1, 0, 9, known_as)
    case = replace(dridex_case(), neighbours=(peer,))
    assert ("T1090.003" in _carried(_answered(case, "control"))) is carried


@pytest.mark.parametrize(
    ("port", "kinds", "carried"),
    [
        (38400, (), True),  # nothing is commonly met there
        (443, (), False),
        (8080, (), False),
        (443, ("ssh/ssh-ed25519",), True),  # SSH is not at home there
        (443, ("tls",), False),
        (38400, ("tls",), True),
        (8443, ("tls",), False),
        (22, ("ssh",), False),
    ],
)
def test_a_port_is_odd_for_its_protocol_or_for_any(
    port: int, kinds: tuple[str, ...], *, carried: bool
) -> None:
    """T1571: a key names a protocol that is not at home on the port, or nothing is at home there."""
    case = _at_port(_answered(dridex_case(), "control"), port, *kinds)
    assert ("T1571" in _carried(case)) is carried


def test_a_key_of_another_port_says_nothing() -> None:
    """SSH on port 22 does not make 443 odd."""
    case = _answered(dridex_case(), "control")
    keys = (KeyBracket("K1", "ssh", "x", None, SEEN, SEEN, None, 1, port=22),)
    case = replace(case, service=Service(case.service.address, 443, 6), keys=keys)
    assert "T1571" not in _carried(case)


@pytest.mark.parametrize(
    ("tie", "tenant", "carried"),
    [
        ("control", "new-operator", True),
        ("handoff", "new-operator", True),
        ("control", "same-holder", False),
        ("victims", "new-operator", False),
    ],
)
def test_an_address_taken_over_is_acquired(tie: str, tenant: str, *, carried: bool) -> None:
    """T1583 needs a change of hands before the contact, under who runs or sold the C2s."""
    assert ("T1583" in _carried(_answered(dridex_case(), tie, tenant=tenant))) is carried


@pytest.mark.parametrize(
    ("tie", "carried"), [("victims", True), ("double-compromise", True), ("control", False)]
)
def test_c2s_taken_from_others_are_compromised(tie: str, *, carried: bool) -> None:
    """T1584 needs a verdict under which the C2s' hosts were broken into."""
    assert ("T1584" in _carried(_answered(dridex_case(), tie))) is carried


def test_the_page_of_a_technique() -> None:
    """ATT&CK writes a sub-technique's number as a path."""
    found = techniques(_answered(dridex_case(), "control"), standing(dridex_case(), ExportSettings()))
    assert found[0].url == "https://attack.mitre.org/techniques/T1090/002/"
