"""Every part of a case names the queries and tables that gave it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import case_facts
from hand_made_flows import Flow, lake_of
from headwater.app.case_files import read_case, write_case
from headwater.app.case_origins import CASE, EVIDENCE, MEASURED
from headwater.app.case_settings import CaseSettings
from headwater.app.case_trail import ran_queries
from headwater.app.context import add_context
from headwater.app.hypothesis_template import shipped_template
from headwater.app.investigate import Investigated, investigate
from headwater.engine.trace import Query
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.facts import ALL, Facts
from headwater.investigate.measurements import Clients, Listed, Measurements
from headwater.investigate.rule import Scope
from headwater.model.case import Case
from headwater.model.service import Service

DAY = 86_400.0
SERVICE = Service("9.9.9.9", 8443, 6)
LABELS = "address,family,group,port,first_seen,last_seen\n" + "".join(
    f"5.0.{number}.1,emotet,epoch2,449,2024-05-01,2024-05-20\n" for number in range(4)
)
NETWORKS = "prefix,asn,name\n5.0.0.0/16,64500,Hoster\n9.9.9.0/24,64501,Offshore\n"
KEYS = "address,port,kind,fingerprint,seen_at,source\n" + "".join(
    f"9.9.9.9,22,ssh,{key},2024-{month:02d}-03T00:00:00Z,scan\n"
    for month, key in ((1, "aa:aa"), (3, "aa:aa"), (4, "bb:bb"), (5, "bb:bb"), (6, "bb:bb"))
)
REPORTS = "address,date,claim,actor,malware,source\n9.9.9.9,2024-02-01,seen there,TA505,dridex,Example Labs\n"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Investigated:
    """A case with networks, keys and claims."""
    folder = tmp_path_factory.mktemp("trail")
    flows = [
        Flow(f"5.0.{n}.1", 50_000 + day, SERVICE.address, 8443, at=day * DAY + n * 3_600)
        for n in range(4)
        for day in range(1, 13, 2)
    ]
    flows += [
        Flow(f"7.0.{n}.{day}", 41_000, f"5.0.{n}.1", 449, at=day * DAY)
        for n in range(4)
        for day in range(1, 16)
    ]
    flows += [Flow(f"7.9.0.{n}", 42_000, SERVICE.address, 8443, at=n * DAY) for n in (3, 4)]
    lake = lake_of(folder, flows, labels=LABELS, networks=NETWORKS)
    for name, text in (("keys.csv", KEYS), ("reports.csv", REPORTS)):
        (folder / name).write_text(text)
        add_context([str(folder / name)], lake=lake)
    return investigate(lake, SERVICE, settings=CaseSettings(allow_reserved=True))


def test_every_query_that_ran_is_in_the_case(done: Investigated) -> None:
    """With purpose and rows, each under an id of its own."""
    ran = [(one.purpose, one.rows) for one in done.trace.queries]
    assert [(one.purpose, one.rows) for one in done.case.queries] == ran
    assert len({one.id for one in done.case.queries}) == len(ran)


def test_every_purpose_that_parts_rest_on_is_one_that_runs(done: Investigated) -> None:
    """A purpose that was renamed would be missing; one runs only where the window cuts a day."""
    known = {one.purpose for one in done.trace.queries} | {one.id for one in done.case.tables}
    named = {name for names in MEASURED.values() for name in names}
    assert named - known == {"flows of days that the window cuts"}


def test_every_answer_taken_out_stands_behind_something(done: Investigated) -> None:
    """A query whose answer is no table of the engine is told by a part of the case or read on by a step."""
    case = done.case
    taken = {one.id for one in case.queries if not one.sql.startswith("CREATE")}
    told = {id_ for ids in case.origins.values() for id_ in ids}
    told |= {id_ for one in case.evidence for id_ in one.provenance.sources}
    told |= {id_ for one in case.queries for id_ in one.reads}
    # kinds of evidence that found nothing in this case have these
    assert taken - told <= {
        "q-clients-that-check-in-at-listed-c2s", "q-how-many-come-to-each-ones-main-service",
        "q-how-many-hosts-the-service-goes-to",
    }  # fmt: skip


def test_every_query_leads_back_to_flows_or_lists(done: Investigated) -> None:
    """Whatever a query reads is in the case, and the first of them reads the flows."""
    known = {one.id for one in done.case.tables}
    for one in done.case.queries:
        assert one.reads
        assert set(one.reads) <= known
        known.add(one.id)
    assert done.case.queries[0].reads == ("flows", "labels")


@pytest.mark.parametrize(
    ("path", "among"),
    [
        ("counts.c2s", "q-what-each-client-amounts-to"),
        ("counts.seen_by_group.emotet/epoch2", "q-listed-c2s-that-have-any-record"),
        ("contacts.5.0.0.1.sessions", "q-what-each-client-amounts-to"),
        ("contacts.5.0.0.1.opened_by", "q-who-opened-the-contact-and-why-we-think-so"),
        ("timelines.5.0.0.1.activity.start", "labels"),
        ("timelines.5.0.0.1.contact.start", "q-sessions-of-listed-c2s-with-the-service"),
        ("keys", "host_keys"), ("tenancy", "host_keys"), ("claims", "claims"),
        ("evidence.E1.control", "labels"),
    ],
)  # fmt: skip
def test_a_number_knows_what_gave_it(done: Investigated, path: str, among: str) -> None:
    """By its path, the longest part that fits."""
    assert among in done.case.given_by(path)


def test_only_a_persons_word_has_no_source(done: Investigated) -> None:
    """Each item that the program found has queries or tables, and something was counted."""
    found = [one.provenance for one in done.case.evidence]
    assert found
    assert all(one.sources and one.rows is not None and one.rows_are for one in found)


def test_claims_and_keys_name_file_and_place(done: Investigated) -> None:
    """Entries of the files that were added."""
    claim = next(one for one in done.case.evidence if one.kind == "named-actor")
    assert (claim.provenance.query, claim.provenance.rows) == ("reports.csv, entry 2", 1)
    assert [one.places for one in done.case.keys] == [
        ("keys.csv, entry 2", "keys.csv, entry 3"), ("keys.csv, entry 4", "keys.csv, entry 6")
    ]  # fmt: skip


def test_the_same_case_has_the_same_queries(done: Investigated) -> None:
    """Nothing of a run is in their text: neither a name made up for the files nor the order of a set."""
    assert not any("ibis_read" in one.sql for one in done.case.queries)
    lists = [found for one in done.case.queries for found in re.findall(r"EXCLUDE \(([^)]*)\)", one.sql)]
    assert lists
    assert all(names.split(", ") == sorted(names.split(", ")) for names in lists)


def test_a_case_keeps_its_trail_in_a_file(done: Investigated, tmp_path: Path) -> None:
    """Read again, it is the same."""
    again = read_case(write_case(done.case, tmp_path))
    assert (again.queries, again.tables, again.origins) == (
        done.case.queries,
        done.case.tables,
        done.case.origins,
    )


def test_a_case_of_before_is_read_without_a_trail(done: Investigated, tmp_path: Path) -> None:
    """case.json of an earlier headwater has none of the fields."""
    path = write_case(done.case, tmp_path)
    old = re.sub(r',\n "queries": .*\n }', "", path.read_text(), flags=re.DOTALL)
    assert old != path.read_text()
    path.write_text(re.sub(r',\s*"(rows_are|sources|places|place)": (\[[^]]*\]|"[^"]*")', "", old))
    found = read_case(path)
    assert (found.queries, found.tables, found.given_by("counts.c2s")) == ((), (), ())


def test_a_purpose_that_ran_twice_has_two_ids() -> None:
    """The second one is numbered, and what reads a table kept under one name reads the later query."""
    kept = 'CREATE OR REPLACE TEMP TABLE "hosts" AS SELECT 1'
    made = [
        Query("hosts of a key", kept, 1, 1, 0.1), Query("hosts of a key", kept, 1, 1, 0.1),
        Query("how many", 'SELECT count(*) FROM "hosts"', 1, 1, 0.1),
    ]  # fmt: skip
    found = ran_queries(made)
    assert [(one.id, one.reads) for one in found] == [
        ("q-hosts-of-a-key", ()), ("q-hosts-of-a-key-2", ()), ("q-how-many", ("q-hosts-of-a-key-2",))
    ]  # fmt: skip


# What kinds of evidence read of the facts, by what is measured; the rest names things or is a setting.
_READ = {
    "chance": "statistics", "chance_by_group": "statistics", "confirmation": "statistics", "held": "keys",
    "brackets": "keys", "tenancies": "keys", "timelines": "contact", "claims": "claims", "placed": "claims",
    "network": "networks", "network_reports": "claims", "sensors": "sensors", "all_sensors": "sensors",
    "clients.opened": "opened", "clients.opened_share": "opened", "clients.opened_because": "opened",
    "clients.network": "networks", "clients.networks": "networks", "clients.asn": "networks",
    "clients.checks_in": "checks_in", "clients.fan_in": "fan_in", "clients.hour_of_week": "week",
    "clients.scanner": "scanner", "listed.seen": "seen", "listed.port": "listed",
    "listed.label_from_us": "listed", "measurements.days": "days", "measurements.contact": "contact",
    "measurements.activity": "activity", "measurements.presence": "presence",
    "measurements.statistics": "statistics", "measurements.fan_out": "fan_out",
    "measurements.fan_out_ports": "fan_out", "measurements.c2_ports_hit": "c2_ports_hit",
    "measurements.known_as": "known_as", "measurements.is_listed_c2": "listed",
    "measurements.service_network": "networks", "measurements.service_fan_in_networks": "networks",
}  # fmt: skip


class _Watched:
    """Facts that note what is read of them."""

    def __init__(self, of: object, read: set[str], name: str = "") -> None:
        self._of, self._read, self._name = of, read, name

    def __getattr__(self, field: str) -> Any:  # Any: whatever the facts hold
        value = getattr(self._of, field)
        if isinstance(value, Measurements | Clients | Listed):
            return _Watched(value, self._read, field)
        name = f"{self._name}.{field}".lstrip(".")
        self._read.add(_READ.get(name, "clients" if name.startswith("clients.") else ""))
        return value


def _looked_at() -> Iterator[Facts]:
    """Facts in which most kinds find something: C2s and others, named networks, a name on a list."""
    members, hosts = case_facts.c2s(6, network=0), case_facts.hosts(5, network=1)
    yield case_facts.facts(members, hosts, networks=("Hoster", "Access Provider"))
    told = {"fan_out": 9, "fan_out_ports": 4, "c2_ports_hit": 3, "known_as": ("sinkhole",)}
    yield case_facts.facts(members, networks=("Hoster",), measured=told, network="Offshore Hosting")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_evidence_reads_nothing_that_it_does_not_name(kind: str, done: Investigated) -> None:
    """What it looks at, in a case and in made-up facts, is what its items are said to rest on."""
    read: set[str] = set()
    rule = shipped_template().rules[kind]
    for facts in (done.facts, *_looked_at()):
        members = facts.measurements.listed.hi == facts.measurements.listed.hi
        KINDS[kind].look(_Watched(facts, read), rule, Scope(ALL, members))  # type: ignore[arg-type]  # as facts
    assert read - {""} <= set(EVIDENCE[kind])


def test_every_kind_and_every_part_has_an_entry() -> None:
    """A new kind of evidence, and a new part of a case, has to say what it rests on."""
    parts = {path.partition(".")[0] for path in CASE}
    no_numbers = {
        "service", "role", "lake_version", "since", "until", "settings", "contacts_left_out", "with_excluded",
        "evidence", "hypotheses", "waterfall", "conclusion", "synthetic", "queries", "tables", "origins",
    }  # fmt: skip
    assert set(EVIDENCE) == set(KINDS)
    assert parts == set(Case.__dataclass_fields__) - no_numbers
