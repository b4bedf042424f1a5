"""How does a case leave as Suricata rules? One for each indicator that holds at the moment asked for.

A rule looks at addresses, ports and direction alone, as flow records do. It alerts once an hour for each
host, and ends as any indicator does: its last day stands in its metadata and in the line above it. Rule
format: Suricata 8 user guide, "Rules Format" and "Meta Keywords".
"""

import re
import uuid
from collections.abc import Iterable
from ipaddress import ip_address

from headwater.errors import BadSetting
from headwater.model.case import Case
from headwater.model.service import protocol_name
from headwater.present.export.case_moment import last_moment
from headwater.present.export.current import current
from headwater.present.export.exercise import named
from headwater.present.export.indicators import Indicator
from headwater.present.export.settings import Exported, ExportSettings, ListSettings, SidRange

ACTIONS = ("alert", "drop")
_LONGEST_NAME = 80  # characters of a family and group in a message
_PROTOCOLS = ("tcp", "udp", "sctp", "icmp")  # of those that flow records name, the ones a rule may start with
_NAMESPACE = uuid.UUID("8d6a1c1e-5a55-5c8d-8a3f-0b9b4c3a7d21")  # of this project's rules, drawn once
_REFERENCE = re.compile(r"https?://(?P<rest>[A-Za-z0-9.\-]+(?::\d+)?(?:/[A-Za-z0-9._~@&=+/?%:\-]*)?)")


def suricata(case: Case, *, settings: ExportSettings, rules: ListSettings) -> Exported:
    """The case as Suricata rules.

    Args:
        case: the case.
        settings: whom it is for.
        rules: the moment, the action and the signature ids.

    Returns:
        ASCII text: comments, and one rule a line; comments alone where no rule is supported.

    Raises:
        BadSetting: an unknown action, too few signature ids, or "drop" where the PAP forbids to block; and as
            `headwater.present.export.sharing.shareable`.
    """
    if rules.action not in ACTIONS:
        raise BadSetting(f"--action {rules.action}: there are {' and '.join(ACTIONS)}")
    if rules.action == "drop" and not settings.pap.allows_blocking:
        raise BadSetting(
            f"--action drop: PAP:{settings.pap.value.upper()} forbids to block; use alert, or --pap green"
        )
    found = current(case, settings, at=rules.at)
    revision = f"{last_moment(found.case):%Y%m%d}"
    lines = [f"# {line}" for line in found.head]
    for one, sid in _numbered(found.indicators, rules.sids):
        lines.append(f"# {one.role} {one.service}: valid until {one.until:%Y-%m-%dT%H:%M:%SZ}")
        lines.append(
            _rule(one, case=found.case, settings=settings, action=rules.action, sid=sid, revision=revision)
        )
    return Exported("\n".join(lines) + "\n", found.remarks)


def message(text: str) -> str:
    """A text as a rule's msg may hold it: printable ASCII, with what the format reserves escaped.

    Semicolon, backslash and double quote need a backslash; what is not plain ASCII becomes `_`, since rules
    are read by more programs than Suricata.
    """
    plain = "".join(one if " " <= one <= "~" else "_" for one in text)
    return re.sub(r'([;\\"])', r"\\\1", plain)


def _rule(
    one: Indicator, *, case: Case, settings: ExportSettings, action: str, sid: int, revision: str
) -> str:
    name = protocol_name(one.service.proto)
    proto = name if name in _PROTOCOLS else "ip"
    port = str(one.service.port) if one.service.port and proto in ("tcp", "udp", "sctp") else "any"
    address = str(ip_address(one.service.address))
    here, there = ("$HOME_NET any", f"{address} {port}")
    sides = f"{there} -> {here}" if one.opens else f"{here} -> {there}"
    family = f"{one.family} {one.group}".strip()[:_LONGEST_NAME] or "an unnamed family"
    subject = family if one.role == "c2" else "several C2s"
    reference = _REFERENCE.fullmatch(settings.reference)
    dates = f"created_at {one.since:%Y_%m_%d}, valid_until {one.until:%Y_%m_%d}"
    options = [f'msg:"HEADWATER {named(case, one.role)} {message(subject)} {message(str(one.service))}"']
    if proto == "tcp":
        options.append(f"flow:{'to_client' if one.opens else 'to_server'}")
    if action == "alert":  # a rule without content matches every packet
        options.append("threshold:type limit, track by_src, seconds 3600, count 1")
    if reference:
        options.append(f"reference:url,{reference['rest']}")
    options += [
        "classtype:trojan-activity",
        f"metadata:{dates}, tlp {settings.tlp.value.replace('+', '_')}, role {one.role}"
        + (", synthetic yes" if case.synthetic else ""),
        f"sid:{sid}",
        f"rev:{revision}",
    ]
    return f"{action} {proto} {sides} ({'; '.join(options)};)"


def _numbered(found: Iterable[Indicator], sids: SidRange) -> list[tuple[Indicator, int]]:
    """Each indicator with a signature id: the same in each export, unless two fall on one number."""
    ordered = sorted(found, key=lambda one: (one.role != "upstream", str(one.service)))
    size = sids.last - sids.first + 1
    if len(ordered) > size:
        raise BadSetting(f"--sids: {len(ordered)} rules need more than {size} numbers; give a wider range")
    taken: set[int] = set()
    numbered = []
    for one in ordered:
        offset = uuid.uuid5(_NAMESPACE, f"{one.role} {one.service}").int % size
        while offset in taken:
            offset = (offset + 1) % size
        taken.add(offset)
        numbered.append((one, sids.first + offset))
    return numbered
