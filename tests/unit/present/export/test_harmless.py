"""Tests of headwater.present.export.harmless."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from case_sample_clients import SERVICE
from headwater.errors import UnreadableSource
from headwater.model.claim import Claim
from headwater.present.export.harmless import LONGEST, harmless, harmless_record
from hostile_texts import HOSTILE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dridex", "dridex"),
        ("Emotet (epoch 2), 50%", "Emotet (epoch 2), 50%"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("<b>", "\\x3cb\\x3e"),
        ("{{ 7 }}", "\\x7b\\x7b 7 }}"),
        ("[x](http://a)", "[x\\x5d\\x28http://a)"),
        ("javascript:alert(1)", "javascript\\x3aalert(1)"),
        ("a\u202eb\nc", "a\\u202eb\\nc"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_viewer_obeys_is_written_out(text: str, shown: str) -> None:
    """Ordinary text stays; control characters, tags, templates and links become escapes."""
    assert harmless(text) == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_the_corpus_is_left_to_obey(text: str) -> None:
    """No text of the corpus keeps a tag, a template, a control character or half a character."""
    left = harmless(text)
    assert [one for one in ("<", ">", "`", "{{", "{%", "${", "](") if one in left] == []
    assert left.isprintable()
    assert left.encode("utf-8").decode("utf-8") == left


def test_an_endless_text_is_cut_and_says_so() -> None:
    """Of 4,010 characters 4,000 stay."""
    assert harmless("a" * (LONGEST + 10)).endswith("aaa ... (10 characters cut)")


def test_records_change_all_through() -> None:
    """Texts and times of a record; its other values stay."""
    east = timezone(timedelta(hours=2))
    claim = Claim(SERVICE.address, datetime(2020, 1, 1, 1, tzinfo=east), "<i>", actor="A\x07")
    found = harmless_record(claim)
    assert (found.claim, found.actor, found.date) == (
        "\\x3ci\\x3e",
        "A\\x07",
        datetime(2019, 12, 31, 23, tzinfo=UTC),
    )


def test_a_time_without_a_zone_is_refused() -> None:
    """It could be any of 26 hours."""
    claim = Claim("", datetime(2020, 1, 1), "x")  # noqa: DTZ001  # that is the point
    with pytest.raises(UnreadableSource, match="without a zone"):
        harmless_record(claim)
