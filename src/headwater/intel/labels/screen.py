"""Can this entry be a label? The checks that every feed's entries pass, the same for all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from headwater.errors import BadSetting
from headwater.intel.labels.endpoints import Unusable, endpoint_of, port_of
from headwater.intel.labels.feed import NOTE_CHARACTERS, Analyst, Entry, Said, Version
from headwater.intel.labels.moments import EARLIEST, FUTURE_SLACK, Moment, moment_of
from headwater.intel.labels.names import family_of, grade_of, group_of, role_of, strictest, tlp_of
from headwater.intel.refusals import Refusals
from headwater.model.label import FeedEntry, Label, Role, Tlp
from headwater.model.special_use import special_blocks, special_use
from headwater.model.window import Window

NO_FAMILY = "no family named"
_SPECIAL = frozenset(kind for _, kind in special_blocks())
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
Word = TypeVar("Word")


@dataclass(frozen=True, slots=True)
class Screened:
    """What came of a file's entries.

    Attributes:
        labels: place in the file and label, in the file's order.
        merged: how many entries were joined with another that says the same.
        withdrawn: entries that the file takes back.
    """

    labels: tuple[tuple[int, Label], ...]
    merged: int
    withdrawn: tuple[FeedEntry, ...] = ()


def checked(analyst: Analyst) -> Analyst:
    """The analyst's words in this project's form.

    Raises:
        BadSetting: a role, grade or TLP that does not exist, or a window that ends before it starts.
    """
    try:
        if analyst.since is not None and analyst.until is not None:
            Window(analyst.since, analyst.until)
        return replace(
            analyst,
            family=family_of(analyst.family),
            group=group_of(analyst.group),
            role=role_of(analyst.role).value if analyst.role else "",
            grade=grade_of(analyst.grade) if analyst.grade else "",
            tlp=tlp_of(analyst.tlp).value if analyst.tlp else "",
        )
    except ValueError as why:
        raise BadSetting(str(why)) from None


def screen(said: Said, *, analyst: Analyst, now: datetime, refusals: Refusals) -> Screened:
    """The labels in what a feed says; everything else is counted in `refusals` under the first reason found.

    Args:
        said: what the feed says.
        analyst: what the analyst says beside it, as `checked` returns it.
        now: the moment after which a sighting lies in the future.
        refusals: told reason, place and text of what is refused.
    """
    labels: list[tuple[int, Label]] = []
    without_role = 0
    for entry in said.entries:
        try:
            labels.append((entry.place, _label(entry, said, analyst, now)))
        except Unusable as why:
            refusals.add(str(why), place=entry.place, example=_example(entry))
        else:
            without_role += not (entry.role or analyst.role)
    if without_role:
        refusals.note(f"{without_role} entries name no role: taken as c2; say --role where that is wrong")
    if any(f"{kind} address" in refusals.by_reason for kind in _SPECIAL):
        refusals.note("no server on the Internet has such an address: add --allow-reserved to take them")
    if NO_FAMILY in refusals.by_reason:
        refusals.note("some entries name no malware family: add --family NAME to take them")
    kept, merged = _merged(labels)
    return Screened(kept, merged, tuple(map(_known, said.withdrawn)))


def _label(entry: Entry, said: Said, analyst: Analyst, now: datetime) -> Label:
    address, port = _endpoint(entry)
    kind = special_use(address)
    if kind and not analyst.allow_reserved:
        raise Unusable(f"{kind} address")
    family = analyst.family or family_of(entry.family)
    if not family:
        raise Unusable(NO_FAMILY)
    feed = _window(entry, now)
    return Label(
        address=address,
        role=_word(role_of, analyst.role or entry.role, "unknown role") or Role.C2,
        family=family,
        group=analyst.group or group_of(entry.group),
        port=port,
        feed=feed,
        override=_override(feed, analyst),
        source=analyst.source or entry.source.strip() or said.source,
        grade=_word(grade_of, entry.grade, "no Admiralty grade") or analyst.grade,
        tlp=_tlp(entry, said, analyst),
        note=entry.note.strip()[:NOTE_CHARACTERS],
        rests_on=(tuple(map(_known, entry.rests_on)),) if entry.rests_on else (),
    )


def _known(version: Version) -> FeedEntry:
    """The version with its time, where that is one."""
    try:
        made = moment_of(version.at)
    except (ValueError, OverflowError):
        made = None
    return FeedEntry(version.id, version.maker, None if made is None else made.at)


def _endpoint(entry: Entry) -> tuple[str, int]:
    address, port = endpoint_of(entry.address)
    own_port = port_of(entry.port)
    if port and own_port and port != own_port:
        raise Unusable("two different ports")
    return address, own_port or port


def _word(parse: Callable[[str], Word], text: str, reason: str) -> Word | None:
    """The word in this project's form, None where there is none."""
    try:
        return parse(text) if text.strip() else None
    except ValueError:
        raise Unusable(reason) from None


def _tlp(entry: Entry, said: Said, analyst: Analyst) -> Tlp:
    """The stricter of what the feed and what the analyst says: an option never loosens a feed's word."""
    stated = _word(tlp_of, entry.tlp, "unknown TLP") or said.tlp
    wanted = tlp_of(analyst.tlp) if analyst.tlp else None
    return strictest(word for word in (stated, wanted) if word is not None) or Tlp.AMBER


def _window(entry: Entry, now: datetime) -> Window:
    first, last, until = (_moment(text) for text in (entry.first_seen, entry.last_seen, entry.until))
    for sighting in (first, last):
        if sighting is not None and sighting.at > now + FUTURE_SLACK:
            raise Unusable("date in the future")
    for moment in (first, last, until):
        if moment is not None and moment.at < EARLIEST:
            raise Unusable("date before 1996")
    if first is not None and last is not None and last.just_after <= first.at:
        raise Unusable("end before start")
    start = None if first is None else first.at
    end = last.just_after if last is not None else None if until is None else until.at
    if start is not None and end is not None and end <= start:
        raise Unusable("end before start")
    return Window(start, end)


def _moment(text: str) -> Moment | None:
    try:
        return moment_of(text)
    except (ValueError, OverflowError):
        raise Unusable("date unreadable") from None


def _override(feed: Window, analyst: Analyst) -> Window | None:
    """The analyst's window; a side that the analyst leaves open keeps the feed's."""
    if analyst.since is None and analyst.until is None:
        return None
    start = feed.start if analyst.since is None else analyst.since
    end = feed.end if analyst.until is None else analyst.until
    if start is not None and end is not None and end <= start:
        raise Unusable("outside the window of --since and --until")
    return Window(start, end)


def _example(entry: Entry) -> str:
    parts = (entry.address, entry.port, entry.family, entry.first_seen, entry.last_seen or entry.until)
    return " ".join(part for part in parts if part)


def _merged(labels: list[tuple[int, Label]]) -> tuple[tuple[tuple[int, Label], ...], int]:
    """Entries of one key whose windows touch or overlap, joined: one file says each thing once; how many."""
    order = sorted(labels, key=lambda at: (_key(at[1]), at[1].feed.start or _LONG_AGO, at[0]))
    kept: list[tuple[int, Label]] = []
    for place, label in order:
        if kept and _key(kept[-1][1]) == _key(label) and _touch(kept[-1][1].feed, label.feed):
            kept[-1] = (min(place, kept[-1][0]), _joined(kept[-1][1], label))
        else:
            kept.append((place, label))
    kept.sort(key=lambda at: at[0])
    return tuple(kept), len(labels) - len(kept)


def _key(label: Label) -> tuple[str, str, str, str, str, int]:
    return (label.source, label.role.value, label.family, label.group, label.address, label.port)


def _touch(earlier: Window, later: Window) -> bool:
    return earlier.end is None or later.start is None or later.start <= earlier.end


def _joined(one: Label, other: Label) -> Label:
    """Both said at once: the window spans both, the stricter TLP holds, the first note and grade stay."""
    feed = Window(_first(one.feed.start, other.feed.start), _last(one.feed.end, other.feed.end))
    override = one.override
    if one.override is not None and other.override is not None:
        override = Window(
            _first(one.override.start, other.override.start), _last(one.override.end, other.override.end)
        )
    return replace(
        one,
        feed=feed,
        override=override,
        grade=one.grade or other.grade,
        tlp=strictest((one.tlp, other.tlp)) or one.tlp,
        note=one.note or other.note,
        rests_on=tuple(dict.fromkeys((*one.rests_on, *other.rests_on))),
    )


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else min(one, other)


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)
