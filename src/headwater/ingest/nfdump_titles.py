"""Which columns has a line that nfdump printed? Told by its title line, or by the `fmt:` string behind it.

Titles are those of nfdump 1.6 and 1.7, tokens those of nfdump(1), section OUTPUT FORMATS.
"""

import re
from collections.abc import Sequence

# What a token gives, under our own names; tokens that are not here are passed over.
TOKENS: dict[str, str] = {
    "ts": "start", "tfs": "start", "te": "end", "tsr": "start_s", "ter": "end_s", "td": "duration",
    "tds": "duration", "pr": "proto", "sa": "src", "da": "dst", "sp": "src_port", "dp": "dst_port",
    "sap": "src_pair", "dap": "dst_pair", "pkt": "packets", "ipkt": "packets", "byt": "bytes",
    "ibyt": "bytes", "opkt": "packets_back", "obyt": "bytes_back", "flg": "flags", "ra": "router",
    "fl": "flows",
}  # fmt: skip
# Columns of `-o csv`: 1.6 to 1.7.1 use the tokens' names, 1.7.2 and newer these.
CSV_TITLES: dict[str, str] = {
    **TOKENS, "firstSeen": "start", "lastSeen": "end", "duration": "duration", "proto": "proto",
    "srcAddr": "src", "dstAddr": "dst", "srcPort": "src_port", "dstPort": "dst_port", "packets": "packets",
    "inPackets": "packets", "bytes": "bytes", "inBytes": "bytes", "outPackets": "packets_back",
    "outBytes": "bytes_back", "flags": "flags", "routerIP": "router", "flows": "flows",
}  # fmt: skip
# Title texts to tokens; "" for columns that are one word and of no use here.
_TITLES: dict[str, str] = {
    "Date first seen (raw)": "tsr", "Date last seen (raw)": "ter", "Date first seen": "ts",
    "Date last seen": "te", "Event time": "ts", "Date flow received": "tr", "Duration": "td", "Proto": "pr",
    "Src IP Addr:Port": "sap", "Dst IP Addr:Port": "dap", "Src IP Addr": "sa", "Dst IP Addr": "da",
    "X-Src IP Addr:Port": "", "X-Dst IP Addr:Port": "", "X-late Src IP": "", "X-late Dst IP": "",
    "X-Src Port": "", "X-Dst Port": "", "X-Src IP Addr": "", "X-Dst IP Addr": "", "Src Pt": "sp",
    "Dst Pt": "dp", "Packets": "pkt", "In Pkt": "ipkt", "Out Pkt": "opkt", "Bytes": "byt", "In Byte": "ibyt",
    "Out Byte": "obyt", "Flags": "flg", "Flows": "fl", "Router IP": "ra", "Tos": "", "STos": "", "DTos": "",
    "pps": "n", "bps": "n", "Bpp": "n", "Input": "", "Output": "", "Src AS": "", "Dst AS": "", "Exp ID": "",
    "engine": "", "XEvent": "", "Event": "", "SMask": "", "DMask": "", "Dir": "", "Fwd": "",
}  # fmt: skip
_TITLE = re.compile("|".join(re.escape(title) for title in sorted(_TITLES, key=len, reverse=True)))
_FMT = re.compile(r"^#?\s*(?:-o\s+)?[\"']?fmt:(?P<format>[^\"'\n]*)")
_TOKEN = re.compile(r"%([a-z]+[0-9]*)")

_TIME = r"\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?"
_COUNT = r"\d+(?:\.\d+)?(?: [KMGT])?"
_WORD = r"[^\s,|;]+"
# nfdump 1.7 sets the port of an IPv6 address behind a dot, and shortens the address with two
_PAIR = (
    r"(?:(?P<{side}_v4>\d+\.\d+\.\d+\.\d+):(?P<{side}_port_v4>\d+(?:\.\d+)?)"
    r"|(?P<{side}_v6>[0-9a-fA-F:]+(?:\.\.[0-9a-fA-F:]+)?)\.(?P<{side}_port_v6>\d+(?:\.\d+)?))"
)
_PATTERNS: dict[str, str] = {
    "start": _TIME, "end": _TIME, "start_s": r"\d+(?:\.\d+)?", "end_s": r"\d+(?:\.\d+)?",
    "duration": r"-?(?:\d+d +)?[-\d:]+(?:\.\d+)?", "packets": _COUNT, "bytes": _COUNT, "packets_back": _COUNT,
    "bytes_back": _COUNT, "flows": _COUNT, "src_port": r"\d+(?:\.\d+)?", "dst_port": r"\d+(?:\.\d+)?",
}  # fmt: skip
# Columns of no use that may hold a blank
_UNUSED: dict[str, str] = {"tr": _TIME, "n": _COUNT, "pps": _COUNT, "bps": _COUNT, "bpp": _COUNT}


def format_in(line: str) -> str | None:
    """The string behind `fmt:` in a line such as `# fmt:%ts,%te,%sa`; None where there is none."""
    found = _FMT.match(line.strip())
    return found["format"] if found else None


def tokens_of_titles(line: str) -> list[str] | None:
    """The tokens of a title line, left to right; None where the line is none."""
    line = line.strip()
    if not line.startswith(("Date ", "Event time", "Duration", "Proto", "Src IP", "Router IP")):
        return None
    found = [_TITLES[title[0]] for title in _TITLE.finditer(line)]
    return found if set(found) & {"sa", "sap"} and set(found) & {"da", "dap"} else None


def csv_columns(line: str) -> list[str] | None:
    """The columns of nfdump's own CSV, under our names or "" where of no use; None where it is another's."""
    titles = line.strip().split(",")
    if not ({"ts", "sa", "da"} <= set(titles) or {"firstSeen", "srcAddr", "dstAddr"} <= set(titles)):
        return None
    return _first_of_each([CSV_TITLES.get(title, "") for title in titles])


def _first_of_each(names: Sequence[str]) -> list[str]:
    return [name if name not in names[:place] else "" for place, name in enumerate(names)]


def pattern_of_titles(tokens: Sequence[str]) -> str:
    """The regular expression (RE2) of a line under a title line: the columns, and between them blanks,
    an arrow, or a separator that the user's format had there.
    """
    between = r"(?:\s*[,|;]\s*|\s+(?:<?->\s+)?)"
    return r"^\s*" + between.join(_groups(tokens)) + r"\s*[,|;]?\s*$"


def pattern_of_format(text: str) -> str:
    """The regular expression (RE2) of a line that nfdump printed for `fmt:text`."""
    groups = iter(_groups(_TOKEN.findall(text)))
    parts = _TOKEN.split(text)
    literals = [r"\s*".join(re.escape(word) for word in part.split()) for part in parts[::2]]
    blank = [bool(part) and not part.strip() for part in parts[::2]]
    out = r"^\s*" + literals[0] + r"\s*"
    for place in range(1, len(literals)):
        out += next(groups)
        out += r"\s+" if blank[place] and place < len(literals) - 1 else r"\s*" + literals[place] + r"\s*"
    return out + "$"


def _groups(tokens: Sequence[str]) -> list[str]:
    names = _first_of_each([TOKENS.get(token, "") for token in tokens])
    return [_group(name, token) for name, token in zip(names, tokens, strict=True)]


def _group(name: str, token: str) -> str:
    if name in {"src_pair", "dst_pair"}:
        return _PAIR.replace("{side}", name[:3])
    if name:
        return f"(?P<{name}>{_PATTERNS.get(name, _WORD)})"
    return f"(?:{_PATTERNS.get(TOKENS.get(token, ''), _UNUSED.get(token, _WORD))})"
