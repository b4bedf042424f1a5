"""Which servers do the listed C2s have in common? From the lake to the ranked candidates."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headwater.app.case_days import whole_days
from headwater.app.flow_source import FlowSource
from headwater.app.gather import Extent, Gathered, Gathering, extent_of
from headwater.app.hunt_settings import HuntSettings
from headwater.app.listed_c2s import ListedC2s, listed_c2s
from headwater.app.statistics_of import Assembly, Context
from headwater.app.strangers import StrangersPass
from headwater.app.synthetic import synthetic_notes
from headwater.engine.connect import Asked, Engine, connect
from headwater.engine.trace import Trace
from headwater.errors import LakeError
from headwater.intel.context.networks import Networks
from headwater.intel.context.warninglists import WarningLists
from headwater.lake.context import networks, warning_lists
from headwater.lake.coverage import logged_days
from headwater.lake.covered import covered
from headwater.lake.labels import current_labels
from headwater.lake.snapshot import Snapshot, snapshot
from headwater.lake.tables import Lake, open_lake
from headwater.measure import contacts
from headwater.measure.scan import Span, spanned
from headwater.model.address import text_of
from headwater.model.hunt import C2Contact, Examined, Hunt, Recall
from headwater.model.label import Role
from headwater.model.lead import PIVOT_SOURCE
from headwater.model.window import Window
from headwater.score.rank import Ranking, RankSettings, ranking
from headwater.score.statistics import Statistics
from headwater.score.warnings import cautions

Table = Any  # an Ibis table; Ibis ships no types
Say = Callable[[str], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OBJECTS_BETWEEN_SWEEPS = 200_000  # some 20 MB
# Roles that say what a peer is; C2s and loaders are hunted from, victims are ordinary hosts.
_TELLING_ROLES = (Role.SINKHOLE, Role.SCANNER, Role.RESEARCH, Role.BENIGN, Role.VICTIM)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before the flows are read.

    Attributes:
        c2s: labels of the C2s to start from, as `headwater.lake.labels.current_labels` gives them.
        roles: labels of other roles, the same columns.
        networks: prefix to AS.
        warning_lists: as added to the lake.
    """

    c2s: pa.Table
    roles: pa.Table
    networks: Networks
    warning_lists: WarningLists


@dataclass(frozen=True, slots=True)
class Hunted:
    """A hunt with what it stands on.

    Attributes:
        hunt: the answer.
        statistics: what the score read.
        trace: every query that ran.
        ranking: the candidates with the reckoning behind their order, for `headwater.score.explain`.
    """

    hunt: Hunt
    statistics: Statistics
    trace: Trace
    ranking: Ranking


def hunt(lake_root: Path, *, settings: HuntSettings | None = None, say: Say | None = None) -> Hunted:
    """Hunts in a lake.

    Args:
        lake_root: the lake's folder.
        settings: what to look at.
        say: told each step as it begins.

    Returns:
        The answer with the statistics and queries behind it.

    Raises:
        LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
        BadSetting: a setting is impossible, or the engine refuses it.
    """
    settings = settings or HuntSettings()
    known = known_of(lake_root, families=settings.families)
    lake, window = open_lake(lake_root), Window(settings.since, settings.until)
    found = snapshot(lake, window=window)
    with seldom_swept(), connect(settings.engine) as engine:
        source, extent = flows_of_lake(engine, lake, found, window=window)
        hunted = hunt_flows(engine, source, known=known, settings=settings, extent=extent, say=say)
    notes = synthetic_notes(lake_root, lake_version=found.version)
    return replace(hunted, hunt=replace(hunted.hunt, warnings=(*notes, *hunted.hunt.warnings)))


def flows_of_lake(
    engine: Engine, lake: Lake, found: Snapshot, *, window: Window
) -> tuple[FlowSource, Extent]:
    """The flows of a lake at one version, and how many of them lie in a window, which its log mostly knows.

    Args:
        engine: where it will run; its trace says from now on which version is read.
        lake: the lake.
        found: which version, with the files that the window touches.
        window: which flows count.

    Raises:
        LakeError: there are no files, or the copy by host is damaged.
    """
    engine.trace.lake_version = found.version
    source = FlowSource.in_lake(engine, found.files, covered(lake, found))
    logged = logged_days(lake, found, window=window)
    days = whole_days(engine, source.table, logged, span=Span(window.start, window.end))
    if not len(days.flows):
        return source, Extent(0, (0, 0))
    return source, Extent(int(days.flows.sum()), (int(days.first_us.min()), int(days.last_us.max())))


def known_of(
    lake_root: Path, *, families: Sequence[str] = (), leads: bool = True, none_left: bool = False
) -> Known:
    """Labels and context of a lake.

    Args:
        lake_root: the lake's folder.
        families: of the C2s; none: all.
        leads: leads that an analyst accepted are among the C2s.
        none_left: no labelled C2 at all, of no family, is no error.

    Raises:
        LakeError: there is no lake, or no such C2 label (of these families).
    """
    c2s = current_labels(lake_root, roles=(Role.C2,), families=families)
    every = c2s.num_rows
    if not leads:
        c2s = c2s.filter(pc.field("source") != PIVOT_SOURCE)
    if not c2s.num_rows and not (none_left and _no_c2s(lake_root)):
        of = f" of family {', '.join(families)}" if families else ""
        but = " but accepted leads" if every else ""
        raise LakeError(f"{lake_root}: no labelled C2{of}{but}; add some with `headwater labels add PATH`")
    return Known(
        c2s=c2s,
        roles=current_labels(lake_root, roles=_TELLING_ROLES),
        networks=networks(lake_root),
        warning_lists=warning_lists(lake_root),
    )


def _no_c2s(lake_root: Path) -> bool:
    return not current_labels(lake_root, roles=(Role.C2,)).num_rows


def hunt_flows(
    engine: Engine,
    flows: Table | FlowSource,
    *,
    known: Known,
    settings: HuntSettings,
    extent: Extent | None = None,
    say: Say | None = None,
) -> Hunted:
    """Hunts in a table of flows.

    Args:
        engine: where it runs; its trace says which version of a lake the flows are.
        flows: an Ibis table of that engine, columns of LAKE_SCHEMA, or the source of one.
        known: labels and context.
        settings: what to look at; `families` and `engine` have done their work already.
        extent: how many flows lie in that time, and from when to when; asked of the engine unless given.
        say: told each step as it begins.

    Raises:
        LakeError: no flow lies in the time asked for.
    """
    tell = say or _silent
    span = Span(settings.since, settings.until)
    source = FlowSource.of(engine, flows)
    extent = extent or extent_of(engine, spanned(source.table, span))
    count = extent.flows
    if not count:
        raise LakeError("there are no flows in that time; ingest some first, or widen --since and --until")
    listed = listed_c2s(known.c2s, slack_before=settings.slack_before, slack_after=settings.slack_after)
    tell(f"reading {count:,} flows for {len(listed.hi):,} listed C2s")
    gathered = Gathering(
        engine,
        source,
        count,
        listed=listed,
        span=span,
        settings=settings.measure,
        extent_us=extent.start_us,
    ).run()
    seen = _asked(engine, gathered)
    tell("putting the statistics together")
    context = Context(known.networks, known.warning_lists, known.roles)
    statistics = Assembly(engine, gathered, listed, context, settings.measure).statistics()
    tell("looking at unlisted clients")
    third = StrangersPass(engine, source, gathered, statistics, span, settings.measure)
    statistics = replace(statistics, strangers=third.run())
    tell(f"ranking {len(statistics.candidates.hi):,} keys")
    order = _ranked(statistics, settings)
    known_part = order.reckoning.recall
    answer = Hunt(
        lake_version=engine.trace.lake_version, engine=engine.name, since=settings.since,
        until=settings.until,
        examined=_examined(seen, listed, statistics, flows=count, by_host=min(source.by_host, count)),
        recall=Recall(known_part.estimate, known_part.low, known_part.high, known_part.how),
        candidates=order.candidates, c2_to_c2=_c2_to_c2(seen.talks),
        warnings=(*_accepted(listed), *_warnings(seen, statistics)),
    )  # fmt: skip
    return Hunted(answer, statistics, engine.trace, order)


@contextmanager
def seldom_swept() -> Iterator[None]:
    """Less garbage collection: the queries' expressions live to the end, and to go through them over and over
    costs a fifth of the time that writing them takes.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_SWEEPS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _silent(text: str) -> None:
    """Says nothing."""


def _ranked(statistics: Statistics, settings: HuntSettings) -> Ranking:
    return ranking(
        statistics,
        settings=RankSettings(
            scanner_hosts=settings.measure.scanner_hosts,
            allow_reserved=settings.allow_reserved,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is asked about the C2s' own flows: by kind, C2s seen, contact among C2s, C2s by window."""

    kinds: Asked
    found: Asked
    talks: Asked
    inside: Asked


def _asked(engine: Engine, gathered: Gathered) -> _Seen:
    """Asks while the engine is busy with what was gathered; the answers are needed last."""
    touches, visits, talks = gathered.touches, gathered.visits, gathered.talks
    seen = touches.filter(touches.in_window)
    among = talks.filter(talks.met, talks.peer_is_c2, talks.b_serves)
    return _Seen(
        kinds=engine.ask(
            touches.group_by("kind", "in_window").agg(n=touches.count()), purpose="flows of C2s by kind"
        ),
        found=engine.ask(
            seen.agg(seen=seen.c2.nunique()).cross_join(visits.agg(at_port=visits.flows.sum())),
            purpose="C2s seen, and flows on their own listening ports",
        ),
        talks=engine.ask(
            among.group_by("a_hi", "a_lo", "hi", "lo", "port", "proto").agg(flows=among.count()),
            purpose="contact among listed C2s",
        ),
        inside=engine.ask(
            touches.group_by("in_window").agg(c2s=touches.c2.nunique()),
            purpose="C2s seen in and out of windows",
        ),
    )


def _examined(
    asked: _Seen, listed: ListedC2s, statistics: Statistics, *, flows: int, by_host: int
) -> Examined:
    left_out: dict[str, int] = {}
    for row in asked.kinds.answer().to_pylist():
        reason = contacts.OUT_OF_WINDOW if not row["in_window"] else row["kind"]
        if reason != contacts.CONTACT:
            left_out[reason] = left_out.get(reason, 0) + row["n"]
    found = asked.found.answer().to_pylist()[0]
    if found["at_port"]:
        left_out[contacts.ON_C2_PORT] = int(found["at_port"])
    return Examined(
        flows=flows, contacts=int(statistics.c2s.edges.sum()),
        services_tested=statistics.exposure.keys_observed, c2s=len(listed.hi), c2s_seen=found["seen"],
        left_out=dict(sorted(left_out.items(), key=lambda item: -item[1])), flows_by_host=by_host,
    )  # fmt: skip


def _c2_to_c2(talks: Asked) -> tuple[C2Contact, ...]:
    """Contact among listed C2s, most flows first; a pair is seen from both sides and counted once."""
    found = [
        C2Contact(
            client=text_of(row["a_hi"], row["a_lo"]), server=text_of(row["hi"], row["lo"]), port=row["port"],
            proto=row["proto"], flows=row["flows"],
        )
        for row in talks.answer().to_pylist()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.flows, one.client, one.server, one.port)))


def _accepted(listed: ListedC2s) -> tuple[str, ...]:
    """What is to be said of C2s that no list names."""
    count = int(listed.accepted.sum())
    if not count:
        return ()
    of_all = f"{count:,} of {len(listed.hi):,} labelled C2s {'is' if count == 1 else 'are'} on no list"
    told = "the odds count such a lead by its grade, the test of chance not at all"
    return (f"{of_all}, but accepted after a pivot: {told}",)


def _warnings(asked: _Seen, statistics: Statistics) -> tuple[str, ...]:
    """What stands against the whole answer, in words."""
    said = []
    by_window = {row["in_window"]: row["c2s"] for row in asked.inside.answer().to_pylist()}
    if not by_window:
        said.append("none of the listed C2s appears in the flows")
    elif not by_window.get(True):
        said.append(
            f"{by_window[False]} listed C2s appear in the flows, all outside their labels' windows; where "
            "the dates are wrong, add the labels again with --since and --until"
        )
    if not said:
        said.extend(caution.text for caution in cautions(statistics))
    return tuple(said)
