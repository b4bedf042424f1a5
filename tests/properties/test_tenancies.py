"""Whatever was observed of a host: brackets and tenancies in order, probabilities that are probabilities."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.investigate.tenancy import (
    contradictions,
    key_brackets,
    placed,
    tenancies,
    tenancy_of,
)
from headwater.model.claim import Claim
from headwater.model.tenancy import HostKey

HOST, BEGIN = "198.18.0.1", datetime(2019, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 400).map(lambda hours: BEGIN + timedelta(hours=6 * hours))
OBSERVATIONS = st.lists(
    st.builds(
        HostKey,
        address=st.sampled_from([HOST, HOST, HOST, "198.18.0.2"]),
        port=st.sampled_from([0, 22, 443]),
        kind=st.sampled_from(["ssh", "ssh/ssh-rsa", "ssh/ssh-ed25519", "tls", "banner", "other"]),
        fingerprint=st.sampled_from(["a", "b", "c", "0" * 32, "MD5:" + "0" * 32]),
        seen_at=MOMENTS,
        source=st.sampled_from(["x", "y"]),
        dated=st.sampled_from([True, True, True, False]),
    ),
    max_size=25,
)


@settings(max_examples=200, deadline=None)
@given(observations=OBSERVATIONS)
def test_brackets_are_in_order(observations: list[HostKey]) -> None:
    """Set before seen before gone; numbered in order of time; every bracket rests on an observation."""
    brackets = key_brackets(observations, HOST)

    contradictions(observations, HOST)
    for one in brackets:
        assert one.set_low is None or one.set_low < one.set_high
        assert one.set_high <= one.gone_low
        assert one.gone_high is None or one.gone_low < one.gone_high
        assert one.seen >= 1
    assert [one.id for one in brackets] == [f"K{number}" for number in range(1, len(brackets) + 1)]
    assert [one.set_high for one in brackets] == sorted(one.set_high for one in brackets)


@settings(max_examples=200, deadline=None)
@given(observations=OBSERVATIONS, start=MOMENTS, end=MOMENTS)
def test_tenancies_follow_each_other(observations: list[HostKey], start: datetime, end: datetime) -> None:
    """One ends where the next begins, none begins before it ends, and every moment lies in one of them."""
    brackets = key_brackets(observations, HOST)
    spans = tenancies(brackets)

    assert bool(spans) == bool(brackets)
    for one, after in itertools.pairwise(spans):
        assert (one.end_low, one.end_high, one.end_probability) == (
            after.start_low, after.start_high, after.start_probability,
        )  # fmt: skip
    for one in spans:
        assert one.start_low is None or one.start_low <= one.start_high
        assert one.start_high <= one.end_low
        assert one.end_high is None or one.end_low <= one.end_high
        assert set(one.evidence) <= {bracket.id for bracket in brackets}
    assert (tenancy_of(spans, contact_start=start, contact_end=end) is None) == (not spans)


@settings(max_examples=200, deadline=None)
@given(observations=OBSERVATIONS, start=MOMENTS, length=st.integers(0, 3000), contact=MOMENTS)
def test_probabilities_are_probabilities(
    observations: list[HostKey], start: datetime, length: int, contact: datetime
) -> None:
    """Of claims and of barred evidence, for spans of any length."""
    spans = tenancies(key_brackets(observations, HOST))
    until = start + timedelta(hours=length)
    claim = Claim(HOST, start, "x", until=until if length else None)

    found = placed([claim], spans, address=HOST, contact_start=contact)

    assert len(found) == bool(spans)
    for one in found:
        assert 0 <= one.probability <= 1
        assert 0 <= one.after_end <= 1
