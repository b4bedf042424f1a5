"""What do timelines have to be right about? Lives of C2s and their contact with one service, as sessions.

No flows: sessions are drawn as they would be counted, packets of each are sampled, and what is left is put
together after 6 h of silence, as measuring does. Synthetic throughout. The processes of contact differ on
purpose from what timelines assume (sessions at random moments, at one rate).
"""

from dataclasses import dataclass, field

import numpy as np

from headwater.simulate.evaluate.processes import PROCESSES
from headwater.simulate.knobs import knob
from headwater.simulate.randomness import Floats, Ints, lognormal

STORIES = ("control", "handoff", "coincidence")
MIXED = "mixed"  # each C2 of the service has a story of its own, any of them as likely
GAP_DAYS = 0.25  # silence that ends a session, as in headwater.measure.contacts


@dataclass(frozen=True, slots=True)
class LivesSettings:
    """A service, its C2s and what is known of them."""

    days: float = knob(90.0, "days", "assumed", "Length of the records.")
    gap_chance: float = knob(0.02, "", "assumed", "Chance of a day to be covered by no sensor.")
    life_median_days: float = knob(12.0, "days", "reference", "Median life of a C2.")
    life_spread: float = knob(0.7, "", "reference", "Standard deviation of the logarithm of a life.")
    rented: float = knob(0.5, "", "reference", "Share of C2s on servers that are there for it only.")
    reused: float = knob(0.4, "", "reference", "Share of rented addresses with another tenant beside.")
    ordinary_per_day: float = knob(
        30.0, "sessions/day", "assumed", "Median of all other sessions of a host that has an ordinary life."
    )
    rented_per_day: float = knob(
        4.0, "sessions/day", "assumed", "The same for a rented server (updates, set-up)."
    )
    bots_per_day: float = knob(300.0, "sessions/day", "assumed", "Median check-ins at a C2's own port.")
    bots_spread: float = knob(1.2, "", "assumed", "Standard deviation of the logarithm of that.")
    port_in_use: float = knob(
        0.2, "", "assumed", "Share of C2s with an ordinary life whose own port had ordinary clients before."
    )
    scans_per_day: float = knob(
        1.0, "sessions/day", "assumed", "Scans of the own port that pass for sessions."
    )
    retry_days: float = knob(4.0, "days", "reference", "How long bots go on knocking at a C2 that is gone.")
    retries_counted: float = knob(
        0.1,
        "",
        "assumed",
        "Share of that which records cannot tell from check-ins (direction or flags missing).",
    )
    contact_per_day: float = knob(2.5, "sessions/day", "matched", "Median rate of contact with the service.")
    contact_spread: float = knob(0.8, "", "assumed", "Standard deviation of its logarithm.")
    contact_packets: float = knob(
        110.0, "packets", "assumed", "Median packets of a session with the service."
    )
    contact_packets_spread: float = knob(1.3, "", "assumed", "Standard deviation of their logarithm.")
    lag_median_days: float = knob(1.5, "days", "assumed", "Median time from a C2's start to its listing.")
    lag_spread: float = knob(0.9, "", "assumed", "Standard deviation of the logarithm of the lag.")
    stale_days: float = knob(2.0, "days", "assumed", "Mean time that a feed lists a C2 that is gone.")
    early_end: float = knob(0.5, "days", "assumed", "A feed may date the end this much too early.")
    open_ended: float = knob(0.1, "", "assumed", "Share of entries without a last day.")
    second_feed: float = knob(0.4, "", "assumed", "Share of C2s that a second feed lists, too.")
    process: str = knob("gamma", "", "assumed", "How contact is spread: a key of PROCESSES.")
    burstiness: float = knob(0.4, "", "assumed", "Parameter of the process; see PROCESSES.")


@dataclass(frozen=True, slots=True)
class Life:
    """The truth about one C2, and what is seen of it; days from the first record.

    Attributes:
        begin, finish: as a C2.
        start, end: of the contact.
        contact: start and end of each seen session with the service, shape (k, 2).
        contact_packets: sampled packets of each, shape (k,).
        port: as `contact`, of sessions of others on its own port.
        port_records: of each, shape (p,).
        presence: of any session with anybody.
        labels: first and last day by each feed, nan where open, shape (f, 2).
    """

    begin: float
    finish: float
    start: float
    end: float
    contact: Floats
    contact_packets: Ints
    port: Floats
    port_records: Ints
    presence: Floats
    labels: Floats


@dataclass(frozen=True, slots=True)
class Service:
    """One service with the truth about it.

    Attributes:
        story: one of STORIES, or MIXED.
        sampling: N of 1:N.
        settings: of the world.
        dark: days without a record, as indices.
        lives: its C2s.
    """

    story: str
    sampling: int
    settings: LivesSettings
    dark: Ints
    lives: tuple[Life, ...] = field(default_factory=tuple)


def draw_service(
    rng: np.random.Generator, *, story: str, c2s: int, sampling: int, settings: LivesSettings
) -> Service:
    """A service and its C2s.

    Args:
        rng: where chance comes from.
        story: one of STORIES, or MIXED.
        c2s: how many C2s.
        sampling: N of 1:N.
        settings: of the world.
    """
    dark = np.flatnonzero(rng.random(int(settings.days)) < settings.gap_chance)
    dark = dark[(dark > 0) & (dark < int(settings.days) - 1)]
    theirs = rng.choice(STORIES, c2s).tolist() if story == MIXED else [story] * c2s
    lives = tuple(_life(rng, each, sampling, settings, dark) for each in theirs)
    return Service(story, sampling, settings, dark, lives)


def _life(rng: np.random.Generator, story: str, sampling: int, world: LivesSettings, dark: Ints) -> Life:
    plan = _plan(rng, story, world)
    rate, packets = world.contact_per_day, world.contact_packets
    pace = _one(rng, rate, world.contact_spread)
    at = PROCESSES[world.process](rng, pace, plan.start, plan.end, world.burstiness)
    sizes = lognormal(rng, median=packets, spread=world.contact_packets_spread, size=len(at))
    view = _View(rng, world.days, dark, sampling)
    contact, sampled = view.kept(at, sizes)
    port, _ = view.kept(*_port(rng, plan, world))
    pace = _one(rng, world.rented_per_day if plan.rented else world.ordinary_per_day, 1.0)
    others, _ = view.kept(*_steady(rng, pace, plan.there, plan.gone, packets=40.0))
    presence = np.sort(np.concatenate([contact, port, others]))
    spans, counts = merged(contact, sampled)
    called, records = merged(port, np.ones(len(port), np.int64))
    return Life(
        plan.begin, plan.finish, plan.start, plan.end, spans, counts, called, records,
        merged(presence, np.ones_like(presence))[0], _labels(rng, plan, world),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is true of one C2: its life, its contact, and when its host is there."""

    begin: float
    finish: float
    start: float
    end: float
    there: float
    gone: float
    rented: bool


def _plan(rng: np.random.Generator, story: str, world: LivesSettings) -> _Plan:
    """A C2 whose contact could be seen at all: at least 6 h, and half a day of it within the records."""
    while True:
        life = float(np.clip(_one(rng, world.life_median_days, world.life_spread), 2.0, 120.0))
        begin = float(rng.uniform(-0.4 * world.life_median_days, world.days - 3.0))
        finish, rented = begin + life, bool(rng.random() < world.rented)
        there, gone = -60.0, world.days + 60.0
        if rented:  # set up some days before, given up some days after; the access may have been sold on
            there = begin - rng.exponential(2.0) - (15.0 if story == "handoff" else 0.0)
            gone = finish + rng.exponential(2.0)
            if rng.random() < world.reused:
                after = rng.random() < 0.6
                there, gone = (there, world.days + 60.0) if after else (-60.0, gone)
        start, end = _contact(rng, story, life=(begin, finish), there=(there, gone))
        start, end = max(start, there), min(end, gone)
        if end - start >= GAP_DAYS and min(end, world.days) - max(start, 0.0) >= 0.5:
            return _Plan(begin, finish, start, end, there, gone, rented)


def _contact(
    rng: np.random.Generator, story: str, *, life: tuple[float, float], there: tuple[float, float]
) -> tuple[float, float]:
    """When the service is met under each story; two ways of each, so that no single rule fits."""
    (begin, finish), usual = life, rng.random() < 0.7
    if story == "control":  # set up with the C2 and given up with it; or any part of its life
        if usual:
            return begin + rng.uniform(-1.0, 1.5), finish - rng.exponential(0.5)
        return _part(rng, begin, finish)
    if story == "handoff":  # handed over as the life begins; or idle for some days before it does
        length = _one(rng, 6.0, 0.8)
        end = begin + rng.uniform(-0.5, 0.5) if usual else begin - rng.exponential(3.0)
        return end - length, end
    if rng.random() < 0.5:  # coincidence: an ordinary habit of the host, or one that comes and goes
        return there
    return _part(rng, *there)


def _part(rng: np.random.Generator, low: float, high: float) -> tuple[float, float]:
    first, second = np.sort(rng.uniform(low, high, 2))
    return float(first), float(second)


def _one(rng: np.random.Generator, median: float, spread: float) -> float:
    return float(lognormal(rng, median=median, spread=spread, size=1)[0])


def _steady(
    rng: np.random.Generator, per_day: float, low: float, high: float, *, packets: float
) -> tuple[Floats, Floats]:
    """Sessions at random moments with their packets."""
    number = rng.poisson(per_day * max(high - low, 0.0))
    return rng.uniform(low, high, number), lognormal(rng, median=packets, spread=0.7, size=number)


def _port(rng: np.random.Generator, plan: _Plan, world: LivesSettings) -> tuple[Floats, Floats]:
    """Sessions on the C2's own port: bots, bots that knock in vain, scans, and who was there before."""
    bots = _one(rng, world.bots_per_day, world.bots_spread)
    vain = bots * world.retries_counted
    parts = [
        _steady(rng, bots, plan.begin, plan.finish, packets=18.0),
        _steady(rng, vain, plan.finish, plan.finish + world.retry_days, packets=3.0),
        _steady(rng, world.scans_per_day, plan.there, plan.gone, packets=6.0),
    ]
    if not plan.rented and rng.random() < world.port_in_use:
        parts.append(_steady(rng, 10.0, plan.there, plan.gone, packets=30.0))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _labels(rng: np.random.Generator, plan: _Plan, world: LivesSettings) -> Floats:
    """Dates of one feed, or of two."""
    found = []
    for _ in range(2 if rng.random() < world.second_feed else 1):
        lag = _one(rng, world.lag_median_days, world.lag_spread)
        first = plan.begin + min(lag, 0.8 * (plan.finish - plan.begin))  # what is listed was met alive
        last = max(plan.finish + rng.exponential(world.stale_days) - world.early_end, first + 0.5)
        found.append((first, np.nan if rng.random() < world.open_ended else last))
    return np.array(found)


@dataclass(frozen=True, slots=True)
class _View:
    """What the sensors see."""

    rng: np.random.Generator
    days: float
    dark: Ints
    sampling: int

    def kept(self, at: Floats, packets: Floats) -> tuple[Floats, Ints]:
        """Moments of which a packet is sampled, ascending, and how many packets are."""
        whole = np.maximum(np.round(packets), 1).astype(np.int64)
        sampled = self.rng.binomial(whole, 1.0 / self.sampling)
        keep = (at >= 0) & (at < self.days) & (sampled > 0)
        keep &= ~np.isin(np.floor(at).astype(np.int64), self.dark)
        order = np.argsort(at[keep], kind="stable")
        return at[keep][order], sampled[keep][order]


def merged(at: Floats, packets: Floats | Ints) -> tuple[Floats, Ints]:
    """Moments put together to sessions: a new one after 6 h of silence.

    Args:
        at: ascending, days.
        packets: of each.

    Returns:
        First and last moment of each session, shape (k, 2), and its packets.
    """
    if not len(at):
        return np.empty((0, 2)), np.empty(0, np.int64)
    begins = np.flatnonzero(np.concatenate([[True], np.diff(at) > GAP_DAYS]))
    last = np.concatenate([begins[1:] - 1, [len(at) - 1]])
    spans = np.stack([at[begins], at[last]], axis=1)
    return spans, np.add.reduceat(packets, begins).astype(np.int64)
