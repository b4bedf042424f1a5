"""What became of one known upstream: nothing, silence, a move, a new port."""

import numpy as np
import pytest

from change_tables import Contact, change_tables
from headwater.investigate.change_settings import ChangeSettings
from headwater.investigate.change_tables import ChangeTables
from headwater.investigate.common_edge import common_end, grid_of
from headwater.investigate.moves import Ended, ended

SETTINGS = ChangeSettings()
STOPS: dict[tuple[int, int], Contact] = {(0, n): (0.5 + 0.1 * n, 13.4 + 0.1 * n, 25) for n in range(5)}
GOES_ON: dict[tuple[int, int], Contact] = {(1, n): (14.2 + 0.1 * n, 27.0, 25) for n in range(5)}
ALL_ALONG: dict[tuple[int, int], Contact] = {(2, n): (0.5, 27.0, 50) for n in range(5)}
OTHERS: dict[tuple[int, int], Contact] = {(2, n): (0.5, 27.0, 50) for n in range(5, 10)}


def _ended(tables: ChangeTables) -> Ended:
    return ended(tables, 0, grid_of(tables, settings=SETTINGS), settings=SETTINGS)


def test_a_common_end_is_found_where_it_lies() -> None:
    """Five C2s with two sessions a day stop on day 13.4 to 13.8: the bounds hold day 14 and are narrow."""
    tables = change_tables(STOPS)
    grid = grid_of(tables, settings=SETTINGS)
    low, high = common_end(tables, tables.pairs.rows_of(0), grid, settings=SETTINGS).bounds(
        grid, coverage=0.9
    )
    assert 13.0 <= low <= 14.0 <= high <= 15.5


def test_silence_is_told_where_c2s_go_on() -> None:
    """Nothing that they could have met instead: silent."""
    one = _ended(change_tables(STOPS))
    assert one.silent > 0.9
    assert (one.at_work, one.c2s, one.links) == (5, 5, ())


def test_c2s_that_are_gone_explain_silence() -> None:
    """The same contact, and every C2 stops working when its contact ends: nothing is said."""
    works = {n: (0.0, 13.4 + 0.1 * n) for n in range(5)}
    one = _ended(change_tables(STOPS, works=works))
    assert one.nothing > 0.7
    assert one.at_work == 0


def test_a_sensor_that_failed_explains_silence() -> None:
    """The same contact, and its only sensor records nothing from day 14 on."""
    one = _ended(change_tables(STOPS, dark=(14, 28)))
    assert one.nothing > 0.7


def test_a_c2_that_stops_alone_is_no_change() -> None:
    """Four go on."""
    contact = {(0, n): (0.5, 27.8, 50) for n in range(4)} | {(0, 4): (0.5, 13.0, 25)}
    assert _ended(change_tables(contact)).nothing > 0.9


def test_the_service_that_begins_then_took_over() -> None:
    """Key 1 begins when key 0 ends, with its C2s; key 2 was there all along."""
    one = _ended(change_tables(STOPS | GOES_ON | ALL_ALONG | OTHERS))
    assert one.links[0].key == 1
    assert one.links[0].probability > 0.9
    assert one.links[0].shared == 5


def test_a_service_beside_took_over_from_nobody() -> None:
    """Key 1 begins on day 14, and key 0 goes on with the same C2s."""
    goes_on = {(0, n): (0.5, 27.8, 50) for n in range(5)}
    assert _ended(change_tables(goes_on | GOES_ON)).nothing > 0.9


def test_clients_speak_for_the_service_that_has_them() -> None:
    """Keys 1 and 3 begin at the same time; key 1 met all old C2s, key 3 two of them and five others."""
    rival = {(3, n): (14.2, 27.0, 25) for n in (0, 1, 5, 6, 7, 8, 9)}
    one = _ended(change_tables(STOPS | GOES_ON | OTHERS | rival))
    by_key = {link.key: link for link in one.links}
    assert by_key[1].overlap > 0 > by_key[3].overlap
    assert by_key[1].probability > 5 * by_key[3].probability


@pytest.mark.parametrize(("hosts", "aside"), [({1: 5_000}, ()), ({}, (1,))])
def test_hubs_and_what_is_explained_take_over_from_nobody(
    hosts: dict[int, int], aside: tuple[int, ...]
) -> None:
    """A service of 5,000 hosts, or one that the hunt set aside, is no successor."""
    assert not _ended(change_tables(STOPS | GOES_ON, hosts=hosts, aside=aside)).links


def test_probabilities_sum_to_one() -> None:
    """Nothing, silent, and each successor are all there is."""
    one = _ended(change_tables(STOPS | GOES_ON | ALL_ALONG | OTHERS, ports={0: 8_443, 1: 9_001}))
    total = one.nothing + one.silent + sum(link.probability for link in one.links)
    assert np.isclose(total, 1.0)
