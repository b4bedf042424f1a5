"""Was a packet lost, late, doubled, or did its exporter start anew? By sequence, uptime and clocks.

What is far from what was expected is believed once a second packet goes on from there and none from where
the exporter was, or after SURE_S: so a forged packet between two others makes no restart.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from headwater.exporters.counting import Counting, Numbered, signed
from headwater.exporters.stream import NEAR, Moment, Step, Stream, rebooted, restarted

SURE_S = 5.0
_HOLES, _SEEN = 32, 32  # remembered, for packets that come late or twice
_BACK = 8  # late packets in order, and no other between them: what jumped ahead of them was false

Blind = Callable[[], bool]


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
class Sequence:
    """One exporter's packets in the order in which they came.

    Attributes:
        counts: since it was last taken.
    """

    counts: Counts = field(default_factory=Counts)
    _counting: Counting = field(default_factory=Counting)
    _stream: Stream | None = None
    _perhaps: Stream | None = None
    _perhaps_blind: bool = False
    _back: Stream | None = None  # late packets that go on from each other
    _back_packets: int = 0
    _holes: deque[list[int]] = field(default_factory=lambda: deque(maxlen=_HOLES))  # first, width, missing
    _seen: deque[Step] = field(default_factory=lambda: deque(maxlen=_SEEN))

    @property
    def pending(self) -> bool:
        """Whether it looks as if the exporter had restarted, and its next packet will tell."""
        stream, perhaps = self._stream, self._perhaps
        return stream is not None and perhaps is not None and restarted(stream, perhaps.first)

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
        doubtful = self._counting.learn(packet) or packet.is_vague(self._counting.rule)
        step = Step(*packet.by(self._counting.rule), when)
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
        return self._turn(stream, perhaps) if restarted(stream, perhaps.first) else None

    def _begin(self, step: Step) -> None:
        self._stream, self._perhaps, self._back = Stream.of(step), None, None
        self._holes.clear()
        self._seen.clear()
        self._seen.append(step)

    def _follow(self, stream: Stream, step: Step, *, blind: Blind) -> float | None:
        ahead = stream.ahead(step)
        if ahead == 0:
            self.counts.kept += 1
            self._goes_on(stream, step)
            return None
        self.counts.broken += 1
        if ahead < 0 and self._is_behind(stream, step):
            return None
        if 0 < ahead <= NEAR and not rebooted(stream.last.when, step.when):
            self._missed(stream, ahead, blind=blind())
            self._goes_on(stream, step)
            return None
        return self._far(stream, step, blind=blind)

    def _goes_on(self, stream: Stream, step: Step) -> None:
        stream.move(step)
        self._perhaps = self._back = None
        self._seen.append(step)

    def _is_behind(self, stream: Stream, step: Step) -> bool:
        """Whether a packet with a number from before came late or twice."""
        for seen in self._seen:
            if seen[:3] == step[:3] and seen.when[:2] == step.when[:2]:
                self.counts.doubled += 1
                return True
        if rebooted(stream.last.when, step.when):
            return False
        for hole in self._holes:
            if 0 <= signed(step.start - hole[0]) < hole[1]:
                self._came_late(step, hole)
                return True
        return False

    def _came_late(self, step: Step, hole: list[int]) -> None:
        """One that was missing; where all that come were, the packet that jumped ahead was false."""
        came = min(step.most, hole[2])
        hole[2] -= came
        self.counts.late += 1
        self.counts.lost -= came
        if self._back is None or self._back.ahead(step) != 0:
            self._back, self._back_packets = Stream.of(step), 0
        self._back.move(step)
        self._back_packets += 1
        if self._back_packets >= _BACK:
            self.counts.lost -= hole[2]
            self.counts.fell_back += 1
            self._begin(step)

    def _missed(self, stream: Stream, units: int, *, blind: bool) -> None:
        if blind:
            self.counts.unsure += 1
            return
        self.counts.lost += units
        self._holes.append([stream.low, units + stream.span, units])

    def _far(self, stream: Stream, step: Step, *, blind: Blind) -> float | None:
        perhaps = self._perhaps
        goes_on = perhaps is not None and 0 <= perhaps.ahead(step) <= NEAR
        if perhaps is not None and goes_on and not rebooted(perhaps.last.when, step.when):
            perhaps.move(step)
            return self._turn(stream, perhaps)
        self._perhaps, self._perhaps_blind = Stream.of(step), blind()
        return None

    def _turn(self, stream: Stream, new: Stream) -> float | None:
        """Goes on from elsewhere; since when, if the exporter restarted."""
        anew, ahead = restarted(stream, new.first), stream.ahead(new.first)
        if anew:
            self.counts.restarts += 1
        elif ahead > 0:
            self._missed(stream, ahead, blind=self._perhaps_blind)
        else:
            self.counts.fell_back += 1
        if anew or ahead < 0:
            self._holes.clear()
            self._seen.clear()
        self._stream, self._perhaps = new, None
        self._seen.append(new.first)
        self._seen.append(new.last)
        return new.first.when.at_s if anew else None
