"""What is measured of the C2s of a case, and of what lies about it: numbers worked out by hand."""

from pathlib import Path

from hand_made_flows import BEGIN, lake_of
from headwater.app.case_measuring import Measured, measured
from headwater.model.candidate import PeerRole
from headwater.model.service import Service
from headwater.score.exclusivity import exclusivity
from headwater.score.tallies import tallies
from measured_lake import LABELS, UPSTREAM, hours_of, of_the_upstream


def test_what_the_service_is_known_as(tmp_path: Path) -> None:
    """Roles that labels give it; a C2's role is told as its group."""
    listed = "address,family,role\n5.0.0.1,emotet,c2\n9.9.9.9,dridex,c2\n9.9.9.9,dridex,sinkhole\n"
    lake = lake_of(tmp_path, of_the_upstream(), labels=listed)
    found = measured(lake, Service(UPSTREAM, 8443, 6)).measurements
    assert (found.known_as, found.is_listed_c2) == (("sinkhole",), ("dridex",))


def test_c2s_that_lists_give_to_different_families_are_counted(tmp_path: Path) -> None:
    """One of the two in contact; a second group of one family, and one not in contact, do not count."""
    disputed = "5.0.0.1,trickbot,,449,2023-01-01,2023-02-01\n5.0.2.1,trickbot,,,,\n5.0.1.1,emotet,epoch1,,,\n"
    lake = lake_of(tmp_path, of_the_upstream(), labels=LABELS + disputed)
    assert measured(lake, Service(UPSTREAM, 8443, 6)).disputed == 1


def test_contact_counts_at_any_time(upstream: Measured) -> None:
    """5.0.1.1 met the service ten days behind its label's end: a client with sessions, no part of k."""
    found = upstream.measurements
    assert found.statistics is not None
    assert (hours_of(found.contact, 1), tallies(found.statistics).k.tolist()) == ([(72.0, 72.0, 1)], [1])


def test_sessions_of_contact_activity_and_presence(upstream: Measured) -> None:
    """Of 5.0.0.1: the service at 0 h and 26 h; bots 0 to 2 h and 20 h; anybody 0 to 2 h and 20 to 30 h.

    The tracker's visit at 30 h is a check-in as far as flows tell. It ends the presence, whose silences are
    18 h and, from 20 over 26 to 30 h, at most 6 h.
    """
    found = upstream.measurements
    assert hours_of(found.contact, 0) == [(0.0, round(60 / 3600, 6), 2), (26.0, 26.0, 1)]
    assert hours_of(found.activity, 0) == [(0.0, 2.0, 2), (20.0, 20.0, 1), (30.0, 30.0, 1)]
    assert hours_of(found.presence, 0) == [(0.0, 2.0, 6), (20.0, 30.0, 3)]


def test_presence_is_told_of_the_c2s_of_the_case(upstream: Measured) -> None:
    """The others have no row."""
    assert set(upstream.measurements.presence.owner.tolist()) == {0, 1}


def test_listed_c2s_are_told_in_contact_or_not(upstream: Measured) -> None:
    """Eight addresses, one of them never seen; windows are the labels' own, without slack."""
    listed = upstream.measurements.listed
    assert [len(listed.hi), listed.seen.tolist().count(False)] == [8, 1]
    groups = [listed.groups[group] for group in listed.group.tolist()]
    assert sorted(groups)[:5] == ["dridex", "dridex", "dridex", "emotet/epoch2", "emotet/epoch3"]
    assert int(listed.label_from_us[0]) == int(BEGIN.timestamp()) * 1_000_000
    assert [int(listed.fan_in[0]), listed.label_overridden.any()] == [4, False]


def test_coverage_has_its_gaps(upstream: Measured) -> None:
    """Flows start on day 0, 1, 3 and 10: eleven days, seven of them without a record."""
    days = upstream.measurements.days
    assert (len(days.day_us), int((days.flows == 0).sum()), days.sampling, days.sampling_unknown) == (
        11,
        7,
        1,
        0.0,
    )


def test_exclusivity_is_of_those_in_contact(upstream: Measured) -> None:
    """One listed C2 inside its window among five hosts."""
    statistics = upstream.measurements.statistics
    assert statistics is not None
    counted = tallies(statistics)
    assert exclusivity(counted.k, hosts=counted.hosts).estimate.tolist() == [0.2]


def test_sensors_that_saw_it(upstream: Measured) -> None:
    """Two sensors have a name; records without one add none."""
    assert upstream.sensors == ("north", "south")


def test_neighbours(upstream: Measured) -> None:
    """Port 22 with two clients; the resolver that the host uses, and two C2s of the case among five hosts."""
    told = {(one.relation, str(one.service)): (one.hosts, one.c2s, one.flows) for one in upstream.neighbours}
    assert told["port", "9.9.9.9:22/tcp"] == (2, 0, 2)
    assert told["peer", "8.8.8.8:53/udp"] == (5, 2, 1)
    assert told["shared", "8.8.8.8:53/udp"] == (5, 2, 2)


def test_a_shared_client_is_told_as_one(upstream: Measured) -> None:
    """The host that comes to port 22 of both C2s of the case shares them, in client role."""
    found = [one for one in upstream.neighbours if str(one.service) == "9.9.9.7:22/tcp"]
    assert [(one.relation, one.role, one.c2s) for one in found] == [("shared", PeerRole.CLIENT, 3)]
