"""Do packets of an exporter go on from each other, or did it start anew between them?

Versions 5 and 9 say the exporter's uptime beside the sequence: one that restarted was booted after its last
packet, by our clock or by its own. IPFIX says no uptime: there a restart is a number that falls back to the
beginning while the clock goes on.
"""

from dataclasses import dataclass
from typing import NamedTuple

from headwater.exporters.counting import WRAP, signed

SLACK_MS = 2_000  # by which uptime and clocks may disagree: export delay, whole seconds, waiting in queues
NEAR = 100_000  # units: a gap up to here is believed at once; an IPFIX restart begins below it


class Moment(NamedTuple):
    """When a packet was sent: the exporter's uptime (None: IPFIX) and clock, and ours when it came."""

    uptime_ms: int | None
    clock_s: int
    at_s: float


class Step(NamedTuple):
    """One packet by the rule that its exporter follows: its first unit, how many units, and when."""

    start: int
    least: int
    most: int
    when: Moment


@dataclass(slots=True)
class Stream:
    """Packets that go on from each other: the last one, and where the next one is expected."""

    first: Step
    last: Step
    low: int
    span: int

    @classmethod
    def of(cls, step: Step) -> "Stream":
        """One that begins with a packet."""
        return cls(step, step, (step.start + step.least) % WRAP, step.most - step.least)

    def move(self, step: Step) -> None:
        """Goes on with a packet."""
        self.last = step
        self.low = (step.start + step.least) % WRAP
        self.span = step.most - step.least

    def ahead(self, step: Step) -> int:
        """Units between what was expected and what came: 0 in order, above: missing, below: behind."""
        ahead = signed(step.start - self.low)
        return ahead - self.span if ahead > self.span else min(ahead, 0)


def restarted(stream: Stream, step: Step) -> bool:
    """Whether the exporter started anew between the stream's last packet and this one."""
    if step.when.uptime_ms is not None:
        return rebooted(stream.last.when, step.when)
    # RFC 7011, section 3.1: the number of a new session begins at 0
    began = stream.ahead(step) < 0 and abs(signed(step.start)) <= NEAR
    return began and step.when.clock_s >= stream.last.when.clock_s


def rebooted(last: Moment, now: Moment) -> bool:
    """Whether uptime says that the exporter was booted after its last packet."""
    if now.uptime_ms is None or last.uptime_ms is None:
        return False
    went_on = signed(now.uptime_ms - last.uptime_ms)
    by_ours = (now.at_s - last.at_s) * 1000 - went_on  # how much uptime has lost against each clock
    by_its_own = (now.clock_s - last.clock_s) * 1000 - went_on
    if min(abs(by_ours), abs(by_its_own)) <= SLACK_MS:
        return False
    return max(by_ours, by_its_own) >= max(last.uptime_ms - SLACK_MS, SLACK_MS)
