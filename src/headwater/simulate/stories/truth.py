"""What is true in a story, as a document? And what do its feeds say, as labels?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from headwater.model.label import Label, Role, Tlp
from headwater.model.window import Window
from headwater.simulate.botnet import C2
from headwater.simulate.knobs import knobs
from headwater.simulate.listing import FEEDS
from headwater.simulate.profiles import atoms
from headwater.simulate.randomness import Floats
from headwater.simulate.stories.meetings import sessions_in
from headwater.simulate.stories.planted import Meeting
from headwater.simulate.stories.story import Told
from headwater.simulate.truth import moment

GRADES = {"feed_a": "B2", "feed_b": "C3"}  # Admiralty code: usually and fairly reliable
_ROLE_FEED = "feed_a"


def labels_of(told: Told) -> list[Label]:
    """Everything that the feeds say, ordered by feed, first day and host; `source` is the feed's name."""
    settings, hosts, families = told.world.settings, told.world.hosts, told.stage.families
    found = []
    for entry in sorted(told.world.entries, key=lambda each: (each.feed, each.first, each.host)):
        last = None if entry.last is None else moment(settings, entry.last)
        family = families[entry.family]
        found.append(
            Label(
                address=hosts.address(entry.host), role=Role.C2, family=family.name,
                group=family.group(entry.group) if entry.group >= 0 else "", port=entry.port,
                feed=Window(moment(settings, entry.first), last), source=entry.feed,
                grade=GRADES[entry.feed], tlp=Tlp.CLEAR, note="synthetic",
            )
        )  # fmt: skip
    for each in told.stage.roles:
        last = None if each.last is None else moment(settings, each.last)
        found.append(
            Label(
                address=hosts.address(each.host), role=Role(each.role), family=each.family, port=each.port,
                feed=Window(moment(settings, each.first), last), source=_ROLE_FEED,
                grade=GRADES[_ROLE_FEED], tlp=Tlp.CLEAR, note=each.note,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: FEEDS.index(each.source))


def truth_of(told: Told, *, sampling: int) -> dict[str, Any]:  # Any: what json takes, times as datetime
    """The truth of a story as nested dicts and lists."""
    world, stage = told.world, told.stage
    settings, hosts = world.settings, world.hosts
    address = hosts.address(stage.service)
    port = stage.port
    return {
        "format": 1,
        "synthetic": True,
        "story": told.story.name,
        "about": told.story.note,
        "seed": world.seed,
        "sampling": sampling,
        "sampling_of_the_story": stage.sampling,
        "start": settings.start,
        "end": moment(settings, settings.days),
        "service": {
            "investigate": f"{address}:{port}/tcp" if port else address,
            "address": address,
            "port": port,
            "proto": "tcp",
            "role": stage.role,
            "network": hosts.network_name(stage.service),
            "others": stage.others,
        },
        "expected": _expected(told),
        "facts": [{"fact": each.text, "origin": each.origin.value} for each in stage.facts],
        "c2s": [_c2(told, each, sampling) for each in stage.meetings],
        "background_c2s": list(_background(told)),
        "story_settings": {each.name: each.default for each in knobs(told.story)},
        "world_settings": {each.name: each.default for each in knobs(settings)},
    }


def _expected(told: Told) -> dict[str, Any]:
    wanted, settings = told.stage.expected, told.world.settings

    def at(day: float | None) -> datetime | None:
        return None if day is None else moment(settings, day)

    return {
        "question": wanted.question,
        "hypothesis": wanted.hypothesis,
        "tenant": wanted.tenant,
        "barred_after": at(wanted.barred_after_day),
        "since_from": at(wanted.since_low_day),
        "since_until": at(wanted.since_high_day),
        "closest_group": wanted.closest_group,
        "by_group": wanted.by_group,
        "excluded": wanted.excluded,
    }


def _c2(told: Told, meeting: Meeting, sampling: int) -> dict[str, Any]:
    settings = told.world.settings
    c2 = told.stage.c2(meeting.place)
    seen: Floats = meeting.at[meeting.u < atoms(sampling).seen[meeting.shape]]
    row = _about(told, meeting.place, c2)
    row["contact"] = {
        "first": moment(settings, float(meeting.at[0])),
        "last": moment(settings, float(meeting.at[-1])),
        "exchanges": len(meeting.at),
        "exchanges_seen": len(seen),
        "sessions_seen": sessions_in(seen),
        "first_seen": moment(settings, float(seen[0])) if len(seen) else None,
        "last_seen": moment(settings, float(seen[-1])) if len(seen) else None,
    }
    return row


def _background(told: Told) -> Iterator[dict[str, Any]]:
    met = np.array([each.place for each in told.stage.meetings], np.int64)
    for place, c2 in enumerate(told.world.botnet.c2s):
        if place not in met:
            yield _about(told, place, c2)


def _about(told: Told, place: int, c2: C2) -> dict[str, Any]:
    hosts, settings = told.world.hosts, told.world.settings
    family = told.stage.families[c2.family]
    return {
        "address": hosts.address(c2.host),
        "port": c2.port,
        "family": family.name,
        "group": family.key(c2.group),
        "kind": c2.kind.value,
        "network": hosts.network_name(c2.host),
        "life": {"start": moment(settings, c2.begin), "end": moment(settings, c2.end)},
        "feeds": sorted({each.feed for each in told.world.entries if each.c2 == place}),
    }
