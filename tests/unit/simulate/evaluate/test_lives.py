"""Simulated lives: what is drawn, what is seen of it, and how it is judged."""

import numpy as np
import pytest

from headwater.investigate.timeline_settings import TimelineSettings
from headwater.investigate.timing import Split
from headwater.simulate.evaluate.counted_split import dirichlet_multinomials
from headwater.simulate.evaluate.lives import MIXED, STORIES, LivesSettings, draw_service, merged
from headwater.simulate.evaluate.lives_measured import measurements_of
from headwater.simulate.evaluate.processes import PROCESSES
from headwater.simulate.evaluate.timelines import judged


@pytest.mark.parametrize(
    ("process", "parameter"), [("poisson", 0), ("gamma", 0.4), ("weibull", 0.5), ("on-off", 0.2)]
)
def test_processes_share_their_mean_rate(process: str, parameter: float) -> None:
    """Two sessions a day over 4,000 days: 8,000, within a tenth, whatever the burstiness."""
    rng = np.random.default_rng(3)
    assert len(PROCESSES[process](rng, 2.0, 0.0, 4_000.0, parameter)) == pytest.approx(8_000, rel=0.1)


def test_anchored_contact_begins_and_ends_with_a_session() -> None:
    """The first and the last session are the edges."""
    at = PROCESSES["anchored"](np.random.default_rng(3), 2.0, 5.0, 9.0, 0.4)
    assert (at[0], at[-1]) == (5.0, 9.0)


def test_sessions_are_put_together_by_hand() -> None:
    """Six hours are a quarter of a day: 1.0, 1.2 and 1.4 are one session, 1.7 is the next."""
    spans, packets = merged(np.array([1.0, 1.2, 1.4, 1.7]), np.array([1, 2, 3, 4]))
    assert (spans.tolist(), packets.tolist()) == ([[1.0, 1.4], [1.7, 1.7]], [6, 4])


def test_nothing_is_put_together_to_nothing() -> None:
    """No moments, no sessions."""
    spans, packets = merged(np.empty(0), np.empty(0, np.int64))
    assert (spans.shape, len(packets)) == ((0, 2), 0)


def test_same_seed_same_service() -> None:
    """Down to the microsecond."""
    first, second = (
        measurements_of(
            draw_service(
                np.random.default_rng(7), story="control", c2s=6, sampling=100, settings=LivesSettings()
            )
        )
        for _ in range(2)
    )
    assert first.contact.start_us.tolist() == second.contact.start_us.tolist()


@pytest.mark.parametrize("story", STORIES)
def test_contact_lies_where_the_host_is_and_nothing_is_seen_outside_the_truth(story: str) -> None:
    """Every session seen lies within the true contact, within the records, and on no dark day."""
    settings = LivesSettings(days=28.0, gap_chance=0.2)
    service = draw_service(np.random.default_rng(7), story=story, c2s=12, sampling=100, settings=settings)
    outside = [
        moment
        for life in service.lives
        for moment in life.contact[:, 0].tolist()
        if not max(life.start, 0) <= moment <= min(life.end, 28.0) or int(moment) in service.dark
    ]
    assert outside == []


def test_handoff_ends_about_when_the_life_begins() -> None:
    """By construction: no later than half a day into the life."""
    service = draw_service(
        np.random.default_rng(7), story="handoff", c2s=40, sampling=100, settings=LivesSettings()
    )
    assert max(life.end - life.begin for life in service.lives) <= 0.5


def test_truth_is_judged() -> None:
    """Told probabilities are probabilities, and bounds that hold are marked for the C2s in contact."""
    service = draw_service(
        np.random.default_rng(7), story="control", c2s=12, sampling=100, settings=LivesSettings(days=28.0)
    )
    found = judged(service, settings=TimelineSettings())
    assert found is not None
    assert found.told.sum(axis=1).tolist() == pytest.approx([1.0] * len(found.sessions))
    assert len(found.start_held) == len(found.truth) == len(found.sessions)


def test_counts_by_hand() -> None:
    """One session in the life, exposure in thirds: control 8/10.2, handoff 1.2/9.5, coincidence 1/3."""
    split = Split(np.array([[0.0, 1.0, 0.0]]), np.full((1, 3), 1 / 3))
    log = dirichlet_multinomials(split)
    assert np.exp(log[0]).tolist() == pytest.approx([8 / 10.2, 1.2 / 9.5, 1 / 3])


def test_a_mixed_service_has_no_one_story() -> None:
    """Its C2s are judged like any others; no story is the true one."""
    service = draw_service(
        np.random.default_rng(7), story=MIXED, c2s=12, sampling=1, settings=LivesSettings()
    )
    found = judged(service, settings=TimelineSettings())
    assert found is not None
    assert (found.story, len(set(found.truth.tolist())) > 1) == (-1, True)


def test_records_of_sessions_on_the_own_port_are_handed_on() -> None:
    """As many as were put together, not one for each session."""
    service = draw_service(
        np.random.default_rng(7), story="control", c2s=6, sampling=100, settings=LivesSettings()
    )
    handed = measurements_of(service).activity
    assert (int(handed.flows.sum()), len(handed.flows)) == (
        sum(int(life.port_records.sum()) for life in service.lives),
        sum(len(life.port) for life in service.lives),
    )
    assert int(handed.flows.max()) > 1
