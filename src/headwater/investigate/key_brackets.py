"""When was each key of a host set, and when was it last seen? Brackets between dated observations.

Like is compared with like: observations of one kind, on one port, with fingerprints of one form. A key that
no scan of its kind precedes has no lower bracket: nothing tells how long it had been there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from headwater.model.address import key_of, text_of
from headwater.model.fingerprint import comparable
from headwater.model.tenancy import HostKey, KeyBracket

Track = tuple[str, str, int]  # kind, form of the fingerprint, port
_MANY_AT_ONCE = frozenset({"ssh", "banner"})  # untyped, one scan may name several: RSA beside Ed25519


@dataclass(slots=True)
class _Scans:
    """What scans of one track saw.

    Attributes:
        seen: moment to the values seen then.
        by_scan: source and moment to the values seen by it.
        written: value to how it was first written.
        places: value and moment to where the observation stands.
    """

    seen: dict[datetime, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_scan: dict[tuple[str, datetime], set[str]] = field(default_factory=lambda: defaultdict(set))
    written: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, datetime], str] = field(default_factory=dict)

    def add(self, one: HostKey, value: str) -> None:
        self.seen[one.seen_at].add(value)
        self.by_scan[one.source, one.seen_at].add(value)
        self.written.setdefault(value, one.fingerprint)
        self.places.setdefault((value, one.seen_at), one.place)


def family_of_kind(kind: str) -> str:
    """The kind without what kind of key it is: "ssh" of "ssh/ssh-ed25519"."""
    return kind.partition("/")[0]


def track_of(bracket: KeyBracket) -> Track:
    """What a bracket can be compared with: its kind, the form of its fingerprint, its port."""
    return bracket.kind, comparable(bracket.fingerprint)[0], bracket.port


def key_brackets(observations: Iterable[HostKey], address: str) -> tuple[KeyBracket, ...]:
    """For every key that an address showed, between which scans it was set and lost.

    Args:
        observations: of this address and, for `elsewhere`, of any others; in any order, repeats allowed.
        address: the host.

    Returns:
        Brackets in order of their first observation, "K1" first; none where the address was never observed.
        `set_low` is the last scan of the same kind and port before the first one that shows the key,
        `gone_high` the first one behind the last that does. A key that comes and goes has one bracket
        around all of it; `contradictions` tells.

    Raises:
        ValueError: the text is no address.
    """
    listed = list(observations)
    brackets = [
        bracket
        for track, scans in _tracks(listed, address).items()
        for bracket in _of_track(track, scans, _shared(listed, address))
    ]
    brackets.sort(key=lambda one: (one.set_high, one.kind, one.port, one.fingerprint))
    return tuple(replace(one, id=f"K{number}") for number, one in enumerate(brackets, start=1))


def contradictions(observations: Iterable[HostKey], address: str) -> tuple[str, ...]:
    """What observations of an address disagree about, in words; fingerprints are not repeated.

    Args:
        observations: as for `key_brackets`.
        address: the host.

    Raises:
        ValueError: the text is no address.
    """
    found: list[str] = []
    for (kind, _, port), scans in _tracks(list(observations), address).items():
        where = f"{kind} on port {port}" if port else kind
        days = _days_at_odds(scans, one_at_a_time=kind not in _MANY_AT_ONCE)
        if days:
            found.append(
                f"{where}: different keys on one day ({days[0].isoformat()}"
                + (f", and on {len(days) - 1} more" if len(days) > 1 else "")
                + "): a load balancer, anycast, two hosts behind one address, or sources that disagree"
            )
        back = _came_back(scans)
        if back:
            found.append(
                f"{where}: a key was replaced and is back (by {back.date().isoformat()}): two hosts behind "
                "one address, or an old system restored; no boundary is taken from it"
            )
    return tuple(found)


def _tracks(observations: Sequence[HostKey], address: str) -> Mapping[Track, _Scans]:
    wanted = text_of(*key_of(address))
    mine = [one for one in observations if one.dated and one.address == wanted]
    ports: dict[str, set[int]] = defaultdict(set)
    for one in mine:
        ports[one.kind].add(one.port)
    tracks: dict[Track, _Scans] = defaultdict(_Scans)
    for one in mine:
        form, value = comparable(one.fingerprint)
        named = ports[one.kind] - {0}
        # A source that names no port speaks of the port that the others name, where that is only one.
        port = named.copy().pop() if not one.port and len(named) == 1 else one.port
        tracks[one.kind, form, port].add(one, value)
    return tracks


def _shared(observations: Sequence[HostKey], address: str) -> Mapping[tuple[str, str, str], set[str]]:
    """Kind, form and value of each key to the other addresses that show it."""
    wanted = text_of(*key_of(address))
    hosts: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one in observations:
        if one.address != wanted:
            hosts[family_of_kind(one.kind), *comparable(one.fingerprint)].add(one.address)
    return hosts


def _of_track(
    track: Track, scans: _Scans, shared: Mapping[tuple[str, str, str], set[str]]
) -> Iterable[KeyBracket]:
    kind, form, port = track
    moments = sorted(scans.seen)
    for value, written in scans.written.items():
        places = [place for place, moment in enumerate(moments) if value in scans.seen[moment]]
        first, last = places[0], places[-1]
        said = dict.fromkeys(scans.places[value, moments[place]] for place in (first, last))
        yield KeyBracket(
            id="",
            kind=kind,
            fingerprint=written,
            set_low=moments[first - 1] if first else None,
            set_high=moments[first],
            gone_low=moments[last],
            gone_high=moments[last + 1] if last + 1 < len(moments) else None,
            seen=sum(value in values for values in scans.by_scan.values()),
            # a banner is software: many hosts have it, and that says nothing
            elsewhere=tuple(sorted(shared.get((family_of_kind(kind), form, value), ()))),
            port=port,
            places=tuple(place for place in said if place),
        )


def _days_at_odds(scans: _Scans, *, one_at_a_time: bool) -> list[date]:
    """Days on which two scans share no key, or one scan shows two keys of a kind that a host has one of."""
    by_day: dict[date, list[set[str]]] = defaultdict(list)
    for (_, moment), values in scans.by_scan.items():
        by_day[moment.date()].append(values)
    return sorted(
        day
        for day, sets in by_day.items()
        if (one_at_a_time and any(len(values) > 1 for values in sets))
        or any(one.isdisjoint(other) for at, one in enumerate(sets) for other in sets[:at])
    )


def _came_back(scans: _Scans) -> datetime | None:
    """When the first key came back that an earlier scan had shown to be replaced; None where none did."""
    gone: set[str] = set()
    before: set[str] = set()
    for moment in sorted(scans.seen):
        now = scans.seen[moment]
        if now & gone:
            return moment
        gone |= before - now
        before = now
    return None
