"""Was a packet lost, late, doubled, or did its exporter start anew? By sequence, uptime and clocks.

Versions 5 and 9 say the exporter's uptime beside the sequence: one that restarted was booted after its last
packet, by our clock or by its own. IPFIX says no uptime: there a restart is a number that falls back to the
beginning while the clock goes on.

What is far from what was expected is believed once a second packet goes on from there and none from where
the exporter was, or after SURE_S: so a forged packet between two others makes no restart.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from headwater.exporters.counting import WRAP, Counting, Numbered, signed

SLACK_MS = 2_000  # by which uptime and clocks may disagree: export delay, whole seconds, waiting in queues
NEAR = 100_000  # units: a gap up to here is believed at once; an IPFIX restart begins below it
SURE_S = 5.0
_HOLES, _SEEN = 32, 32  # remembered, for packets that come late or twice

Blind = Callable[[], bool]


class Moment(NamedTuple):
    """When a packet was sent: the exporter's uptime (None: IPFIX) and clock, and ours when it came."""

    uptime_ms: int | None
    clock_s: int
    at_s: float


class _Step(NamedTuple):
    """One packet by the rule that its exporter follows: its first unit, how many units, and when."""

    start: int
    least: int
    most: int
    when: Moment


@dataclass(slots=True)
class Counts:
    """What happened.

    Attributes:
        broken: packets whose number was not the next one.
        kept: packets whose number was.
        lost: units that never came, at least; those that came late are taken off again.
        late: packets that came behind later ones.
        doubled: packets that came again.
        restarts: how often the exporter started anew.
        fell_back: how often its numbers fell back without a sign of a restart.
        unsure: breaks that may be none: we lost packets ourselves, or it may count otherwise.
        otherwise: packets of an exporter that counts otherwise than its version's standard.
    """

    broken: int = 0
    kept: int = 0
    lost: int = 0
    late: int = 0
    doubled: int = 0
    restarts: int = 0
    fell_back: int = 0
    unsure: int = 0
    otherwise: int = 0


@dataclass(slots=True)
class _Stream:
    """Packets that go on from each other: the last one, and where the next one is expected."""

    first: _Step
    last: _Step
    low: int
    span: int

    @classmethod
    def of(cls, step: _Step) -> "_Stream":
        return cls(step, step, (step.start + step.least) % WRAP, step.most - step.least)

    def move(self, step: _Step) -> None:
        self.last = step
        self.low = (step.start + step.least) % WRAP
        self.span = step.most - step.least

    def ahead(self, step: _Step) -> int:
        """Units between what was expected and what came: 0 in order, above: missing, below: behind."""
        ahead = signed(step.start - self.low)
        return ahead - self.span if ahead > self.span else min(ahead, 0)


@dataclass(slots=True)
class Sequence:
    """One exporter's packets in the order in which they came.

    Attributes:
        counts: since it was last taken.
    """

    counts: Counts = field(default_factory=Counts)
    _counting: Counting = field(default_factory=Counting)
    _stream: _Stream | None = None
    _perhaps: _Stream | None = None
    _perhaps_blind: bool = False
    _holes: deque[list[int]] = field(default_factory=lambda: deque(maxlen=_HOLES))  # first, width, missing
    _seen: deque[_Step] = field(default_factory=lambda: deque(maxlen=_SEEN))

    @property
    def pending(self) -> bool:
        """Whether it looks as if the exporter had restarted, and its next packet will tell."""
        stream, perhaps = self._stream, self._perhaps
        return stream is not None and perhaps is not None and _restarted(stream, perhaps.first)

    def take(self, packet: Numbered, when: Moment, *, blind: Blind) -> float | None:
        """Takes one packet.

        Args:
            packet: its number, and what that may count.
            when: when it was sent and came.
            blind: whether we lost packets ourselves since its numbers last jumped; asked where they do.

        Returns:
            Since when it is a restarted exporter, by our clock, where that is known now; else None.
        """
        rule = self._counting.rule
        doubtful = self._counting.learn(packet)
        step = _Step(*packet.by(self._counting.rule), when)
        self.counts.otherwise += self._counting.rule != 0
        if self._stream is None or rule != self._counting.rule:
            self.counts.unsure += rule != self._counting.rule  # what it meant until now is not known
            self._begin(step)
            return None
        return self._follow(self._stream, step, blind=(lambda: True) if doubtful else blind)

    def tick(self, now_s: float) -> float | None:
        """Believes what stood for SURE_S, where it looks like a restart; since when, as `take`."""
        stream, perhaps = self._stream, self._perhaps
        if stream is None or perhaps is None or now_s - perhaps.first.when.at_s < SURE_S:
            return None
        return self._turn(stream, perhaps) if _restarted(stream, perhaps.first) else None

    def _begin(self, step: _Step) -> None:
        self._stream, self._perhaps = _Stream.of(step), None
        self._holes.clear()
        self._seen.clear()
        self._seen.append(step)

    def _follow(self, stream: _Stream, step: _Step, *, blind: Blind) -> float | None:
        ahead = stream.ahead(step)
        if ahead == 0:
            self.counts.kept += 1
            self._goes_on(stream, step)
            return None
        self.counts.broken += 1
        if ahead < 0 and self._is_behind(stream, step):
            return None
        if 0 < ahead <= NEAR and not _rebooted(stream.last.when, step.when):
            self._missed(stream, ahead, blind=blind())
            self._goes_on(stream, step)
            return None
        return self._far(stream, step, blind=blind)

    def _goes_on(self, stream: _Stream, step: _Step) -> None:
        stream.move(step)
        self._perhaps = None
        self._seen.append(step)

    def _is_behind(self, stream: _Stream, step: _Step) -> bool:
        """Whether a packet with a number from before came late or twice."""
        for seen in self._seen:
            if seen[:3] == step[:3] and seen.when[:2] == step.when[:2]:
                self.counts.doubled += 1
                return True
        if _rebooted(stream.last.when, step.when):
            return False
        for hole in self._holes:
            if 0 <= signed(step.start - hole[0]) < hole[1]:
                came = min(step.most, hole[2])
                hole[2] -= came
                self.counts.late += 1
                self.counts.lost -= came
                return True
        return False

    def _missed(self, stream: _Stream, units: int, *, blind: bool) -> None:
        if blind:
            self.counts.unsure += 1
            return
        self.counts.lost += units
        self._holes.append([stream.low, units + stream.span, units])

    def _far(self, stream: _Stream, step: _Step, *, blind: Blind) -> float | None:
        perhaps = self._perhaps
        goes_on = perhaps is not None and 0 <= perhaps.ahead(step) <= NEAR
        if perhaps is not None and goes_on and not _rebooted(perhaps.last.when, step.when):
            perhaps.move(step)
            return self._turn(stream, perhaps)
        self._perhaps, self._perhaps_blind = _Stream.of(step), blind()
        return None

    def _turn(self, stream: _Stream, new: _Stream) -> float | None:
        """Goes on from elsewhere; since when, if the exporter restarted."""
        restarted, ahead = _restarted(stream, new.first), stream.ahead(new.first)
        if restarted:
            self.counts.restarts += 1
        elif ahead > 0:
            self._missed(stream, ahead, blind=self._perhaps_blind)
        else:
            self.counts.fell_back += 1
        if restarted or ahead < 0:
            self._holes.clear()
            self._seen.clear()
        self._stream, self._perhaps = new, None
        self._seen.append(new.first)
        self._seen.append(new.last)
        return new.first.when.at_s if restarted else None


def _restarted(stream: _Stream, step: _Step) -> bool:
    if step.when.uptime_ms is not None:
        return _rebooted(stream.last.when, step.when)
    # RFC 7011, section 3.1: the number of a new session begins at 0
    began = stream.ahead(step) < 0 and abs(signed(step.start)) <= NEAR
    return began and step.when.clock_s >= stream.last.when.clock_s


def _rebooted(last: Moment, now: Moment) -> bool:
    """Whether uptime says that the exporter was booted after its last packet."""
    if now.uptime_ms is None or last.uptime_ms is None:
        return False
    went_on = signed(now.uptime_ms - last.uptime_ms)
    by_ours = (now.at_s - last.at_s) * 1000 - went_on  # how much uptime has lost against each clock
    by_its_own = (now.clock_s - last.clock_s) * 1000 - went_on
    if min(abs(by_ours), abs(by_its_own)) <= SLACK_MS:
        return False
    return max(by_ours, by_its_own) >= max(last.uptime_ms - SLACK_MS, SLACK_MS)
