"""Leads as people and programs read them; whatever names and lists say comes out as text."""

import io
import json
from datetime import UTC, datetime

from rich.console import Console

from headwater.model.candidate import PeerRole
from headwater.model.lead import Lead, Leads, SetAside
from headwater.model.service import Service
from headwater.present.leads_document import document, rows
from headwater.present.leads_table import draw
from hostile_texts import HOSTILE

_DAY = datetime(2024, 5, 1, tzinfo=UTC)


def _lead(address: str, posterior: float, text: str = "a reason") -> Lead:
    return Lead(
        address=address, port=447, proto=6, posterior=posterior, words="likely", family=text, sessions=3,
        days=2, first_seen=_DAY, last_seen=_DAY, fan_in=24, bots=20.0, bots_by_chance=0.01, upstreams=0,
        before=1, accepted=False, evidence={"fan_in": 1.23456}, reasons=(text,),
    )  # fmt: skip


def _leads(*leads: Lead, aside: tuple[SetAside, ...] = (), warnings: tuple[str, ...] = ()) -> Leads:
    return Leads(
        service=Service("9.9.9.9", 8443, 6), role=PeerRole.SERVER, lake_version=3, listed=6, clients=9,
        leads=leads, aside=aside, not_read=0, confirmed=0, warnings=warnings,
    )  # fmt: skip


def _drawn(found: Leads, *, top: int | None = None) -> str:
    out = io.StringIO()
    draw(found, Console(file=out, width=120), top=top)
    return out.getvalue()


def test_who_has_almost_no_chance_is_counted_and_not_named() -> None:
    """Unlikely clients are people more often than not; --top names them nevertheless."""
    found = _leads(_lead("5.0.0.1", 0.97), _lead("7.0.0.1", 0.01))
    assert "7.0.0.1" not in _drawn(found)
    assert "1 more clients" in _drawn(found)
    assert "7.0.0.1" in _drawn(found, top=2)


def test_no_posterior_is_rounded_to_certainty() -> None:
    """0.9999 is more than .99, not 1.00."""
    assert ">0.99" in _drawn(_leads(_lead("5.0.0.1", 0.9999)))


def test_an_answer_without_leads_says_so() -> None:
    """And tells the warnings."""
    told = _drawn(_leads(warnings=("nobody came",)))
    assert "there are no leads" in told
    assert "! nobody came" in told


def test_hostile_text_reaches_no_terminal() -> None:
    """No escape, no control character, whatever a feed or a warning list is called."""
    found = _leads(
        *(_lead(f"5.0.0.{n}", 0.9, text) for n, text in enumerate(HOSTILE)),
        aside=tuple(SetAside("6.6.6.6", text) for text in HOSTILE[:9]), warnings=HOSTILE,
    )  # fmt: skip
    told = _drawn(found)
    assert not [character for character in told if ord(character) < 32 and character != "\n"]
    assert not set(told) & set("\u202e\u2028\u2029\ud800")


def test_document_and_rows_say_the_same() -> None:
    """The contract's keys come first; evidence is rounded, the posterior is not."""
    found = _leads(_lead("5.0.0.1", 0.123456789), _lead("5.0.0.2", 0.1))
    told = document(found, top=1)
    assert list(told)[:2] == ["service", "leads"]
    (lead,) = told["leads"]
    assert list(lead)[:6] == ["address", "port", "posterior", "words", "sessions", "reasons"]
    assert (lead["posterior"], lead["evidence"]) == (0.123456789, {"fan_in": 1.235})
    assert rows(found, top=1) == told["leads"]
    assert told["left_out"] == 1
    assert json.dumps(told["leads"][0], default=str)
