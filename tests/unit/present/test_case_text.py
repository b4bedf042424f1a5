"""A case on a terminal: the conclusion first, nothing obeyed, addresses defanged where asked."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from case_samples import dridex_case, empty_case, hostile_case, large_case, small_case
from headwater.model.case import Case
from headwater.present.case_text import draw_case


def _drawn(case: Case, *, width: int = 120, everything: bool = False, defanged: bool = False) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, color_system=None)
    draw_case(case, console, everything=everything, defanged=defanged)
    return buffer.getvalue()


def test_the_conclusion_comes_first() -> None:
    """Before any table."""
    case = dridex_case()
    told = _drawn(case, width=400)
    assert 0 <= told.index(case.conclusion.sentences[0].text) < told.index("Clients")


def test_every_c2_has_a_timeline_and_the_excluded_their_reason() -> None:
    """Excluded ones stand below, with why."""
    case = dridex_case()
    told = _drawn(case, everything=True)
    excluded = [one for one in case.timelines if not one.included]
    assert (told.count("left out: "), all(one.address in told for one in case.timelines)) == (
        len(excluded),
        True,
    )


def test_barred_evidence_is_shown_as_barred() -> None:
    """It does not disappear."""
    case = dridex_case()
    barred = sum(1 for one in case.evidence if one.barred_by)
    assert _drawn(case, width=400, everything=True).count("BARRED by") == barred > 0


def test_barred_evidence_is_shown_however_much_there_is() -> None:
    """Items behind the twelve strongest are cut; barred ones, which come last, are not."""
    case = dridex_case()
    counted = [replace(one, id=f"X{n}", barred_by="") for n in range(20) for one in case.evidence[:1]]
    barred = replace(case.evidence[0], id="B1", barred_by="T2", reason="It is older.")
    told = _drawn(replace(case, evidence=(*counted, barred)), width=400)
    assert ("B1 (" in told, "BARRED by T2" in told, "It is older." in told, "X9 (" in told) == (
        True, True, True, False,
    )  # fmt: skip


@pytest.mark.parametrize("case", [small_case(), empty_case(), large_case(300)])
def test_any_case_can_be_drawn(case: Case) -> None:
    """Few clients, none, hundreds: the service is named."""
    assert str(case.service) in _drawn(case, width=400)


def test_nothing_from_outside_is_obeyed() -> None:
    """No escape sequence, no bell, no right-to-left mark reaches the terminal."""
    told = _drawn(hostile_case(), everything=True)
    assert [mark for mark in ("\x1b", "\x07", "\u202e", "\u2028", "\x00") if mark in told] == []


def test_defanged_addresses_are_no_links() -> None:
    """Neither in tables nor in sentences."""
    case = dridex_case()
    told = _drawn(case, width=400, everything=True, defanged=True)
    assert (case.service.address in told, "203.0.113[.]77" in told) == (False, True)


def test_a_narrow_terminal_keeps_addresses_whole() -> None:
    """Columns are left out, cells are not cut."""
    case = dridex_case()
    told = _drawn(case, width=60)
    assert case.contacts[0].address in told
