"""Which worlds have names? The reference world and its harder, smaller and emptier variants."""

from dataclasses import replace

from headwater.simulate.settings import (
    Botnet,
    Changes,
    Decoys,
    Hostile,
    Listing,
    Places,
    SecondTier,
    Upstreams,
    WorldSettings,
)

_REFERENCE = WorldSettings()
_SECOND_TIER = SecondTier(
    managers=2, backends=1, monitors=4, host_admins=3, contractors=12, backups=3, researchers=2
)


# Each kind of change, and what may be taken for one
_CHANGES = Changes(
    moved=3, new_ports=2, silent=2, new_tenants=2, begun=2, steady=2, beside=2, outlived=1, outages=2
)

# Twenty weeks of few records, so that a family has a history before something is new to it
_CHANGES_LONG = Changes(
    moved=1, silent=2, begun=3, steady=2, beside=1, outlived=1, outages=2, early=0.5, late=0.9
)


def _variant(name: str, settings: WorldSettings = _REFERENCE) -> WorldSettings:
    return replace(settings, name=name)


def _small() -> WorldSettings:
    """Two weeks of a few thousand hosts: seconds to make, for a first try."""
    return WorldSettings(
        name="small",
        days=14,
        places=Places(
            residential=6_000,
            residential_networks=12,
            servers=4_000,
            hosting_networks=15,
            dark=2_000,
            nat_egress=6,
        ),
        hostile=Hostile(
            scanners=60,
            brute_forcers=2_000,
            attacks=2,
            attackers=100,
            backscatter=4e3,
            open_proxies=150,
            proxy_checkers=2,
            vpn_exits=2,
        ),
        background=replace(_REFERENCE.background, peers=300),
        botnet=Botnet(families=3, c2s=40, victims=500, life_median_days=7.0),
        upstreams=Upstreams(
            server_role=3, client_role=1, handed_over=1, several_families=2, c2s_high=14, former_tenants=1
        ),
        decoys=Decoys(
            trackers=3,
            sinkholes=3,
            shared_images=2,
            image_hosts=60,
            panels=4,
            popular_others=300,
            family_side_others=40,
        ),
    )


def _long() -> WorldSettings:
    """The changes world over 140 days, with a sixth of the people, and C2s that live for weeks."""
    return WorldSettings(
        name="changes-long",
        days=140,
        places=replace(_small().places, residential=9_000, residential_networks=14, servers=4_500),
        hostile=replace(_small().hostile, attacks=4),
        background=replace(_small().background, web=1.8, bulk=0.2),
        botnet=Botnet(c2s=280, victims=1_500, life_median_days=25.0),
        upstreams=Upstreams(server_role=3, client_role=1, handed_over=1, several_families=1),
        decoys=_small().decoys,
        changes=_CHANGES_LONG,
    )


def _presets() -> list[WorldSettings]:
    ref = _REFERENCE
    return [
        ref,
        _small(),
        _variant("few-listed", replace(ref, listing=Listing(recall=0.3))),
        _variant("late-lists", replace(ref, listing=Listing(lag_median_days=8.0, lag_spread=0.5))),
        _variant("one-network", replace(ref, botnet=Botnet(rented=1.0, compromised=0.0, c2_networks=1))),
        _variant("shared-port", replace(ref, upstreams=Upstreams(shared=2))),
        _variant(
            "resellers",
            replace(
                ref,
                upstreams=Upstreams(c2s_low=2, c2s_high=3, several_families=2),
                decoys=Decoys(panels=30, panel_customers=14, panel_c2s_low=2, panel_c2s_high=3),
            ),
        ),
        _variant(
            "hard",
            replace(
                ref,
                background=replace(ref.background, regional_share=0.7),
                botnet=Botnet(listed_to_bot=0.12),
                decoys=Decoys(family_side=3, family_side_c2s=0.6, family_side_others=30),
                listing=Listing(recall=0.3),
            ),
        ),
        _variant("quiet", replace(ref, upstreams=Upstreams(server_role=0, client_role=0))),
        _variant("two-tiers", replace(ref, second_tier=_SECOND_TIER)),
        _variant("one-tier", replace(ref, second_tier=replace(_SECOND_TIER, managers=0, backends=0))),
        _variant(
            "by-vpn",
            replace(ref, second_tier=replace(_SECOND_TIER, managers=0, vpn_managers=4, vpn_providers=2)),
        ),
        _variant("changes", replace(ref, changes=_CHANGES)),
        _long(),
        _variant("ipv6", replace(ref, places=Places(ipv6_botnet=True, ipv6_share=1.0, ipv6_preferred=1.0))),
    ]


PRESETS: dict[str, WorldSettings] = {settings.name: settings for settings in _presets()}

# What each preset is for, in one line
PRESET_NOTES: dict[str, str] = {
    "reference": "28 days, 80 C2s in 4 families, 75% of them listed, 8 upstreams",
    "small": "14 days and a tenth of the hosts, for a first try",
    "few-listed": "the reference world with 30% of the C2s listed",
    "late-lists": "the reference world with C2s listed about a week after they begin",
    "one-network": "the reference world with all C2s in one small hosting network",
    "shared-port": "two upstreams share their port with 1,000 unrelated clients",
    "resellers": "upstreams of two or three C2s against 30 reseller panels of as many",
    "hard": "30% listed, bots know 12% of the C2s, regional services, side services bound to families",
    "quiet": "the reference world without any upstream: there is nothing to find",
    "two-tiers": "three hosts stand behind the upstreams; 24 meet some for another reason",
    "one-tier": "nobody stands behind the upstreams; 24 meet some of them for another reason",
    "by-vpn": "four managers come by VPN, a backend; beside the 24, customers of two VPN providers",
    "changes": "16 further upstreams, most of which move, change port, fall silent or begin at a known day",
    "changes-long": "the changes world over 140 days, with fewer hosts: families with a history",
    "ipv6": "the reference world on IPv6, C2s and upstreams without any other address",
}
