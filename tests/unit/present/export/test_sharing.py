"""Tests of headwater.present.export.sharing."""

from dataclasses import replace

import pytest

from case_samples import dridex_case
from headwater.errors import BadSetting
from headwater.model.candidate import PeerRole
from headwater.model.case import Case
from headwater.model.label import Tlp
from headwater.present.export.settings import ExportSettings
from headwater.present.export.sharing import Withheld, shareable

RED = ExportSettings(tlp=Tlp.RED)
AMBER = ExportSettings(tlp=Tlp.AMBER)


def _with_red_c2(case: Case) -> Case:
    """The same case, with its first C2 listed by a closed feed and alone in its family."""
    marked = replace(case.contacts[0], tlp=Tlp.RED, family="secretfam", group="s1", source="closedfeed")
    return replace(case, contacts=(marked, *case.contacts[1:]))


def test_all_leaves_where_all_may() -> None:
    """Under RED nothing stays out."""
    assert shareable(dridex_case(), RED).withheld == Withheld()


def test_a_claim_above_the_tlp_takes_its_words_along() -> None:
    """The RED claim stays out, and so do the item and the sentence that repeat it: 1, 1 and 1."""
    shared = shareable(dridex_case(), AMBER)
    assert shared.withheld == Withheld(claims=1, evidence=1, sentences=1)
    assert "SECRETACTOR" not in repr(shared.case)


def test_a_c2_above_the_tlp_is_gone_all_through() -> None:
    """Its address, family and feed appear nowhere in what leaves; the others stay."""
    case = _with_red_c2(dridex_case())
    shared = shareable(case, AMBER)
    words = [word for word in ("198.18.0.1'", "secretfam", "closedfeed") if word in repr(shared.case)]
    assert (shared.withheld.c2s, words, len(shared.case.timelines)) == (1, [], len(case.timelines) - 1)


def test_a_sentence_that_names_a_family_left_out_stays_out() -> None:
    """The family "secretfam" is known only from the RED feed."""
    case = _with_red_c2(dridex_case())
    told = replace(case.conclusion.sentences[0], text="Among them is a C2 of SecretFam.")
    case = replace(case, conclusion=replace(case.conclusion, sentences=(told,)))
    assert shareable(case, AMBER).case.conclusion.sentences == ()


def test_a_sentence_stays_while_some_of_its_evidence_does() -> None:
    """E7 is left out; a sentence on E7 and E1 stays, one on E7 alone goes."""
    case = dridex_case()
    both, alone = (
        replace(case.conclusion.sentences[0], text=f"On {ids}.", rests_on=ids)
        for ids in (("E7", "E1"), ("E7",))
    )
    case = replace(case, conclusion=replace(case.conclusion, sentences=(both, alone)))
    assert [one.rests_on for one in shareable(case, AMBER).case.conclusion.sentences] == [("E7", "E1")]


def test_placings_follow_their_claims() -> None:
    """With the first claim left out, the third is the second of what stays."""
    case = dridex_case()
    first = replace(case.claims[0], tlp=Tlp.RED)
    last = replace(case.claims[2], tlp=Tlp.CLEAR)
    case = replace(case, claims=(first, case.claims[1], last))
    assert [one.claim for one in shareable(case, AMBER).case.placed] == [1]


def test_others_are_not_named_in_texts() -> None:
    """The analyst's note on 192.0.2.1 leaves without the address, unless others are to be named."""
    case = dridex_case()
    told = {
        name: next(one.statement for one in shareable(case, settings).case.evidence if one.id == "E8")
        for name, settings in (("no", AMBER), ("yes", replace(AMBER, name_others=True)))
    }
    assert ("192.0.2.1" in told["no"], "192.0.2.1" in told["yes"]) == (False, True)


def test_a_case_about_an_access_node_is_refused_unless_asked_for() -> None:
    """A host that connects to C2s may be a person's connection."""
    case = replace(dridex_case(), role=PeerRole.CLIENT)
    with pytest.raises(BadSetting, match="--access-node"):
        shareable(case, AMBER)
    assert shareable(case, replace(AMBER, access_node=True)).case.role is PeerRole.CLIENT


def test_contacts_that_are_none_are_left_out_and_counted() -> None:
    """No address, an address that breaks out of a rule, and counts below 0."""
    case = dridex_case()
    broken = (
        replace(case.contacts[0], address="nowhere"),
        replace(case.contacts[1], address="192.0.2.1 any -> any any (sid:1;)"),
        replace(case.contacts[2], flows=-1),
    )
    case = replace(case, contacts=(*broken, *case.contacts[3:]))
    assert shareable(case, AMBER).remarks == (
        "3 contacts left out: their address is none, or their counts are below 0",
    )
