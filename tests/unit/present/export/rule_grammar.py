"""A strict reader of Suricata rules, for tests: it takes what the exports may write and refuses the rest.

Written from the Suricata 8 user guide ("Rules Format", "Meta Keywords", "Flow Keywords", "Thresholding
Keywords"), independently of the code that writes rules. Values of options are checked one by one.
"""

import re
from ipaddress import ip_address

_HEADER = re.compile(
    r"(?P<action>alert|drop) (?P<proto>tcp|udp|sctp|icmp|ip) (?P<source>\S+) (?P<source_port>\S+) -> "
    r"(?P<target>\S+) (?P<target_port>\S+) \((?P<options>.*)\)"
)
_VALUES = {
    "msg": r'"(?:[^"\\;]|\\["\\;])*"',
    "flow": r"to_server|to_client",
    "threshold": r"type limit, track by_src, seconds \d+, count \d+",
    "reference": r"url,[A-Za-z0-9.\-]+(?::\d+)?(?:/[A-Za-z0-9._~@&=+/?%:\-]*)?",
    "classtype": r"[a-z\-]+",
    "metadata": r"[a-z_]+ [A-Za-z0-9_\-]+(?:, [a-z_]+ [A-Za-z0-9_\-]+)*",
    "sid": r"[1-9]\d*",
    "rev": r"[1-9]\d*",
}


def parsed(line: str) -> dict[str, str]:
    """The parts of one rule.

    Raises:
        ValueError: the line is no such rule.
    """
    found = _HEADER.fullmatch(line)
    if found is None or not line.isascii() or not line.isprintable():
        raise ValueError(f"no rule: {line!r}")
    parts = found.groupdict()
    for side in ("source", "target"):
        if parts[side] != "$HOME_NET":
            ip_address(parts[side])
        if parts[f"{side}_port"] != "any" and not 1 <= int(parts[f"{side}_port"]) <= 65535:
            raise ValueError(f"no port: {line!r}")
    for name, value in _options(parts.pop("options")):
        if name in parts or name not in _VALUES or re.fullmatch(_VALUES[name], value) is None:
            raise ValueError(f"option {name}:{value} in {line!r}")
        parts[name] = value
    if not {"msg", "sid", "rev"} <= set(parts):
        raise ValueError(f"incomplete: {line!r}")
    return parts


def _options(text: str) -> list[tuple[str, str]]:
    """Options as Suricata cuts them: at each semicolon that no backslash stands before."""
    found, begin, escaped = [], 0, False
    for at, one in enumerate(text):
        if escaped:
            escaped = False
        elif one == "\\":
            escaped = True
        elif one == ";":
            name, _, value = text[begin:at].strip().partition(":")
            found.append((name, value))
            begin = at + 1
    if text[begin:].strip():
        raise ValueError(f"no semicolon at the end: {text!r}")
    return found
