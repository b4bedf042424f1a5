"""From when on the tie can be shown."""

from dataclasses import replace

from case_facts import C2, at, at_us, facts, timeline
from headwater.investigate.facts import Held
from headwater.investigate.since import since

EARLY, LATE = C2("198.18.1.1", first=30.0), C2("198.18.2.1", group="emotet", first=40.0)


def test_the_earliest_contact() -> None:
    """First record of the first C2, and the lower bound of its own start, two days before."""
    found = since(facts([EARLY, LATE]))
    assert found is not None
    assert (found.shown, found.low, found.address) == (at(30), at(28), "198.18.1.1")


def test_of_one_group() -> None:
    """The later one is the only one of its group."""
    found = since(facts([EARLY, LATE]), scope="emotet")
    assert found is not None
    assert found.shown == at(40)


def test_the_excluded_show_nothing() -> None:
    """A contact that the rule leaves out is no date to stand on."""
    found = since(facts([replace(EARLY, included=False), LATE]))
    assert found is not None
    assert found.shown == at(40)


def test_a_later_tenants_contact_shows_nothing() -> None:
    """Both lie behind the tenancy's end."""
    assert since(facts([EARLY, LATE], held=Held("T1", None, at_us(20)))) is None


def test_records_that_begin_late_are_told() -> None:
    """A contact cut at the beginning of the records may be older."""
    line = timeline(EARLY)
    assert line.contact is not None
    cut = replace(line, contact=replace(line.contact, start_censored=True))
    found = since(facts([EARLY], timelines=(cut,)))
    assert found is not None
    assert found.censored
