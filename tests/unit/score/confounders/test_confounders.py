"""Every confounder: what raises it, and the upstream that must not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from headwater.model.candidate import Verdict
from headwater.score.confounders.dos_target import DOS_TARGET
from headwater.score.confounders.evidence import Evidence, ramp
from headwater.score.confounders.hosting_panel import HOSTING_PANEL, home_network
from headwater.score.confounders.named import NAMED
from headwater.score.confounders.peer_to_peer import PEER_TO_PEER
from headwater.score.confounders.proxy_checker import PROXY_CHECKER
from headwater.score.confounders.registry import CONFOUNDERS, weigh
from headwater.score.confounders.scanner import SCANNER
from headwater.score.confounders.shared_egress import SHARED_EGRESS
from headwater.score.confounders.shared_service import SHARED_SERVICE
from headwater.score.confounders.sinkhole import SINKHOLE
from headwater.score.confounders.tracker import TRACKER
from headwater.score.confounders.victim import VICTIM
from headwater.score.statistics import Statistics

Build = Callable[..., Statistics]
EvidenceOf = Callable[..., Evidence]
DAY_US = 86_400_000_000
C2S: list[dict[str, object]] = [{} for _ in range(9)]
SERVER, CLIENT = {"role": 0}, {"role": 1}


def _meets(candidate: int, count: int, **cells: object) -> list[dict[str, object]]:
    return [{"candidate": candidate, "c2": c2, **cells} for c2 in range(count)]


def test_an_upstream_is_explained_by_nothing(build: Build, evidence_of: EvidenceOf) -> None:
    """Seven of nine C2s, ten clients, steady two-way contact, in either role: every weight is 0."""
    statistics = build(
        c2s=C2S,
        candidates=[SERVER, CLIENT | {"fan_out": 9, "hosts": 9}],
        contacts=_meets(0, 7) + _meets(1, 7, opened_by_c2=0.0),
        reach=[(0, 0, 0, 7.0), (1, 0, 0, 7.0)],
        candidate_extra={"bot_hosts": np.array([0, 0]), "fan_out_ports": np.array([2, 1])},
    )
    # Seven of nine C2s is a large part of this small list, which a client that follows lists would show, too:
    # the tracker's weight stays below what takes over a verdict.
    found = weigh(evidence_of(statistics))
    others = [c.name for c in CONFOUNDERS if found.weights[:, CONFOUNDERS.index(c)].max() > 0]
    assert others == ["tracker"]
    assert found.largest.max() < 2


def test_ramp_is_linear_in_the_logarithm() -> None:
    """Half way between 10 and 1,000 is 100."""
    assert ramp([1, 10, 100, 1000, 1e9], start=10, full=1000, height=3).tolist() == [0, 0, 1.5, 3, 3]


def test_scanner_by_fan_out_and_thin_contact(build: Build, evidence_of: EvidenceOf) -> None:
    """5,000 hosts weigh 3; single sessions add 0.7; 150 hosts are an administrator's."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT | {"fan_out": n} for n in (5000, 5000, 150)],
        contacts=_meets(0, 5, sessions=1) + _meets(1, 5) + _meets(2, 5, sessions=1),
    )
    assert SCANNER.look(evidence_of(statistics)).weight == pytest.approx([3.7, 3.0, 0.0])


def test_tracker_hits_the_advertised_ports(build: Build, evidence_of: EvidenceOf) -> None:
    """Five of nine C2s, four of them on their own port too: weighs more than 2, and says so."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT | {"lo": 77, "port": 22}, CLIENT | {"lo": 77, "port": 443}],
        contacts=_meets(0, 5) + _meets(1, 4, on_c2_port=True),
    )
    found = evidence_of(statistics)
    assert TRACKER.look(found).weight[0] > 2
    assert "listening port of 4" in TRACKER.look(found).reason(0)


@pytest.mark.parametrize(("first_day", "heavier"), [(12, True), (8, False)])
def test_contact_after_the_listing_weighs_for_a_tracker(
    build: Build, evidence_of: EvidenceOf, *, first_day: int, heavier: bool
) -> None:
    """All listed on day 10; a client that comes after follows the list, one from before does not."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT],
        contacts=_meets(0, 4, first_us=first_day * DAY_US),
        c2_extra={"listed_us": np.full(9, 10 * DAY_US)},
    )
    without = build(c2s=C2S, candidates=[CLIENT], contacts=_meets(0, 4))
    change = TRACKER.look(evidence_of(statistics)).weight - TRACKER.look(evidence_of(without)).weight
    assert (change[0] > 0) == heavier


def test_several_service_ports_weigh_for_a_tracker(build: Build, evidence_of: EvidenceOf) -> None:
    """The same two C2s on ports 22, 8080 and 443; an upstream goes to one port."""
    keys = [CLIENT | {"lo": 5, "port": port} for port in (22, 8080, 443)] + [CLIENT | {"lo": 6}]
    contacts = [row for key in range(4) for row in _meets(key, 2)]
    statistics = build(c2s=C2S, candidates=keys, contacts=contacts)
    found = TRACKER.look(evidence_of(statistics))
    assert found.weight.tolist() == pytest.approx([1.8, 1.8, 1.8, 0.0])
    assert "on 3 service ports" in found.reason(0)


def test_sinkhole_by_its_bots(build: Build, evidence_of: EvidenceOf) -> None:
    """60 of 100 clients check in at listed C2s; 4 of 100 do not make a sinkhole."""
    statistics = build(
        c2s=C2S,
        candidates=[SERVER | {"hosts": 100}] * 2,
        contacts=_meets(0, 5) + _meets(1, 5),
        candidate_extra={"bot_hosts": np.array([60, 4])},
    )
    assert SINKHOLE.look(evidence_of(statistics)).weight.tolist() == [3.0, 0.0]


def test_named_roles_decide(build: Build, evidence_of: EvidenceOf) -> None:
    """A label's word becomes the verdict that belongs to it."""
    roles = ("sinkhole", "scanner", "research", "benign", "victim")
    statistics = build(
        c2s=C2S,
        candidates=[{} for _ in range(6)],
        contacts=[],
        candidate_extra={"known_role": np.array([0, 1, 2, 3, 4, -1], dtype=np.int32), "known_roles": roles},
    )
    found = weigh(evidence_of(statistics), confounders=NAMED)
    verdicts = [found.confounders[which].verdict for which in found.which[:5]]
    assert verdicts == [
        Verdict.SINKHOLE, Verdict.SCANNER, Verdict.TRACKER, Verdict.SHARED_SERVICE, Verdict.ASSOCIATED,
    ]  # fmt: skip
    assert found.largest.tolist() == [4.0] * 5 + [0.0]


def test_lists_of_sinkholes_and_scanners_give_their_verdict(build: Build, evidence_of: EvidenceOf) -> None:
    """The name of a warning list says what its members are."""
    statistics = build(
        c2s=C2S,
        candidates=[{"warning": 0}, {"warning": 1}],
        contacts=[],
        warnings=("List of known sinkholes", "Internet-wide scanners"),
    )
    found = weigh(evidence_of(statistics), confounders=NAMED)
    verdicts = [found.confounders[which].verdict for which in found.which]
    assert verdicts == [Verdict.SINKHOLE, Verdict.SCANNER]


def test_resolver_by_port_and_crowd(build: Build, evidence_of: EvidenceOf) -> None:
    """Port 53 with 1,000 clients weighs 3; port 53 with ten, eight of them C2s, weighs nothing."""
    statistics = build(
        c2s=C2S,
        candidates=[SERVER | {"port": 53, "proto": 17, "hosts": hosts} for hosts in (1000, 10)],
        contacts=_meets(0, 8) + _meets(1, 8),
    )
    assert SHARED_SERVICE.look(evidence_of(statistics)).weight.tolist() == [3.0, 0.0]


def test_a_list_of_rented_ranges_does_not_demote(build: Build, evidence_of: EvidenceOf) -> None:
    """An upstream may be rented in a cloud; a public resolver is one wherever it stands."""
    statistics = build(
        c2s=C2S,
        candidates=[{"warning": 0}, {"warning": 1}, {"warning": -1}],
        contacts=_meets(0, 5),
        warnings=("List of known Amazon AWS IP address ranges", "List of known public DNS resolvers"),
    )
    assert SHARED_SERVICE.look(evidence_of(statistics)).weight.tolist() == [0.5, 3.5, 0.0]


def test_reseller_by_ordinary_customers_of_one_network(build: Build, evidence_of: EvidenceOf) -> None:
    """30 clients of AS64500, 3 of them C2s: a panel; with 27 C2-like strangers it is none."""
    statistics = build(
        c2s=C2S, candidates=[SERVER | {"hosts": 30}], contacts=_meets(0, 3), reach=[(0, 0, 5, 30.0)]
    )
    panel, upstream = evidence_of(statistics), evidence_of(statistics, c2_like=27.0)
    weights = [HOSTING_PANEL.look(found).weight[0] for found in (panel, upstream)]
    assert weights == [2.5, 0.0]
    assert "AS64500" in HOSTING_PANEL.look(panel).reason(0)


def test_networks_put_together_have_no_panel(build: Build, evidence_of: EvidenceOf) -> None:
    """The same clients in a class of several small networks are nobody's customers in common."""
    statistics = build(
        c2s=C2S, candidates=[SERVER | {"hosts": 30}], contacts=_meets(0, 3), reach=[(0, 0, 5, 30.0)]
    )
    exposure = replace(statistics.exposure, pooled=len(statistics.exposure.networks))
    look = HOSTING_PANEL.look(evidence_of(replace(statistics, exposure=exposure)))
    assert look.weight.tolist() == [0.0]


def test_home_network_is_where_most_c2s_are(build: Build, evidence_of: EvidenceOf) -> None:
    """Two of three C2s in network 1."""
    statistics = build(
        c2s=[{"network": 0}, {"network": 1}, {"network": 1}],
        candidates=[{}, {}],
        contacts=_meets(0, 3),
        reach=[(0, 1, 0, 4.0), (0, 1, 1, 6.0), (0, 0, 0, 9.0)],
        edges=((10.0, 10.0), (10.0, 10.0)),
    )
    home, share, hosts = home_network(evidence_of(statistics))
    assert (home.tolist(), share[0], hosts[0]) == ([1, -1], pytest.approx(2 / 3), 6.0)


def test_flood_goes_one_way_and_all_at_once(build: Build, evidence_of: EvidenceOf) -> None:
    """Eight C2s send within an hour for a day, nothing comes back; the same over days is no flood."""
    flood = {"packets_out": 5000, "packets_in": 0, "days": 1}
    statistics = build(
        c2s=C2S,
        candidates=[SERVER] * 3,
        contacts=_meets(0, 8, **flood)
        + [row | {"first_us": DAY_US * row["c2"]} for row in _meets(1, 8, **flood)]  # type: ignore[operator]  # c2 is a number
        + _meets(2, 8, days=1),
    )
    assert DOS_TARGET.look(evidence_of(statistics)).weight.tolist() == [2.5, 0.0, 0.0]


def test_proxy_checker_by_port(build: Build, evidence_of: EvidenceOf) -> None:
    """Port 3128 of 500 hosts; the same on an upstream's port is for the scanner to say."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT | {"port": port, "hosts": 500} for port in (3128, 38400)],
        contacts=_meets(0, 5) + _meets(1, 5),
    )
    assert PROXY_CHECKER.look(evidence_of(statistics)).weight.tolist() == [2.5, 0.0]


def test_shared_egress_by_many_ports_or_vpn_port(build: Build, evidence_of: EvidenceOf) -> None:
    """A gateway uses 100 services; a VPN server has 300 clients; an upstream client uses two."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT, SERVER | {"port": 1194, "hosts": 300}, CLIENT],
        contacts=_meets(0, 3) + _meets(1, 3) + _meets(2, 3),
        candidate_extra={"fan_out_ports": np.array([100, 0, 2])},
    )
    assert SHARED_EGRESS.look(evidence_of(statistics)).weight.tolist() == [2.5, 2.0, 0.0]


def test_overlay_is_opened_by_both_sides(build: Build, evidence_of: EvidenceOf) -> None:
    """200 peers, half of the flows opened by either side; opened by the C2 alone, it is none."""
    statistics = build(
        c2s=C2S,
        candidates=[SERVER | {"hosts": 200}] * 2,
        contacts=_meets(0, 5, opened_by_c2=0.5) + _meets(1, 5, opened_by_c2=1.0),
    )
    assert PEER_TO_PEER.look(evidence_of(statistics)).weight.tolist() == [2.5, 0.0]


def test_victim_checks_in(build: Build, evidence_of: EvidenceOf) -> None:
    """Two keys of one address: three C2s on their ports, and the same three on another."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT | {"lo": 5, "port": 8081}, CLIENT | {"lo": 5, "port": 443}, CLIENT],
        contacts=_meets(0, 3) + _meets(1, 3, on_c2_port=True) + _meets(2, 3),
    )
    assert VICTIM.look(evidence_of(statistics)).weight == pytest.approx([2.4, 2.4, 0.0])


def test_the_largest_weight_counts_and_none_is_added(build: Build, evidence_of: EvidenceOf) -> None:
    """Scanner and proxy checker see the same facts."""
    statistics = build(
        c2s=C2S,
        candidates=[CLIENT | {"port": 3128, "hosts": 500, "fan_out": 5000}],
        contacts=_meets(0, 3, sessions=1),
    )
    found = weigh(evidence_of(statistics), confounders=(PROXY_CHECKER, SCANNER))
    assert (found.largest[0], found.which[0]) == (pytest.approx(3.7), 1)


def test_every_reason_is_a_sentence_with_numbers(build: Build, evidence_of: EvidenceOf) -> None:
    """Each can be asked for any candidate and names a figure or a list."""
    statistics = build(
        c2s=C2S,
        candidates=[SERVER | {"warning": 0, "port": 1194, "hosts": 900}],
        contacts=_meets(0, 3),
        reach=[(0, 0, 0, 3.0)],
        warnings=("List 7",),
        candidate_extra={"known_role": np.array([0], dtype=np.int32), "known_roles": ("sinkhole 1",)},
    )
    found = evidence_of(statistics)
    asked = [confounder.look(found).reason(0) for confounder in CONFOUNDERS]
    assert all(any(letter.isdigit() for letter in reason) for reason in asked)
