"""What does the file of settings say about one sink? What could never work is refused."""

import re
from collections.abc import Callable
from dataclasses import replace
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

from headwater.app.watch.settings import (
    DOCUMENTATION_ENTERPRISE,
    JsonSink,
    MailSink,
    Sink,
    SyslogSink,
    WebhookSink,
)
from headwater.intel.labels.names import tlp_of
from headwater.investigate.toml_values import Values
from headwater.model.label import Tlp

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")
_EVERY = ("name", "kind", "tlp", "notices")


def sink_of(table: Values) -> Sink:
    """The sink that a table describes.

    Raises:
        BadSetting: something in it is unknown, missing or impossible.
    """
    kind = table.text("kind")
    if kind not in _KINDS:
        raise table.refuse("kind", f"{kind!r} is unknown; choose {', '.join(_KINDS)}")
    name = table.text("name")
    if not _NAME.fullmatch(name):
        raise table.refuse("name", f"{name!r}: use up to 64 letters, digits, dots, dashes, underscores")
    return replace(
        _KINDS[kind](table, name, _tlp(table)), notices=table.flag("notices", default=kind == "json")
    )


def _json(table: Values, name: str, tlp: Tlp) -> Sink:
    table.only((*_EVERY, "file"))
    return JsonSink(name, tlp, file=Path(table.text("file")) if "file" in table.table else None)


def _syslog(table: Values, name: str, tlp: Tlp) -> Sink:
    table.only((*_EVERY, "host", "port", "transport", "facility", "enterprise", "timeout"))
    host = table.text("host")
    if not _HOST.fullmatch(host):
        raise table.refuse("host", f"{host!r} is no host; give a name or an IP address")
    transport = table.text("transport", "udp")
    if transport not in {"udp", "tcp"}:
        raise table.refuse("transport", f"{transport!r} is unknown; choose udp or tcp")
    return SyslogSink(
        name, tlp, host=host, port=_whole(table, "port", 1, 65_535, 514),
        transport="tcp" if transport == "tcp" else "udp",
        facility=_whole(table, "facility", 0, 23, 16),
        enterprise=_whole(table, "enterprise", 1, 2**31 - 1, DOCUMENTATION_ENTERPRISE),
        timeout_s=table.number("timeout", 0.1, 600, 10),
    )  # fmt: skip


def _webhook(table: Values, name: str, tlp: Tlp) -> Sink:
    table.only((*_EVERY, "url", "token_file", "ca_file", "timeout", "attempts"))
    url = table.text("url")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise table.refuse("url", "is no http or https URL; give one such as https://hooks.example/headwater")
    if parts.username is not None:
        raise table.refuse("url", "holds a user or password; put a token into token_file")
    return WebhookSink(
        name, tlp, url=url, token_file=_file(table, "token_file"), ca_file=_file(table, "ca_file"),
        timeout_s=table.number("timeout", 0.1, 600, 10), attempts=_whole(table, "attempts", 1, 20, 3),
    )  # fmt: skip


def _mail(table: Values, name: str, tlp: Tlp) -> Sink:
    table.only((*_EVERY, "folder", "sender", "to"))
    to = table.texts("to")
    if not to:
        raise table.refuse("to", 'is empty; give at least one address such as ["soc@example.org"]')
    for key, text in [("sender", table.text("sender")), *(("to", each) for each in to)]:
        if not _is_address(text):
            raise table.refuse(key, f"{text!r} is no e-mail address; give one such as soc@example.org")
    return MailSink(name, tlp, folder=Path(table.text("folder")), sender=table.text("sender"), to=to)


_KINDS: dict[str, Callable[[Values, str, Tlp], Sink]] = {
    "json": _json,
    "syslog": _syslog,
    "webhook": _webhook,
    "mail": _mail,
}


def _is_address(text: str) -> bool:
    try:
        found = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):  # the parser of the standard library trips over some
        return False
    return bool(found.username and found.domain) and text.isascii() and text.isprintable()


def _tlp(table: Values) -> Tlp:
    try:
        return tlp_of(table.text("tlp", "amber"))
    except ValueError as why:
        raise table.refuse("tlp", str(why)) from None


def _file(table: Values, key: str) -> Path | None:
    return Path(table.text(key)) if key in table.table else None


def _whole(table: Values, key: str, low: int, high: int, default: int) -> int:
    found = table.number(key, low, high, default)
    if found != int(found):
        raise table.refuse(key, f"{found!r} is no whole number; give one from {low} to {high}")
    return int(found)
