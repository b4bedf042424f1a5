"""What does an event look like as mail? A message (RFC 5322) for people, with the JSON behind it."""

import json
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from headwater.present.events.document import document
from headwater.present.events.sharing import Shared
from headwater.present.events.words import TITLES, said
from headwater.present.printable import printable

_SUBJECT_CHARACTERS = 160


def message(found: Shared, *, sender: str, to: tuple[str, ...], again: bool) -> bytes:
    """The event as the bytes of a message.

    Args:
        found: the event as it may leave.
        sender: address that it comes from.
        to: addresses that it goes to.
        again: whether it may have arrived before.

    Returns:
        The message, lines ended by CR LF. Its Message-ID is the event's id, by which a second copy is known.
    """
    event = found.event
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = printable(
        f"[headwater] {f'[{event.mark}] ' if event.mark else ''}[TLP:{found.tlp.value.upper()}] "
        f"{TITLES[event.kind]}: {event.subject}"
    )[:_SUBJECT_CHARACTERS]
    mail["Date"] = format_datetime(event.at)
    mail["Message-ID"] = f"<{event.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers
    mail["X-Headwater-Event"] = event.id
    told = document(found, again=again)
    mail.set_content(_text(found))
    mail.add_attachment(
        json.dumps(told, indent=1, ensure_ascii=True).encode("ascii"),
        maintype="application", subtype="json", filename=f"{event.id}.json",
    )  # fmt: skip
    return mail.as_bytes()


def _text(found: Shared) -> str:
    lines = [said(found) + ".", ""]
    lines += [f"{number:>3}. {said(each)}." for number, each in enumerate(found.events, start=1)]
    event = found.event
    lines += [f"- {printable(reason)}" for reason in event.reasons]
    lines += ["", f"Lake version {event.basis.lake_version}."]
    lines += [f"The records: {printable(event.command)}"] if event.command else []
    lines += [f"TLP:{found.tlp.value.upper()}. Event {event.id}."]
    return "\n".join(lines) + "\n"
