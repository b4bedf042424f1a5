"""Tests of headwater.app.case_labels."""

from dataclasses import replace

from case_samples import dridex_case
from headwater.app.case_labels import with_labels
from headwater.model.case import Contact
from headwater.model.label import Label, Role, Tlp

C2, OTHER = dridex_case().contacts[0], dridex_case().contacts[-1]


def _labelled(*labels: Label) -> Contact:
    return with_labels((C2, OTHER), labels)[0]


def _label(
    source: str, *, port: int = 0, grade: str = "", tlp: Tlp = Tlp.CLEAR, role: Role = Role.C2
) -> Label:
    return Label(C2.address, role, "emotet", port=port, source=source, grade=grade, tlp=tlp)


def test_one_label() -> None:
    """Its port, source, grade and TLP."""
    found = _labelled(_label("feodo-tracker", port=8080, grade="B2", tlp=Tlp.GREEN))
    assert (found.port, found.source, found.grade, found.tlp) == (8080, "feodo-tracker", "B2", Tlp.GREEN)


def test_several_labels() -> None:
    """Both feeds, the better grade, the stricter word; two ports are none."""
    found = _labelled(
        _label("b", port=8080, grade="C3", tlp=Tlp.RED), _label("a", port=443, grade="A1"), _label("a")
    )
    assert (found.port, found.source, found.grade, found.tlp) == (0, "a, b", "A1", Tlp.RED)


def test_other_roles_and_other_hosts_say_nothing() -> None:
    """A sinkhole's label, and a label of a client that is no listed C2."""
    elsewhere = replace(_label("x"), address=OTHER.address)
    assert with_labels((C2, OTHER), [_label("y", role=Role.SINKHOLE), elsewhere]) == (C2, OTHER)
