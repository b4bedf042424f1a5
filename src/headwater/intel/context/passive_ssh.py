"""Which SSH keys did a host show? Answers of a passive SSH server, as CIRCL and others run it.

D4 project, https://github.com/D4-project/passive-ssh, the answers of its server (bin/passive_ssh_server.py):

    /host/history/HOST      {"hosts": HOST, "history": {EPOCH: ["TYPE;FINGERPRINT", ...]}}
    /host/ssh/HOST          {"first_seen", "last_seen", "port", "banner", "keys": [{"type", "fingerprint"}]}
    /fingerprint/all/PRINT  {"type", "first_seen", "last_seen", "base64", "fingerprint", "hosts": [HOST, ...]}

The first dates each key on its host. The second dates the host and not its keys, and does not repeat which
host was asked for; the third dates a key over all of its hosts. Where more than one key or host could have
been meant by a date, the observation says which hosts share a key and not when.
"""

import base64
import binascii
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headwater.intel.context.observed import Sighting
from headwater.intel.labels.moments import moment_of
from headwater.intel.refusals import Refusals

SOURCE = "passive-ssh"
Thing = Mapping[str, Any]  # Any: whatever JSON can say


def is_passive_ssh(value: Any) -> bool:  # Any: as above
    """Whether a JSON value is an answer of a passive SSH server; of a list, its first item."""
    if isinstance(value, list):
        return bool(value) and is_passive_ssh(value[0])
    if not isinstance(value, Mapping):
        return False
    if isinstance(value.get("history"), Mapping):
        return "hosts" in value or "host" in value
    dated = "first_seen" in value and "last_seen" in value
    return dated and (_keys_of(value) is not None or ("hosts" in value and _print_of(value) != ""))


def passive_ssh_sightings(value: Any, place: int, refusals: Refusals) -> Iterator[Sighting]:  # Any: as above
    """What an answer says of keys; `place` is the number of the record."""
    if not isinstance(value, Mapping):
        return
    if isinstance(value.get("history"), Mapping):
        yield from _of_history(value, place, refusals)
    elif _keys_of(value) is not None:
        yield from _of_host(value, place, refusals)
    else:
        yield from _of_key(value, place, refusals)


def _of_history(answer: Thing, place: int, refusals: Refusals) -> Iterator[Sighting]:
    host = _host(answer)
    for epoch, shown in answer["history"].items():
        for text in shown if isinstance(shown, list) else [shown]:
            key_type, between, fingerprint = str(text).partition(";")
            if not between:
                refusals.add("no key type and fingerprint", place=place, example=str(text))
                continue
            yield Sighting(place, host, _port(answer), _kind(key_type), fingerprint, str(epoch), SOURCE)


def _of_host(answer: Thing, place: int, refusals: Refusals) -> Iterator[Sighting]:
    host = _host(answer)
    if not host:
        refusals.note(
            'the answer of /host/ssh/ does not repeat its host: use /host/history/, or add "host" to the file'
        )
    keys = [one for one in _keys_of(answer) or () if isinstance(one, Mapping)]
    types = Counter(str(one.get("type")) for one in keys)
    for key in keys:
        own = "first_seen" in key or "last_seen" in key
        # Of two keys of one type nobody knows which was there first: the host's dates are neither's.
        dated = own or types[str(key.get("type"))] == 1
        for moment in _moments(key if own else answer, place, refusals):
            yield Sighting(
                place=place,
                address=host,
                port=_port(answer),
                kind=_kind(str(key.get("type") or "")),
                fingerprint=_print_of(key),
                seen_at=moment,
                source=SOURCE,
                dated=dated,
            )


def _of_key(answer: Thing, place: int, refusals: Refusals) -> Iterator[Sighting]:
    hosts = answer.get("hosts")
    named = [str(host) for host in hosts] if isinstance(hosts, list) else [str(hosts or "")]
    for host in named:
        if host.endswith(".onion"):
            refusals.pass_over("onion service")
            continue
        for moment in _moments(answer, place, refusals):
            yield Sighting(
                place=place,
                address=host,
                port="",
                kind=_kind(str(answer.get("type") or "")),
                fingerprint=_print_of(answer),
                seen_at=moment,
                source=SOURCE,
                dated=len(named) == 1,
            )


def _kind(key_type: str) -> str:
    return f"ssh/{key_type.strip()}" if key_type.strip() else "ssh"


def _moments(dates: Thing, place: int, refusals: Refusals) -> Sequence[str]:
    """First and last sighting, as text; none where the last comes before the first."""
    first, last = (str(dates.get(name) or "") for name in ("first_seen", "last_seen"))
    try:
        begin, end = moment_of(first), moment_of(last)
        if begin is not None and end is not None and end.just_after <= begin.at:
            refusals.add("end before start", place=place, example=f"{first} {last}")
            return ()
    except (ValueError, OverflowError):
        pass  # refused one by one, with the reason
    return tuple(dict.fromkeys(moment for moment in (first, last) if moment)) or ("",)


def _host(answer: Thing) -> str:
    found = answer.get("host") or answer.get("hosts") or answer.get("ip") or ""
    return str(found[0]) if isinstance(found, list) and found else str(found)


def _port(answer: Thing) -> str:
    found = answer.get("port")
    return "" if found is None or isinstance(found, list | Mapping) else str(found)


def _keys_of(answer: Thing) -> list[Any] | None:  # Any: as above
    found = answer.get("keys")
    return found if isinstance(found, list) else None


def _print_of(key: Thing) -> str:
    """The fingerprint, or the MD5 of the key itself where an answer leaves the fingerprint out."""
    if key.get("fingerprint"):
        return str(key["fingerprint"])
    words = str(key.get("base64") or "").split()
    try:
        raw = base64.b64decode(words[-1] if words else "", validate=True)
    except (binascii.Error, ValueError):
        return ""
    return hashlib.md5(raw, usedforsecurity=False).hexdigest() if raw else ""
