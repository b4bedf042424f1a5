"""How does a world come to have so many records? By a busier or quieter background; the botnet stays."""

from dataclasses import replace

import numpy as np

from headwater.errors import BadSetting
from headwater.simulate.settings import WorldSettings
from headwater.simulate.world import World

# Rates per host in Background
_PER_HOST = (
    "web", "bulk", "names", "clocks", "mail", "updates", "network_side", "role_side", "misc", "peer_sessions",
)  # fmt: skip


def scaled(settings: WorldSettings, *, records: int, sampling: int) -> WorldSettings:
    """The settings with a background that gives about `records` records at one sampling rate.

    The botnet stays as it is. Hosts of the background grow with the square root of their sessions: more
    traffic means more hosts, but fewer new ones the more there is (Heaps' law; the exponent 0.5 is assumed).

    Raises:
        BadSetting: fewer records than the botnet alone makes, or not 1 at all.
    """
    if records < 1:
        raise BadSetting(f"{records} records are no world; ask for 1 or more")
    world = World(settings, 0)
    day = world.part(settings.days // 2, 0, of=world.parts_per_day(sampling), sampling=sampling)
    whole = settings.days * world.parts_per_day(sampling)
    grows = np.array([source.scales for source in world.sources])[day.population]
    fixed, growing = float((~grows).sum()) * whole, float(grows.sum()) * whole
    if records <= fixed:
        raise BadSetting(
            f"the botnet of {settings.name!r} alone makes about {fixed:,.0f} records; ask for more, "
            f"or for fewer packets with a higher --sampling than {sampling}"
        )
    return grown(settings, (records - fixed) / max(growing, 1.0))


def grown(settings: WorldSettings, factor: float) -> WorldSettings:
    """The settings with a background of `factor` times the sessions, on `factor`**0.5 times the hosts."""
    hosts = factor**0.5

    def count(number: int) -> int:
        return max(round(number * hosts), 1) if number else 0

    places, hostile, background = settings.places, settings.hostile, settings.background
    return replace(
        settings,
        places=replace(
            places,
            residential=max(count(places.residential), 2 * settings.botnet.victims),
            servers=max(count(places.servers), 20 * places.hosting_networks, 1_200),
            dark=count(places.dark),
        ),
        hostile=replace(
            hostile,
            scanners=count(hostile.scanners),
            brute_forcers=count(hostile.brute_forcers),
            brute_sessions=hostile.brute_sessions * hosts,
        ),
        background=replace(
            background,
            **{name: getattr(background, name) * hosts for name in _PER_HOST},
            peers=count(background.peers),
        ),
    )
