"""The published case: who runs the service that Dridex and Emotet C2s talk to, and since when?

What the source states and what was invented is in `_FACTS`, goes into truth.json and README.txt with the
data, and is told in docs/explanation/stories.md.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from headwater.simulate.knobs import knob
from headwater.simulate.networks import NetworkKind
from headwater.simulate.presets import PRESETS
from headwater.simulate.randomness import Ints
from headwater.simulate.settings import Botnet, Decoys, Hostile, Places, Upstreams, WorldSettings
from headwater.simulate.stories.facts import Expected, Fact, Family, Origin
from headwater.simulate.stories.keys import fingerprint, monthly_scans, of_bystanders
from headwater.simulate.stories.planted import KeySeen, Report
from headwater.simulate.stories.stage import Stage
from headwater.simulate.stories.story import Story, between

SERVICE, SERVICE_PREFIX = "179.43.147.77", "179.43.147.77/32"
START = datetime(2019, 11, 1, tzinfo=UTC)
_DAYS = 427  # until 2020-12-31
_CHRISTMAS, _NEW_YEAR = 55.0, 61.0  # 2019-12-26 and 2020-01-01, in days from the start
_KEY_UNSEEN, _KEY_SEEN = datetime(2019, 6, 20, tzinfo=UTC), datetime(2019, 7, 20, tzinfo=UTC)
_EMOTET, _DRIDEX = 0, 1
_EMOTET_PORTS = (443, 8080, 80, 7080, 20, 4143)
_DRIDEX_PORTS = (443, 3389, 4443, 691, 1443)

FAMILIES = (
    Family("emotet", ("epoch1", "epoch2", "epoch3")),
    Family("dridex"),
    Family("trickbot"),
    Family("qakbot"),
    Family("flawedammyy"),
    Family("sdbbot"),
)
TA505_FAMILIES = ("flawedammyy", "sdbbot")

_SOURCE, _INVENTED = Origin.SOURCE, Origin.INVENTED
_FACTS = (
    Fact("The service is 179.43.147.77 on TCP/38400.", _SOURCE),
    Fact("10 Emotet epoch 2, 4 Emotet epoch 3 and 7 Dridex C2s talk to it.", _SOURCE),
    Fact("The contact begins in late December 2019.", _SOURCE),
    Fact("Dridex C2s are active as C2s while they are in contact with it.", _SOURCE),
    Fact("Epoch 2 C2s begin their contact with the start of their C2 life or after it.", _SOURCE),
    Fact("Five of the epoch 2 C2s were seen too rarely for a timeline.", _SOURCE),
    Fact("TA505 was reported to have spread FlawedAmmyy from the address on 2019-06-20.", _SOURCE),
    Fact("Its SSH host key was set between the scans of 2019-06-20 and 2019-07-20.", _SOURCE),
    Fact("The address lies in the network of an offshore hoster with earlier abuse.", _SOURCE),
    Fact("None of TA505's other families is among the clients.", _SOURCE),
    Fact("TA505 used Dridex; nothing ties TA505 to Emotet.", _SOURCE),
    Fact("The addresses of the C2s: the source names none. These are from 198.18.0.0/15.", _INVENTED),
    Fact("When each C2 lived and was in contact: days, sessions, volumes.", _INVENTED),
    Fact("That contact of epoch 2 and epoch 3 C2s often outlasts their C2 life.", _INVENTED),
    Fact("Everything about the timelines of epoch 3.", _INVENTED),
    Fact("The other clients of the service, and what feeds say of it all and when.", _INVENTED),
    Fact("All networks, their names and AS numbers; the hoster's own name is not used.", _INVENTED),
    Fact("The keys themselves, the hour of the scans, all scans but the two named.", _INVENTED),
    Fact("The wording, grades and sources of reports.csv, and the dates of all but one.", _INVENTED),
    Fact("All other hosts, C2s, victims and traffic, and the packet sampling.", _INVENTED),
)


@dataclass(frozen=True, slots=True)
class DridexEmotet(Story):
    """The published case; see the module."""

    name = "dridex-emotet"
    note = "the published case: 179.43.147.77 on TCP/38400, 21 C2s of Emotet and Dridex, 14 months"

    days: int = knob(_DAYS, "days", "published", "Length of the records, from 2019-11-01.")
    port: int = knob(38_400, "TCP port", "published", "Port of the service.")
    epoch2: int = knob(10, "hosts", "published", "Emotet epoch 2 C2s in contact.")
    epoch2_rare: int = knob(5, "hosts", "published", "Those of them that are seen in 1 to 3 sessions.")
    epoch3: int = knob(4, "hosts", "published", "Emotet epoch 3 C2s in contact.")
    dridex: int = knob(7, "hosts", "published", "Dridex C2s in contact.")
    others: int = knob(2, "hosts", "assumed", "Other clients of the service.")
    sampling: int = knob(1_000, "packets", "assumed", "The N of 1:N for which the numbers of sessions hold.")
    dridex_days_low: float = knob(35.0, "days", "assumed", "Shortest contact of a Dridex C2.")
    dridex_days_high: float = knob(130.0, "days", "assumed", "Longest.")
    dridex_seen_low: int = knob(18, "sessions", "assumed", "Fewest sessions seen of a Dridex C2.")
    dridex_seen_high: int = knob(50, "sessions", "assumed", "Most.")
    emotet_life_low: float = knob(25.0, "days", "assumed", "Shortest life of an Emotet C2 in contact.")
    emotet_life_high: float = knob(60.0, "days", "assumed", "Longest.")
    emotet_seen_low: int = knob(9, "sessions", "assumed", "Fewest sessions seen of one that is not rare.")
    emotet_seen_high: int = knob(18, "sessions", "assumed", "Most.")
    outlasts_low: float = knob(
        0.5, "", "assumed", "Smallest share of an Emotet contact behind the C2's life."
    )
    outlasts_high: float = knob(0.65, "", "assumed", "Largest.")

    def sampling_of(self, seed: int) -> int:  # noqa: ARG002 - the same for every seed
        """The same for every seed."""
        return self.sampling

    def families(self, seed: int) -> tuple[Family, ...]:  # noqa: ARG002 - the same for every seed
        """Families of the case, others of the time, and TA505's own."""
        return FAMILIES

    def world(self, seed: int) -> WorldSettings:  # noqa: ARG002 - the same for every seed
        """Fourteen months of a few thousand hosts, with C2s that live for weeks."""
        small = PRESETS["small"]
        return WorldSettings(
            name=self.name,
            days=self.days,
            start=START,
            places=Places(
                residential=9_000, residential_networks=14, servers=4_500, hosting_networks=20, dark=2_000,
                nat_egress=6,
            ),
            hostile=Hostile(
                scanners=60, brute_forcers=2_000, attacks=8, attackers=100, backscatter=4e3, open_proxies=150,
                proxy_checkers=2, vpn_exits=2,
            ),
            background=replace(small.background, web=1.8, bulk=0.2),
            botnet=Botnet(
                families=len(FAMILIES), groups=3, c2s=210, victims=5_000, life_median_days=40.0,
                check_ins=60.0, c2_networks=0,
            ),
            upstreams=Upstreams(server_role=0, client_role=0),
            decoys=Decoys(
                trackers=3, sinkholes=4, shared_images=3, image_hosts=80, panels=6, popular_others=400,
                family_side_others=50,
            ),
        )  # fmt: skip

    def play(self, stage: Stage) -> None:
        """Plants the service, its C2s, host keys and reports."""
        _open_service(stage, self.port)
        sight = stage.networks_in_sight
        for number in range(self.dridex):
            self._dridex(stage, sight, number)
        for number in range(self.epoch2):
            if number < self.epoch2 - self.epoch2_rare:
                self._emotet(stage, sight, number, group=1)
            else:
                self._rare(stage, sight)
        for number in range(self.epoch3):
            self._emotet(stage, sight, number + 2, group=2)
        for host in stage.bystanders(self.others):
            begin = between(stage.rng, _NEW_YEAR, self.days - 90)
            stage.stranger(host, begin=begin, end=begin + 60, seen=int(stage.rng.integers(2, 6)))
        _addresses(stage)
        _keys(stage)
        _reports(stage)
        stage.facts += _FACTS
        left_out = {"emotet/epoch2": self.epoch2_rare}
        stage.expected = Expected(
            "tie", "control", tenant="new-operator", since_low_day=50.0, since_high_day=_NEW_YEAR,
            closest_group="dridex", excluded=left_out,
            by_group={"dridex": self.dridex, "emotet/epoch2": self.epoch2, "emotet/epoch3": self.epoch3},
        )  # fmt: skip

    def _begin(self, stage: Stage, number: int, *, room: float) -> float:
        """When the contact begins: the first two of a group in the last days of 2019."""
        if number < 2:
            return between(stage.rng, _CHRISTMAS, _NEW_YEAR - 2)
        return between(stage.rng, _NEW_YEAR + 5, self.days - room)

    def _dridex(self, stage: Stage, sight: Ints, number: int) -> None:
        """Contact within the C2's life."""
        length = between(stage.rng, self.dridex_days_low, self.dridex_days_high)
        begin = self._begin(stage, number, room=length + 15)
        place = stage.compromise(
            networks=sight, family=_DRIDEX, group=0, ports=_DRIDEX_PORTS,
            begin=begin - between(stage.rng, 2, 9), end=begin + length + between(stage.rng, 2, 9),
        )  # fmt: skip
        seen = int(stage.rng.integers(self.dridex_seen_low, self.dridex_seen_high + 1))
        stage.meet(place, begin=begin, end=begin + length, seen=seen, least=12, opening=number < 2)

    def _emotet(self, stage: Stage, sight: Ints, number: int, *, group: int) -> None:
        """Contact that begins with the C2's life or after it, and outlasts it."""
        life = between(stage.rng, self.emotet_life_low, self.emotet_life_high)
        late = between(stage.rng, 0.0, 0.5) if number % 2 else between(stage.rng, 2.0, 8.0)
        share = between(stage.rng, self.outlasts_low, self.outlasts_high)
        length = (life - late) / (1 - share)
        begin = self._begin(stage, number, room=length + 5)
        start = begin - late
        place = stage.compromise(
            networks=sight, family=_EMOTET, group=group, ports=_EMOTET_PORTS, begin=start, end=start + life
        )
        seen = int(stage.rng.integers(self.emotet_seen_low, self.emotet_seen_high + 1))
        stage.meet(place, begin=begin, end=begin + length, seen=seen, least=6, opening=number < 2)

    def _rare(self, stage: Stage, sight: Ints) -> None:
        """A few short visits within the C2's life, of which one to three are seen."""
        life = between(stage.rng, self.emotet_life_low, self.emotet_life_high)
        start = between(stage.rng, _NEW_YEAR, self.days - life - 5)
        place = stage.compromise(
            networks=sight, family=_EMOTET, group=1, ports=_EMOTET_PORTS, begin=start, end=start + life
        )
        seen = int(stage.rng.integers(1, 4))
        stage.meet(place, begin=start + 4, end=start + life - 4, seen=seen)


def _open_service(stage: Stage, port: int) -> None:
    """The service, in the smallest hosting network but one, which is renamed after what it is."""
    racks = stage.population.networks.of_kind(NetworkKind.HOSTING)
    # from some network both ways to about two thirds of the others are seen: take one with most of them
    small = racks[len(racks) // 2 :]
    network = int(max(small, key=lambda each: len(stage.in_sight(int(each)))))
    host = stage.place_service(port, network=network)
    stage.population.roll.name_network(network, "Synthetic offshore hosting")
    stage.population.roll.announce(network, SERVICE_PREFIX)
    stage.population.roll.give_address(host, SERVICE)


def _addresses(stage: Stage) -> None:
    """Made-up addresses for the story's C2s: each network announces a /20 of 198.18.0.0/15, one C2 a /24."""
    roll = stage.population.roll
    racks = [int(each) for each in stage.population.networks.of_kind(NetworkKind.HOSTING)]
    used: dict[int, int] = {}
    for c2 in stage.planted:
        network = stage.network_of(c2.host)
        block = (198 << 24) + (18 << 16) + (racks.index(network) << 12)
        place = used.get(network, 0)
        if not place:
            roll.announce(network, f"{_dotted(block)}/20")
        used[network] = place + 1
        low = block + (((place * 7 + 3) % 16) << 8) + int(stage.rng.integers(1, 255))
        roll.give_address(c2.host, _dotted(low))


def _dotted(address: int) -> str:
    return str(IPv4Address(address))


def _keys(stage: Stage) -> None:
    """Monthly scans: an older key up to the one of 2019-06-20, the present one from 2019-07-20 on."""
    end = START + timedelta(days=stage.days)
    scans = monthly_scans(START, first=datetime(2019, 3, 20, tzinfo=UTC), until=end, hour=3.0)
    changed = (_KEY_SEEN - START) / timedelta(days=1)
    for day in scans:
        name = fingerprint(stage.population.seed, "service", "present" if day >= changed else "older")
        stage.keys.append(KeySeen(stage.service, 22, "ssh", name, day))
    of_bystanders(stage, scans, hosts=40)


def _reports(stage: Stage) -> None:
    """What open sources say; wording, grades and sources are this data set's own."""
    source, attack = "open report, worded for this data set", "MITRE ATT&CK, group G0092"
    url = "https://attack.mitre.org/groups/G0092/"
    stage.reports += [
        Report(
            stage.service, "2019-06-20", "TA505 spread FlawedAmmyy from this address.", "TA505",
            "FlawedAmmyy", source, "B2",
        ),
        Report(
            stage.service, "2018-11-05", "The hoster in whose network this address lies keeps customers in "
            "spite of complaints of abuse.", "", "", source, "C3",
        ),
        Report(-1, "2019-06-01", "TA505 has used Dridex.", "TA505", "Dridex", attack, "A2", url),
        Report(-1, "2019-06-01", "TA505 uses FlawedAmmyy.", "TA505", "FlawedAmmyy", attack, "A2", url),
        Report(-1, "2019-10-01", "TA505 uses SDBbot.", "TA505", "SDBbot", attack, "A2", url),
    ]  # fmt: skip
