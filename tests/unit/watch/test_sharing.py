"""Tests of headwater.present.events: what may leave, and that text from outside stays text."""

import email
import json
import re
from dataclasses import replace
from email.policy import default

import pytest

from headwater.model.event import EventHost, EventKind
from headwater.model.label import Tlp
from headwater.present.events.document import document, line
from headwater.present.events.mail import message
from headwater.present.events.sharing import Shared, shared
from headwater.present.events.syslog import Origin, framed, messages
from headwater.present.events.words import said
from watching import NOW, SERVICE, event

RED = EventHost("5.0.9.1", "secretfamily", "g9", Tlp.RED, ("secret feed",))
OPEN = EventHost("5.0.0.1", "emotet", "epoch2", Tlp.GREEN, ("feed",))
ORIGIN = Origin("host", 42, 16, 32473)
HOSTILE = 'x"] \\ \r\n<34>1 2024-01-01T00:00:00Z evil - - - -\x1b[2J\u202e\x00'
SECRETS = ("5.0.9.1", "secret")


def _everything(found: Shared) -> str:
    """All that any sink would write of it."""
    mail = message(found, sender="a@b.example", to=("c@d.example",), again=False)
    parts = [line(document(found)), said(found), mail.decode()]
    parts += [one.decode() for one in messages(found, ORIGIN, again=False, datagrams=False)]
    parsed = email.message_from_bytes(mail, policy=default)
    parts += [str(part.get_content()) for part in parsed.iter_parts()]
    return "\n".join(parts)


def test_what_is_marked_above_stays_out_and_is_counted() -> None:
    """The open host is told, the red one is not, nor what may repeat it."""
    told = event(hosts=(OPEN, RED), reasons=("secretfamily: 1",), facts={"why": "secret", "c2s_left": 3})
    found = shared(told, Tlp.AMBER)
    text = _everything(found)
    assert not [secret for secret in SECRETS if secret in text]
    assert "5.0.0.1" in text
    assert "1 host left out, with what might name them: marked above TLP:AMBER" in said(found)


def test_an_event_of_marked_hosts_alone_says_that_it_was_left_out() -> None:
    """Its kind, time and name stay, its subject does not."""
    found = shared(event(hosts=(RED,), facts={"why": "secret"}), Tlp.AMBER)
    text = _everything(found)
    assert not [secret for secret in (*SECRETS, SERVICE) if secret in text]
    assert document(found)["left_out"] == {
        "hosts": 1, "whole": True, "why": "what it says is left out: marked above TLP:AMBER",
    }  # fmt: skip


def test_a_sink_for_all_gets_all() -> None:
    """Under TLP:RED nothing is left out."""
    found = shared(event(hosts=(OPEN, RED)), Tlp.RED)
    assert (found.hosts, found.remark, len(document(found)["hosts"])) == (0, "", 2)


def test_what_no_host_marks_goes_by_its_own_marking() -> None:
    """A lost sensor is TLP:AMBER: a green sink learns that something was left out."""
    lost = event(EventKind.COVERAGE_LOST, "core-router", hosts=(), measured=None)
    assert "core-router" not in _everything(shared(lost, Tlp.GREEN))
    assert "core-router" in _everything(shared(lost, Tlp.AMBER))


def test_a_digest_filters_each_of_its_events() -> None:
    """One is told, of the other that it was left out."""
    inner = (event(hosts=(OPEN,)), event(EventKind.NEW_C2, "8.8.8.8:1/tcp", hosts=(RED,)))
    digest = event(EventKind.DIGEST, "until 2024-05-21", hosts=(), measured=None, tlp=Tlp.CLEAR, events=inner)
    found = shared(digest, Tlp.GREEN)
    text = _everything(found)
    assert (SERVICE in text, "8.8.8.8" in text, len(document(found)["events"])) == (True, False, 2)


def test_hostile_text_stays_inside_its_syslog_message() -> None:
    """A sensor's name with line breaks, quotes and brackets: one message, one element, its value escaped."""
    lost = event(EventKind.COVERAGE_LOST, HOSTILE, hosts=(), measured=None)
    (found,) = messages(shared(lost, Tlp.RED), ORIGIN, again=False, datagrams=True)
    text = found.decode()
    assert not re.search(r"[\x00-\x1f\x7f\u202e]", text)
    head = re.fullmatch(
        r"<132>1 2024-05-20T12:00:00\.000Z host headwater 42 coverage-lost "
        r'\[headwater@32473((?: [A-Za-z]+="(?:[^"\\\]]|\\["\\\]])*")+)\] \ufeff(.*)',
        text,
    )
    assert head is not None, text
    values = dict(re.findall(r' ([A-Za-z]+)="((?:[^"\\\]]|\\["\\\]])*)"', head[1]))
    assert values["subject"].startswith('x\\"\\] \\\\ \\\\r\\\\n<34>1 2024')


def test_syslog_says_its_facility_and_severity() -> None:
    """local0 (16) and warning (4): 16 * 8 + 4 = 132; a new C2 is a notice (5)."""
    found = [messages(shared(event(kind), Tlp.RED), ORIGIN, again=False, datagrams=True)[0] for kind in
             (EventKind.NEW_UPSTREAM, EventKind.NEW_C2)]  # fmt: skip
    assert [one.partition(b">")[0] for one in found] == [b"<132", b"<133"]


def test_datagrams_are_cut_between_characters() -> None:
    """At most 2,048 bytes that are still UTF-8."""
    long = event(EventKind.COVERAGE_LOST, "\u00e9" * 3_000, hosts=(), measured=None)
    (found,) = messages(shared(long, Tlp.RED), ORIGIN, again=False, datagrams=True)
    assert len(found) <= 2_048
    assert found.decode().endswith("...")


def test_a_frame_counts_octets() -> None:
    """RFC 6587, section 3.4.1: MSG-LEN SP SYSLOG-MSG; two bytes for one character."""
    assert framed("\u00e9".encode()) == b"2 \xc3\xa9"


def test_a_digest_is_a_message_for_itself_and_one_for_each_event() -> None:
    """Those of the events carry its name."""
    inner = tuple(event(EventKind.NEW_C2, f"8.8.8.{n}:1/tcp") for n in range(30))
    digest = event(EventKind.DIGEST, "until 2024-05-21", hosts=(), measured=None, tlp=Tlp.CLEAR, events=inner)
    found = messages(shared(digest, Tlp.RED), ORIGIN, again=False, datagrams=True)
    assert (len(found), sum(f'digest="{digest.id}"'.encode() in one for one in found)) == (31, 30)


def test_hostile_text_makes_no_header_of_mail() -> None:
    """A sensor's name with line breaks ends in the subject, escaped; the headers are ours alone."""
    lost = event(
        EventKind.COVERAGE_LOST, "a\r\nBcc: all@example.org\r\n\r\n" + HOSTILE, hosts=(), measured=None
    )
    mail = message(shared(lost, Tlp.RED), sender="a@b.example", to=("c@d.example",), again=False)
    parsed = email.message_from_bytes(mail, policy=default)
    assert sorted(parsed.keys()) == [
        "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
        "X-Headwater-Event",
    ]  # fmt: skip
    assert "\\r\\nBcc: all@example.org" in parsed["Subject"]


def test_mail_holds_words_and_json() -> None:
    """Lines end with CR LF (RFC 5322, section 2.3) and are at most 998 long; the JSON is the document."""
    found = shared(event(reasons=("r" * 3_000,)), Tlp.RED)
    mail = message(found, sender="a@b.example", to=("c@d.example", "e@f.example"), again=False)
    assert not re.search(rb"(?<!\r)\n", mail)
    assert max(len(one) for one in mail.split(b"\r\n")) <= 998
    parsed = email.message_from_bytes(mail, policy=default)
    words, attached = parsed.iter_parts()
    assert said(found) in words.get_content()
    assert json.loads(attached.get_content()) == document(found)
    assert parsed["Message-ID"] == f"<{found.event.id}@b.example>"


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.DIGEST])
def test_every_kind_has_words_of_its_own(kind: EventKind) -> None:
    """They begin with what happened, and the mark stands before it."""
    told = said(shared(replace(event(kind), mark="SYNTHETIC"), Tlp.RED))
    assert told.startswith(f"SYNTHETIC: {kind.value.replace('-', ' ')[:4]}")


def test_json_is_one_line_of_ascii() -> None:
    """Whatever is in it."""
    text = line(document(shared(event(EventKind.COVERAGE_LOST, HOSTILE, hosts=(), at=NOW), Tlp.RED)))
    assert (text.count("\n"), text.isascii(), re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)) == (1, True, None)
    assert json.loads(text)["subject"] == HOSTILE
