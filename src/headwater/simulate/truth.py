"""What is true in a world, as a document? And what do its feeds say, as labels?"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from headwater.model.label import Label, Role, Tlp
from headwater.model.window import Window
from headwater.simulate.behind import PLANTED, Behind
from headwater.simulate.botnet import C2, Botnet, family_name
from headwater.simulate.decoys import Decoy
from headwater.simulate.hosts import HostKind, Hosts
from headwater.simulate.knobs import knobs
from headwater.simulate.listing import Entry
from headwater.simulate.settings import WorldSettings
from headwater.simulate.upstreams import Upstream

_GRADES = {"feed_a": "B2", "feed_b": "C3"}  # Admiralty code: usually and fairly reliable


@dataclass(frozen=True, slots=True)
class TrueC2:
    """One C2.

    Attributes:
        address: its address.
        port: where bots check in.
        family: its family.
        group: its group within the family.
        kind: rented, compromised or residential.
        network: name of its network.
        start: when it became a C2; may be before the records begin.
        end: when it ceased to be one; may be after they end.
        feeds: names of the feeds that list it; none where it is unlisted.
    """

    address: str
    port: int
    family: str
    group: str
    kind: str
    network: str
    start: datetime
    end: datetime
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrueUpstream:
    """One upstream.

    Attributes:
        address: its address.
        port: its own port in server role, the port on the C2s in client role.
        proto: IP protocol number.
        role: "server" (C2s connect to it) or "client" (it connects to C2s).
        hold: "control" or "handover".
        families: families of its C2s.
        c2s: addresses of its C2s, listed or not.
        listed_c2s: addresses of those that a feed lists.
        network: name of its network.
        strangers: unrelated hosts that it is in contact with on the same port.
        former_tenant: whether its address had another tenant before.
    """

    address: str
    port: int
    proto: int
    role: str
    hold: str
    families: tuple[str, ...]
    c2s: tuple[str, ...]
    listed_c2s: tuple[str, ...]
    network: str
    strangers: int
    former_tenant: bool


@dataclass(frozen=True, slots=True)
class TrueDecoy:
    """One decoy.

    Attributes:
        kind: why it is in contact with C2s.
        address: its address.
        port: its port in server role, the port on the C2s in client role; 0 where there are several.
        proto: IP protocol number.
        role: "server" or "client".
        c2s: addresses of the C2s that it is in contact with.
        others: number of other hosts in contact with it.
        network: name of its network.
    """

    kind: str
    address: str
    port: int
    proto: int
    role: str
    c2s: tuple[str, ...]
    others: int
    network: str


@dataclass(frozen=True, slots=True)
class FalseLabel:
    """One entry of a feed that is no C2.

    Attributes:
        address: the listed address.
        feed: name of the feed.
        family: family that the feed names.
        mistake: what the address is in truth.
    """

    address: str
    feed: str
    family: str
    mistake: str


@dataclass(frozen=True, slots=True)
class TrueBehind:
    """One host in contact with upstreams: of the second tier, or for another reason.

    Attributes:
        kind: why.
        planted: it is of the second tier; else a walk upward is not to take it for one.
        address: its address.
        port: its own in server role, that of the upstreams in client role; 0 where there are several.
        role: "server" (upstreams connect to it) or "client".
        upstreams: addresses of the upstreams in contact with it.
        others: other hosts in contact with it on that port.
        network: name of its network.
        proto: IP protocol number of that port.
    """

    kind: str
    planted: bool
    address: str
    port: int
    role: str
    upstreams: tuple[str, ...]
    others: int
    network: str
    proto: int = 6


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true in a world.

    Attributes:
        world: name of the world.
        seed: its seed.
        start: its first moment.
        end: the moment after its last.
        upstreams: what a hunt is to find.
        c2s: all C2s, unlisted ones among them.
        decoys: what a hunt is not to take for an upstream.
        false_labels: entries of feeds that are no C2.
        scanners: addresses of scanners.
        settings: path of each setting to its value.
        behind: who is in contact with upstreams, the second tier and its decoys.
    """

    world: str
    seed: int
    start: datetime
    end: datetime
    upstreams: tuple[TrueUpstream, ...]
    c2s: tuple[TrueC2, ...]
    decoys: tuple[TrueDecoy, ...]
    false_labels: tuple[FalseLabel, ...]
    scanners: tuple[str, ...]
    settings: dict[str, object]
    behind: tuple[TrueBehind, ...] = ()

    def document(self) -> dict[str, Any]:  # Any: what json takes, times as datetime
        """The truth as nested dicts and lists."""
        return {"format": 1, "synthetic": True, **asdict(self)}


def moment(settings: WorldSettings, days: float) -> datetime:
    """The time so many days after the world's start, in whole seconds."""
    return settings.start + timedelta(seconds=round(days * 86_400))


def truth_of(
    settings: WorldSettings,
    *,
    seed: int,
    hosts: Hosts,
    botnet: Botnet,
    upstreams: list[Upstream],
    decoys: list[Decoy],
    entries: list[Entry],
    behind: list[Behind],
) -> Truth:
    """The truth of a world from its populations."""
    listed: dict[int, set[str]] = {}
    for entry in entries:
        listed.setdefault(entry.c2, set()).add(entry.feed)
    return Truth(
        world=settings.name,
        seed=seed,
        start=settings.start,
        end=moment(settings, settings.days),
        upstreams=tuple(_upstream(each, hosts, botnet, listed) for each in upstreams),
        c2s=tuple(
            _c2(c2, hosts, settings, tuple(sorted(listed.get(place, ()))))
            for place, c2 in enumerate(botnet.c2s)
        ),
        decoys=tuple(_decoy(each, hosts, botnet) for each in decoys),
        false_labels=tuple(
            FalseLabel(hosts.address(e.host), e.feed, family_name(e.family), e.mistake.value)
            for e in entries
            if e.mistake
        ),
        scanners=tuple(hosts.address(int(host)) for host in (hosts.kind == HostKind.SCANNER).nonzero()[0]),
        settings={each.name: each.default for each in knobs(settings)},
        behind=tuple(_behind(each, hosts, upstreams) for each in behind),
    )


def _behind(each: Behind, hosts: Hosts, upstreams: list[Upstream]) -> TrueBehind:
    return TrueBehind(
        kind=each.kind.value,
        planted=each.kind in PLANTED,
        address=hosts.address(each.host),
        port=each.port,
        role=each.role,
        upstreams=tuple(hosts.address(upstreams[place].host) for place in each.upstreams),
        others=each.others,
        network=hosts.network_name(each.host),
        proto=each.proto,
    )


def _c2(c2: C2, hosts: Hosts, settings: WorldSettings, feeds: tuple[str, ...]) -> TrueC2:
    return TrueC2(
        address=hosts.address(c2.host),
        port=c2.port,
        family=c2.family_name,
        group=c2.group_name,
        kind=c2.kind.value,
        network=hosts.network_name(c2.host),
        start=moment(settings, c2.begin),
        end=moment(settings, c2.end),
        feeds=feeds,
    )


def _upstream(each: Upstream, hosts: Hosts, botnet: Botnet, listed: dict[int, set[str]]) -> TrueUpstream:
    c2s = [botnet.c2s[place] for place in each.c2s]
    return TrueUpstream(
        address=hosts.address(each.host),
        port=each.port,
        proto=6,
        role=each.role,
        hold=each.hold.value,
        families=tuple(sorted({c2.family_name for c2 in c2s})),
        c2s=tuple(hosts.address(c2.host) for c2 in c2s),
        listed_c2s=tuple(hosts.address(botnet.c2s[place].host) for place in each.c2s if place in listed),
        network=hosts.network_name(each.host),
        strangers=each.strangers,
        former_tenant=each.former_tenant,
    )


def _decoy(each: Decoy, hosts: Hosts, botnet: Botnet) -> TrueDecoy:
    return TrueDecoy(
        kind=each.kind.value,
        address=hosts.address(each.host),
        port=each.port,
        proto=each.proto,
        role=each.role,
        c2s=tuple(hosts.address(botnet.c2s[place].host) for place in each.c2s),
        others=each.others,
        network=hosts.network_name(each.host),
    )


def labels_of(settings: WorldSettings, hosts: Hosts, entries: list[Entry]) -> list[Label]:
    """The feeds' entries as labels, ordered by feed and first day."""
    found = []
    for entry in sorted(entries, key=lambda each: (each.feed, each.first, each.host)):
        last = None if entry.last is None else moment(settings, entry.last)
        found.append(
            Label(
                address=hosts.address(entry.host),
                role=Role.C2,
                family=family_name(entry.family),
                group=f"g{entry.group + 1}" if entry.group >= 0 else "",
                port=entry.port,
                feed=Window(moment(settings, entry.first), last),
                source=entry.feed,
                grade=_GRADES[entry.feed],
                tlp=Tlp.CLEAR,
                note="synthetic",
            )
        )
    return found
