"""Tests of headwater.app.watch.release and of the book: the budget holds, and nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from headwater.app.watch.cycle import release
from headwater.app.watch.release import day_of, is_quiet, released
from headwater.app.watch.settings import Budget, JsonSink, WatchSettings
from headwater.errors import BadSetting, LakeError
from headwater.lake.tables import create_lake, open_lake
from headwater.lake.watch_book import Book, Waiting, opened
from headwater.lake.watch_deliveries import Deliveries
from headwater.model.event import Event, EventKind
from headwater.model.remembered import KnownC2, KnownCandidate, KnownLead, KnownUpstream, Memory
from watching import NOW, event

DAY = timedelta(days=1)
SINKS = (JsonSink("log"), JsonSink("other"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """An empty book."""
    with opened(create_lake(tmp_path / "lake")) as found:
        yield found


def _settings(**budget: int) -> WatchSettings:
    return WatchSettings(budget=Budget(**budget), sinks=SINKS)  # type: ignore[arg-type]


def _c2s(count: int, *, at: datetime = NOW) -> list[Event]:
    """Events of a kind for which nothing is kept, the least urgent first."""
    return [event(EventKind.NEW_C2, f"9.9.{n}.9:443/tcp", at=at, weight=n / 100) for n in range(count)]


def _owed(book: Book, sink: str = "log") -> list[Event]:
    deliveries = Deliveries(book.path)
    try:
        return [one.event for one in deliveries.due(sink, now_s=0.0)]
    finally:
        deliveries.close()


def _cycle(book: Book, found: list[Event], settings: WatchSettings, at: datetime) -> tuple[int, int]:
    book.record(Memory(), found, day=day_of(at, settings.budget))
    leaving, over = release(book, settings, now=at)
    return len(leaving), over


def test_the_most_urgent_leave_first(book: Book) -> None:
    """Kind before weight, weight before name; to every sink."""
    found = [*_c2s(3), event(EventKind.NEW_UPSTREAM, weight=0.1)]
    _cycle(book, found, _settings(events=4, reserve=0), NOW)
    assert [one.weight for one in _owed(book)] == [0.1, 0.02, 0.01, 0.0]
    assert _owed(book) == _owed(book, "other")


def test_what_exceeds_the_budget_comes_in_one_digest_the_next_day(book: Book) -> None:
    """Ten of twelve leave; the other two are listed the next day, the most urgent first, and once."""
    settings = _settings(events=10, reserve=0)
    assert _cycle(book, _c2s(12), settings, NOW) == (10, 2)
    assert _cycle(book, [], settings, NOW + timedelta(hours=11)) == (0, 0)
    assert _cycle(book, [], settings, NOW + DAY) == (1, 0)
    digest = _owed(book)[-1]
    assert (digest.kind, [one.weight for one in digest.events]) == (EventKind.DIGEST, [0.01, 0.0])
    assert _cycle(book, [], settings, NOW + 2 * DAY) == (0, 0)


def test_nothing_is_lost(book: Book) -> None:
    """Over five days of more events than the budget holds, each arrives once, alone or in a digest."""
    settings = _settings(events=4, reserve=2)
    every = [each for day in range(5) for each in _c2s(7, at=NOW + day * DAY)]
    for day in range(7):
        _cycle(book, every[7 * day : 7 * day + 7], settings, NOW + day * DAY)
    arrived = [one.id for each in _owed(book) for one in (each.events or (each,))]
    assert sorted(arrived) == sorted(each.id for each in every)


def test_room_is_kept_for_new_upstreams(book: Book) -> None:
    """Of 5, 2 are kept: 3 of 4 others leave, and later on the day two new upstreams do."""
    settings = _settings(events=5, reserve=2)
    assert _cycle(book, _c2s(4), settings, NOW) == (3, 1)
    later = NOW + timedelta(hours=1)
    two = [event(EventKind.NEW_UPSTREAM, f"8.8.{n}.8:1/tcp", at=later) for n in range(3)]
    assert _cycle(book, two, settings, later) == (2, 1)


def test_kept_room_that_new_upstreams_took_is_not_kept_again(book: Book) -> None:
    """Of 5, 2 are kept; after two new upstreams three others leave."""
    settings = _settings(events=5, reserve=2)
    two = [event(EventKind.NEW_UPSTREAM, f"8.8.{n}.8:1/tcp") for n in range(2)]
    assert _cycle(book, two, settings, NOW) == (2, 0)
    assert _cycle(book, _c2s(4), settings, NOW + timedelta(hours=1)) == (3, 1)


def test_a_new_day_has_a_new_budget(book: Book) -> None:
    """In the zone that is asked for: 23:30 UTC is the next day in Prague."""
    budget = Budget(events=1, reserve=0, zone=ZoneInfo("Europe/Prague"))
    late = datetime(2024, 5, 20, 22, 30, tzinfo=UTC)
    settings = WatchSettings(budget=budget, sinks=SINKS)
    assert _cycle(book, _c2s(1, at=NOW), settings, NOW) == (1, 0)
    assert _cycle(book, _c2s(1, at=late), settings, late) == (1, 0)


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21, False), (22, True), (23, True), (3, True), (6, False), (12, False)]
)
def test_quiet_hours_may_span_midnight(hour: int, quiet: bool) -> None:
    """From 22 to 6: the first hour is quiet, the last is not."""
    budget = Budget(quiet_from=time(22), quiet_until=time(6))
    assert is_quiet(NOW.replace(hour=hour), budget) == quiet


def test_in_quiet_hours_only_the_loud_leave() -> None:
    """The others wait for the morning, and are not over the budget."""
    budget = Budget(quiet_from=time(22), quiet_until=time(6))
    found = [Waiting(one, "") for one in [*_c2s(2), event(EventKind.NEW_UPSTREAM)]]
    decided = released(found, left={}, now=NOW.replace(hour=23), budget=budget)
    assert ([one.kind for one in decided.leaving], decided.over) == ([EventKind.NEW_UPSTREAM], ())
    morning = released(found[:2], left={}, now=NOW + DAY, budget=budget)
    assert len(morning.leaving) == 2


def test_a_digest_waits_for_the_end_of_quiet_hours() -> None:
    """Midnight passes; the digest comes in the morning."""
    budget = Budget(quiet_from=time(22), quiet_until=time(6))
    found = [Waiting(one, "2024-05-20") for one in _c2s(2)]
    night = released(found, left={}, now=datetime(2024, 5, 21, 1, tzinfo=UTC), budget=budget)
    morning = released(found, left={}, now=datetime(2024, 5, 21, 7, tzinfo=UTC), budget=budget)
    assert (night.digests, [len(one.events) for one in morning.digests]) == ((), [2])


def test_notices_take_no_alerts_place(book: Book) -> None:
    """Five notices in the morning, of which two may leave: the one alert of that day leaves all the same."""
    settings = _settings(events=1, reserve=0, notices=2)
    five = [event(EventKind.NEW_CANDIDATE, f"8.8.{n}.8:1/tcp") for n in range(5)]
    assert _cycle(book, five, settings, NOW) == (2, 3)
    later = NOW + timedelta(hours=1)
    assert _cycle(book, _c2s(2, at=later), settings, later) == (1, 1)


def test_notices_have_a_digest_of_their_own(tmp_path: Path) -> None:
    """What exceeded both budgets comes in two digests; a sink without notices gets the alerts' alone."""
    quiet = JsonSink("quiet", notices=False)
    settings = WatchSettings(budget=Budget(events=1, reserve=0, notices=1), sinks=(JsonSink("log"), quiet))
    notices = [event(EventKind.NEW_CANDIDATE, f"8.8.{n}.8:1/tcp") for n in range(3)]
    with opened(create_lake(tmp_path / "lake")) as book:
        assert _cycle(book, [*notices, *_c2s(3)], settings, NOW) == (2, 4)
        assert _cycle(book, [], settings, NOW + DAY) == (2, 0)
        got = [(one.kind, one.is_notice, len(one.events)) for one in _owed(book)]
        told = [(one.kind, one.is_notice, len(one.events)) for one in _owed(book, "quiet")]
    assert told == [(EventKind.NEW_C2, False, 0), (EventKind.DIGEST, False, 2)]
    assert sorted(got) == sorted([*told, (EventKind.NEW_CANDIDATE, True, 0), (EventKind.DIGEST, True, 2)])


def test_what_is_known_comes_back_as_it_was(book: Book) -> None:
    """Every field of the memory survives the disk."""
    known = KnownUpstream(
        "9.9.9.9", 443, 6, "server", NOW, 7, "upstream", 0.9,
        c2s={"5.0.0.1": KnownC2("emotet", "", event().hosts[0].tlp, ("feed",), "a", NOW)},
        withdrawn={"5.0.0.2": 1}, leads={"5.0.0.3": KnownLead(0, 0.5, NOW)}, pivoted_at=NOW,
        told={"silent": NOW},
    )  # fmt: skip
    tentative = {"9.9.9.8": KnownCandidate(53, 17, "client", NOW, 0.81, dropped=True)}
    memory = Memory(None, {"9.9.9.9": known}, {"edge": NOW}, (NOW, NOW + DAY), tentative)
    book.record(memory, [event()], day="2024-05-20")
    assert (book.memory(), [one.event for one in book.waiting()]) == (memory, [event()])


def test_an_event_with_a_known_name_is_no_new_one(book: Book) -> None:
    """Nor does it change the one in the book."""
    first = book.record(Memory(), [event()], day="2024-05-20")
    second = book.record(Memory(), [replace(event(), weight=0.1)], day="2024-05-21")
    assert (first, second, book.waiting()[0].event) == ([event()], [], event())


def test_a_damaged_book_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Junk in the file is an error that names it, and changes nothing in it."""
    lake = create_lake(tmp_path / "lake")
    with opened(lake) as book:
        path = book.path
    path.write_bytes(b"junk" * 1_000)
    with pytest.raises(LakeError, match=r"book\.sqlite: damaged .* move it away"), opened(lake):
        pass
    assert path.read_bytes() == b"junk" * 1_000


def test_a_book_with_a_damaged_memory_is_named(book: Book) -> None:
    """SQLite is content and the JSON in it is not."""
    book.record(Memory(), [], day="2024-05-20")
    book._base.execute("UPDATE known SET value = '{\"upstreams\": 7}' WHERE name = 'memory'")
    with pytest.raises(LakeError, match="damaged"):
        book.memory()


def test_a_book_of_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    """It says which one it has."""
    lake = create_lake(tmp_path / "lake")
    with opened(lake) as book:
        book._base.execute("UPDATE known SET value = '2' WHERE name = 'format'")
    with pytest.raises(LakeError, match="format '2'"), opened(lake):
        pass


def test_one_watch_a_lake(tmp_path: Path) -> None:
    """A second one is refused while the first holds the book."""
    lake = create_lake(tmp_path / "lake")
    with (
        opened(lake),
        pytest.raises(BadSetting, match="another `headwater watch`"),
        opened(open_lake(tmp_path / "lake")),
    ):
        pass
