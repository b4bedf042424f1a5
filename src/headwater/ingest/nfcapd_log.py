"""What do nfcapd and sfcapd say while they collect? Their messages by what they mean for the flows.

Most messages name no exporter, so what they count is told per port. Read from nfdump 1.7.1's sources and
from what its programs print about packets by some 25 vendors, damaged ones among them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MALFORMED = re.compile(
    r"^(?:Process[_ ]|Process_ipfx|SFLOW: )(?!.*New ).*"
    r"(?:error|[Ii]nvalid flowset|[Uu]nexpected|Not enough data|[Tt]oo (?:small|little)|overflow|"
    r"undefined|unknown)"
)
_REPEATED = re.compile(r"validate_utf8")  # of names, which cost no flow
_BAD_PACKETS = re.compile(r"^Ident: .*Bad Packets: (\d+)")
_SAMPLER = re.compile(r"(?:Add new|Append new|Update existing) sampler id")
_BROKEN = re.compile(
    r"^(?:Could not open the requested socket|Terminated due to errors|Receive socket error|killed due to|"
    r"No valid directory|ERROR: recvfrom|Can't|Failed to|Setting receive buffer|write\(\) error)"
    r"|No space left|Can't rename|fatal error|malloc\(\) (?:allocation )?error"
)
_STUCK = re.compile(r"write\(\) error|No space left")


@dataclass(frozen=True, slots=True)
class LogCounts:
    """What some lines of a collector's log say.

    Attributes:
        malformed: records, flow sets or packets that could not be decoded and were skipped.
        foreign: packets that are no flow export at all.
        samplers: how often an exporter announced a sampling interval.
        complaints: what keeps the collector from working, each once, in order.
        stuck: whether it could not write: nfcapd 1.7.1 then writes no more, and does not end when told to.
    """

    malformed: int = 0
    foreign: int = 0
    samplers: int = 0
    complaints: tuple[str, ...] = ()
    stuck: bool = False


def counts_of(lines: Iterable[str]) -> LogCounts:
    """What the lines say, added up."""
    malformed = foreign = samplers = 0
    complaints: dict[str, None] = {}
    for line in lines:
        if match := _BAD_PACKETS.search(line):
            foreign += int(match[1])
        elif _BROKEN.search(line):
            complaints[line.strip()] = None
        elif _SAMPLER.search(line):
            samplers += 1
        elif _MALFORMED.search(line) and not _REPEATED.search(line):
            malformed += 1
    stuck = any(_STUCK.search(complaint) for complaint in complaints)
    return LogCounts(malformed, foreign, samplers, tuple(complaints), stuck)
