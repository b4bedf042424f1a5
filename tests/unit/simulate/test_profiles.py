"""Tests of simulate/profiles.py."""

import numpy as np
import pytest

from headwater.simulate.profiles import ATOMS, Shape, atoms, sampled


def test_packets_seen_follow_the_binomial_law_given_that_one_is_seen() -> None:
    """Mean packets of both directions are X/N over the chance of seeing any, as for a truncated binomial."""
    rng, size, chance = np.random.default_rng(1), 200_000, 0.02
    sent, answered = np.full(size, 30), np.full(size, 50)
    seen_sent, seen_answered = sampled(rng, sent=sent, answered=answered, chance=chance)
    seen = 1 - (1 - chance) ** 80
    assert (seen_sent + seen_answered).min() == 1
    # E[sent seen | any seen] = 30 * 0.02 / seen = 0.748, s.d. below 0.9, so the standard error is 0.002
    assert seen_sent.mean() == pytest.approx(30 * chance / seen, abs=0.008)
    assert seen_answered.mean() == pytest.approx(50 * chance / seen, abs=0.008)


def test_share_of_single_packets_is_that_of_the_binomial_law() -> None:
    """P(exactly one packet | any) is X p (1-p)^(X-1) / (1 - (1-p)^X)."""
    rng, size, chance, total = np.random.default_rng(2), 200_000, 0.05, 20
    one, other = sampled(rng, sent=np.full(size, 8), answered=np.full(size, 12), chance=chance)
    expected = total * chance * (1 - chance) ** (total - 1) / (1 - (1 - chance) ** total)
    assert float(((one + other) == 1).mean()) == pytest.approx(expected, abs=0.005)


def test_without_sampling_every_packet_is_seen() -> None:
    """At 1:1 both directions come back as they are."""
    sent, answered = np.array([3, 1, 0]), np.array([2, 0, 1])
    seen = sampled(np.random.default_rng(0), sent=sent, answered=answered, chance=1.0)
    assert [column.tolist() for column in seen] == [[3, 1, 0], [2, 0, 1]]


def test_long_sessions_are_drawn_in_proportion_to_their_chance_to_be_seen() -> None:
    """Sessions drawn have the mean weighted with the chance to be seen, not the plain mean."""
    table, shape = atoms(1_000), int(Shape.WEB)
    total = table.sent[shape] + table.answered[shape]
    weight = 1 - (1 - 1 / 1_000) ** total
    drawn = table.draw(np.random.default_rng(3), np.full(100_000, shape))
    packets = (table.sent + table.answered).ravel()[drawn]
    assert float(np.log(packets).mean()) == pytest.approx(
        float(np.average(np.log(total), weights=weight)), abs=0.02
    )
    assert float(np.log(packets).mean()) > float(np.log(total).mean()) + 0.5


def test_atoms_of_one_shape_are_not_drawn_for_another() -> None:
    """Each shape draws from its own row of the table, the last step of the ladder included."""
    table = atoms(100)
    shapes = np.repeat(np.array([int(shape) for shape in Shape]), 2_000)
    assert (table.draw(np.random.default_rng(4), shapes) // ATOMS).tolist() == shapes.tolist()


def test_a_probe_without_answer_is_one_packet() -> None:
    """A silent probe has one packet, so that 1:N sampling sees one in N."""
    assert atoms(250).seen[Shape.PROBE_SILENT] == pytest.approx(1 / 250)
