"""What is told of an upstream that ended? Findings with their reasons, in an analyst's words."""

from dataclasses import replace
from datetime import datetime, timedelta

from headwater.investigate.change_calibration import calibrated, named
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.moves import Ended, Link
from headwater.model.address import text_of
from headwater.model.candidate import PeerRole
from headwater.model.change import Change, ChangeKind, Successor
from headwater.model.service import Service
from headwater.model.window import moment_of
from headwater.score.statistics import SERVER
from headwater.score.words import icd203

_ALTERNATIVES = 3  # further successors that are told
_WORTH_TELLING = 0.02  # from which probability on
_SMALLEST = 1e-6  # no model of contact is right to a smaller chance than this


def service_of(tables: ChangeTables, key: int) -> Service:
    """The service of a key; of a client the port on the C2s."""
    keys = tables.keys
    return Service(text_of(int(keys.hi[key]), int(keys.lo[key])), int(keys.port[key]), int(keys.proto[key]))


def role_of(tables: ChangeTables, key: int) -> PeerRole:
    """Which side of the contact it is."""
    return PeerRole.SERVER if tables.keys.role[key] == SERVER else PeerRole.CLIENT


def moment_in(tables: ChangeTables, days: float) -> datetime:
    """Days from the first record as a moment, cut to the records."""
    inside = min(max(days, 0.0), tables.coverage.end_days)
    return moment_of(tables.coverage.from_us) + timedelta(days=inside)


def families_of(tables: ChangeTables, key: int) -> tuple[str, ...]:
    """Families of the C2s of a key."""
    c2s = tables.c2s
    found = set(c2s.family[tables.pairs.c2[tables.pairs.rows_of(key)]].tolist())
    return tuple(sorted(c2s.families[number] for number in found))


def endings(tables: ChangeTables, found: list[Ended], *, settings: ChangeSettings) -> tuple[Change, ...]:
    """Findings about upstreams that ended; what is likelier to go on is not told.

    Args:
        tables: what there is.
        found: as from `moves.ended`.
        settings: from which probability on a finding is told.
    """
    told = [_ending(tables, one, settings) for one in found]
    return tuple(one for one in told if one is not None)


def _ending(tables: ChangeTables, one: Ended, settings: ChangeSettings) -> Change | None:
    over = calibrated(one, settings=settings)
    if over < settings.reported_from:
        return None
    total = one.silent + one.moved
    each = [replace(link, probability=over * _share(tables, one.key, link, total)) for link in one.links]
    links = tuple(sorted(each, key=lambda link: (-link.probability, link.key)))
    if links and links[0].probability >= settings.reported_from:
        return _moved(tables, one, links)
    return _silent(tables, one, links, over)


def _share(tables: ChangeTables, key: int, link: Link, total: float) -> float:
    """Probability of a successor, given that the upstream ended."""
    share = link.probability / total
    return share if _same(tables, key, link.key) else named(share)


def _same(tables: ChangeTables, one: int, other: int) -> bool:
    keys = tables.keys
    return bool(keys.hi[one] == keys.hi[other] and keys.lo[one] == keys.lo[other])


def _moved(tables: ChangeTables, one: Ended, links: tuple[Link, ...]) -> Change:
    """A move or a new port. Which address took over rests on how simulated moves go: a move has no word.

    See docs/reference/evaluation-changes.md.
    """
    best = links[0]
    same = _same(tables, one.key, best.key)
    other = service_of(tables, best.key)
    families = sorted(set(families_of(tables, one.key)) | set(families_of(tables, best.key)))
    return Change(
        kind=ChangeKind.NEW_PORT if same else ChangeKind.MOVED, service=service_of(tables, one.key),
        role=role_of(tables, one.key), other=other, family=tuple(families),
        since=moment_in(tables, best.since), until=moment_in(tables, best.until),
        probability=best.probability, words=icd203(best.probability) if same else "",
        reasons=(*_move_reasons(one, best, other), *_gaps(tables, best.since, best.until)),
        alternatives=_alternatives(tables, links[1:]), numbers=_numbers(one) | _link_numbers(best),
    )  # fmt: skip


def _silent(tables: ChangeTables, one: Ended, links: tuple[Link, ...], over: float) -> Change:
    return Change(
        kind=ChangeKind.SILENT, service=service_of(tables, one.key), role=role_of(tables, one.key),
        other=None, family=families_of(tables, one.key), since=moment_in(tables, one.since),
        until=moment_in(tables, one.until), probability=over, words=icd203(over),
        reasons=(*_silence_reasons(one), *_gaps(tables, one.since, one.until)),
        alternatives=_alternatives(tables, links), numbers=_numbers(one),
    )  # fmt: skip


def _alternatives(tables: ChangeTables, links: tuple[Link, ...]) -> tuple[Successor, ...]:
    worth = [link for link in links if link.probability >= _WORTH_TELLING][:_ALTERNATIVES]
    return tuple(Successor(service_of(tables, one.key), one.probability, one.shared) for one in worth)


def _silence_reasons(one: Ended) -> tuple[str, ...]:
    at_work = (
        f"of its {one.c2s} C2s {one.at_work} went on answering bots on their own ports after its last contact"
    )
    missing = (
        "at their earlier rates, on days that the sensors of that contact covered, "
        f"{one.missing:.1f} sessions would have been seen since; the chance to see none is "
        f"{_small(one.unseen)}"
    )
    wound = (
        "C2s that stopped while it went on left it some days before; the chance that these were only being "
        f"wound down, too, is {_small(one.wound)}"
    )
    return at_work, missing, wound


def _move_reasons(one: Ended, best: Link, other: Service) -> tuple[str, ...]:
    clients = (
        f"{best.shared} of the {best.begun} C2s in contact with {other} were in contact with it before; "
        f"{best.of_old} of the {best.able} C2s of these families at work before and after were"
    )
    weights = (
        "natural log of the likelihood ratio against a service that began in its own time: "
        f"{best.timing:+.1f} by the times of end and begin, {best.overlap:+.1f} by the clients, "
        f"{best.port:+.1f} by the port"
    )
    order = f"first contact with the new one {_apart(best.gap_days)} the last with it"
    return clients, order, weights, *_silence_reasons(one)


def _apart(days: float) -> str:
    return f"{days:.1f} days after" if days >= 0 else f"{-days:.1f} days before"


def _gaps(tables: ChangeTables, since: float, until: float) -> tuple[str, ...]:
    """Which sensors lost coverage about that time."""
    coverage = tables.coverage
    first = (coverage.day_us - coverage.from_us) / 86_400_000_000
    said = []
    for sensor, low, high, share in coverage.outages():
        if first[low] < until + 1.0 and first[high - 1] + 1.0 > since - 1.0:
            name = coverage.sensors[sensor] or "records without a sensor's name"
            said.append(f"{name} recorded {share:.0%} of the usual for {high - low} days about that time")
    return tuple(said)


def _numbers(one: Ended) -> dict[str, float]:
    return {
        "c2s": one.c2s, "c2s_at_work_since": one.at_work, "sessions_missing": one.missing,
        "chance_unseen": one.unseen, "chance_wound_down": one.wound, "raw_nothing": one.nothing,
        "raw_silent": one.silent, "raw_moved": one.moved, "last_contact_days": one.last,
    }  # fmt: skip


def _link_numbers(link: Link) -> dict[str, float]:
    return {
        "shared_c2s": link.shared, "c2s_of_new": link.begun, "c2s_able": link.able, "c2s_of_old": link.of_old,
        "log_ratio_timing": link.timing, "log_ratio_clients": link.overlap, "log_ratio_port": link.port,
        "gap_days": link.gap_days,
    }  # fmt: skip


def _small(chance: float) -> str:
    return f"{chance:.2g}" if chance >= _SMALLEST else f"less than 1 in {round(1 / _SMALLEST):,}"
