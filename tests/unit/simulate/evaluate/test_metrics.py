"""Figures of rankings against hand arithmetic."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from headwater.model.candidate import Candidate, PeerRole, Share, Verdict
from headwater.simulate.evaluate.metrics import Alerts, alerts, confusion, oriented, ranked
from headwater.simulate.truth import TrueUpstream, Truth

_CANDIDATE = Candidate(
    rank=1, address="a", port=443, proto=6, role=PeerRole.SERVER, verdict=Verdict.UPSTREAM, score=1.0,
    posterior=None, c2s=4, clients=5, by_group={}, expected=0.1, p_value=0.1, q_value=0.1,
    exclusivity=Share(0.8, 0.5, 0.9), first_seen=None, last_seen=None, flows=1, sessions=1, reasons=(),
)  # fmt: skip
_KINDS = {"up": "upstream", "panel": "reseller panel", "scan": "scanner"}


def _candidate(address: str, verdict: Verdict, **changes: object) -> Candidate:
    return replace(_CANDIDATE, address=address, verdict=verdict, **changes)  # type: ignore[arg-type]  # by name


def test_average_precision_by_hand() -> None:
    """Upstreams at places 1 and 3, a third never found: (1/1 + 2/3) / 3."""
    found = ranked(["u1", "x", "u2", "y"], upstreams=frozenset({"u1", "u2", "u3"}))
    assert found.average_precision == pytest.approx((1 + 2 / 3) / 3)


def test_a_peer_counts_once_by_its_best_key() -> None:
    """The second key of x does not push the upstream down."""
    found = ranked(["x", "x", "u"], upstreams=frozenset({"u"}))
    assert (found.reciprocal_rank, found.average_precision) == (0.5, 0.5)


def test_precision_at_5_is_judged_by_what_there_is() -> None:
    """Both of two upstreams among the first five is perfect."""
    found = ranked(["u1", "x", "y", "u2", "z", "w"], upstreams=frozenset({"u1", "u2"}))
    assert found.precision_at_5 == 1.0


def test_nothing_to_find_scores_nothing() -> None:
    """A world without upstreams."""
    assert ranked(["x"], upstreams=frozenset()).average_precision == 0.0


def test_false_alerts_are_split() -> None:
    """One upstream, one decoy that C2s do share, one peer that has nothing to do with them."""
    told = [_candidate(name, Verdict.UPSTREAM) for name in ("up", "panel", "nobody", "up")]
    found = alerts([*told, _candidate("scan", Verdict.SCANNER)], kinds=_KINDS)
    assert found == Alerts(alerts=3, true=1, by_chance=1, real=1)
    assert found.false_share == pytest.approx(2 / 3)


def test_confusion_takes_the_best_key() -> None:
    """A scanner's second key does not count."""
    told = [_candidate("scan", Verdict.SCANNER), _candidate("scan", Verdict.CHANCE)]
    assert dict(confusion(told, kinds=_KINDS)) == {("scanner", "scanner"): 1}


def test_orientation_is_counted_in_contacts() -> None:
    """Four C2s on the right side, two on the wrong one; other ports of the host do not count."""
    start = datetime(2025, 3, 3, tzinfo=UTC)
    upstream = TrueUpstream(
        address="up", port=443, proto=6, role="server", hold="control", families=("f",), c2s=(),
        listed_c2s=(), network="n", strangers=0, former_tenant=False,
    )  # fmt: skip
    truth = Truth("w", 1, start, start, (upstream,), (), (), (), (), {})
    told = [
        _candidate("up", Verdict.UPSTREAM),
        _candidate("up", Verdict.UPSTREAM, role=PeerRole.CLIENT, c2s=2),
        _candidate("up", Verdict.UPSTREAM, port=22, c2s=9),
    ]
    assert oriented(told, truth=truth) == (4, 6)
