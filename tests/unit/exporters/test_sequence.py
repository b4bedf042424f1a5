"""Loss, restarts, late and doubled packets, told apart: each case a few packets whose numbers are known."""

import pytest

from headwater.exporters.counting import Numbered
from headwater.exporters.sequence import SURE_S, Sequence
from headwater.exporters.stream import NEAR, Moment

BOOT_S = 1_600_000_000
SEEING, BLIND = (lambda: False), (lambda: True)


class Exporter:
    """Packets of ten units a second, each a second after the one before, unless a test says otherwise."""

    def __init__(self, *, uptime: bool, first: int = 0) -> None:
        self.sequence = Sequence()
        self.at_s = float(BOOT_S + 1_000)
        self.booted_s: float | None = BOOT_S if uptime else None
        self.next = first

    def send(
        self, *, skip: int = 0, at: int | None = None, late_s: float = 0.0, clock_s: int | None = None,
        blind: bool = False,
    ) -> float | None:  # fmt: skip
        """The next packet, or that with number `at`; what `take` says."""
        start = (self.next + skip) % 2**32 if at is None else at
        if at is None:
            self.next = start + 10
        self.at_s += 1.0
        sent_s = self.at_s - late_s
        uptime = None if self.booted_s is None else int((sent_s - self.booted_s) * 1000) % 2**32
        when = Moment(uptime, int(sent_s) if clock_s is None else clock_s, self.at_s)
        return self.sequence.take(Numbered(start, (10, 10)), when, blind=BLIND if blind else SEEING)

    def restart(self, *, first: int = 0) -> None:
        """Boots again, now, and counts from a number."""
        self.next = first
        if self.booted_s is not None:
            self.booted_s = self.at_s

    @property
    def told(self) -> dict[str, int]:
        """What was counted, without what is 0 and the packets that were in order."""
        counts = self.sequence.counts
        names = ("broken", "lost", "late", "doubled", "restarts", "fell_back", "unsure", "otherwise")
        return {name: value for name in names if (value := getattr(counts, name))}


@pytest.fixture(params=[True, False], ids=["uptime", "ipfix"])
def exporter(request: pytest.FixtureRequest) -> Exporter:
    """One that says its uptime (versions 5 and 9), and one that does not (IPFIX), after 30 packets."""
    one = Exporter(uptime=request.param)
    for _ in range(30):
        one.send()
    return one


def test_packets_in_order_tell_nothing(exporter: Exporter) -> None:
    """29 follow the one before them."""
    assert (exporter.told, exporter.sequence.counts.kept) == ({}, 29)


def test_a_gap_is_loss(exporter: Exporter) -> None:
    """Three packets of ten units never came."""
    exporter.send(skip=30)
    exporter.send()
    assert exporter.told == {"broken": 1, "lost": 30}


def test_a_late_packet_was_not_lost(exporter: Exporter) -> None:
    """Of two that were missing one comes late: ten units stay lost."""
    missing = exporter.next
    exporter.send(skip=20)
    exporter.send(at=missing, late_s=1.0)
    exporter.send()
    assert exporter.told == {"broken": 2, "lost": 10, "late": 1}


def test_a_packet_that_comes_twice_is_no_restart(exporter: Exporter) -> None:
    """The same number, uptime and clock again."""
    exporter.send(at=exporter.next - 10, late_s=1.0)
    exporter.send()
    assert exporter.told == {"broken": 1, "doubled": 1}


@pytest.mark.parametrize("first", [2**32 - 5, 2**32 - 10, 2**32 - 20])
@pytest.mark.parametrize("uptime", [True, False])
def test_numbers_that_wrap_are_in_order(first: int, uptime: bool) -> None:
    """From 2^32 - 1 on to 0, whether a packet ends before, at or behind it."""
    one = Exporter(uptime=uptime, first=first)
    for _ in range(5):
        one.send()
    assert one.told == {}


def test_a_restart_is_no_loss(exporter: Exporter) -> None:
    """Numbers from 0 again: believed with the second packet, and since the first one."""
    exporter.restart()
    began_s = exporter.at_s + 1.0
    assert exporter.send() is None
    assert exporter.sequence.pending
    assert exporter.send() == began_s
    exporter.send()
    assert exporter.told == {"broken": 2, "restarts": 1}


def test_a_restart_of_which_one_packet_came(exporter: Exporter) -> None:
    """Nothing contradicts it for some seconds: it is believed."""
    exporter.restart()
    exporter.send()
    assert exporter.sequence.tick(exporter.at_s + SURE_S / 2) is None
    assert exporter.sequence.tick(exporter.at_s + SURE_S) == exporter.at_s
    assert exporter.told == {"broken": 1, "restarts": 1}


def test_a_forged_packet_makes_no_restart(exporter: Exporter) -> None:
    """One packet as of a restart, and the exporter goes on."""
    true, booted_s = exporter.next, exporter.booted_s
    exporter.restart()
    exporter.send()
    exporter.next, exporter.booted_s = true, booted_s
    exporter.send()
    assert exporter.sequence.tick(exporter.at_s + SURE_S) is None
    assert exporter.told == {"broken": 1}


def test_a_forged_jump_ahead_is_taken_back(exporter: Exporter) -> None:
    """One packet 5,000 units ahead: believed, until eight in a row go on from where the exporter was."""
    exporter.send(at=exporter.next + 5_000)
    for _ in range(20):
        exporter.send()
    exporter.send(skip=30)
    told = exporter.told
    assert (told["lost"], told["fell_back"], told.get("restarts", 0)) == (30, 1, 0)


def test_a_restart_whose_first_packets_were_lost(exporter: Exporter) -> None:
    """It begins at 40 instead of 0; what was lost of a new beginning nobody knows."""
    exporter.restart(first=40)
    exporter.send()
    exporter.send()
    assert exporter.told == {"broken": 2, "restarts": 1}


def test_uptime_tells_a_restart_whose_numbers_lie_ahead() -> None:
    """The old one was at 20, the new one has been counting to 100 unheard: no gap of 80."""
    one = Exporter(uptime=True)
    one.send()
    one.send()
    one.restart(first=100)
    one.send()
    one.send()
    assert one.told == {"broken": 2, "restarts": 1}


def test_uptime_that_wraps_is_no_restart() -> None:
    """2^32 ms are 49.7 days; the exporter loses a packet just then."""
    one = Exporter(uptime=True)
    one.booted_s = one.at_s - (2**32 / 1000) + 3
    for _ in range(2):
        one.send()
    one.send(skip=10)
    one.send()
    assert one.told == {"broken": 1, "lost": 10}


def test_a_clock_that_is_set_is_no_restart() -> None:
    """By fifty years, after 1970 at boot, and a packet is lost just then: uptime goes on."""
    one = Exporter(uptime=True)
    one.booted_s = one.at_s - 60
    for second in range(3):
        one.send(clock_s=second)
    one.send(skip=10)
    one.send()
    assert one.told == {"broken": 1, "lost": 10}


def test_numbers_that_fall_back_while_uptime_goes_on() -> None:
    """Something else than a restart, and no loss."""
    one = Exporter(uptime=True)
    for _ in range(30):
        one.send()
    one.next = 0
    one.send()
    one.send()
    assert one.told == {"broken": 2, "fell_back": 1}


def test_ipfix_that_falls_back_with_an_older_clock_is_no_restart() -> None:
    """An old recording played again, say."""
    one = Exporter(uptime=False)
    for _ in range(30):
        one.send()
    one.next = 0
    one.send(clock_s=BOOT_S)
    one.send(clock_s=BOOT_S + 1)
    assert one.told == {"broken": 2, "fell_back": 1}


def test_ipfix_that_falls_back_to_no_beginning_is_no_restart() -> None:
    """From 300,300 to 150,000."""
    one = Exporter(uptime=False, first=3 * NEAR)
    for _ in range(30):
        one.send()
    one.next = NEAR * 3 // 2
    one.send()
    one.send()
    assert one.told == {"broken": 2, "fell_back": 1}


def test_a_long_gap_needs_a_second_packet(exporter: Exporter) -> None:
    """A million units are missing; after a forged number they would not be."""
    exporter.send(at=2_000_000)
    exporter.send()
    assert exporter.told == {"broken": 1}
    exporter.send(skip=1_000_000)
    exporter.send()
    assert exporter.told == {"broken": 3, "lost": 1_000_000}


def test_a_gap_that_may_be_our_own_is_not_counted(exporter: Exporter) -> None:
    """We lost packets meanwhile."""
    exporter.send(skip=30, blind=True)
    exporter.send()
    assert exporter.told == {"broken": 1, "unsure": 1}


def test_two_exporters_in_one_name_make_no_restarts() -> None:
    """Packets of two that alternate: breaks, and neither loss nor restarts."""
    one = Exporter(uptime=True)
    other_boot_s, other = BOOT_S - 50_000, 5_000_000
    for _ in range(10):
        one.send()
        mine, one.next, one.booted_s = one.next, other, other_boot_s
        one.send()
        other, one.next, one.booted_s = one.next, mine, BOOT_S
    assert one.told == {"broken": 10}


def test_records_of_unknown_length_leave_room() -> None:
    """One to five records: a next number within that is in order, one beyond is a gap of at least so many."""
    sequence, when = Sequence(), Moment(None, BOOT_S, float(BOOT_S))
    for start in (0, 4, 7, 20):
        sequence.take(Numbered(start, (1, 5)), when, blind=SEEING)
    assert (sequence.counts.kept, sequence.counts.lost) == (2, 8)


def _counted(numbers: list[int], records: list[int]) -> Sequence:
    """IPFIX packets of so many flow records."""
    sequence = Sequence()
    for place, (number, count) in enumerate(zip(numbers, records, strict=True)):
        when = Moment(None, BOOT_S + place, float(BOOT_S + place))
        sequence.take(Numbered(number, (count, count), (count, count, 1)), when, blind=SEEING)
    return sequence


def test_an_exporter_that_counts_its_packets_own_flows_too() -> None:
    """As softflowd 1.1.0 does in IPFIX, which sent these numbers and records: nothing is missing."""
    records = [20, 21, 21, 27, 27, 6, 6, 27, 26]
    numbers = [20, 41, 62, 89, 116, 122, 128, 155, 181]
    sequence = _counted(numbers, records)
    assert (sequence.counts.lost, sequence.counts.otherwise > 0, sequence.counts.restarts) == (0, True, 0)


def test_other_rules_where_nobody_knows_how_many_records_came() -> None:
    """A packet whose template has not come, of up to 40 records: a doubt and no loss, then in order."""
    sequence = _counted([20, 41, 62, 89, 116], [20, 21, 21, 27, 27])
    before = (sequence.counts.lost, sequence.counts.unsure)
    when = Moment(None, BOOT_S + 9, float(BOOT_S + 9))
    sequence.take(Numbered(122, (0, 40), most=40), when, blind=SEEING)
    sequence.take(Numbered(128, (6, 6), (6, 6, 1)), when, blind=SEEING)
    assert (sequence.counts.lost, sequence.counts.unsure - before[1]) == (before[0], 1)


def test_an_exporter_that_counts_ipfix_packets() -> None:
    """1, 2, 3 ... however many records they have."""
    sequence = _counted(list(range(20)), [7, 3, 9, 4] * 5)
    assert (sequence.counts.lost, sequence.counts.otherwise > 0) == (0, True)


def test_loss_of_an_exporter_that_counts_right_is_no_other_rule() -> None:
    """Every fifth packet is lost, of different sizes: 3 packets in order between two gaps."""
    records = [7, 3, 9, 4, 5] * 20
    starts = [sum(records[:place]) for place in range(len(records))]
    kept = [place for place in range(len(records)) if place % 5 != 2]
    sequence = _counted([starts[place] for place in kept], [records[place] for place in kept])
    assert (sequence.counts.lost, sequence.counts.otherwise, sequence.counts.unsure) == (20 * 9, 0, 0)
