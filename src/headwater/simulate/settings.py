"""What decides a world? Every number behind it, with unit, meaning and origin (see knobs.py).

The defaults are the reference world. Sessions are what hosts do; how many records of them are seen is
decided by the packet sampling that a world is asked for.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from headwater.errors import BadSetting
from headwater.simulate.knobs import knob

_START = datetime(2025, 3, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Places:
    """Who lives where."""

    residential: int = knob(60_000, "hosts", "reference", "Hosts of people in access networks.")
    residential_networks: int = knob(
        40, "networks", "assumed", "Access networks; their sizes follow Zipf's law."
    )
    servers: int = knob(25_000, "hosts", "reference", "Servers with ordinary services.")
    hosting_networks: int = knob(
        50, "networks", "reference", "Hosting networks; their sizes follow Zipf's law."
    )
    network_exponent: float = knob(1.0, "", "assumed", "Exponent of Zipf's law for the sizes of networks.")
    dark: int = knob(20_000, "addresses", "assumed", "Addresses without a host, which only scanners touch.")
    nat_egress: int = knob(30, "hosts", "assumed", "Addresses behind which many people share one egress.")
    nat_people: int = knob(
        150, "people", "assumed", "Activity of a shared egress, in ordinary residential hosts."
    )
    ipv6_share: float = knob(0.2, "", "assumed", "Share of hosts that have IPv6 beside IPv4.")
    ipv6_preferred: float = knob(
        0.5, "", "assumed", "Share of pairs of such hosts that speak IPv6 with each other."
    )
    ipv6_botnet: bool = knob(False, "", "assumed", "C2s and upstreams have IPv6 only.")


@dataclass(frozen=True, slots=True)
class Background:
    """What goes on without any botnet; rates are sessions per host and day."""

    web: float = knob(3.0, "sessions/host/day", "assumed", "Residential hosts to ordinary servers.")
    bulk: float = knob(0.35, "sessions/host/day", "assumed", "Large transfers from content networks.")
    names: float = knob(20.0, "sessions/host/day", "assumed", "Name look-ups at resolvers.")
    clocks: float = knob(6.0, "sessions/host/day", "assumed", "Time requests (NTP).")
    mail: float = knob(1.5, "sessions/host/day", "assumed", "Mail between servers.")
    updates: float = knob(0.3, "sessions/host/day", "assumed", "Software updates.")
    network_side: float = knob(
        2.5, "sessions/host/day", "assumed", "Servers to services that only their network uses."
    )
    role_side: float = knob(
        2.0, "sessions/host/day", "assumed", "Servers to services that their role brings along."
    )
    misc: float = knob(
        1.0, "sessions/host/day", "assumed", "Servers to other servers: interfaces, backups, tests."
    )
    popularity_exponent: float = knob(0.8, "", "breslau", "Popularity of the r-th service: r to minus this.")
    activity_tail: float = knob(
        1.5, "", "assumed", "Pareto tail of hosts' activity; smaller is more unequal."
    )
    roles: int = knob(
        14, "roles", "assumed", "Latent roles of servers; hosts of one role share side services."
    )
    services_per_role: int = knob(6, "services", "assumed", "Side services that one role brings along.")
    services_per_network: int = knob(5, "services", "assumed", "Services that only one hosting network uses.")
    regional_share: float = knob(0.3, "", "assumed", "Share of preferences that stay in the client's region.")
    regions: int = knob(6, "regions", "assumed", "Regions, which differ in time zone and in what is popular.")
    rhythm: float = knob(0.7, "", "assumed", "Depth of the daily rhythm of people: 0 none, 1 silent nights.")
    peers: int = knob(2_000, "hosts", "assumed", "Members of peer-to-peer overlays.")
    peer_sessions: float = knob(40.0, "sessions/host/day", "assumed", "Exchanges of an overlay's member.")


@dataclass(frozen=True, slots=True)
class Hostile:
    """Unwanted traffic that has nothing to do with the botnet."""

    scanners: int = knob(300, "hosts", "reference", "Scanners of every coverage.")
    coverage_low: float = knob(
        1e-4, "share/day", "durumeric", "Share of all addresses that the smallest scanner reaches."
    )
    coverage_high: float = knob(1.0, "share/day", "durumeric", "Share that the largest scanner reaches.")
    brute_forcers: int = knob(25_000, "hosts", "reference", "Hosts that guess passwords.")
    brute_sessions: float = knob(
        4.0, "sessions/host/day", "assumed", "Guesses of a brute-forcer on an active day."
    )
    brute_active: float = knob(0.3, "", "assumed", "Share of days on which a brute-forcer is active.")
    attacks: int = knob(6, "attacks", "assumed", "Denial-of-service attacks.")
    attackers: int = knob(300, "hosts", "assumed", "Hosts that take part in one attack.")
    backscatter: float = knob(
        4e4, "packets/attack", "assumed", "Replies to forged senders during one attack."
    )
    proxy_judges: int = knob(2, "hosts", "assumed", "Servers through which open proxies are checked.")
    proxy_checkers: int = knob(6, "hosts", "assumed", "Hosts that check open proxies.")
    open_proxies: int = knob(500, "hosts", "assumed", "Open proxies on servers, compromised C2s among them.")
    vpn_exits: int = knob(5, "hosts", "assumed", "Exits of VPN services that operators use among others.")


@dataclass(frozen=True, slots=True)
class Botnet:
    """C2s and their victims."""

    families: int = knob(4, "families", "reference", "Malware families.")
    groups: int = knob(2, "groups", "assumed", "Groups of one family, each with C2s of its own.")
    c2s: int = knob(80, "hosts", "reference", "C2s of all families.")
    rented: float = knob(0.5, "", "assumed", "Share of C2s on rented servers.")
    compromised: float = knob(
        0.4, "", "assumed", "Share on servers that have an ordinary life as well; the rest is residential."
    )
    colocated: float = knob(
        0.15, "", "assumed", "Share of rented C2s that stand in the /24 of another C2 of their family."
    )
    c2_networks: int = knob(0, "networks", "assumed", "Hosting networks that have C2s; 0 means any.")
    life_median_days: float = knob(12.0, "days", "assumed", "Median life of a C2.")
    life_spread: float = knob(0.7, "", "assumed", "Standard deviation of the logarithm of a C2's life.")
    victims: int = knob(3_000, "hosts", "reference", "Infected residential hosts.")
    listed_to_bot: float = knob(0.5, "", "assumed", "Share of its group's C2s that a bot's list holds.")
    check_ins: float = knob(
        12.0, "sessions/day", "assumed", "Check-ins of one bot, over all C2s of its list."
    )
    retry_days: float = knob(4.0, "days", "assumed", "How long bots go on trying a C2 that is gone.")
    reused: float = knob(
        0.4, "", "assumed", "Share of rented C2 addresses with another tenant before or after."
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """What feeds say about C2s."""

    recall: float = knob(0.75, "", "reference", "Share of C2s that at least one feed lists.")
    feed_a: float = knob(
        0.6, "", "assumed", "Chance of feed A to hold a C2, before both are made to reach the recall."
    )
    lag_median_days: float = knob(1.5, "days", "assumed", "Median time from a C2's start to its listing.")
    lag_spread: float = knob(0.9, "", "assumed", "Standard deviation of the logarithm of the lag.")
    stale_days: float = knob(
        2.0, "days", "assumed", "Mean time that a feed goes on listing a C2 that is gone."
    )
    open_ended: float = knob(0.1, "", "assumed", "Share of entries without a last day.")
    false_labels: float = knob(0.08, "", "kuehrer", "Entries that are no C2, as a share of those that are.")
    port_known: float = knob(0.9, "", "assumed", "Share of entries that name the C2's port.")
    popular_first: float = knob(
        0.5, "", "assumed", "How much a C2 with more victims is likelier to be listed; 0 not."
    )


@dataclass(frozen=True, slots=True)
class Upstreams:
    """The servers behind the C2s, which a hunt is to find."""

    server_role: int = knob(6, "services", "reference", "Upstreams that C2s connect to.")
    client_role: int = knob(2, "services", "reference", "Upstreams that connect to C2s.")
    handed_over: int = knob(2, "services", "assumed", "How many of them met their C2s before these were C2s.")
    several_families: int = knob(4, "services", "assumed", "How many of them serve more than one family.")
    c2s_low: int = knob(5, "hosts", "assumed", "Fewest C2s of an upstream.")
    c2s_high: int = knob(18, "hosts", "assumed", "Most C2s of an upstream.")
    sessions_median: float = knob(
        2.5, "sessions/C2/day", "matched", "Median rate of a C2's sessions with its upstream."
    )
    sessions_spread: float = knob(0.8, "", "assumed", "Standard deviation of the logarithm of that rate.")
    clean: float = knob(0.5, "", "assumed", "Share of upstreams whose port serves (almost) nobody else.")
    strangers_clean: int = knob(3, "hosts", "assumed", "Most unrelated clients of a clean port.")
    strangers: int = knob(25, "hosts", "assumed", "Unrelated clients of a port that is not clean.")
    shared: int = knob(0, "services", "assumed", "How many upstreams share their port with a crowd.")
    crowd: int = knob(1_000, "hosts", "assumed", "Unrelated clients of such a port.")
    former_tenants: int = knob(
        2, "services", "assumed", "How many upstreams' addresses had another tenant before."
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """Further upstreams that change at a known moment, or only seem to; none unless asked for."""

    moved: int = knob(0, "services", "assumed", "Upstreams that go on at another address.")
    new_ports: int = knob(0, "services", "assumed", "Upstreams that go on at another port of their address.")
    silent: int = knob(0, "services", "assumed", "Upstreams whose C2s stop there together.")
    new_tenants: int = knob(
        0, "services", "assumed", "Upstreams whose address gets another tenant: another key, other clients."
    )
    begun: int = knob(0, "services", "assumed", "Upstreams that a family's C2s begin to use together.")
    steady: int = knob(
        0, "services", "assumed", "Upstreams that do not change; the first gets another host key."
    )
    beside: int = knob(
        0, "services", "assumed", "Upstreams that go on while the same C2s begin with another, too."
    )
    outlived: int = knob(0, "services", "assumed", "Upstreams whose C2s all end, one by one.")
    early: float = knob(0.35, "", "assumed", "Earliest change, as a share of the records' length.")
    late: float = knob(0.7, "", "assumed", "Latest change, the same.")
    follows: float = knob(0.9, "", "assumed", "Share of C2s at work that go on with a successor.")
    delay_days: float = knob(0.5, "days", "assumed", "Mean time until a C2 does.")
    outages: int = knob(0, "outages", "assumed", "Times at which one exporter fails for some days.")
    outage_days: float = knob(3.0, "days", "assumed", "Length of an outage.")
    scan_days: float = knob(3.0, "days", "assumed", "Time between two scans for host keys.")


@dataclass(frozen=True, slots=True)
class Decoys:
    """What a count of shared C2s finds instead of an upstream."""

    trackers: int = knob(6, "hosts", "assumed", "Research trackers that follow the listings.")
    tracker_follows: float = knob(0.8, "", "assumed", "Share of listed C2s that a tracker visits.")
    sinkhole_operators: int = knob(
        2, "organisations", "assumed", "Each with sinkholes and a collector behind them."
    )
    sinkholes: int = knob(6, "hosts", "assumed", "Sinkholes of all operators; some are listed as C2s.")
    shared_images: int = knob(4, "images", "assumed", "Server images whose hosts report to one service.")
    image_hosts: int = knob(120, "hosts", "assumed", "Ordinary hosts of one image.")
    image_c2s: float = knob(
        0.5, "", "assumed", "Share of one family's rented C2s that were made from an image."
    )
    panels: int = knob(10, "services", "assumed", "Panels of resellers, some of whose customers are C2s.")
    panel_customers: int = knob(25, "hosts", "assumed", "Mean number of a panel's ordinary customers.")
    panel_c2s_low: int = knob(2, "hosts", "assumed", "Fewest C2s of a panel.")
    panel_c2s_high: int = knob(6, "hosts", "assumed", "Most C2s of a panel.")
    popular: int = knob(2, "services", "reference", "Services that most C2s use, such as address look-ups.")
    popular_c2s: float = knob(0.85, "", "reference", "Share of C2s that use them.")
    popular_others: int = knob(700, "hosts", "assumed", "Ordinary clients of such a service.")
    family_side: int = knob(
        1, "services/family", "assumed", "Side services that one family's C2s share with a few others."
    )
    family_side_c2s: float = knob(0.4, "", "assumed", "Share of the family's C2s that use one.")
    family_side_others: int = knob(60, "hosts", "assumed", "Other clients of one.")


@dataclass(frozen=True, slots=True)
class SecondTier:
    """Who stands behind the upstreams, and who is in contact with several of them for another reason."""

    managers: int = knob(0, "hosts", "assumed", "Hosts from which several upstreams are run.")
    backends: int = knob(0, "hosts", "assumed", "Servers that several upstreams use in common.")
    links_low: int = knob(4, "services", "assumed", "Fewest upstreams of one of either.")
    links_high: int = knob(7, "services", "assumed", "Most upstreams of one of either.")
    sessions_median: float = knob(
        1.0, "sessions/upstream/workday", "assumed", "Median rate at which a manager comes, at hours of work."
    )
    backend_median: float = knob(
        3.0, "sessions/upstream/day", "assumed", "Median rate at which an upstream comes to a backend."
    )
    strangers: int = knob(3, "hosts", "assumed", "Most unrelated servers in contact with either.")
    monitors: int = knob(0, "hosts", "assumed", "Hosts that watch many servers, upstreams among them.")
    monitored: int = knob(250, "hosts", "assumed", "Other servers that one of them watches.")
    host_admins: int = knob(
        0, "hosts", "assumed", "Administrators of the companies that host most upstreams."
    )
    host_servers: int = knob(200, "hosts", "assumed", "Other servers of the company that one comes to.")
    contractors: int = knob(
        0, "hosts", "assumed", "Managed services that run 8 to 39 servers and one to three upstreams."
    )
    contractor_further: float = knob(
        0.2, "", "assumed", "Chance of each of two further upstreams of such a service."
    )
    backups: int = knob(0, "hosts", "assumed", "Backup services that many servers use, upstreams among them.")
    backed_up: int = knob(200, "hosts", "assumed", "Other servers that use one of them.")
    researchers: int = knob(0, "hosts", "assumed", "Researchers who visit all upstreams and C2s.")
    vpn_managers: int = knob(
        0, "hosts", "assumed", "Further managers, by WireGuard, OpenVPN over UDP, over TCP, and IKE in turn."
    )
    vpn_providers: int = knob(
        0, "services", "assumed", "VPN providers among whose servers three or four upstreams stand."
    )
    vpn_servers: int = knob(12, "hosts", "assumed", "Other servers of such a provider.")
    vpn_customers: int = knob(300, "hosts", "assumed", "Customers of one.")
    vpn_used: int = knob(5, "hosts", "assumed", "Most servers of the provider that a customer uses.")
    vpn_median: float = knob(
        0.5, "sessions/server/day", "assumed", "Median rate at which a customer comes to each of them."
    )


@dataclass(frozen=True, slots=True)
class View:
    """What the exporters see, and how they write it down."""

    visible: float = knob(
        0.8, "", "assumed", "Chance that one direction of a pair of networks is seen at all."
    )
    sensors: int = knob(3, "exporters", "assumed", "Exporters; each pair of networks has its own.")
    doubled: float = knob(0.05, "", "assumed", "Share of network pairs that pass two exporters.")
    skew_spread_s: float = knob(3.0, "s", "assumed", "Standard deviation of exporters' clock errors.")
    flagless: bool = knob(True, "", "assumed", "The last exporter writes no TCP flags.")
    inactive_s: float = knob(
        15.0, "s", "rfc7011", "An exporter ends a flow after this long without a packet."
    )
    active_s: float = knob(300.0, "s", "rfc7011", "An exporter ends a flow that lasts this long.")


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """A world; the defaults are the reference world."""

    name: str = knob("reference", "", "assumed", "What the world is called.")
    days: int = knob(28, "days", "reference", "Length of the records.")
    start: datetime = knob(_START, "UTC", "assumed", "First moment, a Monday.")  # noqa: RUF009  # knob makes a field
    places: Places = field(default_factory=Places)
    background: Background = field(default_factory=Background)
    hostile: Hostile = field(default_factory=Hostile)
    botnet: Botnet = field(default_factory=Botnet)
    listing: Listing = field(default_factory=Listing)
    upstreams: Upstreams = field(default_factory=Upstreams)
    decoys: Decoys = field(default_factory=Decoys)
    second_tier: SecondTier = field(default_factory=SecondTier)
    view: View = field(default_factory=View)
    changes: Changes = field(default_factory=Changes)

    def __post_init__(self) -> None:
        if self.days < 1:
            raise BadSetting(f"a world of {self.days} days has no records; ask for at least 1")
        if self.start.tzinfo is None:
            raise BadSetting("a world's start needs a time zone")
