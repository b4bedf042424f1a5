"""What does an exporter's sequence number count? By its version's standard, or as some exporters do.

The standards count, before the packet: flows (version 5), packets (version 9; RFC 3954, section 5.1), data
records (IPFIX; RFC 7011, section 3.1). softflowd 1.1.0 counts IPFIX flows with those of the packet itself and
without options; others may count records in version 9 or packets in IPFIX. Taken for the standard's, such
numbers show losses that never were.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

WRAP = 1 << 32
_RULES = 7  # the standard, and three other units before and with the packet itself
_ENOUGH, _MOST = 64, 1_024  # hits after which the other rules are only looked at where this one does not fit
_BETTER = 2  # more hits let another rule hold
_PROVEN = 3  # times as many hits make another rule that fits a coincidence


class Units(NamedTuple):
    """The number of a packet's first unit, and how many units it holds: at least, at most."""

    start: int
    least: int
    most: int


class Numbered(NamedTuple):
    """A packet's sequence number and what it may have counted.

    Attributes:
        sequence: the number.
        standard: units by the standard, at least and at most.
        others: numbers of units that another rule may count, where they are known.
        most: units at most by any rule, for where `others` are not known: sets without their template.
    """

    sequence: int
    standard: tuple[int, int]
    others: tuple[int, ...] = ()
    most: int = 0

    def by(self, rule: int) -> Units:
        """The packet by a rule: 0 is the standard; then each of `others`, before and with the packet."""
        if rule == 0:
            return Units(self.sequence, *self.standard)
        which, itself = divmod(rule - 1, 2)
        if not self.others:  # behind it the next number is known all the same, or where it lies at most
            return Units(self.sequence, 0, 0 if itself else self.most)
        count = self.others[which]
        return Units((self.sequence - count * itself) % WRAP, count, count)

    def is_vague(self, rule: int) -> bool:
        """Whether nobody knows how many units it holds by a rule other than the standard."""
        return rule != 0 and not self.others

    @property
    def rules(self) -> int:
        """How many rules there are for it."""
        return 1 + 2 * len(self.others)


@dataclass(slots=True)
class Counting:
    """Which rule an exporter follows.

    Attributes:
        rule: 0 for the standard.
    """

    rule: int = 0
    _last: Numbered | None = None
    _hits: list[int] = field(default_factory=lambda: [0] * _RULES)

    def learn(self, packet: Numbered) -> bool:
        """Sees how a packet follows the one before it, whatever was lost or late.

        Returns:
            Whether another rule fits it and the present one does not, so that nobody knows yet which holds.
        """
        last, self._last = self._last, packet
        if last is None or last.sequence == packet.sequence or not packet.others or not last.others:
            return False
        present = _follows(last.by(self.rule), packet.by(self.rule))
        if present and self._hits[self.rule] >= _ENOUGH:
            self._hits[self.rule] = min(self._hits[self.rule] + 1, _MOST)
            return False
        fits = [_follows(last.by(rule), packet.by(rule)) for rule in range(packet.rules)]
        for rule, fit in enumerate(fits):
            self._hits[rule] += fit
        if present or not any(fits):
            return False
        best = max(range(len(fits)), key=lambda rule: (fits[rule], self._hits[rule], -rule))
        present_hits = self._hits[self.rule]
        if self._hits[best] >= present_hits + _BETTER:
            self.rule = best
        return _PROVEN * self._hits[best] >= present_hits


def _follows(last: Units, now: Units) -> bool:
    return 0 <= (now.start - last.start - last.least) % WRAP <= last.most - last.least


def signed(difference: int) -> int:
    """A difference of numbers modulo 2^32 as the nearest one to 0."""
    return (difference + WRAP // 2) % WRAP - WRAP // 2
